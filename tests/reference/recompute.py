"""Recompute every figure from an inbox of raw files, for comparison with the warehouse.

    python -m tests.reference.recompute INBOX --out cells.csv [--period YYYY-MM] [--newest YYYY-MM-DD]

Writes the cells (in the columns of `indicator_value`) and, beside them, `conservation.csv`. Numerator and
denominator are exact; value has 10 places.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from tests.reference.contract import load_datasets, load_indicators, load_measures
from tests.reference.facts import Facts
from tests.reference.indicators import CellValue, Report
from tests.reference.read import read_inbox
from tests.reference.rows import Accepted
from tests.reference.values import EXACT, Month


@dataclass
class Recomputation:
    """`refused`: file to reason; `conservation`: one line per (dataset, file)."""

    cells: list[CellValue]
    conservation: list[dict[str, str]]
    refused: dict[str, str]
    data: Accepted
    facts: Facts


def recompute(inbox: Path, until: Month | None = None, newest: date | None = None) -> Recomputation:
    """All cells of all months; `until` leaves later months out, `newest` overrides the newest file's date."""
    datasets = load_datasets()
    landing = read_inbox(inbox, datasets)
    if newest is not None:
        landing.newest = newest
    data = Accepted(landing, datasets)
    facts = Facts(data)
    report = Report(facts, load_indicators(), load_measures())
    return Recomputation(list(report.rows(until)), data.conservation(), landing.refused, data, facts)


def number_text(number: Fraction | Decimal | None) -> str:
    """Plain decimal digits; the sums are decimal, so nothing is rounded here."""
    if number is None:
        return ""
    if isinstance(number, Fraction):
        exact = EXACT.divide(Decimal(number.numerator), Decimal(number.denominator))
        assert Fraction(exact) == number
        number = exact
    return f"{number:f}"


def write_cells(path: Path, cells: Iterable[CellValue]) -> None:
    names = [f.name for f in fields(CellValue)]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(names)
        for cell in cells:
            values = [getattr(cell, name) for name in names]
            writer.writerow([v if isinstance(v, str) else number_text(v) for v in values])


def write_conservation(path: Path, lines: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(lines[0]) if lines else ["dataset", "file"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("inbox", type=Path)
    parser.add_argument("--out", type=Path, default=Path("cells.csv"))
    parser.add_argument("--period", help="YYYY-MM: later months are left out")
    parser.add_argument(
        "--newest", type=date.fromisoformat, help="the newest file date (default: the files' own)"
    )
    options = parser.parse_args()
    until = None
    if options.period:
        year, month = options.period.split("-")
        until = int(year), int(month)
    result = recompute(options.inbox, until, options.newest)
    write_cells(options.out, result.cells)
    write_conservation(options.out.with_name("conservation.csv"), result.conservation)
    for file, reason in result.refused.items():
        sys.stderr.write(f"refused: {file}: {reason}\n")
    for status, count in sorted(Counter(cell.status for cell in result.cells).items()):
        sys.stdout.write(f"{status}: {count}\n")


if __name__ == "__main__":
    main()
