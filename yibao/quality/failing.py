"""Every failing row by its key, written as it arrives: great-expectations lists the first twenty only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from yibao.quality.great import failing_rows
from yibao.quality.kinds import literal
from yibao.quality.source import Source
from yibao.quality.suites import Expectation, Suite

_ZH = {"_file_id": "文件", "_row": "行"}
SCHEMA = pa.schema([(name, pa.string()) for name in ("check_id", "expectation_id", "key", "detail")])


class FailingKeys:
    """failing_key.parquet of one check. `private` are the columns that are never written (certificates, names)."""

    def __init__(self, path: Path, check_id: str, private: frozenset[str]) -> None:
        self._check_id, self._private = check_id, private
        self._writer: Any = pq.ParquetWriter(path, SCHEMA)

    def list(self, suite: Suite, expectation: Expectation, source: Source) -> int | None:
        """Writes the failing rows of an expectation; how many, or None where a table fails as a whole."""
        rows = failing_rows(suite, expectation, source.schema)
        if rows is None:
            return None
        columns = [column for column in source.columns(rows) if column not in self._private]
        key = [column for column in suite.key if column in columns] or columns
        detail = [column for column in columns if column not in key]
        written = 0
        sql = (
            f"select {literal(self._check_id)} as check_id, {literal(expectation.id)} as expectation_id,"
            f" {_named(key, source.schema)} as key, {_named(detail, source.schema)} as detail"
            f" from ({rows}\n) as failing"
        )
        for part in source.rows(sql):
            self._writer.write_batch(part.cast(SCHEMA))
            written += part.num_rows
        return written

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()


def _named(columns: Sequence[str], schema: str) -> str:
    """SQL of the text `a=1, b=2`; null where there are no columns. A landed row is named by its file and row."""
    values = {column: f"cast(failing.{column} as string)" for column in columns}
    if "_file_id" in values:
        values["_file_id"] = (
            f"(select min(files.file) from {schema}.stg_file as files where files._file_id = failing._file_id)"
        )
    parts = (f"'{_ZH.get(column, column)}=' || coalesce({value}, '空')" for column, value in values.items())
    return " || ', ' || ".join(parts) or "cast(null as string)"
