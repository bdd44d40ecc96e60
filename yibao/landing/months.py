"""Which months a file touches, read from its main date (semantics 1 and 4). A hint for the ledger: typing is SQL's."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pyarrow.compute as pc

MAIN_DATES = {
    "settlement": "setl_time",
    "contribution": "pay_time",
    "fund_ledger": "entry_date",
    "referral": "filed_at",
    "inspection": "inspected_on",
}
# long enough for the year and month in every notation, short enough that times do not make values distinct
_PREFIX = 8
_SEPARATED = re.compile(r"([12][0-9]{3})[-/.年]([0-9]{1,2})(?:[-/.月].*)?")
_COMPACT = re.compile(r"([12][0-9]{3})([0-9]{2})[0-9]{2}")
_SERIAL = re.compile(r"[0-9]{5}")
_SERIAL_ZERO = date(1899, 12, 30)


def months_in(column: Any) -> set[str]:
    """The months, as YYYY-MM, of an array of date texts; what is no date is left out."""
    prefixes = pc.unique(pc.utf8_slice_codeunits(column, 0, _PREFIX)).to_pylist()
    return {month for month in (month_of(prefix) for prefix in prefixes if prefix) if month}


def month_of(text: str) -> str | None:
    """The month of a date text's first 8 characters, None for what is no date."""
    serial = _SERIAL.fullmatch(text.split(" ")[0].split(".")[0])
    if serial:
        return (_SERIAL_ZERO + timedelta(days=int(serial.group()))).strftime("%Y-%m")
    found = _SEPARATED.match(text) or _COMPACT.fullmatch(text)
    if found and 1 <= int(found.group(2)) <= 12:
        return f"{found.group(1)}-{int(found.group(2)):02d}"
    return None
