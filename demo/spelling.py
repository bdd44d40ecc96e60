"""How bureaus spell the same value: dates, amounts, labels, nulls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?: (\d\d:\d\d:\d\d))?$")
_AMOUNT = re.compile(r"-?\d+\.\d\d$")
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class Style:
    """dates: iso, slash, compact, zh, serial, cell (a date cell of a workbook); amounts: plain, short,
    thousands, yuan,
    paren, number (a numeric cell); times: keep the time of day; labels: codes as their Chinese labels;
    null: the token."""

    dates: str = "iso"
    amounts: str = "plain"
    times: bool = True
    labels: bool = False
    null: str = ""


def serial(text: str) -> float | None:
    """The Excel serial of a canonical date or time; None where the text is not one."""
    found = _TIME.match(text)
    if not found:
        return None
    year, month, dom, clock = found.groups()
    try:
        days = (date(int(year), int(month), int(dom)) - _EPOCH).days
    except ValueError:
        return None
    if not clock:
        return days
    h, m, s = (int(p) for p in clock.split(":"))
    return days + round((h * 3600 + m * 60 + s) / 86400, 9)


def spell_date(text: str, style: Style) -> str:
    found = _TIME.match(text)
    number = serial(text)
    if not found or number is None:
        return text
    year, month, dom, clock = found.groups()
    if style.dates in ("serial", "cell"):
        return str(int(number))
    day = {
        "iso": f"{year}-{month}-{dom}",
        "slash": f"{year}/{int(month)}/{int(dom)}",
        "compact": f"{year}{month}{dom}",
        "zh": f"{year}年{int(month)}月{int(dom)}日",
    }[style.dates]
    return f"{day} {clock}" if clock and style.times else day


def spell_amount(text: str, style: Style) -> str:
    if not _AMOUNT.match(text):
        return text
    if style.amounts == "short":
        return text.rstrip("0").rstrip(".")
    if style.amounts in ("plain", "number"):
        return text
    whole, cents = text.lstrip("-").split(".")
    grouped = f"{int(whole):,}.{cents}"
    minus = text.startswith("-")
    if style.amounts == "paren":
        return f"({grouped})" if minus else grouped
    if style.amounts == "yuan":
        return f"-￥{grouped}" if minus else f"￥{grouped}"
    return f"-{grouped}" if minus else grouped


def spell(text: str, kind: str, codes: dict[str, str], style: Style) -> str:
    """One canonical value as the style has it; what is not canonical (a planted fault) stays as it is."""
    if not text:
        return style.null
    if kind in ("date", "timestamp"):
        return spell_date(text, style)
    if kind == "amount":
        return spell_amount(text, style)
    return codes.get(text, text) if style.labels else text
