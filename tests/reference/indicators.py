"""Value and status of every cell of `indicator_value` (semantics 7).

Open readings taken here:
- Numerator and denominator of a cell are stored where they exist: empty where the dataset was not
  delivered or the measure lacks the cell's dimension; a delivered measure without rows in the cell is 0.
- "every cell of the indicator is no_data": the numerator's datasets decide; a denominator that was not
  delivered is a missing denominator (no_denominator).
- A numerator of several measures needs the first dataset of each.
- net_reversal: at least one measure of the numerator is of settlements or items.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tests.reference.cells import Cells
from tests.reference.contract import Indicator, Measure
from tests.reference.facts import ALL, NONE, Facts, Key
from tests.reference.measures import Delivered, PeriodMeasures
from tests.reference.stocks import Stocks
from tests.reference.values import Month, month_of, month_text, months_between

PER_UNIT = {"percent": 100, "yuan": 1, "months": 1, "days": 1}
REPEATED_FOR_SCHEMES = ("population_", "priority_", "institutions_under_agreement")


@dataclass(frozen=True)
class CellValue:
    """One row of `indicator_value`; `value` in the indicator's unit, 10 places."""

    period: str
    period_mode: str
    region_code: str
    insutype: str
    breakdown: str
    breakdown_value: str
    indicator_code: str
    numerator: Fraction | None
    denominator: Fraction | None
    value: Decimal | None
    status: str


def half_up(ratio: Fraction, places: int = 10) -> Decimal:
    """Half away from zero, exact."""
    scaled = abs(ratio) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if ratio >= 0 else -whole).scaleb(-places)


def terms(formula: str) -> list[str]:
    """`a + b - c`: the measures at the even places, the operators between them."""
    return formula.split(" ")


def combine(formula: str, values: dict[str, Fraction | None]) -> Fraction | None:
    """The formula over the measures' values, from left to right; None where one is missing."""
    first, *rest = terms(formula)
    result = values[first]
    for operator, name in zip(rest[::2], rest[1::2], strict=True):
        value = values[name]
        if result is None or value is None:
            return None
        match operator:
            case "+":
                result += value
            case "-":
                result -= value
            case "*":
                result *= value
            case _:
                raise ValueError(formula)
    return result


class Report:
    """Every cell of `indicator_value`."""

    def __init__(self, facts: Facts, indicators: list[Indicator], measures: dict[str, Measure]) -> None:
        self.facts, self.indicators, self.measures = facts, indicators, measures
        self.cells = Cells(facts)
        self.delivered = Delivered(facts)
        self._missing: set[str] = set()  # the measures of the indicator at hand that were not delivered
        self.targets = {
            (row["year"], row["indicator_code"], row["region_code"]): Fraction(row["target_value"])
            for row in facts.data["target"]
        }

    def periods(self, until: Month | None = None) -> list[Month]:
        """First to last month of settlements, ledger and inspections, none after the newest file's."""
        data = self.facts.data
        months = {month_of(row["setl_time"]) for row in data["settlement"]}
        months |= {month_of(row["entry_date"]) for row in data["fund_ledger"]}
        months |= {month_of(row["inspected_on"]) for row in data["inspection"]}
        latest = min(month_of(data.newest), until or month_of(data.newest))
        months = {month for month in months if month <= latest}
        return months_between(min(months), max(months)) if months else []

    def rows(self, until: Month | None = None) -> Iterator[CellValue]:
        for month in self.periods(until):
            stocks = Stocks(self.facts, month)
            for mode in ("month", "ytd"):
                months = [month] if mode == "month" else months_between((month[0], 1), month)
                measured = PeriodMeasures(self.facts, stocks, months, self.cells.schemes)
                for indicator in self.indicators:
                    if mode in indicator.modes:
                        yield from self._indicator(indicator, month_text(month), mode, measured)

    def _indicator(
        self, indicator: Indicator, period: str, mode: str, measured: PeriodMeasures
    ) -> Iterator[CellValue]:
        names = terms(indicator.numerator)[::2]
        self._missing = {
            name
            for name in [*names, *terms(indicator.denominator)[::2]]
            if not self.delivered(self.measures[name], measured.months)
        }
        of_settlements = any(self.measures[n].datasets[0] in ("settlement", "settlement_item") for n in names)
        for key in self.cells.of(indicator, measured.months[0][0]):
            numerator = self._part(indicator, indicator.numerator, key, measured)
            denominator = self._part(indicator, indicator.denominator, key, measured)
            has_opening = self._has_opening(names, key, measured)
            value = None
            if self._missing.intersection(names) or not has_opening:
                status = "no_data"
            elif not self._has_dimensions(indicator, key, measured):
                status = "no_dimension"
            elif denominator is None or denominator <= 0:
                status = "no_denominator"
            else:
                assert numerator is not None
                value = half_up(numerator / denominator * PER_UNIT[indicator.unit])
                status = "net_reversal" if of_settlements and numerator < 0 else "ok"
            yield CellValue(period, mode, *key, indicator.code, numerator, denominator, value, status)

    def _part(
        self, indicator: Indicator, formula: str, key: Key, measured: PeriodMeasures
    ) -> Fraction | None:
        """Numerator or denominator of a cell, None where a measure of it is missing."""
        values: dict[str, Fraction | None] = {}
        for name in terms(formula)[::2]:
            values[name] = self._measure(indicator, self.measures[name], key, measured)
        return combine(formula, values)

    def _measure(
        self, indicator: Indicator, measure: Measure, key: Key, measured: PeriodMeasures
    ) -> Fraction | None:
        if measure.code == "target":
            found = self.targets.get((measured.months[0][0], indicator.code, key[0]))
            return found if key[1] == ALL else None
        if measure.code in self._missing or not self._holds(measure, key):
            return None
        region, insutype, breakdown, value = key
        if "insutype" not in measure.dims:
            insutype = ALL
        found_value = measured.value(measure, (region, insutype, breakdown, value))
        return None if found_value is None else Fraction(found_value)

    def _has_opening(self, names: list[str], key: Key, measured: PeriodMeasures) -> bool:
        balances = [self.measures[n] for n in names if n in ("fund_closing_balance", "fund_opening_balance")]
        return all(measured.value(balance, key) is not None for balance in balances)

    def _has_dimensions(self, indicator: Indicator, key: Key, measured: PeriodMeasures) -> bool:
        for name in [*terms(indicator.numerator)[::2], *terms(indicator.denominator)[::2]]:
            if name == "target":
                if self._measure(indicator, self.measures[name], key, measured) is None:
                    return False
            elif not self._holds(self.measures[name], key):
                return False
        return True

    def _holds(self, measure: Measure, key: Key) -> bool:
        """Whether the measure has the dimensions of the cell, or is repeated over those it lacks."""
        if measure.kind == "scale":
            return True
        region, insutype, breakdown, _ = key
        if "region" not in measure.dims and region not in self.facts.geography.tops:
            return False
        if (
            insutype != ALL
            and "insutype" not in measure.dims
            and not measure.code.startswith(REPEATED_FOR_SCHEMES)
        ):
            return False
        return breakdown == NONE or breakdown in measure.dims
