"""Writing one landed dataset: zstd Parquet in row groups of about a quarter of a million rows."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yibao import durable
from yibao.landing.errors import writing

GROUP_ROWS = 262_144
GROUP_BYTES = 128 << 20
_SAMPLE = 20_000
# a column whose sample repeats less than this is stored plain: a dictionary would only be built and thrown away
_DISTINCT_SHARE = 0.5


class LandedWriter:
    """Collects tables of one schema and writes them; on leaving without an error the file is on the disk, or Unwritable."""

    def __init__(self, path: Path, schema: Any) -> None:
        self._path = path
        self._schema = schema
        self._writer: Any = None
        self._waiting: list[Any] = []
        self._bytes = 0
        self.rows = 0

    def __enter__(self) -> LandedWriter:
        return self

    def write(self, table: Any) -> None:
        """Takes the table; raises OSError when the disk is full."""
        self._waiting.append(table)
        self._bytes += table.nbytes
        self.rows += table.num_rows
        if self._bytes >= GROUP_BYTES or sum(part.num_rows for part in self._waiting) >= GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        group = pa.concat_tables(self._waiting)
        self._waiting, self._bytes = [], 0
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._path,
                self._schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=_repeating(group),
                store_schema=False,
            )
        self._writer.write_table(group, row_group_size=group.num_rows)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            # the error at hand is the one to tell, not that a footer could not be written either
            with contextlib.suppress(OSError):
                if self._writer is not None:
                    self._writer.close()
            return
        with writing():
            self._flush()
            if self._writer is not None:
                self._writer.close()
                durable.sync_file(self._path)


def _repeating(group: Any) -> list[str]:
    sample = group.slice(0, _SAMPLE)
    names = []
    for name, column in zip(sample.column_names, sample.columns, strict=True):
        if pa.types.is_dictionary(column.type):
            names.append(name)
        elif pa.types.is_string(column.type):
            filled = sample.num_rows - column.null_count
            distinct = len(column.unique()) if filled else 0
            if distinct <= max(1, filled * _DISTINCT_SHARE):
                names.append(name)
    return names
