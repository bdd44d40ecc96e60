"""The measures that look at a day: insured persons, population, rosters, balances, institutions (semantics 7).

Open readings taken here:
- "priority_exempt_persons: not insured but with an exempt_reason": a reason on one of the listed rows
  that are looked at (of the region and group of the cell). "insured": in any county.
- "fund_opening_balance: of the year": entry_date anywhere in the year.
- "located in the county": the first 6 digits of the register's region (of a city: the first 4).
- "townships from their villages where only villages are given": decided per year, population type and
  township.
- Distinct priority persons are distinct within each region asked for.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.reference.facts import ALL, NONE, Facts, Geography, Key, Table, add
from tests.reference.persons import township_of
from tests.reference.values import Month, last_day

RESIDENT_SCHEMES = {"390", "380"}


class Stocks:
    """The measures that look at a day: the last day of one period."""

    def __init__(self, facts: Facts, month: Month) -> None:
        self.facts, self.month, self.year, self.day = facts, month, month[0], last_day(month)
        self.tables: dict[str, Table] = defaultdict(lambda: defaultdict(Decimal))
        self.schemes_with_opening: set[str] = set()
        self._insured()
        self._contributions()
        self._population()
        self._priority()
        self._opening()
        self._budget()
        self._institutions()

    def _insured(self) -> None:
        geography, enrollment = self.facts.geography, self.facts.enrollment
        counted = enrollment.counted_rows(self.day)
        self.insured_persons = {person for _, person in counted}
        for row in counted.values():
            scheme = self.facts.data.bucket("enrollment", "insutype", row["insutype"])
            regions = geography.regions_of_code(row["region_code"])
            keys = [(region, s, NONE, ALL) for region in regions for s in (ALL, scheme)]
            add(self.tables["insured_persons"], keys, Decimal(1))
            if scheme in RESIDENT_SCHEMES:
                keys = [(region, ALL, NONE, ALL) for region in regions]
                add(self.tables["insured_resident_persons"], keys, Decimal(1))
        for row in enrollment.double_covered(self.day):
            keys = [(region, ALL, NONE, ALL) for region in geography.regions_of_code(row["region_code"])]
            add(self.tables["double_covered_persons"], keys, Decimal(1))

    def _contributions(self) -> None:
        for row in self.facts.data["contribution"]:
            if row["year"] == self.year and row["pay_time"].date() <= self.day:
                township = self.facts.contribution_township[row["payment_id"]]
                scheme = self.facts.data.bucket("contribution", "insutype", row["insutype"])
                regions = self.facts.geography.of_contribution(township)
                keys = [(region, s, NONE, ALL) for region in regions for s in (ALL, scheme)]
                add(self.tables["contribution_amount"], keys, row["total_amount"])

    def _population(self) -> None:
        """Townships as given, else from their villages; counties from their townships."""
        given: dict[tuple[str, str], int] = defaultdict(int)
        of_villages: dict[tuple[str, str], int] = defaultdict(int)
        for row in self.facts.data["population"]:
            if row["year"] == self.year:
                is_village = len(row["region_code"]) > 9
                heads = of_villages if is_village else given
                heads[row["population_type"], township_of(row["region_code"])] += row["head_count"]
        of_townships = of_villages | given
        for (kind, township), heads_of_township in of_townships.items():
            keys = [(region, ALL, NONE, ALL) for region in self.facts.geography.regions_of_code(township)]
            add(self.tables[f"population_{kind}"], keys, Decimal(heads_of_township))
            if kind in ("registered", "long_absent"):
                sign = 1 if kind == "registered" else -1
                add(self.tables["population_registered_net"], keys, sign * Decimal(heads_of_township))

    def _priority(self) -> None:
        listed: dict[Key, set[str]] = defaultdict(set)
        with_reason: dict[Key, set[str]] = defaultdict(set)
        for row in self.facts.data["priority_roster"]:
            if row["listed_on"] > self.day or (row["delisted_on"] and row["delisted_on"] <= self.day):
                continue
            person = self.facts.persons.of_certificate(row["certno"])
            group = self.facts.data.bucket("priority_roster", "group_code", row["group_code"])
            for region in self.facts.geography.regions_of_code(row["region_code"]):
                for breakdown, value in ((NONE, ALL), ("group", group)):
                    listed[region, ALL, breakdown, value].add(person)
                    if row["exempt_reason"]:
                        with_reason[region, ALL, breakdown, value].add(person)
        for key, persons in listed.items():
            self.tables["priority_listed_persons"][key] = Decimal(len(persons))
            self.tables["priority_insured_persons"][key] = Decimal(len(persons & self.insured_persons))
            exempt = with_reason[key] - self.insured_persons
            self.tables["priority_exempt_persons"][key] = Decimal(len(exempt))

    def _opening(self) -> None:
        for row in self.facts.data["fund_ledger"]:
            if row["direction"] == "opening" and row["entry_date"].year == self.year:
                scheme = self.facts.data.bucket("fund_ledger", "insutype", row["insutype"])
                self.schemes_with_opening.add(scheme)
                keys = [(top, s, NONE, ALL) for top in self.facts.geography.tops for s in (ALL, scheme)]
                add(self.tables["fund_opening_balance"], keys, row["amount"])

    def _budget(self) -> None:
        for row in self.facts.data["budget"]:
            if row["year"] == self.year:
                scheme = self.facts.data.bucket("budget", "insutype", row["insutype"])
                keys = [
                    (top, s, b, value)
                    for top in self.facts.geography.tops
                    for s in (ALL, scheme)
                    for b, value in ((NONE, ALL), ("inst", row["inst_code"]))
                ]
                add(self.tables["budget_amount"], keys, row["budget_amount"])

    def _institutions(self) -> None:
        facts, first_day = self.facts, date(self.year, 1, 1)
        inspected: set[str] = set()
        inspections: set[str] = set()
        for row in facts.data["inspection"]:
            if row["method"] != "self" and first_day <= row["inspected_on"] <= self.day:
                inspected.add(row["inst_code"])
                inspections.add(row["inspection_id"])
        with_findings = {i["inst_code"] for f, i in facts.findings() if f["inspection_id"] in inspections}
        for row in facts.data["institution"]:
            begin, end = row["agreement_begin"], row["agreement_end"]
            if begin is None or begin > self.day or (end is not None and end < first_day):
                continue
            inst_type = facts.data.bucket("institution", "inst_type", row["inst_type"])
            tops = [
                top for top in facts.geography.tops if _is_within(row["region_code"], top, facts.geography)
            ]
            keys = [(top, ALL, b, v) for top in tops for b, v in ((NONE, ALL), ("inst_type", inst_type))]
            add(self.tables["institutions_under_agreement"], keys, Decimal(1))
            if row["inst_code"] in inspected:
                add(self.tables["institutions_inspected"], keys, Decimal(1))
            if row["inst_code"] in with_findings:
                add(self.tables["institutions_with_findings"], keys, Decimal(1))


def _is_within(region_code: str, top: str, geography: Geography) -> bool:
    digits = 4 if geography.cities else 6
    return region_code[:digits] == top[:digits]
