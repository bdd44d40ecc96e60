"""The ledger of landed files: one small Parquet beside each landed file, so that both are there or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yibao.landing.errors import LandingError
from yibao.paths import CONTRACT_FILE_ID, DataPaths

LEDGER_FILE = "ledger.parquet"
_TEXT, _COUNT = pa.string(), pa.int64()


@dataclass(frozen=True)
class LedgerEntry:
    """One landed sheet (or text file).

    `size` in bytes, `rows` landed, `header_row` the line or sheet row of the header, `modified_on` the file's own date,
    `months` the YYYY-MM touched (None where the dataset has no main date), `extra_columns` headers kept but unused.
    """

    file_id: str
    file: str
    sheet: str | None
    dataset: str
    rows: int
    sha256: str
    size: int
    encoding: str | None
    header_row: int
    modified_on: str
    batch: str
    landed_at: str
    months: str | None
    extra_columns: str | None
    blank_rows: int


_COUNTS = {"rows", "size", "header_row", "blank_rows"}
SCHEMA = pa.schema([(item.name, _COUNT if item.name in _COUNTS else _TEXT) for item in fields(LedgerEntry)])


def write_ledger(folder: Path, entries: Sequence[LedgerEntry]) -> Path:
    """Writes the folder's ledger file (not forced to the disk) and names it."""
    path = folder / LEDGER_FILE
    columns: list[list[Any]] = [list(column) for column in zip(*map(astuple, entries), strict=True)]
    arrays = [
        pa.array(column, kind)
        for column, kind in zip(columns or [[] for _ in SCHEMA], SCHEMA.types, strict=True)
    ]
    pq.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA), path)
    return path


def read_ledger(paths: DataPaths) -> list[LedgerEntry]:
    """Every landed sheet, in the order of batch, file and sheet. Empty before the first landing.

    Raises LandingError when a ledger file cannot be read.
    """
    entries: list[LedgerEntry] = []
    for path in sorted(paths.landed_files.glob(f"*/{LEDGER_FILE}")):
        if path.parent.name == CONTRACT_FILE_ID:
            continue
        try:
            table = pq.read_table(path, schema=SCHEMA, partitioning=None)
        except (OSError, pa.ArrowException) as error:
            raise LandingError(
                "导入台账损坏，读不出来",
                where=str(path),
                todo="请从备份恢复该文件所在的文件夹；或删除这个文件夹后重新导入其原始文件。",
            ) from error
        entries += [LedgerEntry(**row) for row in table.to_pylist()]
    return sorted(entries, key=lambda entry: (entry.batch, entry.file, entry.sheet or ""))
