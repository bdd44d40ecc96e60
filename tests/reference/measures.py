"""The measures of one period and mode, and whether their datasets were delivered for it (semantics 7)."""

from collections import defaultdict
from decimal import Decimal

from tests.reference.contract import Measure
from tests.reference.facts import ALL, Facts, Key, Table
from tests.reference.stocks import Stocks
from tests.reference.values import Month, month_of


class Delivered:
    """Whether a measure's first dataset was delivered for a period."""

    def __init__(self, facts: Facts) -> None:
        data = facts.data
        settlement_month = {row["setl_id"]: month_of(row["setl_time"]) for row in data["settlement"]}
        items = {settlement_month.get(row["setl_id"]) for row in data["settlement_item"]}
        self.months: dict[str, set[Month | None]] = {
            "settlement": set(settlement_month.values()),
            "settlement_item": set(items),
            "fund_ledger": {month_of(row["entry_date"]) for row in data["fund_ledger"]},
            "inspection": {month_of(row["inspected_on"]) for row in data["inspection"]},
            "inspection_finding": {month_of(i["inspected_on"]) for _, i in facts.findings()},
        }
        by_year = ("enrollment", "contribution", "population", "budget", "target")
        self.years = {name: {row["year"] for row in data[name]} for name in by_year}
        for name in ("inspection", "inspection_finding"):
            self.years[name] = {month[0] for month in self.months[name] if month}
        self.ever = {name for name in ("priority_roster", "institution") if data[name]}

    def __call__(self, measure: Measure, months: list[Month]) -> bool:
        """`months`: the months the value covers."""
        dataset = "fund_ledger" if measure.datasets[0] == "derived" else measure.datasets[0]
        if dataset == "period":
            return True
        if dataset in self.ever:
            return True
        if measure.kind == "flow" or dataset == "fund_ledger":
            return all(month in self.months[dataset] for month in months)
        return months[0][0] in self.years.get(dataset, set())


class PeriodMeasures:
    """All measures of one period and mode, asked for by cell."""

    def __init__(self, facts: Facts, stocks: Stocks, months: list[Month], schemes: list[str]) -> None:
        """`months`: those the value covers; `schemes`: those reported (each needs an opening balance)."""
        self.facts, self.stocks, self.months, self.schemes = facts, stocks, months, schemes
        self._flows: dict[str, Table] = {}

    def _table(self, measure: str) -> Table:
        if measure not in self._flows:
            total: Table = defaultdict(Decimal)
            for month in self.months:
                for key, amount in self.facts.flows.get((measure, month), {}).items():
                    total[key] += amount
            self._flows[measure] = total
        return self._flows[measure]

    def value(self, measure: Measure, key: Key) -> Decimal | None:
        """The sum of the measure's rows in the cell, 0 without rows; None: a balance without an opening."""
        if measure.code == "months_elapsed":
            return Decimal(self.months[-1][1])
        if measure.code in ("fund_opening_balance", "fund_closing_balance"):
            needed = self.schemes if key[1] == ALL else [key[1]]
            if not self.stocks.schemes_with_opening.issuperset(needed):
                return None
            opening = self.stocks.tables["fund_opening_balance"].get(key, Decimal(0))
            if measure.code == "fund_opening_balance":
                return opening
            income, expense = self._table("fund_income"), self._table("fund_expense")
            return opening + income.get(key, Decimal(0)) - expense.get(key, Decimal(0))
        table = self._table(measure.code) if measure.kind == "flow" else self.stocks.tables[measure.code]
        return table.get(key, Decimal(0))
