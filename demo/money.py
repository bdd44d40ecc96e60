"""Fund ledger, budgets, targets, population: figures of the bureau that follow from people and care."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .care import INSTITUTIONS, Month
from .chance import stream
from .county import COUNTY, TOWNSHIPS, township_code, village_code, villages_per_township
from .people import PERSONAL, SCHEMES, People, enrolled
from .text import Row, Table

# of what is due, by scheme; a full year is judged by December, the newest by September. Employers pay the
# whole year in January, so that by September their scheme has not used all of it
_USE_RATE = {2024: (0.9, 0.925, 0.925), 2025: (0.96, 0.905, 0.914), 2026: (0.83, 0.985, 0.947)}
_OPENING_MONTHS = (5, 3, 3)  # the first balance of each scheme, in months of what is due
_PARTS = {"personal": "personal_amount", "employer": "employer_amount", "aid": "subsidy_amount"}
_ACCOUNT_MONTHS = (1, 7)  # personal accounts are credited twice a year
_REGISTERED_SHARE = 0.962  # enrolled of the registered population
POPULATION_TYPES = {"registered": 1.0, "resident": 0.935, "long_absent": 0.028, "agricultural": 0.86}


def yuan(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


@dataclass
class Spending:
    """Sums of the settlements in cents, filled month by month."""

    by_kind: dict[tuple[int, int, int], np.ndarray] = field(
        default_factory=dict
    )  # (year, month, scheme) -> fund by class
    catastrophic: dict[tuple[int, int, int], int] = field(default_factory=dict)
    by_inst: dict[int, np.ndarray] = field(default_factory=dict)  # year -> fund by scheme and institution
    months: dict[int, set[int]] = field(default_factory=dict)

    def add(self, care: Month) -> None:
        fund = care.parts["fund_total"].astype(np.float64)
        extra = (care.parts["catastrophic_pay"] + care.parts["large_amount_pay"]).astype(np.float64)
        self.months.setdefault(care.year, set()).add(care.month)
        total = self.by_inst.setdefault(care.year, np.zeros((3, len(INSTITUTIONS))))
        for s in range(3):
            mine = care.scheme == s
            key = (care.year, care.month, s)
            self.by_kind[key] = np.bincount(care.kind[mine], weights=(fund - extra)[mine], minlength=6)
            self.catastrophic[key] = int(extra[mine].sum())
            total[s] += np.bincount(care.inst[mine], weights=fund[mine], minlength=len(INSTITUTIONS))

    def spent(self, year: int, month: int, scheme: int) -> dict[str, int]:
        kinds = self.by_kind[year, month, scheme]
        inside = int(kinds[:2].sum())
        outside = int(kinds[2:].sum())
        both = inside + outside
        return {
            "inpatient": inside,
            "outpatient": outside,
            "catastrophic": self.catastrophic[year, month, scheme],
            "family_account": both * 3 // 100,
            "other_expense": both // 100,
        }


@dataclass
class Collection:
    """Sums of contributions in cents by the month in which they count, filled year by year.

    What is paid before January counts in January of its insurance year, as the books are compared.
    """

    by_month: dict[tuple[int, int, int], dict[str, int]] = field(
        default_factory=dict
    )  # (year, month, scheme) -> sum by account item, those that are not 0

    def add(self, paid: Table) -> None:
        """`paid`: accepted contributions."""
        january = pc.binary_join_element_wise(paid["year"], "01", "-")
        month = pc.max_element_wise(pc.utf8_slice_codeunits(paid["pay_time"], 0, 7), january)
        cents = {
            item: pc.cast(pc.replace_substring(paid[name], ".", ""), pa.int64())
            for item, name in _PARTS.items()
        }
        sums = (
            pa.table({"month": month, "insutype": paid["insutype"], **cents})
            .group_by(["month", "insutype"])
            .aggregate([(item, "sum") for item in _PARTS])
        )
        for row in sums.to_pylist():
            key = int(row["month"][:4]), int(row["month"][5:]), SCHEMES.index(row["insutype"])
            known = self.by_month.get(key, {})
            both = {item: known.get(item, 0) + row[f"{item}_sum"] for item in _PARTS}
            self.by_month[key] = {item: amount for item, amount in both.items() if amount}


@dataclass(frozen=True)
class Plan:
    """A scheme's year in cents."""

    level: int  # a month's due amount if all came evenly
    contributions: dict[int, dict[str, int]]  # month -> due of contributors by account item
    treasury: dict[int, int]  # month -> due of the treasury
    accounts: dict[int, int]  # month -> credited to personal accounts


