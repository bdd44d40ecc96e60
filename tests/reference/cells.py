"""The dimensions and the cells expected of each indicator (semantics 7).

Open readings taken here:
- "`<county>000` where it occurs": in the accepted enrollment, population and roster rows and as the
  township of effective settlements and of contributions, in any year. Townships of counties not reported
  are no cells.
- "seen": the same `service_tier`, `inst`, `account_item` values are expected in every county.
- "no `region` listed: only the county": where several are reported, each county and the city.
"""

from collections.abc import Iterator

from tests.reference.contract import Indicator
from tests.reference.facts import ALL, NONE, Facts, Key
from tests.reference.persons import township_of

TOP_BREAKDOWNS = ("service_tier", "inst", "account_item", "inst_type")


class Cells:
    """The dimensions and the cells expected of each indicator."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        data, geography = facts.data, facts.geography
        self.counties = [*geography.counties, *geography.cities]
        codes = {row["region_code"] for row in data["region"] if len(row["region_code"]) == 9}
        codes |= {township_of(row["region_code"]) for row in data["enrollment"]}
        occurring = {township_of(row["region_code"]) for row in data["population"] + data["priority_roster"]}
        occurring |= {case.about.township for case in facts.settlements.effective}
        for township in facts.contribution_township.values():
            occurring |= set(geography.of_contribution(township))
        codes |= {code for code in occurring if len(code) == 9 and code.endswith("000")}
        self.townships = sorted(code for code in codes if code[:6] in geography.counties)
        self.schemes = sorted(
            {data.bucket("enrollment", "insutype", row["insutype"]) for row in data["enrollment"]}
        )
        self.groups = self._codes("priority_roster", "group_code")
        self.inst_types = self._codes("institution", "inst_type")
        self._seen: dict[int, dict[str, list[str]]] = {}

    def _codes(self, dataset: str, field: str) -> list[str]:
        return sorted(
            {self.facts.data.bucket(dataset, field, row[field]) for row in self.facts.data[dataset]}
        )

    def seen(self, year: int) -> dict[str, list[str]]:
        """The values of each further breakdown in the year's data."""
        if year not in self._seen:
            data, register = self.facts.data, self.facts.settlements.register
            cases = [case.about for case in self.facts.settlements.effective if case.month[0] == year]
            with_budget = {row["inst_code"] for row in data["budget"] if row["year"] == year}
            registered = [register[code] for code in with_budget if code in register]
            tiers = {about.tier for about in cases}
            tiers |= {data.bucket("institution", "service_tier", row["service_tier"]) for row in registered}
            items = {
                data.bucket("fund_ledger", "account_item", row["account_item"])
                for row in data["fund_ledger"]
                if row["entry_date"].year == year
            }
            self._seen[year] = {
                "service_tier": sorted(tiers),
                "inst": sorted({about.inst for about in cases} | with_budget),
                "account_item": sorted(items),
                "inst_type": self.inst_types,
                "group": self.groups,
            }
        return self._seen[year]

    def of(self, indicator: Indicator, year: int) -> Iterator[Key]:
        has_region = "region" in indicator.breakdowns
        regions = self.counties + (self.townships if has_region else [])
        schemes = [ALL, *self.schemes] if "insutype" in indicator.breakdowns else [ALL]
        for scheme in schemes:
            for region in regions:
                yield region, scheme, NONE, ALL
                if "group" in indicator.breakdowns:
                    for value in self.seen(year)["group"]:
                        yield region, scheme, "group", value
            for breakdown in TOP_BREAKDOWNS:
                if breakdown in indicator.breakdowns:
                    for county in self.counties:
                        for value in self.seen(year)[breakdown]:
                            yield county, scheme, breakdown, value
