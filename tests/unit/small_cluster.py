"""A cluster by hand: it answers what yibao/warehouse/on_spark.py asks of Spark, from tables of pyarrow."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from yibao.cluster import remote
from yibao.warehouse import Engine, on_spark

ADDRESS = "sc://localhost:1/;token=s3cret"


class Row(tuple[Any, ...]):
    """Fields by name and by place, as Spark's."""

    names: tuple[str, ...] = ()

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self.names.index(key) if isinstance(key, str) else key)


def rows(table: pa.Table) -> list[Row]:
    kind = type("Row", (Row,), {"names": tuple(table.column_names)})
    return [kind(record.values()) for record in table.to_pylist()]


@dataclass(frozen=True, eq=False)
class Field:
    """A column of a frame. As in SQL nothing equals null, but for `eqNullSafe`."""

    values: pa.ChunkedArray

    def __eq__(self, other: object) -> Any:
        return pc.equal(self.values, pa.scalar(other, self.values.type))

    def eqNullSafe(self, other: object) -> Any:
        return pc.is_null(self.values) if other is None else pc.fill_null(self == other, False)

    def isNull(self) -> Any:
        return pc.is_null(self.values)


@dataclass
class Frame:
    """A table of the cluster; `sizes` are the rows of each answer."""

    table: pa.Table
    sizes: list[int] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        return list(self.table.column_names)

    def __getitem__(self, name: str) -> Field:
        return Field(self.table[name])

    def count(self) -> int:
        return int(self.table.num_rows)

    def groupBy(self, name: str) -> SimpleNamespace:
        counted = self.table.group_by([name]).aggregate([([], "count_all")])
        return SimpleNamespace(count=lambda: Frame(counted.rename_columns([name, "count"]), self.sizes))

    def orderBy(self, name: str) -> Frame:
        return Frame(self.table.sort_by(name), self.sizes)

    def where(self, chosen: Any) -> Frame:
        if isinstance(chosen, str):
            chosen = self._by_hash(chosen)
        return Frame(self.table.filter(chosen), self.sizes)

    def _by_hash(self, condition: str) -> Any:
        """Every so many-th row stands in for a hash, which knows every column."""
        listed = re.escape(", ".join(f"`{name}`" for name in self.columns))
        found = re.fullmatch(rf"pmod\(xxhash64\({listed}\), (\d+)\) = (\d+)", condition)
        assert found, condition
        parts, part = map(int, found.groups())
        return pa.array([number % parts == part for number in range(self.count())])

    def collect(self) -> list[Row]:
        return rows(self.table)

    def toArrow(self) -> pa.Table:
        self.sizes.append(self.count())
        return self.table


class Cluster:
    """A session on a cluster with one schema. `noted`: the call that made the landed views, None where none are."""

    def __init__(self) -> None:
        self.schema = "yibao"
        self.noted: str | None = None
        self.tables: dict[str, pa.Table] = {}
        self.sizes: list[int] = []
        self.interrupted = 0

    @property
    def catalog(self) -> SimpleNamespace:
        return SimpleNamespace(tableExists=lambda name: self.noted is not None and name == self._ledger)

    def sql(self, text: str) -> Frame:
        if text == f"show tables in {self.schema}":
            names = pa.array(list(self.tables), pa.string())
            return Frame(pa.table({"namespace": [self.schema] * len(names), "tableName": names}))
        assert text == f"show tblproperties {self._ledger} ('yibao.invocation')"
        return Frame(pa.table({"key": ["yibao.invocation"], "value": [self.noted]}))

    def table(self, name: str) -> Frame:
        schema, _, table = name.partition(".")
        assert schema == self.schema
        return Frame(self.tables[table], self.sizes)

    @property
    def _ledger(self) -> str:
        return f"{self.schema}_landed.file"

    def interruptAll(self) -> None:
        self.interrupted += 1


def join(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """Makes the engine find this cluster, with or without pyspark."""
    there = Cluster()
    monkeypatch.setenv("SPARK_REMOTE", ADDRESS)
    monkeypatch.delenv("YIBAO_CLUSTER_SCHEMA", raising=False)
    monkeypatch.setattr(remote, "require_extra", lambda: None)
    monkeypatch.setattr(on_spark, "require_answer", lambda _: there)
    return there


def called(engine: Engine, invocation: str) -> None:
    """What dbt leaves of a call."""
    results = engine.dbt / "target" / "run_results.json"
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps({"metadata": {"invocation_id": invocation}}), encoding="utf-8")