def _owed(item: str, came: int, chance: float) -> int:
    """The due amount, in whole yuan, of which so much came; nothing is due where money goes back."""
    arrival = {"personal": 0.985, "employer": 0.992, "aid": 1.0}[item]
    if item != "aid":
        arrival += 0.01 * (chance - 0.5)
    return max(int(came / arrival / 100 + 0.5) * 100, 0)


def _plan(
    year: int,
    s: int,
    here: list[int],
    spending: Spending,
    collection: Collection,
    rng: np.random.Generator,
) -> Plan:
    """Contributors pay at the beginning of the year and the treasury when that is used up, a little in every
    month; what contributors pay above what is needed goes to personal accounts. So the use rate holds by the
    year's end."""
    contributions = {
        m: {
            item: _owed(item, came, rng.random())
            for item, came in collection.by_month.get((year, m, s), {}).items()
        }
        for m in here
    }
    spent = sum(sum(spending.spent(year, m, s).values()) for m in here)
    rate = _USE_RATE.get(year, (0.93, 0.93, 0.93))[s]
    level = int(spent / len(here) / rate) if spent else 100_000_00
    owed = {m: sum(contributions[m].values()) for m in here}
    least = max(level * len(here) - sum(owed.values()), 0) // len(here) // 5
    treasury: dict[int, int] = {}
    balance = 0
    for m in here:
        balance += owed[m] - level
        treasury[m] = max(least, -balance)
        balance += treasury[m]
    credited = [m for m in here if m in _ACCOUNT_MONTHS] or here[:1]
    accounts = {m: int(balance * rate) // len(credited) for m in credited}
    return Plan(level, contributions, treasury, accounts)


def _shares(scheme: int, due: int) -> dict[str, int]:
    """What is due of the treasury, by account item."""
    if scheme != 1:
        return {"county": due}
    parts = {"central": due * 58 // 100, "province": due * 22 // 100, "city": due * 8 // 100}
    return {**parts, "county": due - sum(parts.values())}


def _arrival(item: str, year: int) -> float:
    """Share of the treasury's due amount that arrives in its month: the county is short, and so is the
    province until October."""
    if item == "county":
        return 0.93 if year < 2026 else 0.88
    return {"central": 1.0, "province": 0.85, "city": 0.97}[item]


def fund_ledger(
    spending: Spending, collection: Collection, months: list[tuple[int, int]], seed: int
) -> list[Row]:
    """Entries of each scheme and month; an opening entry on 1 January of each year that starts within the
    months. Income of contributors is what `collection` has, to the cent."""
    rows: list[Row] = []
    rng = stream(seed, "ledger")
    balance = [0, 0, 0]
    plans = {
        (year, s): _plan(year, s, [m for y, m in months if y == year], spending, collection, rng)
        for year in sorted({y for y, _ in months})
        for s in range(3)
    }

    def write(
        year: int,
        month: int,
        dom: int,
        s: int,
        direction: str,
        item: str,
        amount: int,
        due: int | None = None,
    ) -> None:
        rows.append(
            {
                "entry_id": f"J{year}{month:02d}{len(rows) + 1:06d}",
                "entry_date": f"{year}-{month:02d}-{dom:02d}",
                "insutype": SCHEMES[s],
                "direction": direction,
                "account_item": item,
                "amount_due": "" if due is None else yuan(due),
                "amount": yuan(amount),
            }
        )

    short: dict[tuple[int, int], int] = {}  # (year, scheme) -> what the province has not paid yet
    for year, month in months:
        for s in range(3):
            plan = plans[year, s]
            if balance[s] == 0:
                balance[s] = plan.level * _OPENING_MONTHS[s]
            if month == 1:
                write(year, 1, 1, s, "opening", "other_income", balance[s])
            income = 0
            for item, came in collection.by_month.get((year, month, s), {}).items():
                write(year, month, 10 + s, s, "income", item, came, plan.contributions[month][item] or None)
                income += came
            for item, part in _shares(s, plan.treasury[month]).items():
                if not part:
                    continue
                came = int(part * (_arrival(item, year) - 0.01 * rng.random()))
                if item == "province":
                    short[year, s] = short.get((year, s), 0) + part - came
                    if month >= 10:
                        came += short.pop((year, s))
                write(year, month, 15 + s, s, "income", item, came, part)
                income += came
            for item, amount in (("interest", balance[s] * 2 // 1200), ("other_income", plan.level // 400)):
                write(year, month, 21, s, "income", item, amount)
                income += amount
            spent = spending.spent(year, month, s)
            spent["family_account"] += plan.accounts.get(month, 0)
            for item, amount in spent.items():
                write(year, month, 25, s, "expense", item, amount)
            if month % 3 == 0:
                write(year, month, 28, s, "reserve", "other_expense", income * 3 * 9 // 100)
            balance[s] += income - sum(spent.values())
    return rows


def budgets(spending: Spending) -> list[Row]:
    """A year's budget of each hospital of the county: what it spent, with a small rise; 2026 follows 2025."""
    rows: list[Row] = []
    for year in sorted(spending.by_inst):
        base = year if year - 1 not in spending.by_inst or len(spending.months[year - 1]) < 12 else year - 1
        scale = 12 / len(spending.months[base]) * (1.04 if base == year else 1.06)
        for s in (0, 1):
            for i, inst in enumerate(INSTITUTIONS):
                fund = spending.by_inst[base][s][i]
                if inst.use.startswith(("county", "township", "maternity")) and fund > 0:
                    amount = max(1000, int(fund * scale / 100 / 1000) * 1000)
                    rows.append(
                        {
                            "year": str(year),
                            "inst_code": inst.code,
                            "insutype": SCHEMES[s],
                            "budget_amount": f"{amount}.00",
                        }
                    )
    return rows


def population(people: People, years: Iterable[int]) -> list[Row]:
    """All four kinds for each year; townships 3, 5 and 8 are given by village only."""
    rows: list[Row] = []
    villages = villages_per_township(len(people))
    for year in years:
        here = enrolled(people, year)
        for t in range(len(TOWNSHIPS)):
            by_village = t in (2, 4, 7)
            units: list[tuple[str, int]] = [(township_code(t), int((here & (people.township == t)).sum()))]
            if by_village:
                units = [
                    (village_code(t, v), int((here & (people.township == t) & (people.village == v)).sum()))
                    for v in range(villages)
                ]
            for code, persons in units:
                registered = persons / _REGISTERED_SHARE
                for name, factor in POPULATION_TYPES.items():
                    count = int(registered * factor + 0.5)
                    rows.append(
                        {
                            "year": str(year),
                            "region_code": code,
                            "population_type": name,
                            "head_count": str(count),
                        }
                    )
    return rows


def targets(people: People, years: Iterable[int], persons: dict[tuple[int, int], int]) -> list[Row]:
    """Targets of the county and its townships. `persons`: (year, township) -> enrolled persons."""
    rows: list[Row] = []

    def write(year: int, code: str, region: str, value: str, source: str) -> None:
        row = {
            "year": str(year),
            "indicator_code": code,
            "region_code": region,
            "target_value": value,
            "source": source,
        }
        rows.append(row)

    paper = "示医保发〔{}〕3号"
    for year in years:
        source = paper.format(year)
        fixed = {
            "part_rate": "95", "part_rate_priority": "100", "ip_policy_ratio": "70", "ip_actual_ratio": "55",
            "op_actual_ratio": "50", "out_county_rate": "12" if year < 2026 else "10", "in_county_rate": "88",
            "township_tier_share": "40", "county_tier_share": "50", "fund_use_rate": "95",
        }  # fmt: skip
        for code, value in fixed.items():
            write(year, code, COUNTY, value, source)
        own = PERSONAL[year] // 100
        employees = int((enrolled(people, year) & (people.scheme == 0) & ~people.retired).sum()) * 2400
        county_money = employees
        heads = 0
        for t in range(len(TOWNSHIPS)):
            count = persons[year, t]
            residents = int((enrolled(people, year) & (people.township == t) & (people.scheme == 1)).sum())
            working = int(
                (
                    enrolled(people, year) & (people.township == t) & (people.scheme == 0) & ~people.retired
                ).sum()
            )
            write(year, "part_rate", township_code(t), "95", source)
            write(year, "part_target_rate", township_code(t), str(count), source)
            write(year, "collect_rate", township_code(t), f"{residents * own + working * 2400}.00", source)
            write(year, "out_county_rate", township_code(t), "12" if year < 2026 else "10", source)
            county_money += residents * own
            heads += count
        write(year, "part_target_rate", COUNTY, str(heads), source)
        write(year, "collect_rate", COUNTY, f"{county_money}.00", source)
    return rows
