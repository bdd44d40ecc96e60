"""The check's view of the embedded engine: the DuckDB file, read-only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa

from yibao.warehouse import MEMORY_VARIABLE, Engine

_ROWS_AT_ONCE = 100_000


class DuckdbSource:
    """Target `duckdb`. Two readers of one file in one process: ours, and great-expectations' while it asks."""

    target = "duckdb"

    def __init__(self, engine: Engine) -> None:
        self.schema = engine.schema
        self._file = str(engine.database)
        self._connection = duckdb.connect(self._file, read_only=True)
        # for both: a process has one DuckDB of a file
        self._connection.execute("set memory_limit = ?", (engine.environment[MEMORY_VARIABLE],))
        self._datasource: Any = None

    def batch(self, context: Any, table: str) -> Any:
        if self._datasource is None:
            from yibao.quality.duckdb_dialect import URL

            # not in the URL: a path may hold ? or #
            reading = {"database": self._file, "read_only": True}
            self._datasource = context.data_sources.add_sql(
                name=self.target, connection_string=URL, kwargs={"connect_args": reading}
            )
        asset = self._datasource.add_table_asset(name=table, table_name=table)
        return asset.add_batch_definition_whole_table("all").get_batch()

    def columns(self, sql: str) -> tuple[str, ...]:
        return tuple(self._connection.sql(sql).columns)

    def rows(self, sql: str) -> Iterator[pa.RecordBatch]:
        reader: Any = self._connection.sql(sql).to_arrow_reader(_ROWS_AT_ONCE)
        yield from reader

    def close(self) -> None:
        self._connection.close()
