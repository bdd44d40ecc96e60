"""Text to typed values (semantics 1) and the certificate rules (semantics 3).

Open readings taken here:
- "Amounts may carry thousands commas": commas between groups of three digits; any other comma does not
  parse. Integers and plain numbers are written like amounts; an integer must have no fraction.
- "full-width digits and ￥": full-width comma, point, brackets and signs are folded with them (NFKC).
- "parentheses mean negative": a sign inside the parentheses does not parse.
- "a time may follow": after spaces or a `T`, hours and minutes, seconds and a fraction of them optional;
  the fraction of an Excel serial is its time.
- "2026-09-30", "2026/9/30", "2026年9月30日": month and day of one or two digits in each of the three.
- "Codes may come as the code or as its Chinese label": exactly that label.
- "a real birth date": a day of the calendar, in the past or not.
"""

import calendar
import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from tests.reference.contract import Field

Month = tuple[int, int]
BLANKS = " \t\r\n\v\f\u00a0\u3000\ufeff"
NULL_TOKENS = {"", "NULL", r"\N", "-", "—"}
EXACT = Context(prec=60)

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_TIME = (
    r"(?:(?:\s+|\s*T\s*)(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?P<fraction>\.\d+)?)?)?"
)
_DAYS = tuple(
    re.compile(day + _TIME, re.ASCII)
    for day in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日",
    )
)
_SERIAL = re.compile(r"(?P<serial>\d{5})(?P<part>\.\d+)?" + _TIME, re.ASCII)
_CERTIFICATE = re.compile(r"\d{17}[\dX]", re.ASCII)


class DoesNotParse(ValueError):
    """A value that is not of its field's type: the row goes to quarantine."""


def clean(text: str) -> str | None:
    """The value as landed: trimmed, null tokens are None."""
    trimmed = text.strip(BLANKS)
    return None if trimmed in NULL_TOKENS else trimmed


def parse_number(text: str) -> Decimal:
    folded = unicodedata.normalize("NFKC", text).replace("¥", "").replace(" ", "")
    negative = folded.startswith("(") and folded.endswith(")")
    if negative:
        folded = folded[1:-1]
        if folded[:1] in {"+", "-"}:
            raise DoesNotParse(text)
    if _THOUSANDS.fullmatch(folded):
        folded = folded.replace(",", "")
    if not _NUMBER.fullmatch(folded):
        raise DoesNotParse(text)
    value = Decimal(folded)
    return -value if negative else value


def parse_amount(text: str) -> Decimal:
    """Yuan, 4 places kept, more are rounded half up (away from zero)."""
    return parse_number(text).quantize(Decimal("0.0001"), ROUND_HALF_UP, EXACT)


def parse_integer(text: str) -> int:
    value = parse_number(text)
    if value != value.to_integral_value():
        raise DoesNotParse(text)
    return int(value)


def parse_timestamp(text: str) -> datetime:
    try:
        for pattern in _DAYS:
            if found := pattern.fullmatch(text):
                day = datetime(int(found["year"]), int(found["month"]), int(found["day"]))
                return day + _time_of(found)
        if found := _SERIAL.fullmatch(text):
            day = datetime(1899, 12, 30) + timedelta(days=int(found["serial"]))
            if found["part"]:
                seconds = Decimal("0" + found["part"]) * 86400
                return day + timedelta(seconds=int(seconds.to_integral_value(ROUND_HALF_UP)))
            return day + _time_of(found)
    except ValueError as wrong_day:
        raise DoesNotParse(text) from wrong_day
    raise DoesNotParse(text)


def _time_of(found: re.Match[str]) -> timedelta:
    if found["hour"] is None:
        return timedelta()
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise DoesNotParse(found.string)
    microsecond = int((found["fraction"] or ".0")[1:7].ljust(6, "0"))
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=microsecond)


def check_character(first17: str) -> str:
    """The check character of an 18-digit certificate (GB 11643, ISO 7064 MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first17, weights, strict=True))
    return "10X98765432"[total % 11]


def normal_certificate(text: str) -> str:
    """Full-width folded, x is X, 15 digits become 18; valid or not."""
    folded = unicodedata.normalize("NFKC", text).strip(BLANKS).upper()
    if len(folded) == 15 and re.fullmatch(r"\d{15}", folded, re.ASCII):
        first17 = folded[:6] + "19" + folded[6:]
        return first17 + check_character(first17)
    return folded


def is_valid_certificate(certificate: str | None) -> bool:
    """18 characters, a real birth date, the right check character (of a normal certificate)."""
    if certificate is None or not _CERTIFICATE.fullmatch(certificate):
        return False
    try:
        date(int(certificate[6:10]), int(certificate[10:12]), int(certificate[12:14]))
    except ValueError:
        return False
    return check_character(certificate[:17]) == certificate[17]


def typed(field: Field, text: str | None) -> Any:
    """One landed value by its field's type; raises DoesNotParse."""
    if text is None:
        return None
    match field.type:
        case "amount":
            return parse_amount(text)
        case "number":
            return parse_number(text)
        case "integer":
            return parse_integer(text)
        case "date":
            return parse_timestamp(text).date()
        case "timestamp":
            return parse_timestamp(text)
    if field.pii == "id":
        return normal_certificate(text)
    for code, label in field.codes.items():
        if text == label:
            return code
    if is_valid_certificate(text.upper()):  # some bureaus number their persons by certificate
        return text.upper()
    return text


def month_of(day: date) -> Month:
    return day.year, day.month


def last_day(month: Month) -> date:
    return date(month[0], month[1], calendar.monthrange(*month)[1])


def months_between(first: Month, last: Month) -> list[Month]:
    count = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    return [((first[0] * 12 + first[1] - 1 + n) // 12, (first[1] - 1 + n) % 12 + 1) for n in range(count)]


def month_text(month: Month) -> str:
    return f"{month[0]:04d}-{month[1]:02d}"
