"""What is published for a period, by the numbers that are printed of it: whose is 95.24%?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from yibao import formatting
from yibao.figures import Figures, alert_rules, catalogue
from yibao.reporting.check.quantity import PERCENT, POINTS, TIMES, Quantity, tidy
from yibao.reporting.content import Figure, Kind

Measured: TypeAlias = Literal["percent", "points", "amount"]
# the code of an indicator (empty: of none), and what may be printed of one of its cells: value, target, changes ...
Row: TypeAlias = tuple[str, tuple[tuple[Measured, Decimal | None], ...]]

# what was inspected and paid back is in no indicator, but in every report
_SUPERVISED = """
    select [
        sum(inspection_visits), count(distinct inst_code), sum(findings_total), sum(findings_closed), sum(cases),
        sum(violation_amount), sum(recovered_amount), sum(refused_amount), sum(fine_amount), sum(actions_interview),
        sum(actions_suspend), sum(actions_terminate), sum(actions_fine)
    ]
    from mart_supervision
    where period between ? and ? and coalesce(starts_with(region_code, ?), true)
"""


class Published:
    """What the published cells of a period print as, by their kind: per cent, points, or an amount (yuan, persons, days)."""

    def __init__(self, rows: Iterable[Row], names: Mapping[str, str]) -> None:
        """`names`: code by Chinese name."""
        self._values: dict[Measured, dict[Decimal, set[int]]] = {"percent": {}, "points": {}, "amount": {}}
        self._codes: list[str] = []
        for number, (code, cells) in enumerate(rows):
            self._codes.append(code)
            for kind, value in cells:
                if value is not None:
                    self._values[kind].setdefault(value, set()).add(number)
        self.names = {
            tidy(name): code for name, code in sorted(names.items(), key=lambda item: -len(item[0]))
        }
        self._rounded: dict[tuple[Measured, int, int], dict[Decimal, set[int]]] = {}

    def codes(self, rows: Iterable[int]) -> set[str]:
        """The indicators of these rows; an empty code is none."""
        return {self._codes[row] for row in rows}

    def rows(self, one: Quantity, way: int = 0) -> set[int]:
        """The rows that have this number as it is rounded here; none where it is not published.

        `way`: 1 or -1 where the text says that it is a rise or a fall, 0 where any sign will do.
        """
        kinds: tuple[Measured, ...] = ("amount",)
        scale = one.scale
        if one.unit == PERCENT:
            kinds = ("percent",)
        elif one.unit == POINTS:
            kinds = ("points",)
        elif one.unit == TIMES:
            kinds, scale = ("percent",), 100
        elif not one.unit and one.scale == 1:
            kinds = ("amount", "percent", "points")
        found: set[int] = set()
        for kind in kinds:
            printed = self._printed(kind, scale, one.decimals)
            if one.hedge:
                for shown, rows in printed.items():
                    if one.allows(abs(shown) * one.scale):
                        found |= rows
                continue
            for sign in (way,) if way else (1, -1):
                found |= printed.get(abs(one.number) * sign, set())
        return found

    def family(self, code: str, said: str) -> set[str]:
        """The code and those that may be told by its name: its calibres, and 特殊人群参保率 where 特殊人群 was said before."""
        stem = self.name(code).partition("（")[0]
        return {
            known
            for name, known in self.names.items()
            if (told := name.partition("（")[0]).endswith(stem) and told.removesuffix(stem) in said
        }

    def name(self, code: str) -> str:
        """The Chinese name of a code."""
        return next((name for name, known in self.names.items() if known == code), code)

    def _printed(self, kind: Measured, scale: int, decimals: int) -> dict[Decimal, set[int]]:
        key = (kind, scale, decimals)
        if key not in self._rounded:
            printed: dict[Decimal, set[int]] = {}
            for value, rows in self._values[kind].items():
                printed.setdefault(formatting.half_up(value / scale, decimals), set()).update(rows)
            self._rounded[key] = printed
        return self._rounded[key]


def published(
    figures: Figures, period: str, region_code: str, carried_figures: Sequence[Figure] = ()
) -> Published:
    """The cells of the period in the region and below it, the limits of the alert rules, and what the file carries."""
    known = catalogue(figures)
    rows: list[Row] = []
    for row in figures.rows(
        _Cell,
        """
        select distinct
            trend.indicator_code, trend.value, trend.last_year_value, trend.last_year_change, trend.previous_value,
            trend.previous_change, trend.target_value, trend.completion, value.numerator, value.denominator,
            last.numerator, last.denominator
        from indicator_trend as trend
        inner join indicator_value as value
            using (period, period_mode, region_code, insutype, breakdown, breakdown_value, indicator_code)
        inner join dim_period on trend.period = dim_period.period
        left join indicator_value as last
            on
                last.period = dim_period.last_year_period
                and last.period_mode = trend.period_mode
                and last.region_code = trend.region_code
                and last.insutype = trend.insutype
                and last.breakdown = trend.breakdown
                and last.breakdown_value = trend.breakdown_value
                and last.indicator_code = trend.indicator_code
        where trend.period = ? and starts_with(trend.region_code, ?)
        """,
        (period, region_code),
        kept=False,
    ):
        ratio = known[row.code].unit == "percent"
        own: Measured = "percent" if ratio else "amount"
        moved: Measured = "points" if ratio else "percent"
        apart: Measured = "points" if ratio else "amount"
        rows.append(
            (
                row.code,
                (
                    (own, row.value),
                    (own, row.last_year_value),
                    (own, row.previous_value),
                    (own, row.target_value),
                    (moved, row.last_year_change),
                    (moved, row.previous_change),
                    ("percent", row.completion),
                    ("amount", row.numerator),
                    ("amount", row.denominator),
                    ("amount", row.last_numerator),
                    ("amount", row.last_denominator),
                    # told, though not published: 高于目标0.24个百分点, 比去年同期减少60.32元, 尚有未参保117人
                    (apart, _less(row.value, row.target_value)),
                    (apart, _less(row.value, row.last_year_value)),
                    ("amount", _less(row.numerator, row.last_numerator)),
                    ("amount", _less(row.denominator, row.last_denominator)),
                    ("amount", _less(row.denominator, row.numerator)),
                ),
            )
        )
    for month in (f"{period[:4]}-01", period):
        for supervised in figures.rows(_Supervised, _SUPERVISED, (month, period, region_code), kept=False):
            rows.append(
                ("", tuple(("amount", Decimal(sum_)) for sum_ in supervised.numbers if sum_ is not None))
            )
    for rules in alert_rules(figures).values():
        rows += [("", (("percent", rule.threshold),)) for rule in rules]
    kinds: dict[Kind, Measured] = {
        "percent": "percent",
        "change": "percent",
        "times": "percent",
        "points": "points",
    }
    rows += [(one.origin.code, ((kinds.get(one.kind, "amount"), one.value),)) for one in carried_figures]
    return Published(rows, {indicator.name_zh: code for code, indicator in known.indicators.items()})


@dataclass(frozen=True)
class _Cell:
    code: str
    value: Decimal | None
    last_year_value: Decimal | None
    last_year_change: Decimal | None
    previous_value: Decimal | None
    previous_change: Decimal | None
    target_value: Decimal | None
    completion: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    last_numerator: Decimal | None
    last_denominator: Decimal | None


@dataclass(frozen=True)
class _Supervised:
    numbers: list[Decimal | None]


def _less(value: Decimal | None, base: Decimal | None) -> Decimal | None:
    return None if value is None or base is None else value - base
