"""Figures of one period and region, as the composers of the products ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from yibao.figures import Catalogue, Figures, catalogue
from yibao.reporting import trace
from yibao.reporting.content import Figure, How, Kind, Origin

UNIT_KINDS: dict[str, Kind] = {"percent": "percent", "yuan": "yuan", "days": "days", "months": "months"}


@dataclass(frozen=True)
class Numbers:
    """Makes figures out of published cells; what is not told otherwise is the whole region, all schemes, year to date."""

    figures: Figures
    period: str
    region_code: str

    @cached_property
    def catalogue(self) -> Catalogue:
        return catalogue(self.figures)

    def indicator(
        self,
        code: str,
        column: str = "value",
        kind: Kind | None = None,
        *,
        mode: str = "ytd",
        region: str | None = None,
        insutype: str = "all",
        breakdown: tuple[str, str] = ("none", "all"),
        period: str | None = None,
        minus: str | None = None,
        size_only: bool = False,
    ) -> Figure:
        """A cell of an indicator: `column` of indicator_trend (value, target_value, completion, last_year_value,
        last_year_change, previous_value, previous_change) or `numerator`, `denominator` of indicator_value.

        `kind` is that of the catalogue for values, points or change for changes, percent for completion; to be told for
        numerator and denominator (count or wan). An indicator without months is given for the year to date.
        Raises Problem (exit 1) where the catalogue has no such cell.
        """
        indicator = self.catalogue[code]
        keys = (
            ("period", period or self.period),
            ("period_mode", mode if indicator.has_month else "ytd"),
            ("region_code", region or self.region_code),
            ("insutype", insutype),
            ("breakdown", breakdown[0]),
            ("breakdown_value", breakdown[1]),
            ("indicator_code", code),
        )
        table = "indicator_value" if column in ("numerator", "denominator") else "indicator_trend"
        chosen = kind or self._kind(indicator.unit, column, minus)
        return self._made(
            Origin(table, column, keys, code, indicator.name_zh, "cell", minus), chosen, size_only
        )

    def cell(
        self,
        table: str,
        column: str,
        kind: Kind,
        name_zh: str,
        keys: Sequence[tuple[str, str]] = (),
        *,
        how: How = "cell",
        minus: str | None = None,
        size_only: bool = False,
    ) -> Figure:
        """A cell (or sum, or count of rows) of any other published table; its code is `table.column`."""
        origin = Origin(table, column, tuple(keys), f"{table}.{column}", name_zh, how, minus)
        return self._made(origin, kind, size_only)

    def _made(self, origin: Origin, kind: Kind, size_only: bool) -> Figure:
        return Figure(origin, trace.look_up(self.figures, origin), kind, size_only)

    @staticmethod
    def _kind(unit: str, column: str, minus: str | None) -> Kind:
        if column.endswith("_change"):
            return "points" if unit == "percent" else "change"
        if column == "completion":
            return "percent"
        if minus is not None and unit == "percent":
            return "points"
        return UNIT_KINDS[unit]
