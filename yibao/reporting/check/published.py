"""What is published for a period, by the numbers that are printed of it: whose is 95.24%?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from yibao import formatting
from yibao.figures import Figures, alert_rules, catalogue
from yibao.reporting.check.quantity import PERCENT, POINTS, TIMES, Quantity, tidy
from yibao.reporting.content import Figure

Measured: TypeAlias = Literal["percent", "points", "amount"]

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

    def __init__(self, cells: Iterable[tuple[Measured, Decimal, str]], names: Mapping[str, str]) -> None:
        """`cells`: kind, exact value and code (empty: of no indicator); `names`: code by Chinese name."""
        self._values: dict[Measured, dict[Decimal, set[str]]] = {"percent": {}, "points": {}, "amount": {}}
        for kind, value, code in cells:
            self._values[kind].setdefault(value, set()).add(code)
        self.names = {
            tidy(name): code for name, code in sorted(names.items(), key=lambda item: -len(item[0]))
        }
        self._rounded: dict[tuple[Measured, int, int], dict[Decimal, set[str]]] = {}

    def codes(self, one: Quantity, way: int = 0) -> set[str]:
        """The codes under which this number is published as it is rounded here; none where it is not.

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
        found: set[str] = set()
        for kind in kinds:
            printed = self._printed(kind, scale, one.decimals)
            if one.hedge:
                for shown, codes in printed.items():
                    if one.allows(abs(shown) * one.scale):
                        found |= codes
                continue
            for sign in (way,) if way else (1, -1):
                found |= printed.get(abs(one.number) * sign, set())
        return found

    def family(self, code: str) -> set[str]:
        """The code and its calibres: 参保率（常住口径） may be told as 参保率, its calibre before it."""
        stem = self.name(code).partition("（")[0]
        return {known for name, known in self.names.items() if name.partition("（")[0] == stem}

    def name(self, code: str) -> str:
        """The Chinese name of a code."""
        return next((name for name, known in self.names.items() if known == code), code)

    def _printed(self, kind: Measured, scale: int, decimals: int) -> dict[Decimal, set[str]]:
        key = (kind, scale, decimals)
        if key not in self._rounded:
            printed: dict[Decimal, set[str]] = {}
            for value, codes in self._values[kind].items():
                printed.setdefault(formatting.half_up(value / scale, decimals), set()).update(codes)
            self._rounded[key] = printed
        return self._rounded[key]


def published(
    figures: Figures, period: str, region_code: str, carried_figures: Sequence[Figure] = ()
) -> Published:
    """The cells of the period in the region and below it, the limits of the alert rules, and what the file carries."""
    known = catalogue(figures)
    cells: list[tuple[Measured, Decimal, str]] = []
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
        told: tuple[tuple[Measured, Decimal | None], ...] = (
            *(
                (own, value)
                for value in (row.value, row.last_year_value, row.previous_value, row.target_value)
            ),
            *(
                ("points" if ratio else "percent", value)
                for value in (row.last_year_change, row.previous_change)
            ),
            ("percent", row.completion),
            ("amount", row.last_numerator),
            ("amount", row.last_denominator),
            # differences are told, though not published: 高于目标0.24个百分点, 比去年同期减少60.32元, 尚有未参保117人
            ("points" if ratio else "amount", _less(row.value, row.target_value)),
            ("points" if ratio else "amount", _less(row.value, row.last_year_value)),
            ("amount", _less(row.numerator, row.last_numerator)),
            ("amount", _less(row.denominator, row.last_denominator)),
            ("amount", _less(row.denominator, row.numerator)),
            ("amount", row.numerator),
            ("amount", row.denominator),
        )
        cells += [(kind, value, row.code) for kind, value in told if value is not None]
    for month in (f"{period[:4]}-01", period):
        for supervised in figures.rows(_Supervised, _SUPERVISED, (month, period, region_code), kept=False):
            cells += [("amount", Decimal(value), "") for value in supervised.numbers if value is not None]
    for rules in alert_rules(figures).values():
        cells += [("percent", rule.threshold, "") for rule in rules if rule.threshold is not None]
    for one in carried_figures:
        if one.value is not None:
            kind: Measured = "amount"
            if one.kind in ("percent", "change", "times"):
                kind = "percent"
            elif one.kind == "points":
                kind = "points"
            cells.append((kind, one.value, one.origin.code))
    return Published(cells, {indicator.name_zh: code for code, indicator in known.indicators.items()})


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
