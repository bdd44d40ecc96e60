"""The second engine without a cluster: what it reads of Spark's answers, and what it brings home."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from tests.unit.small_cluster import Cluster, Frame, called, join
from tests.unit.small_warehouse import NOW, PUBLISHED, write_manifest
from yibao.cluster import remote
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.warehouse import (
    BuildResult,
    DbtRequest,
    Finding,
    Listener,
    Outcome,
    Refresh,
    build_warehouse,
    built,
    engine_for,
    on_spark,
    read_state,
    refresh_needed,
)
from yibao.warehouse.on_spark import OnSpark

FIRST = "0c9a0d0e-3a6b-4d3c-9a53-0f6a3c1f2b77"
SECOND = "9f1f6d1c-5b7e-4c58-8a50-1c1b8f0f4d10"
VALUES = pa.table(
    {
        "period": ["2026-09", "2026-08", None, "2026-08"],
        "value": pa.array([Decimal("96.0744579220"), None, Decimal("0.0000000001"), Decimal("-1")], pa.decimal128(38, 10)),
        "number": pa.array([1, 2, 3, None], pa.int64()),
        "name": ["参保率", None, "", "甲"],
    }
)  # fmt: skip


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    return join(monkeypatch)


@pytest.fixture
def engine(tmp_path: Path, cluster: Cluster) -> OnSpark:
    paths = DataPaths(tmp_path / "data")
    engine = OnSpark(paths)
    called(engine, FIRST)
    return engine


def at_home(engine: OnSpark) -> Mapping[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(engine.database), read_only=True) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'main'"
        )
        return {name: connection.table(name).fetchall() for (name,) in names.fetchall()}


# --- which engine --------------------------------------------------------------------------------------------------


def test_the_two_engines_share_no_file(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    duck, spark = engine_for("duckdb", paths), engine_for("spark", paths)
    assert (duck.target, spark.target) == ("duckdb", "spark")
    for one, other in ((duck.database, spark.database), (duck.state_file, spark.state_file)):
        assert one != other
    assert duck.dbt != spark.dbt
    assert {spark.database.parent, spark.state_file.parent, spark.dbt.parent} == {tmp_path / "spark"}


def test_dbt_is_told_the_cluster_and_the_schema(
    engine: OnSpark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "sc://localhost:1/;token=s3cret"
    assert engine.schema == "yibao"
    assert engine.environment == {"SPARK_REMOTE": address, "YIBAO_CLUSTER_SCHEMA": "yibao"}
    monkeypatch.setenv("YIBAO_CLUSTER_SCHEMA", "county_7")
    other = OnSpark(DataPaths(tmp_path))
    assert other.environment == {"SPARK_REMOTE": address, "YIBAO_CLUSTER_SCHEMA": "county_7"}
    assert "county_7" in other.place


def test_without_a_cluster_nothing_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    monkeypatch.setattr(remote, "require_extra", lambda: None)
    engine = OnSpark(DataPaths(tmp_path))
    with pytest.raises(Problem, match="还没有建好的数仓"):
        built(engine)
    for ask in (engine.require_ready, engine.mark):
        with pytest.raises(Problem, match="没有可用的集群") as problem:
            ask()
        assert problem.value.exit_code == ExitCode.WRONG_USE
    assert not list(tmp_path.iterdir())


# --- the mark ------------------------------------------------------------------------------------------------------


def test_a_cluster_that_nobody_built_on_has_no_mark(engine: OnSpark, cluster: Cluster) -> None:
    assert engine.mark() is None
    cluster.tables = {"dim_period": VALUES}
    assert engine.mark() is None, "tables alone are no build of ours"


def test_the_mark_tells_one_build_from_another(engine: OnSpark, cluster: Cluster) -> None:
    cluster.noted = FIRST
    first = engine.mark()
    assert first is not None and engine.mark() == first
    cluster.noted = SECOND
    assert engine.mark() not in {None, first}


# --- bringing the tables home ----------------------------------------------------------------------------------------


def bring(engine: OnSpark, cluster: Cluster, tables: list[str]) -> None:
    cluster.noted = FIRST
    engine.collect(tables)


def test_tables_come_home_as_they_are(engine: OnSpark, cluster: Cluster) -> None:
    empty = VALUES.slice(0, 0)
    cluster.tables = {"indicator_value": VALUES, "row_warning": empty, "stg_person": VALUES}
    bring(engine, cluster, ["row_warning", "indicator_value", "not_built"])
    found = at_home(engine)
    assert found.keys() == {"indicator_value", "row_warning"}, (
        "neither what is not asked for nor what is not there"
    )
    assert found["indicator_value"] == list(zip(*VALUES.to_pydict().values(), strict=True))
    assert found["row_warning"] == []
    with duckdb.connect(str(engine.database), read_only=True) as connection:
        kinds = {name: connection.table(name).types for name in found}
    assert [str(kind) for kind in kinds["indicator_value"]] == [
        "VARCHAR",
        "DECIMAL(38,10)",
        "BIGINT",
        "VARCHAR",
    ]
    assert kinds["row_warning"] == kinds["indicator_value"]


def test_nothing_stays_of_what_was_at_home_before(engine: OnSpark, cluster: Cluster) -> None:
    cluster.tables = {"dim_period": VALUES, "dim_region": VALUES}
    bring(engine, cluster, ["dim_period", "dim_region"])
    cluster.tables = {"dim_period": VALUES.slice(0, 1)}
    bring(engine, cluster, ["dim_period", "dim_region"])
    assert {name: len(lines) for name, lines in at_home(engine).items()} == {"dim_period": 1}


def test_a_large_table_comes_in_parts(
    engine: OnSpark, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    periods = [f"2026-{month:02}" for month in (3, 1, 2)]
    large = pa.table({"period": periods * 2, "n": list(range(6))})
    cluster.tables = {"indicator_value": large}
    bring(engine, cluster, ["indicator_value"])
    assert cluster.sizes == [6]
    cluster.sizes.clear()
    monkeypatch.setattr(on_spark, "_ROWS_AT_ONCE", 5)
    bring(engine, cluster, ["indicator_value"])
    assert cluster.sizes == [2, 2, 2]
    assert sorted(at_home(engine)["indicator_value"]) == sorted(zip(periods * 2, range(6), strict=True))


def test_a_large_table_without_periods_and_a_large_period_come_in_parts_too(
    engine: OnSpark, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_spark, "_ROWS_AT_ONCE", 50)
    numbers = list(range(100))
    months = pa.table({"period": ["2026-08"] * 90 + ["2026-09"] * 10, "n": numbers})
    cluster.tables = {"dim_institution": months.drop_columns(["period"]), "mart_fund": months}
    bring(engine, cluster, ["dim_institution", "mart_fund"])
    assert cluster.sizes == [50, 50, 45, 45, 10]
    found = at_home(engine)
    assert sorted(found["dim_institution"]) == [(number,) for number in numbers]
    assert sorted(found["mart_fund"]) == sorted(zip(*months.to_pydict().values(), strict=True))


def test_no_row_is_lost_between_the_parts(
    engine: OnSpark, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_spark, "_ROWS_AT_ONCE", 2)
    cluster.tables = {"mart_fund": VALUES}
    bring(engine, cluster, ["mart_fund"])
    assert len(cluster.sizes) > 1
    expected = list(zip(*VALUES.to_pydict().values(), strict=True))
    assert sorted(at_home(engine)["mart_fund"], key=repr) == sorted(expected, key=repr)


def test_dbt_is_let_go_of(engine: OnSpark, cluster: Cluster) -> None:
    engine.close()
    assert cluster.interrupted == 0, "no session was opened"
    engine.require_ready()
    engine.close()
    assert cluster.interrupted == 1


def test_a_cluster_that_is_gone_does_not_hide_how_the_build_ended(
    engine: OnSpark, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise ConnectionError("UNAVAILABLE: connection refused")

    engine.require_ready()
    monkeypatch.setattr(cluster, "interruptAll", gone)
    engine.close()


# --- a build ---------------------------------------------------------------------------------------------------------


def build(
    engine: OnSpark, cluster: Cluster, outcome: Outcome = Outcome.PASSED, invocation: str = FIRST
) -> BuildResult:
    """As dbt would leave the cluster."""
    result = BuildResult(outcome, failed=(Finding("t", "题", "", "m", 3, None),))

    def call(_: DbtRequest, __: Listener) -> BuildResult:
        write_manifest(engine)
        called(engine, invocation)
        cluster.noted = invocation
        cluster.tables = {**dict.fromkeys(PUBLISHED, VALUES), "scratch": VALUES}
        return result

    request = DbtRequest(engine.paths.root, engine, None, full_refresh=True)
    return build_warehouse(request, "f" * 64, now=lambda: NOW, call=call)


def test_a_build_that_passed_may_be_published(engine: OnSpark, cluster: Cluster) -> None:
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.FIRST
    build(engine, cluster)
    assert not engine.paths.warehouse.exists() and not (engine.paths.root / "build.json").exists()
    warehouse = built(engine)
    assert warehouse.database == engine.database
    assert warehouse.tables == tuple(sorted(PUBLISHED))
    assert at_home(engine).keys() == PUBLISHED.keys(), "what is not published stays on the cluster"
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.INCREMENTAL


def test_a_cluster_that_somebody_else_built_on_is_not_published(engine: OnSpark, cluster: Cluster) -> None:
    build(engine, cluster)
    cluster.noted = SECOND
    with pytest.raises(Problem, match="改动过") as problem:
        built(engine)
    assert problem.value.exit_code == ExitCode.NOT_PUBLISHED
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.DISTURBED
    cluster.noted = None
    with pytest.raises(Problem, match="还没有建好的数仓"):
        built(engine)
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.FIRST


def test_a_build_that_another_one_wrote_into_is_worth_nothing(engine: OnSpark, cluster: Cluster) -> None:
    build(engine, cluster)

    def two_at_once(_: DbtRequest, __: Listener) -> BuildResult:
        called(engine, FIRST)
        cluster.noted = SECOND
        return BuildResult(Outcome.PASSED)

    request = DbtRequest(engine.paths.root, engine, None, full_refresh=True)
    with pytest.raises(Problem, match="同一个模式") as problem:
        build_warehouse(request, "f" * 64, now=lambda: NOW, call=two_at_once)
    assert problem.value.exit_code == ExitCode.WRONG_USE
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.NOT_PASSED


def test_tables_changed_at_home_are_not_published(engine: OnSpark, cluster: Cluster) -> None:
    build(engine, cluster)
    with duckdb.connect(str(engine.database)) as connection:
        connection.execute("create table more as select range as n from range(100000)")
        connection.execute("update indicator_value set value = 100")
    with pytest.raises(Problem, match="改动过") as problem:
        built(engine)
    assert problem.value.exit_code == ExitCode.NOT_PUBLISHED


def test_a_build_that_failed_its_checks_is_brought_home_and_not_published(
    engine: OnSpark, cluster: Cluster
) -> None:
    build(engine, cluster, Outcome.FAILED)
    assert "file_conservation" in at_home(engine), "the summary tells what became of the rows"
    with pytest.raises(Problem, match="有校验未通过") as problem:
        built(engine)
    assert problem.value.exit_code == ExitCode.NOT_PUBLISHED
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.NOT_PASSED


def test_a_broken_build_brings_nothing_home(
    engine: OnSpark, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> Frame:
        raise AssertionError("a cluster that broke the build is not asked again")

    build(engine, cluster)
    monkeypatch.setattr(cluster, "table", refuse)
    build(engine, cluster, Outcome.BROKEN, SECOND)
    with pytest.raises(Problem, match="建仓出错"):
        built(engine)


def test_findings_are_kept_when_the_tables_cannot_be_brought_home(
    engine: OnSpark, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_: str) -> Frame:
        raise ConnectionError("UNAVAILABLE")

    monkeypatch.setattr(cluster, "table", lost)
    result = build(engine, cluster, Outcome.FAILED)
    assert [finding.rows for finding in result.failed] == [3]
    state = read_state(engine.state_file)
    assert state is not None and state.state == "failed"


def test_tables_that_did_not_come_home_are_not_published(
    engine: OnSpark, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(engine, cluster)
    with monkeypatch.context() as changed:
        changed.setattr(cluster, "table", lambda _: (_ for _ in ()).throw(ConnectionError("UNAVAILABLE")))
        with pytest.raises(ConnectionError):
            build(engine, cluster, invocation=SECOND)
    with pytest.raises(Problem) as problem:
        built(engine)
    assert problem.value.exit_code == ExitCode.NOT_PUBLISHED
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.NOT_PASSED
