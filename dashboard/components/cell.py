"""One cell of a table or card: its content, how it is printed (report.md, "Numbers"), and why it is empty.

Nothing, not reported, suppressed and zero look different: a Gap says which, and is never a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Literal, TypeAlias

from yibao import formatting
from yibao.figures import Value


class Gap(Enum):
    """Why there is no number: the sign shown and what it means."""

    NOT_REPORTED = ("未报", "本期没有报送计算这个数所需的数据")
    NO_BASE = ("—", "分母或基数为零、缺失，无法计算")
    NOT_SPLIT = ("／", "这个指标不按所选口径拆分")
    SUPPRESSED = ("＊", "人数在1至4人之间，不显示")

    @property
    def sign(self) -> str:
        return self.value[0]

    @property
    def meaning(self) -> str:
        return self.value[1]


# text as it is; date; count of persons, cases, rows; yuan and wan from yuan; percent and points from ratios times 100;
# change in per cent of its base; days, months with two decimals; number the same where a column mixes units
Kind: TypeAlias = Literal[
    "text", "date", "count", "yuan", "wan", "percent", "points", "change", "days", "months", "number"
]
Content: TypeAlias = Decimal | int | str | date | Gap | None
Tone: TypeAlias = Literal["", "good", "warn", "bad", "muted"]

UNITS: dict[Kind, str] = {
    "yuan": "元",
    "wan": "万元",
    "percent": "%",
    "points": "个百分点",
    "change": "%",
    "days": "天",
    "months": "个月",
}
_GAPS = {
    "no_data": Gap.NOT_REPORTED,
    "no_dimension": Gap.NOT_SPLIT,
    "no_denominator": Gap.NO_BASE,
    "suppressed": Gap.SUPPRESSED,
}
_SIGNS: dict[Tone, str] = {"good": "●", "warn": "▲", "bad": "■", "": "", "muted": ""}
# persons, so few that they could be recognised (semantics 8)
_FEW = range(1, 5)


@dataclass(frozen=True, slots=True)
class Cell:
    """A content with a tone; the tone is told by a sign too, never by colour alone.

    `kind`: how it is printed where the column mixes units; none: as the column says.
    """

    content: Content
    tone: Tone = ""
    kind: Kind | None = None

    @property
    def sign(self) -> str:
        return _SIGNS[self.tone]


def of_value(value: Value | None) -> Content:
    """The content of an indicator's cell; None where there is no such cell."""
    if value is None:
        return Gap.NOT_SPLIT
    if value.value is None:
        return _GAPS.get(value.status, Gap.NO_BASE)
    return value.value


def of_change(change: Decimal | None) -> Content:
    """A change against a base; without a base it is a dash."""
    return Gap.NO_BASE if change is None else change


def tone_of(value: Value | None) -> Tone:
    """bad for an alarm, warn for a warning, good where a target is met, else none."""
    if value is None:
        return ""
    if value.alert_level:
        return "bad" if value.alert_level == "alarm" else "warn"
    return "good" if value.completion is not None and value.completion >= 100 else ""


def suppressed(persons: Decimal | int | None, *, rows_allowed: bool) -> Content:
    """A count of persons; of 1 to 4 only to those who may see the rows themselves (semantics 8)."""
    if persons is None:
        return Gap.NOT_REPORTED
    return Gap.SUPPRESSED if not rows_allowed and abs(persons) in _FEW else persons


def shown(content: Content, kind: Kind, *, with_unit: bool = True) -> str:
    """The text of a content: grouped, rounded half up, money in its unit, a change with its sign."""
    if content is None:
        return ""
    if isinstance(content, Gap):
        return content.sign
    if isinstance(content, str):
        return content
    if isinstance(content, date):
        return content.isoformat()
    unit = UNITS.get(kind, "") if with_unit else ""
    if kind in ("count", "text"):
        return formatting.count(content, grouped=True)
    if kind == "wan":
        return formatting.wan(content, grouped=True) + unit
    if kind in ("points", "change"):
        rounded = formatting.half_up(Decimal(content), 2)
        return f"{'+' if rounded > 0 else ''}{rounded:,.2f}{unit}"
    return formatting.number(content, 2, grouped=True) + unit


def as_number(content: Content, kind: Kind) -> float | None:
    """The number that a chart draws or a sheet sorts by (wan in 万元); None for anything else."""
    if isinstance(content, bool) or not isinstance(content, Decimal | int):
        return None
    return float(content) / 10_000 if kind == "wan" else float(content)


def kind_of_unit(unit: str) -> Kind:
    """The kind for a unit of the catalogue."""
    return {"percent": "percent", "yuan": "yuan", "days": "days", "months": "months"}[unit]  # type: ignore[return-value]


def kind_of_part(unit: str) -> Kind:
    """The kind for a numerator or denominator: money, or a whole number of persons, cases, days."""
    return "yuan" if unit == "yuan" else "count"


def kind_of_change(unit: str) -> Kind:
    """The kind for a change of an indicator in that unit."""
    return "points" if unit == "percent" else "change"
