"""Rows accepted, quarantined, duplicate, superseded, and the conservation per file (semantics 2).

Open readings taken here:
- "end_date before begin_date": the three datasets with fields of these names (enrollment, settlement,
  referral); the agreement dates of an institution and the listing dates of a roster are not tested.
- "by amount": the sum of the dataset's main amount; a value that does not parse adds nothing on either
  side.
- "all fields of the dataset equal as typed values": certificates compare in their normal form.
"""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.reference.contract import UNMAPPED, Dataset
from tests.reference.read import Landing, RawRow
from tests.reference.values import DoesNotParse, typed

ACCEPTED, QUARANTINED, DUPLICATE, SUPERSEDED = "accepted", "quarantined", "duplicate", "superseded"
CENT = Decimal("0.01")


@dataclass
class Row:
    """One typed row; `values` holds every field of the dataset, None where it was empty or did not parse."""

    dataset: str
    file: str
    sheet: str
    row: int
    values: dict[str, Any]
    faults: list[str]
    status: str = ACCEPTED

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


def type_row(raw: RawRow, dataset: Dataset) -> Row:
    values: dict[str, Any] = {}
    faults = list(raw.faults)
    for f in dataset.fields:
        text = raw.texts[f.name]
        values[f.name] = None
        if text is None:
            if f.required:
                faults.append(f"missing:{f.name}")
            continue
        try:
            values[f.name] = typed(f, text)
        except DoesNotParse:
            faults.append(f"type:{f.name}")
    faults.extend(_faults_of_content(values))
    return Row(raw.dataset, raw.file, raw.sheet, raw.row, values, faults, QUARANTINED if faults else ACCEPTED)


def _faults_of_content(values: dict[str, Any]) -> list[str]:
    faults = []
    fund, cost = values.get("fund_total"), values.get("total_cost")
    if fund is not None and cost is not None and abs(fund) - abs(cost) > CENT:
        faults.append("fund_over_cost")
    begin, end = values.get("begin_date"), values.get("end_date")
    if begin is not None and end is not None and end < begin:
        faults.append("end_before_begin")
    heads = values.get("head_count")
    if heads is not None and heads < 0:
        faults.append("negative_head_count")
    return faults


def _rank(row: Row) -> tuple[bool, datetime, str, str, int]:
    """updt_time (nulls first), landing time (one batch: all equal), file, sheet, row."""
    updated = row.values.get("updt_time")
    return updated is not None, updated or datetime.min, row.file, row.sheet, row.row


def settle_statuses(rows: list[Row], dataset: Dataset) -> None:
    """Among the rows of one dataset that are not quarantined, mark the duplicates and the superseded."""
    last_of_content: dict[Hashable, Row] = {}
    last_of_key: dict[Hashable, Row] = {}
    keys = [f.name for f in dataset.fields if f.key]
    for row in sorted((r for r in rows if r.status == ACCEPTED), key=_rank):
        content = tuple(row[f.name] for f in dataset.fields)
        if content in last_of_content:
            last_of_content[content].status = DUPLICATE
        last_of_content[content] = row
    for row in sorted((r for r in rows if r.status == ACCEPTED), key=_rank):
        key = tuple(row[name] for name in keys)
        if key in last_of_key:
            last_of_key[key].status = SUPERSEDED
        last_of_key[key] = row


class Accepted:
    """All rows by dataset, and the accepted ones among them."""

    def __init__(self, landing: Landing, datasets: dict[str, Dataset]) -> None:
        self.datasets = datasets
        self.newest = landing.newest
        self.all_rows: dict[str, list[Row]] = {name: [] for name in datasets}
        for raw in landing.rows:
            self.all_rows[raw.dataset].append(type_row(raw, datasets[raw.dataset]))
        for name, rows in self.all_rows.items():
            settle_statuses(rows, datasets[name])
        self.accepted = {
            name: [row for row in rows if row.status == ACCEPTED] for name, rows in self.all_rows.items()
        }

    def __getitem__(self, dataset: str) -> list[Row]:
        return self.accepted[dataset]

    def bucket(self, dataset: str, field: str, code: str) -> str:
        """The code as a printed dimension value: codes that the contract does not list are one bucket."""
        return code if code in self.datasets[dataset].field(field).codes else UNMAPPED

    def conservation(self) -> list[dict[str, str]]:
        """One line per (dataset, file, `#sheet` for workbooks); asserts that landed is the sum of the four fates."""
        rows_by_part: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for name, rows in self.all_rows.items():
            for row in rows:
                rows_by_part[name, f"{row.file}#{row.sheet}" if row.sheet else row.file].append(row)
        lines = []
        fates = (ACCEPTED, QUARANTINED, DUPLICATE, SUPERSEDED)
        for (name, file), rows in sorted(rows_by_part.items(), key=lambda part: part[0]):
            money = self.datasets[name].main_amount
            counts = {fate: sum(1 for r in rows if r.status == fate) for fate in fates}
            assert len(rows) == sum(counts.values())
            line = {"dataset": name, "file": file, "landed": str(len(rows))}
            line |= {fate: str(count) for fate, count in counts.items()}
            for fate in ("landed", *fates):
                amounts = (
                    [r[money] for r in rows if fate in ("landed", r.status) and r[money]] if money else []
                )
                line[f"{fate}_amount"] = str(sum(amounts, Decimal("0.0000"))) if money else ""
            lines.append(line)
        return lines
