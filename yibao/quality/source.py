"""What a check must know of an engine: its tables as batches of great-expectations, and rows by SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pyarrow as pa

from yibao.quality.on_duckdb import DuckdbSource
from yibao.quality.on_spark import SparkSource
from yibao.warehouse import Engine


class Source(Protocol):
    """The warehouse of one engine, opened to be read. `schema` is where its tables are."""

    schema: str

    def batch(self, context: Any, table: str) -> Any:
        """A great-expectations Batch of a table; whatever goes wrong is raised (the table may not be there)."""

    def columns(self, sql: str) -> tuple[str, ...]:
        """The column names of a query."""

    def rows(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a query of text columns, in parts of a bounded size."""

    def close(self) -> None:
        """Lets go of the warehouse, so that others may open it."""


def open_source(engine: Engine) -> Source:
    """The warehouse that an engine built. Raises Problem (exit 2) where a cluster does not answer."""
    return SparkSource(engine) if engine.target == SparkSource.target else DuckdbSource(engine)
