"""The check's view of a cluster, by hand: DuckDB answers in its place, what is asked and how it arrives is as with Spark."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.unit.quality_kit import VISITS, expectation, project_with, suite
from yibao.paths import DataPaths
from yibao.quality import on_spark
from yibao.quality.failing import FailingKeys
from yibao.quality.on_spark import SparkSource
from yibao.quality.suites import load_suites
from yibao.warehouse import on_spark as engine_on_spark
from yibao.warehouse.on_spark import OnSpark


@dataclass
class Frame:
    """A data frame of Spark Connect as far as the check asks it."""

    relation: duckdb.DuckDBPyRelation

    @property
    def columns(self) -> list[str]:
        return list(self.relation.columns)

    def toLocalIterator(self) -> Iterator[Any]:
        for values in self.relation.fetchall():
            record = dict(zip(self.columns, values, strict=True))
            yield SimpleNamespace(asDict=lambda record=record: record)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SparkSource]:
    connection = duckdb.connect()
    connection.execute("create schema county; set schema = 'county';" + VISITS)
    monkeypatch.setenv("SPARK_REMOTE", "sc://cluster:1/;token=s3cret")
    monkeypatch.setenv("YIBAO_CLUSTER_SCHEMA", "county")
    monkeypatch.setattr("yibao.cluster.remote.require_extra", lambda: None)
    session = SimpleNamespace(sql=lambda text: Frame(connection.sql(text)))
    for module in (on_spark, engine_on_spark):
        monkeypatch.setattr(module, "require_answer", lambda _: session)
    opened = SparkSource(OnSpark(DataPaths(tmp_path / "data")))
    yield opened
    opened.close()


def test_failing_rows_are_listed_from_the_schema_of_the_cluster(
    source: SparkSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_spark, "_ROWS_AT_ONCE", 2)
    negative = "rows: select visit_id from {schema}.visit as v cross join (select count(*) from {table}) where v.cost < 0"
    text = suite(
        expectation(
            "visit.cost.range",
            "type: expect_column_values_to_be_between\narguments: {column: cost, max_value: 15}",
        )
        + expectation("visit.negative", negative)
    )
    (read,) = load_suites(project_with(tmp_path / "project", visit=text))
    file = tmp_path / "failing_key.parquet"
    with FailingKeys(file, "c1", frozenset({"certno"})) as keys:
        assert [keys.list(read, item, source) for item in read.expectations] == [4, 1]
    rows = sorted(pq.read_table(file).to_pylist(), key=lambda row: (row["expectation_id"], row["key"]))
    assert [(row["expectation_id"], row["key"], row["detail"]) for row in rows] == [
        ("visit.cost.range", "visit_id=A2", "cost=20.0000"),
        ("visit.cost.range", "visit_id=A2", "cost=30.0000"),
        ("visit.cost.range", "visit_id=A6", "cost=60.0000"),
        ("visit.cost.range", "visit_id=空", "cost=40.0000"),
        ("visit.negative", "visit_id=A5", None),
    ]


def test_a_cluster_of_this_data_folder_is_named_only_while_it_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    monkeypatch.setattr(on_spark, "require_answer", lambda _: SimpleNamespace())
    engine = SimpleNamespace(schema="yibao", environment={"SPARK_REMOTE": "sc://localhost:15002"})
    opened = SparkSource(engine)  # type: ignore[arg-type]
    assert os.environ["SPARK_REMOTE"] == "sc://localhost:15002"
    opened.close()
    assert "SPARK_REMOTE" not in os.environ
