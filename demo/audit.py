"""`python -m demo.audit --out DIR`: exports that hold the findings of the audit in `seed_facts.csv` (A44 to
A47).

Three inboxes, each complete in itself: `rolls` (23 full duplicates, 815 duplicate certificates, the two
roster gaps),
`double_cover` (5,855 of 30,657) and `orphans` (752 settlements without details). `findings.json` says what
to count.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from . import wide
from .chance import Ints, stream, whole
from .county import COUNTY, TOWNSHIPS, township_code, village_code
from .people import GIVEN, SURNAMES, certificates
from .planter import TOWN, Planter
from .text import Row, Table, amounts, dates, day, lookup, numbered, repeated, times

PARTS = ("rolls", "double_cover", "orphans")
BOOKS = {2024: 620_452, 2025: 614_235}  # persons in the office's books
FILES = {2024: 616_910, 2025: 604_866}  # persons in the electronic register
FULL_DUPLICATES = 23
SHARED_CERTIFICATES = 815
PUPILS = 30_657  # aged 6 to 14 in the resident scheme
DOUBLE_COVERED = 5_855
ORPHANS = {"outpatient": 659, "inpatient": 93}

FINDINGS = {
    "full_duplicates": {
        "part": "rolls",
        "expected": FULL_DUPLICATES,
        "count": "file_conservation of dataset enrollment: sum of duplicate_rows (all of year 2024)",
    },
    "duplicate_certificates": {
        "part": "rolls",
        "expected": SHARED_CERTIFICATES,
        "count": "accepted enrollment rows of 2024: certificates (certno, the keyed hash) with more than one "
        "psn_no; each stands on exactly two, so psn_no minus certificates gives 815 too, and 1,630 numbers "
        "are concerned",
    },
    "roster_gap_2024": {
        "part": "rolls",
        "expected": BOOKS[2024] - FILES[2024],
        "count": "control_total (enrollment, persons, 2024) 620,452 minus distinct psn_no of the accepted "
        "enrollment rows 616,910",
    },
    "roster_gap_2025": {
        "part": "rolls",
        "expected": BOOKS[2025] - FILES[2025],
        "count": "control_total (enrollment, persons, 2025) 614,235 minus distinct psn_no of the accepted "
        "enrollment rows 604,866",
    },
    "double_covered": {
        "part": "double_cover",
        "expected": DOUBLE_COVERED,
        "count": "indicator double_cover_rate, period 2025-12, county: numerator 5,855, denominator 30,657, "
        "value 19.0984",
    },
    "without_details": {
        "part": "orphans",
        "expected": sum(ORPHANS.values()),
        "count": "accepted settlements of 2025-06 (a month with items) that no accepted item names: 752; "
        "of these service class outpatient 659, inpatient 93",
    },
}


def _register(numbers: Ints, prefix: str, born: Ints, certno: pa.Array, scheme: str, year: int) -> Table:
    """Enrollment rows of one scheme and year."""
    n = len(numbers)
    villages = [village_code(t, v) for t in range(len(TOWNSHIPS)) for v in range(20)]
    names = [s + g for s in SURNAMES for g in GIVEN]
    return {
        "psn_no": numbered(prefix, numbers, 8),
        "certno": certno,
        "psn_name": lookup(names, numbers * 7 % len(names)),
        "birth_date": dates(born),
        "region_code": lookup(villages, numbers * 13 % len(villages)),
        "insutype": repeated(scheme, n),
        "year": repeated(str(year), n),
        "psn_type": repeated("11" if scheme == "310" else "14", n),
        "status": repeated("1", n),
        "begin_date": repeated(f"{year}-01-01", n),
        "updt_time": times(day(year - 1, 12, 5) * 86400 + numbers % 500_000),
    }


def _table(rows: list[Row]) -> Table:
    names = [name for name in rows[0] if not name.startswith("#")]
    return {name: pa.array([row[name] for row in rows]) for name in names}


def _place(root: Path, months: tuple[str, ...]) -> None:
    """What every inbox needs: the regions, and a ledger entry in each month, which gives the periods."""
    codes = [COUNTY] + [township_code(t) for t in range(len(TOWNSHIPS))]
    region = {"region_code": pa.array(codes), "region_name": pa.array(["示范县", *TOWNSHIPS])}
    wide.write_csv(root / "行政区划.csv", "region", [region])
    entries = [
        {
            "entry_id": f"J{n + 1}",
            "entry_date": f"{month}-15",
            "insutype": "380",
            "direction": "income",
            "account_item": "interest",
            "amount": "100.00",
        }
        for n, month in enumerate(months)
    ]
    wide.write_csv(root / "基金台账.csv", "fund_ledger", [_table(entries)])


def rolls(root: Path, seed: int) -> None:
    """The register of two years against the books."""
    rng = stream(seed, "audit/rolls")
    n = FILES[2024]
    numbers = np.arange(1, n + 1)
    born = day(1930, 1, 1) + whole(rng.random(n) * 33_000)
    certno = certificates(born, 1 + (rng.random(n) < 0.5).astype(np.int64))
    twins = n - SHARED_CERTIFICATES
    certno = pa.concat_arrays([certno.slice(0, twins), certno.slice(0, SHARED_CERTIFICATES)])
    first = _register(numbers, "66", born, certno, "380", 2024)

    def of_2024() -> Iterator[Table]:
        yield first
        yield {name: column.slice(1000, FULL_DUPLICATES) for name, column in first.items()}

    wide.write_csv(root / "参合登记_2024.csv", "enrollment", of_2024())
    left = FILES[2025]
    second = _register(numbers[:left], "66", born[:left], certno.slice(0, left), "380", 2025)
    wide.write_csv(root / "参合登记_2025.csv", "enrollment", [second])
    totals = [
        {
            "control_id": f"K{year}",
            "dataset": "enrollment",
            "measure": "persons",
            "period": str(year),
            "insutype": "380",
            "value": str(value),
            "source": "账表",
        }
        for year, value in BOOKS.items()
    ]
    wide.write_csv(root / "对账控制数.csv", "control_total", [_table(totals)])
    _place(root, ("2024-12", "2025-01"))


def double_cover(root: Path, seed: int) -> None:
    """Pupils of the resident scheme; some stand in the employee register too, under another number.

    Every third of the others has no certificate: that is why the audit calls its figure a lower bound.
    """
    rng = stream(seed, "audit/double_cover")
    numbers = np.arange(1, PUPILS + 1)
    born = day(2011, 1, 1) + whole(rng.random(PUPILS) * 3286)
    certno = certificates(born, 1 + (rng.random(PUPILS) < 0.5).astype(np.int64))
    lacking = (numbers > DOUBLE_COVERED) & (numbers % 3 == 0)
    known = pa.array(np.where(lacking, "", certno.to_numpy(zero_copy_only=False)).tolist())
    residents = _register(numbers, "66", born, known, "380", 2025)
    wide.write_csv(root / "参合登记_2025.csv", "enrollment", [residents])
    both = slice(0, DOUBLE_COVERED)
    workers = _register(numbers[both], "77", born[both], certno.slice(0, DOUBLE_COVERED), "310", 2025)
    wide.write_csv(root / "城镇参保登记_2025.csv", "enrollment", [workers])
    paid = {
        "payment_id": numbered("P", numbers, 8),
        "psn_no": residents["psn_no"],
        "insutype": repeated("380", PUPILS),
        "year": repeated("2025", PUPILS),
        "pay_time": times(day(2024, 10, 20) * 86400 + 30_000 + numbers % 3000),
        "total_amount": amounts(np.full(PUPILS, 40_000)),
    }
    wide.write_csv(root / "征缴明细_2025.csv", "contribution", [paid])
    _place(root, ("2025-12",))


def orphans(root: Path, seed: int) -> None:
    """Settlements of one month: 752 with a total only, 120 with their items."""
    p = Planter((2025,))
    people = [p.insured(insutype="380") for _ in range(200)]
    plan = [("11", False)] * ORPHANS["outpatient"] + [("21", False)] * ORPHANS["inpatient"]
    plan += [("11", True)] * 100 + [("21", True)] * 20
    for n, (med_type, items) in enumerate(plan):
        total = 60 + n % 90 if med_type == "11" else 2000 + n
        bill = p.bill(people[n * 7 % 200], f"2025-06-{n % 30 + 1:02d}", total, TOWN, med_type)
        p.settle(bill, items=items)
    files = {
        "参合登记_2025": "enrollment",
        "征缴明细_2025": "contribution",
        "补偿汇总_2025年6月": "settlement",
        "补偿明细_2025年6月": "settlement_item",
    }
    for name, dataset in files.items():
        wide.write_csv(root / f"{name}.csv", dataset, [_table(p.rows[dataset])])
    _place(root, ("2025-06",))
    _ = seed


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.audit", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder that gets one inbox for each part")
    parser.add_argument("--seed", type=int, default=20260930)
    parser.add_argument(
        "--part", choices=PARTS, action="append", help="only this part (may be given several times)"
    )
    given = parser.parse_args(arguments)
    makers = {"rolls": rolls, "double_cover": double_cover, "orphans": orphans}
    for part in given.part or PARTS:
        root = given.out / part
        root.mkdir(parents=True, exist_ok=True)
        makers[part](root, given.seed)
    text = json.dumps(FINDINGS, ensure_ascii=False, indent=1)
    (given.out / "findings.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
