"""The ledger of landed files: one small Parquet beside each landed file, so that both are there or neither."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yibao import durable
from yibao.landing.checksums import damaged, landed_folders, read_sums
from yibao.paths import DataPaths

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

    @property
    def given_name(self) -> str:
        """The name that the file had in the inbox: a further content of a name is landed as name~sha."""
        return self.file.removesuffix(f"~{self.sha256[:8]}")


_COUNTS = {"rows", "size", "header_row", "blank_rows"}
SCHEMA = pa.schema([(item.name, _COUNT if item.name in _COUNTS else _TEXT) for item in fields(LedgerEntry)])


def write_ledger(folder: Path, entries: Sequence[LedgerEntry]) -> None:
    """Writes the folder's ledger file."""
    durable.write_bytes(folder / LEDGER_FILE, ledger_bytes(entries))


def ledger_bytes(entries: Sequence[LedgerEntry]) -> bytes:
    """The content of a ledger file with these entries."""
    columns: list[list[Any]] = [list(column) for column in zip(*map(astuple, entries), strict=True)]
    arrays = [
        pa.array(column, kind)
        for column, kind in zip(columns or [[] for _ in SCHEMA], SCHEMA.types, strict=True)
    ]
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA), stream)
    return stream.getvalue()


def read_ledger(paths: DataPaths) -> list[LedgerEntry]:
    """Every landed sheet, in the order of batch, file and sheet. Empty before the first landing.

    Raises LandingError when a ledger file cannot be read, or is not the one that was written.
    """
    entries: list[LedgerEntry] = []
    for folder in landed_folders(paths):
        path = folder / LEDGER_FILE
        try:
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() != read_sums(folder).get(LEDGER_FILE):
                raise damaged(path, "导入台账与写下时不同")
            table = pq.ParquetFile(pa.BufferReader(content)).read(use_threads=False)
        except (OSError, pa.ArrowException) as error:
            raise damaged(path, "导入台账读不出来") from error
        if table.schema != SCHEMA:
            raise damaged(path, "导入台账的列与本版不同")
        entries += [LedgerEntry(**row) for row in table.to_pylist()]
    return sorted(entries, key=lambda entry: (entry.batch, entry.file, entry.sheet or ""))
