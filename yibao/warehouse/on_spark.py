"""The engine for data that one machine cannot hold: the warehouse is a schema of tables on a Spark cluster."""

from __future__ import annotations

import json
import math
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from yibao.cluster import let_go, require_answer, spark_remote
from yibao.paths import DataPaths
from yibao.problem import Problem

SCHEMA_VARIABLE = "YIBAO_CLUSTER_SCHEMA"
_INVOCATION = "yibao.invocation"
_ROWS_AT_ONCE = 2_000_000
# a cluster that still answers is needed afterwards; one that is gone is not waited for longer
_LET_GO_SECONDS = 60.0


class OnSpark:
    """Target `spark`: a cluster that speaks Spark Connect; macros/engine and profiles.yml hold what is said to it."""

    target = "spark"

    def __init__(self, paths: DataPaths) -> None:
        self.paths = paths
        self.schema = os.environ.get(SCHEMA_VARIABLE) or "yibao"
        self.database: Path = paths.spark / "warehouse.duckdb"
        self.state_file = paths.spark / "build.json"
        self.dbt = paths.spark / "dbt"
        self.place = f"Spark schema {self.schema}"
        self._session: Any = None

    @property
    def environment(self) -> Mapping[str, str]:
        return {"SPARK_REMOTE": spark_remote(self.paths), SCHEMA_VARIABLE: self.schema}

    def require_ready(self) -> None:
        """Raises Problem (exit 2) when no cluster can be reached, or it does not answer within 30 seconds."""
        # dbt-spark asks of every statement that Hive be switched on, which a server cannot do any more
        warnings.filterwarnings("ignore", message=".*spark.sql.catalogImplementation.*")
        self._session = require_answer(spark_remote(self.paths))

    def mark(self) -> str | None:
        """Which dbt call wrote here last (macros/engine/landed.sql notes it), and the file at home; None where none did."""
        noted = self._noted()
        if noted is None:
            return None
        status = self.database.stat() if self.database.exists() else None
        home = f"{status.st_size}-{status.st_mtime_ns}" if status else "gone"
        return f"{noted} {home}"

    def collect(self, tables: Iterable[str]) -> None:
        """Writes them anew to DATA/spark/warehouse.duckdb, in parts of a bounded size.

        Raises Problem (exit 2) when another dbt call wrote into the schema while ours did: the tables may be of both.
        """
        session = self._open()
        results = json.loads((self.dbt / "target" / "run_results.json").read_text(encoding="utf-8"))
        if self._noted() != results["metadata"]["invocation_id"]:
            raise Problem(
                "建仓期间有别的程序在同一个模式里建仓，结果不可用",
                where=self.place,
                todo=f"请等它结束后重新执行 yibao run（会全部重算）；几个数据文件夹不要共用一个模式，可用 {SCHEMA_VARIABLE} 换名。",
            )
        self.database.unlink(missing_ok=True)
        there = {row["tableName"] for row in session.sql(f"show tables in {self.schema}").collect()}
        with duckdb.connect(str(self.database)) as connection:
            for name in sorted(set(tables) & there):
                frame = session.table(f"{self.schema}.{name}")
                for number, part in enumerate(_parts(frame)):
                    rows = part.toArrow()
                    connection.register("part_of_table", rows)
                    start = f'create table main."{name}" as' if number == 0 else f'insert into main."{name}"'
                    connection.execute(f"{start} select * from part_of_table")
                    connection.unregister("part_of_table")

    def close(self) -> None:
        if self._session is not None:
            # what a stopped run left running would hold the workers
            let_go(self._session, _LET_GO_SECONDS)

    def _noted(self) -> str | None:
        session, ledger = self._open(), f"{self.schema}_landed.file"
        if not session.catalog.tableExists(ledger):
            return None
        rows = session.sql(f"show tblproperties {ledger} ('{_INVOCATION}')").collect()
        return str(rows[0]["value"])

    def _open(self) -> Any:
        if self._session is None:
            self.require_ready()
        return self._session


def _parts(frame: Any) -> Iterator[Any]:
    """The frame itself; where it is too large for one answer by period, and such a part by the hash of its rows."""
    rows = frame.count()
    if "period" not in frame.columns or rows <= _ROWS_AT_ONCE:
        yield from _pieces(frame, rows)
        return
    for row in frame.groupBy("period").count().orderBy("period").collect():
        # null-safe: rows without a period are a part too
        yield from _pieces(frame.where(frame["period"].eqNullSafe(row["period"])), row["count"])


def _pieces(frame: Any, rows: int) -> Iterator[Any]:
    pieces = math.ceil(rows / _ROWS_AT_ONCE)
    if pieces <= 1:
        yield frame
        return
    columns = ", ".join(f"`{name}`" for name in frame.columns)
    for piece in range(pieces):
        yield frame.where(f"pmod(xxhash64({columns}), {pieces}) = {piece}")
