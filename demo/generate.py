"""`python -m demo.generate --out DIR`: exports of a synthetic county, small and varied or large and plain.

Up to 20,000 persons: DIR/inbox (mixed formats and spellings), with --faults also DIR/inbox_bad and
DIR/planted.json.
Above: DIR/inbox only, one settlement and one item file a month, CSV in GB18030 or (--xlsx-share) workbooks,
written streaming.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from . import wide
from .care import INSTITUTIONS, Month, month_of_care
from .cases import NOT_POSTED
from .control import control_totals
from .county import regions
from .exports import filings, institution_rows, items, settlements
from .faults import plant
from .layout import write_small
from .money import Collection, Spending, budgets, fund_ledger, population, targets
from .people import People, contributions, enrolled, enrollment, roster, settle_people
from .planted import planted
from .refused import write_refused
from .supervision import inspections
from .text import Row, Table, day, rows

SMALL = 20_000


@dataclass(frozen=True)
class Settings:
    seed: int
    persons: int
    months: list[tuple[int, int]]
    settlements_per_person: float
    items_per_settlement: float
    faults: bool
    xlsx_share: float

    @property
    def years(self) -> list[int]:
        return sorted({year for year, _ in self.months})

    @property
    def until(self) -> int:
        year, month = self.months[-1]
        return day(year + month // 12, month % 12 + 1, 1) - 1


def parse_months(text: str) -> list[tuple[int, int]]:
    """`2024-10:2026-09` as (year, month) pairs, both ends included."""
    ends = [tuple(int(p) for p in end.split("-")) for end in text.split(":")]
    (y0, m0), (y1, m1) = ends[0], ends[-1]
    if not (1 <= m0 <= 12 and 1 <= m1 <= 12 and y0 * 12 + m0 <= y1 * 12 + m1):
        raise argparse.ArgumentTypeError(f"not a span of months: {text}")
    return [(n // 12, n % 12 + 1) for n in range(y0 * 12 + m0 - 1, y1 * 12 + m1)]


def each_month(settings: Settings, people: People, spending: Spending) -> Iterator[tuple[Month, Table]]:
    """The care of each month with the filings it needed; sums go to `spending`."""
    count = int(settings.persons * settings.settlements_per_person / 12)
    filed = 0
    for year, month in settings.months:
        care = month_of_care(people, year, month, count, settings.seed, filed)
        filed += int((care.filing > 0).sum())
        spending.add(care)
        yield care, filings(care, people, settings.seed)


def paid_years(settings: Settings) -> list[int]:
    """Insurance years with contributions: collection for the next year starts in September."""
    last = settings.months[-1]
    return settings.years + ([last[0] + 1] if last[1] >= 9 else [])


def derived(
    settings: Settings, people: People, spending: Spending, collection: Collection
) -> dict[str, list[Row]]:
    """The datasets that are small at any size."""
    visits, findings = inspections(settings.months, settings.seed)
    heads = {
        (year, t): int((enrolled(people, year) & (people.township == t)).sum())
        for year in settings.years
        for t in range(8)
    }
    return {
        "region": [{"region_code": code, "region_name": name} for code, name in regions(settings.persons)],
        "institution": institution_rows(INSTITUTIONS),
        "population": population(people, settings.years),
        "target": targets(people, settings.years, heads),
        "budget": budgets(spending),
        "fund_ledger": fund_ledger(spending, collection, settings.months, settings.seed),
        "inspection": visits,
        "inspection_finding": findings,
        "priority_roster": rows(roster(people)),
    }


def write_all_small(out: Path, settings: Settings) -> None:
    people = settle_people(settings.seed, settings.persons, settings.years)
    spending = Spending()
    data: dict[str, list[Row]] = {
        "settlement": [],
        "settlement_item": [],
        "referral": [],
        "enrollment": [],
        "contribution": [],
    }
    for care, filed in each_month(settings, people, spending):
        data["settlement"] += rows(settlements(care, people, settings.seed))
        when = f"{care.year}-{care.month:02d}-01 00:00:00"
        data["settlement_item"] += [
            r | {"#when": when} for r in rows(items(care, settings.items_per_settlement, settings.seed))
        ]
        data["referral"] += rows(filed)
    for year in settings.years:
        data["enrollment"] += rows(enrollment(people, year, settings.seed))
    for year in paid_years(settings):
        data["contribution"] += rows(contributions(people, year, settings.seed, settings.until))
    extras = plant() if settings.faults else {}
    entered = [
        row
        for row in [*data["contribution"], *extras.get("contribution", [])]
        if row.get("#fate", "accepted") == "accepted" and row.get("#kind") not in NOT_POSTED
    ]
    collection = Collection()
    collection.add(_table(entered))
    data |= derived(settings, people, spending, collection)
    for dataset, extra in extras.items():
        data[dataset] = data[dataset] + extra
    if settings.faults:
        data["enrollment"][-1] = data["enrollment"][-1] | {"#blank": "1"}
    data["control_total"] = control_totals(data)
    for dataset, key in (
        ("settlement", "setl_time"),
        ("contribution", "pay_time"),
        ("fund_ledger", "entry_date"),
    ):
        data[dataset].sort(key=itemgetter(key))
    places = write_small(out / "inbox", data)
    if settings.faults:
        refused = write_refused(out / "inbox_bad")
        told: dict[str, Any] = {
            "seed": settings.seed,
            "persons": settings.persons,
            "months": [f"{y}-{m:02d}" for y, m in (settings.months[0], settings.months[-1])],
        }
        text = json.dumps(planted(places, refused, told), ensure_ascii=False, indent=1)
        (out / "planted.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _table(found: list[Row]) -> Table:
    return {name: pa.array([r[name] for r in found]) for name in found[0]}


def write_all_large(out: Path, settings: Settings) -> None:
    root = out / "inbox"
    root.mkdir(parents=True, exist_ok=True)
    people = settle_people(settings.seed, settings.persons, settings.years)
    spending = Spending()

    def write(name: str, dataset: str, table: Table, workbook: bool = False) -> None:
        if workbook:
            wide.write_xlsx(root / f"{name}.xlsx", dataset, [table])
        else:
            wide.write_csv(root / f"{name}.csv", dataset, [table])

    filed: list[Table] = []
    for n, (care, filing) in enumerate(each_month(settings, people, spending)):
        # 0.05: a share of 0.33 makes four of twelve months workbooks
        workbook = int((n + 1) * settings.xlsx_share + 0.05) > int(n * settings.xlsx_share + 0.05)
        name = f"{care.year}年{care.month:02d}月"
        write(f"结算单_{name}", "settlement", settlements(care, people, settings.seed), workbook)
        write(
            f"费用明细_{name}",
            "settlement_item",
            items(care, settings.items_per_settlement, settings.seed),
            workbook,
        )
        filed.append(filing)
        print(f"{name} {len(care)}", file=sys.stderr, flush=True)
    wide.write_csv(root / "转诊备案.csv", "referral", filed)
    for year in settings.years:
        write(f"参保登记_{year}", "enrollment", enrollment(people, year, settings.seed))
    collection = Collection()
    for year in paid_years(settings):
        paid = contributions(people, year, settings.seed, settings.until)
        collection.add(paid)
        write(f"征缴明细_{year}", "contribution", paid)
    for dataset, found in derived(settings, people, spending, collection).items():
        write(dataset, dataset, _table(found))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.generate", description=__doc__)
    parser.add_argument(
        "--out", type=Path, required=True, help="folder that gets inbox/ (and inbox_bad/, planted.json)"
    )
    parser.add_argument("--seed", type=int, default=20260930)
    parser.add_argument("--persons", type=int, default=2400)
    parser.add_argument("--months", type=parse_months, default=parse_months("2024-10:2026-09"))
    parser.add_argument("--settlements-per-person", type=float, default=1.45, help="in a year")
    parser.add_argument("--items-per-settlement", type=float, default=1.5)
    parser.add_argument("--faults", action="store_true", help="plant the faults (up to 20,000 persons)")
    parser.add_argument(
        "--xlsx-share",
        type=float,
        default=0.0,
        help="share of the months as workbooks (above 20,000 persons)",
    )
    given = parser.parse_args(arguments)
    settings = Settings(
        given.seed, given.persons, given.months, given.settlements_per_person, given.items_per_settlement,
        given.faults,
        given.xlsx_share,
    )  # fmt: skip
    small = settings.persons <= SMALL
    if small and (settings.months[0] < (2024, 10) or settings.months[-1] > (2026, 9)):
        parser.error("the small set covers months from 2024-10 to 2026-09")
    if settings.faults and (not small or settings.months != parse_months("2024-10:2026-09")):
        parser.error("--faults needs at most 20,000 persons and the months 2024-10:2026-09")
    for folder in ("inbox", "inbox_bad"):
        if (given.out / folder).exists():
            shutil.rmtree(given.out / folder)
    (write_all_small if small else write_all_large)(given.out, settings)
    return 0


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    sys.exit(main())
