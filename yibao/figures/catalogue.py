"""The catalogue of indicators as the users see it: name, unit, definition, calibre, formula and source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from yibao.figures.reader import Figures

_CODE = re.compile(r"[a-z][a-z0-9_]*")
_SIGNS = {"*": "×", "-": "－", "+": "＋"}


@dataclass(frozen=True)
class Indicator:
    """A row of seeds/indicator.csv; `numerator` and `denominator` are expressions of measures."""

    code: str
    name_zh: str
    domain: str
    numerator: str
    denominator: str
    unit: str
    decimals: int
    direction: str
    default_target: Decimal | None
    breakdowns: str | None
    modes: str
    definition_zh: str
    source_zh: str
    headline: int | None

    @property
    def has_month(self) -> bool:
        """Whether it is counted for a single month, or for the year to date only."""
        return "month" in self.modes.split("|")


@dataclass(frozen=True)
class Measure:
    """A row of seeds/measure.csv; `unit` is that of labels.UNITS, none for the target, which has that of what it is set for."""

    code: str
    unit: str | None
    name_zh: str
    definition_zh: str


@dataclass(frozen=True)
class Catalogue:
    """All indicators in the catalogue's order, and the measures they are made of."""

    indicators: dict[str, Indicator]
    measures: dict[str, Measure]

    def __getitem__(self, code: str) -> Indicator:
        return self.indicators[code]

    def formula(self, code: str) -> str:
        """`参保人数 ÷ 户籍人口 × 100%`, with the measures' Chinese names."""
        indicator = self.indicators[code]
        top, bottom = self._named(indicator.numerator), self._named(indicator.denominator)
        return f"{top} ÷ {bottom}" + (" × 100%" if indicator.unit == "percent" else "")

    def measures_of(self, code: str) -> tuple[Measure, ...]:
        """The measures of numerator and denominator, each once."""
        indicator = self.indicators[code]
        codes = dict.fromkeys(_CODE.findall(f"{indicator.numerator} {indicator.denominator}"))
        return tuple(self.measures[name] for name in codes if name in self.measures)

    def units_of(self, code: str) -> tuple[str, str]:
        """The units of numerator and denominator: that of the first measure which has one; a target's is the other side's."""
        indicator = self.indicators[code]
        top, bottom = self._unit(indicator.numerator), self._unit(indicator.denominator)
        return top or bottom, bottom or top

    def _unit(self, expression: str) -> str:
        measures = (self.measures.get(name) for name in _CODE.findall(expression))
        return next((measure.unit for measure in measures if measure and measure.unit), "")

    def _named(self, expression: str) -> str:
        def name(match: re.Match[str]) -> str:
            measure = self.measures.get(match[0])
            return measure.name_zh if measure else match[0]

        text = _CODE.sub(name, expression)
        for sign, shown in _SIGNS.items():
            text = text.replace(f" {sign} ", shown)
        return (
            f"（{text}）" if text != expression and any(shown in text for shown in _SIGNS.values()) else text
        )


def catalogue(figures: Figures) -> Catalogue:
    """The catalogue that the generation was made with."""
    indicators = figures.rows(
        Indicator,
        """
        select
            code, name_zh, domain, numerator, denominator, unit, decimals, direction, default_target, breakdowns,
            modes, definition_zh, source_zh, headline
        from indicator
        """,
    )
    measures = figures.rows(Measure, "select measure, unit, name_zh, definition_zh from measure")
    return Catalogue(
        {indicator.code: indicator for indicator in indicators},
        {measure.code: measure for measure in measures},
    )
