"""Figures as the bureau prints them (report.md, "Numbers"): half up, `—` for what is missing.

Every function is pure and takes exact numbers (Decimal or int, yuan where money). A float is read through its shortest
decimal text, so 0.285 means 0.285 and not the binary number next to it. Rounding is for display only: sums and
comparisons are made before, on the exact values.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeAlias

Number: TypeAlias = Decimal | int | float | None

MISSING = "—"
# the clock of the bureau, wherever the machine stands
BEIJING = timezone(timedelta(hours=8))
# the warehouse holds decimal(38, 10): the default context of 28 digits would round it, half to even
_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)

_UNIT_SUFFIX = {"percent": "%", "yuan": "元", "days": "天", "months": "个月"}

STATUS_ZH = {
    "ok": "正常",
    "no_data": "未报数据",
    "no_dimension": "不分此口径",
    "no_denominator": "分母为零或缺失",
    "net_reversal": "冲销为负",
    "suppressed": "人数过少不公布",
}


def exact(value: Number) -> Decimal | None:
    """The value as a Decimal; None for None and for not-a-number (what pandas makes of a null).

    Raises TypeError for a bool or a text, ValueError for an infinite number.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float):
        raise TypeError(f"a number is needed, not {type(value).__name__}")
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if number.is_nan():
        return None
    if number.is_infinite():
        raise ValueError("an infinite number cannot be printed")
    return number


def half_up(value: Decimal, decimals: int) -> Decimal:
    """Rounded to `decimals` places, a half goes away from zero; never minus zero."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), context=_WIDE)
    return rounded.copy_abs() if rounded.is_zero() else rounded


def number(value: Number, decimals: int = 2, *, grouped: bool = False) -> str:
    """`1234.50`, or `1,234.50` when grouped."""
    figure = exact(value)
    if figure is None:
        return MISSING
    return f"{half_up(figure, decimals):{',' if grouped else ''}.{decimals}f}"


def count(value: Number, *, grouped: bool = False) -> str:
    """Persons, cases, rows: an integer."""
    return number(value, 0, grouped=grouped)


def percent(value: Number, decimals: int = 2) -> str:
    """`96.07%`; the value is already times 100, as in `indicator_value`."""
    return _with_suffix(number(value, decimals), "%")


def wan(value: Number, decimals: int = 2, *, unit: bool = False, grouped: bool = False) -> str:
    """An amount in yuan, printed in 万元: 15458290 gives `1545.83`, or `1545.83万元` with its unit."""
    figure = exact(value)
    if figure is None:
        return MISSING
    return number(figure.scaleb(-4, context=_WIDE), decimals, grouped=grouped) + ("万元" if unit else "")


def quantity(value: Number, unit: str, decimals: int = 2) -> str:
    """A value in the unit of the indicator catalogue (percent, yuan, days, months): `96.07%`, `2788.00元`.

    Raises ValueError for a unit that the catalogue does not have.
    """
    if unit not in _UNIT_SUFFIX:
        raise ValueError(f"unknown unit {unit!r}; known: {', '.join(_UNIT_SUFFIX)}")
    return _with_suffix(number(value, decimals), _UNIT_SUFFIX[unit])


def change(value: Number, unit: str, decimals: int = 2) -> str:
    """The change of an indicator: of a percentage in 个百分点, of anything else in % of its base, with its sign.

    `+1.20个百分点`, `-5.00%`, `0.00%` (no sign where the rounded change is zero), `—` where the base is 0 or missing.
    """
    figure = exact(value)
    if figure is None:
        return MISSING
    rounded = half_up(figure, decimals)
    suffix = "个百分点" if unit == "percent" else "%"
    return f"{'+' if rounded > 0 else ''}{rounded:.{decimals}f}{suffix}"


def trend(value: Number, decimals: int = 2) -> str:
    """提高, 下降 or 持平, by the sign of the rounded change (report.md, "Text"); `—` when unknown."""
    figure = exact(value)
    if figure is None:
        return MISSING
    rounded = half_up(figure, decimals)
    if rounded == 0:
        return "持平"
    return "提高" if rounded > 0 else "下降"


def status_zh(status: str) -> str:
    """The Chinese name of a status of `indicator_value` (semantics 7); an unknown one is printed as it is."""
    return STATUS_ZH.get(status, status)


def clock(instant: datetime, *, seconds: bool = False) -> str:
    """A moment as the bureau's clock shows it: `2026-11-22 09:20`. Raises ValueError for one without a time zone."""
    if instant.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return f"{instant.astimezone(BEIJING):%Y-%m-%d %H:%M{':%S' if seconds else ''}}"


def _with_suffix(text: str, suffix: str) -> str:
    return text if text == MISSING else text + suffix
