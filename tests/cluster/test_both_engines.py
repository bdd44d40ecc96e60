"""The demo county on Spark, a worker lost on the way, is that of DuckDB to the last cell. `long`: only in `make spark`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.cluster.conftest import (
    MONTH_OF_LATE,
    YEAR_OF_LATE,
    Grown,
    SparkCounty,
    remember,
    services_of,
)
from tests.integration.conftest import ROOT, yibao
from tests.parity.compare import compare, table_of
from yibao import cluster, publishing
from yibao.paths import DataPaths
from yibao.project import find_project
from yibao.quality.great import failing_rows
from yibao.quality.source import open_source
from yibao.quality.suites import load_suites
from yibao.warehouse import engine_for

pytestmark = pytest.mark.timeout(2400)


def test_a_build_survives_the_loss_of_a_worker(walked: SparkCounty) -> None:
    assert walked.run.returncode == 0, walked.run.stdout[-3000:]
    lost = [service for service in services_of(walked.data) if not service.is_alive]
    assert [service.pid for service in lost] == [walked.lost_worker]


def test_every_published_cell_is_that_of_duckdb(walked: SparkCounty, demo_data: Path) -> None:
    require_equal(demo_data, walked.data)


def test_what_the_check_found_is_that_of_duckdb(walked: SparkCounty, demo_data: Path) -> None:
    """Verdicts, counts and failing rows of every rule that this session judges on Spark."""
    left, right = (publishing.require_current(DataPaths(data)).database for data in (demo_data, walked.data))
    results, keys = (
        _found(left, right, table, columns)
        for table, columns in (
            ("quality_result", "expectation_id, status, element_count, unexpected_count, observed"),
            ("quality_failing_key", "expectation_id, key, detail"),
        )
    )
    assert len({row[0] for row in results[1]}) > 80
    assert results[0] == results[1]
    assert len(keys[1]) > 20
    assert keys[0] == keys[1]


def test_every_rule_can_be_read_by_spark(walked: SparkCounty) -> None:
    """Names, types and functions of each, of the rules too that this session does not judge."""
    engine = engine_for("spark", DataPaths(walked.data))
    source = open_source(engine)
    try:
        for suite in load_suites(find_project()):
            for expectation in suite.expectations:
                sql = failing_rows(suite, expectation, source.schema)
                if sql is not None:
                    assert source.columns(sql), expectation.id
    finally:
        source.close()


def test_start_brings_up_what_is_missing_and_leaves_the_rest(walked: SparkCounty) -> None:
    before = {service.name: service.pid for service in services_of(walked.data)}
    again = yibao("cluster", "start", data=walked.data)
    assert again.returncode == 0, again.stdout + again.stderr
    after = {service.name: service.pid for service in services_of(walked.data)}
    assert {name for name in after if after[name] != before[name]} == {"worker-2"}
    found = cluster.status(DataPaths(walked.data))
    assert found is not None and found.is_alive


@pytest.mark.long
def test_late_rows_write_their_month_and_year_again_and_no_other(grown: Grown) -> None:
    assert grown.months == {MONTH_OF_LATE}
    assert grown.years == {YEAR_OF_LATE}
    require_equal(grown.on_duckdb, grown.on_spark)


@pytest.mark.long
def test_unit_tests_pass_on_spark(walked: SparkCounty) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.cluster.unit_tests", str(walked.data)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def _found(left: Path, right: Path, table: str, columns: str) -> list[list[tuple[object, ...]]]:
    """The rows of the last check on either side, of the rules that the right one judged."""
    with duckdb.connect() as connection:
        for name, path in (("left_side", left), ("right_side", right)):
            connection.execute(f"attach '{path.as_posix()}' as {name} (read_only)")
        return [
            connection.execute(
                f"""
                select {columns}
                from {side}.main.{table}
                where
                    check_id = (select max(check_id) from {side}.main.quality_result)
                    and expectation_id in (select expectation_id from right_side.main.quality_result)
                order by all
                """
            ).fetchall()
            for side in ("left_side", "right_side")
        ]


def require_equal(on_duckdb: Path, on_spark: Path) -> None:
    """The generations in force hold the same cells, and so bear the same content id."""
    left, right = (publishing.require_current(DataPaths(data)) for data in (on_duckdb, on_spark))
    differences = compare(left.database, right.database)
    remember(table_of(differences))
    assert len(differences) > 15
    assert all(item.is_none for item in differences), table_of(differences)
    assert left.run_id[-8:] == right.run_id[-8:], "the same contents have the same id"
