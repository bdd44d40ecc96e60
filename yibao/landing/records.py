"""From cells to landed rows: contract columns by name, persons hidden, faults marked, lineage added.

What is written is the landed layout: see `landed_columns`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yibao.contract import Contract, Dataset, Field
from yibao.landing import months
from yibao.landing.certificates import SCIENTIFIC_PATTERN
from yibao.landing.headers import Header, fold
from yibao.landing.identity import Identity, mask_names, mask_numbers
from yibao.landing.values import constant

EXTRA = "extra:"
_PERSON_HEADER = re.compile("姓名|户主|联系人|监护人|经办")
_CERTIFICATE_HEADER = re.compile("身份证|证件号|公民身份|身份号码")
_CONSTANT = pa.dictionary(pa.int32(), pa.string())

LINEAGE: tuple[tuple[str, Any], ...] = (
    ("_fault", pa.string()),
    ("_file", _CONSTANT),
    ("_sheet", _CONSTANT),
    ("_row", pa.int64()),
    ("_batch", _CONSTANT),
    ("_landed_at", _CONSTANT),
    ("_file_id", _CONSTANT),
)


@dataclass(frozen=True)
class Stamp:
    """The lineage that all rows of one file (or sheet) share."""

    file: str
    sheet: str | None
    batch: str
    landed_at: str
    file_id: str


@dataclass(frozen=True)
class Block:
    """Some rows of a file: one cleaned string array per source column, all of one length; no blank rows.

    `rows`: line or sheet row of each, 1-based. `cell_faults`: index to fault of rows with too few or too many cells.
    `lost`: source column to mask of cells whose digits a workbook lost. `scientific`: whether any cell may be 1.1E+17.
    """

    columns: list[Any]
    rows: npt.NDArray[np.int64]
    cell_faults: Mapping[int, str] = field(default_factory=dict)
    lost: Mapping[int, npt.NDArray[np.bool_]] = field(default_factory=dict)
    scientific: bool = True


@dataclass(frozen=True)
class Layout:
    """What each source column becomes. `extras`: position to (column name, treatment: plain | name | id)."""

    dataset: Dataset
    positions: Mapping[str, int]
    extras: Mapping[int, tuple[str, str]]

    @property
    def schema(self) -> Any:
        names = [*landed_columns(self.dataset), *(name for name, _ in self.extras.values())]
        return pa.schema([*((name, pa.string()) for name in names), *LINEAGE])


def landed_columns(dataset: Dataset) -> list[str]:
    """The text columns of a landed file: every field, with `_mask` and `_check` behind those of a person."""
    names = []
    for item in dataset.fields:
        names.append(item.name)
        if item.pii:
            names.append(f"{item.name}_mask")
        if item.pii == "id":
            names.append(f"{item.name}_check")
    return names


def contract_schema(dataset: Dataset) -> Any:
    """The landed layout of a dataset without extra columns, in plain types."""
    lineage = [(name, pa.int64() if kind == pa.int64() else pa.string()) for name, kind in LINEAGE]
    return pa.schema([*((name, pa.string()) for name in landed_columns(dataset)), *lineage])


def lay_out(header: Header, contract: Contract, width: int | None = None) -> Layout:
    """What becomes of each column under this header; `width` counts columns beyond it that hold something."""
    positions = {item.name: place for place, item in enumerate(header.fields) if item is not None}
    treatments = _person_headers(contract)
    extras: dict[int, tuple[str, str]] = {}
    taken: set[str] = set()
    for place in range(max(len(header.names), width or 0)):
        if place < len(header.names) and header.fields[place] is not None:
            continue
        text = header.names[place] if place < len(header.names) else ""
        text = re.sub(r"\s+", " ", text).strip() or f"第{place + 1}列"
        while fold(text) in taken:
            text += "_"
        taken.add(fold(text))
        extras[place] = (EXTRA + text, treatments.get(fold(text)) or _treatment(text))
    return Layout(header.dataset, positions, extras)


def landed_table(block: Block, layout: Layout, stamp: Stamp, identity: Identity) -> Any:
    """The rows as they are written (schema `layout.schema`)."""
    count = len(block.rows)
    faults = dict(block.cell_faults)
    columns: list[Any] = []
    for item in layout.dataset.fields:
        place = layout.positions.get(item.name)
        values = pa.nulls(count, pa.string()) if place is None else block.columns[place]
        lost = None if place is None else _lost(block, place, item)
        if lost is not None:
            for row in np.flatnonzero(lost).tolist():
                mark = f"lost_digits:{item.name}"
                faults[row] = f"{faults[row]};{mark}" if row in faults else mark
        if item.pii == "id":
            columns += identity.certificate_columns(values, lost)
        elif item.pii == "name":
            columns += identity.name_columns(values)
        else:
            columns.append(identity.hide_certificates(values))
    for place, (_, treatment) in layout.extras.items():
        columns.append(_hidden(block.columns[place], treatment, identity))
    columns += [
        _fault_column(faults, count),
        constant(stamp.file, count),
        constant(stamp.sheet, count),
        pa.array(block.rows),
        constant(stamp.batch, count),
        constant(stamp.landed_at, count),
        constant(stamp.file_id, count),
    ]
    return pa.Table.from_arrays(columns, schema=layout.schema)


def months_of(block: Block, layout: Layout) -> set[str]:
    """The months (YYYY-MM) of the dataset's main date in these rows."""
    name = months.MAIN_DATES.get(layout.dataset.name)
    place = layout.positions.get(name) if name else None
    return set() if place is None else months.months_in(block.columns[place])


def _lost(block: Block, place: int, item: Field) -> npt.NDArray[np.bool_] | None:
    if item.type != "code":
        return None
    lost = block.lost.get(place)
    if block.scientific:
        text: npt.NDArray[np.bool_] = pc.fill_null(
            pc.match_substring_regex(block.columns[place], SCIENTIFIC_PATTERN), False
        ).to_numpy(zero_copy_only=False)
        lost = text if lost is None else lost | text
    return lost if lost is not None and lost.any() else None


def _hidden(values: Any, treatment: str, identity: Identity) -> Any:
    if treatment == "name":
        return mask_names(values)
    if treatment == "id":
        return identity.certificate_columns(values)[0]
    return mask_numbers(identity.hide_certificates(values))


def _fault_column(faults: Mapping[int, str], count: int) -> Any:
    if not faults:
        return pa.nulls(count, pa.string())
    texts: list[str | None] = [None] * count
    for row, text in faults.items():
        texts[row] = text
    return pa.array(texts, pa.string())


def _person_headers(contract: Contract) -> dict[str, str]:
    # a certificate may stand in an export whose dataset has no field for it: another dataset's header tells
    fields: Iterable[Field] = (item for dataset in contract.datasets.values() for item in dataset.fields)
    return {fold(text): item.pii for item in fields if item.pii for text in item.headers}


def _treatment(header: str) -> str:
    if _PERSON_HEADER.search(header):
        return "name"
    return "id" if _CERTIFICATE_HEADER.search(header) else "plain"
