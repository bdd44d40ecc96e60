"""The check's view of the second engine: the schema of tables on the cluster, through Spark Connect."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyarrow as pa

from yibao.cluster import require_answer
from yibao.warehouse import Engine

_ROWS_AT_ONCE = 100_000
_REMOTE = "SPARK_REMOTE"


class SparkSource:
    """Target `spark`. great-expectations takes the session that is there, ours."""

    target = "spark"

    def __init__(self, engine: Engine) -> None:
        self.schema = engine.schema
        remote = engine.environment[_REMOTE]
        self._session = require_answer(remote)
        # without it great-expectations would start a Spark of its own where it finds no session
        self._before = os.environ.get(_REMOTE)
        os.environ[_REMOTE] = remote
        self._datasource: Any = None

    def batch(self, context: Any, table: str) -> Any:
        if self._datasource is None:
            # persist: it would keep every table in the memory of the cluster
            self._datasource = context.data_sources.add_spark(name=self.target, persist=False)
        frame = self._session.table(f"{self.schema}.{table}")
        definition = self._datasource.add_dataframe_asset(name=table).add_batch_definition_whole_dataframe(
            "all"
        )
        return definition.get_batch(batch_parameters={"dataframe": frame})

    def columns(self, sql: str) -> tuple[str, ...]:
        return tuple(self._session.sql(sql).columns)

    def rows(self, sql: str) -> Iterator[pa.RecordBatch]:
        arriving = self._session.sql(sql).toLocalIterator()
        while part := list(islice(arriving, _ROWS_AT_ONCE)):
            yield pa.RecordBatch.from_pylist([row.asDict() for row in part])

    def close(self) -> None:
        if self._before is None:
            os.environ.pop(_REMOTE, None)
        else:
            os.environ[_REMOTE] = self._before
