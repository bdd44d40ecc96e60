"""What the measures are made from: the regions a row counts in, and the flows of each month (semantics 7).

A table holds one measure: cell key (region, insutype, breakdown, breakdown value) to the sum; a key that is not in it
has no rows. Measures without a region stand at the top: the county, or the city where there are several counties.
Measures without an insutype stand at `all`.

Open readings taken here:
- A settlement counts in its township, in its county and, where several counties are reported, in the city
  that its county's first 4 digits name; likewise population, roster and enrollment rows by their own
  region.
- "institutions that have a budget for that year and scheme": the codes of institution and scheme are
  equal.
"""

from collections import defaultdict
from decimal import Decimal

from tests.reference.case_measures import SETTLEMENT_MEASURES
from tests.reference.cases import Case
from tests.reference.persons import Enrollment, Persons, township_of
from tests.reference.rows import Accepted, Row
from tests.reference.settlements import Settlements
from tests.reference.values import Month, month_of

Key = tuple[str, str, str, str]
Table = dict[Key, Decimal]
ALL, NONE = "all", "none"
DUE_ITEMS = {"personal", "employer", "central", "province", "city", "county", "aid"}


class Geography:
    """Counties reported, the city over several of them, and the regions a row counts in."""

    def __init__(self, counties: list[str]) -> None:
        self.counties = counties
        self.cities = sorted({county[:4] + "00" for county in counties}) if len(counties) > 1 else []
        self.tops = self.cities or counties

    def regions(self, township: str | None, county: str) -> list[str]:
        cities = [county[:4] + "00"] if self.cities else []
        return [*([township] if township else []), county, *cities]

    def regions_of_code(self, region_code: str) -> list[str]:
        return self.regions(township_of(region_code), region_code[:6])

    def of_contribution(self, township: str | None) -> list[str]:
        """A contribution carries no county: its township's, else the only one reported."""
        if township is not None:
            return self.regions(township, township[:6])
        if len(self.counties) == 1:
            return self.regions(self.counties[0] + "000", self.counties[0])
        return self.cities


def add(table: Table, keys: list[Key], amount: Decimal) -> None:
    for key in keys:
        table[key] += amount


class Facts:
    """Everything the measures are made from, built once."""

    def __init__(self, data: Accepted) -> None:
        self.data = data
        self.persons = Persons(data["enrollment"])
        self.enrollment = Enrollment(data, self.persons)
        self.settlements = Settlements(data, self.persons, self.enrollment)
        self.geography = Geography(self.enrollment.counties)
        self.inspections = {row["inspection_id"]: row for row in data["inspection"]}
        self.budgets = {(b["inst_code"], b["year"], b["insutype"]) for b in data["budget"]}
        self.contribution_township = {
            row["payment_id"]: self.enrollment.township(
                self.persons.find(row["psn_no"]), row["year"], row["insutype"]
            )
            for row in data["contribution"]
        }
        self.flows = self._settlement_flows()
        self._add_ledger_flows()
        self._add_finding_flows()

    def _settlement_flows(self) -> dict[tuple[str, Month], Table]:
        flows: dict[tuple[str, Month], Table] = defaultdict(lambda: defaultdict(Decimal))
        for case in self.settlements.effective:
            keys = self._settlement_keys(case)
            for measure, adds in SETTLEMENT_MEASURES.items():
                amount = adds(case)
                if amount is not None:
                    add(flows[measure, case.month], keys, amount)
            if (case.about.inst, case.month[0], case.about.insutype) in self.budgets:
                add(flows["budget_fund", case.month], keys, case.amounts["fund_total"])
        return flows

    def _settlement_keys(self, case: Case) -> list[Key]:
        about = case.about
        keys = []
        for region in self.geography.regions(about.township, about.county):
            for scheme in (ALL, about.scheme):
                keys.append((region, scheme, NONE, ALL))
                if region != about.township:
                    keys.append((region, scheme, "service_tier", about.tier))
                    keys.append((region, scheme, "inst", about.inst))
        return keys

    def _add_ledger_flows(self) -> None:
        for row in self.data["fund_ledger"]:
            month = month_of(row["entry_date"])
            scheme = self.data.bucket("fund_ledger", "insutype", row["insutype"])
            item = self.data.bucket("fund_ledger", "account_item", row["account_item"])
            keys = [
                (top, s, b, value)
                for top in self.geography.tops
                for s in (ALL, scheme)
                for b, value in ((NONE, ALL), ("account_item", item))
            ]
            amounts: dict[str, Decimal | None] = {}
            match row["direction"]:
                case "income":
                    amounts["fund_income"] = row["amount"]
                    if row["account_item"] in DUE_ITEMS:
                        amounts["fund_due"] = row["amount_due"]
                        amounts["fund_arrived"] = row["amount"]
                    if row["account_item"] == "interest":
                        amounts["fund_interest"] = row["amount"]
                case "expense":
                    amounts["fund_expense"] = row["amount"]
                case "reserve":
                    amounts["fund_reserve"] = row["amount"]
            for measure, amount in amounts.items():
                add(self.flows[measure, month], keys, amount or Decimal(0))

    def _add_finding_flows(self) -> None:
        keys = [(top, ALL, NONE, ALL) for top in self.geography.tops]
        for finding, inspection in self.findings():
            if inspection["method"] != "self":
                month = month_of(inspection["inspected_on"])
                add(self.flows["findings_total", month], keys, Decimal(1))
                if finding["status"] == "closed":
                    add(self.flows["findings_closed", month], keys, Decimal(1))

    def findings(self) -> list[tuple[Row, Row]]:
        """Findings with their inspection; one without an accepted inspection has no month and is left out."""
        pairs = [(f, self.inspections.get(f["inspection_id"])) for f in self.data["inspection_finding"]]
        return [(finding, inspection) for finding, inspection in pairs if inspection is not None]
