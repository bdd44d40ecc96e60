"""The demo county on Spark, month by month and with a worker lost on the way, is that of DuckDB to the last cell."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster.conftest import SparkCounty, services_of
from tests.integration.conftest import ROOT, yibao
from tests.parity.compare import compare, table_of
from yibao import cluster, publishing
from yibao.paths import DataPaths

pytestmark = pytest.mark.timeout(2400)


def test_a_build_survives_the_loss_of_a_worker(grown: SparkCounty) -> None:
    assert grown.second_run.returncode == 0, grown.second_run.stdout[-3000:]
    lost = [service for service in services_of(grown.data) if not service.is_alive]
    assert [service.pid for service in lost] == [grown.lost_worker]


def test_every_published_cell_is_that_of_duckdb(grown: SparkCounty, demo_on_duckdb: Path) -> None:
    left, right = (publishing.require_current(DataPaths(data)) for data in (demo_on_duckdb, grown.data))
    differences = compare(left.database, right.database)
    assert len(differences) > 15
    assert all(item.is_none for item in differences), table_of(differences)
    assert left.run_id[-8:] == right.run_id[-8:], "the same contents have the same id"


def test_only_the_months_that_late_files_change_are_written_again(grown: SparkCounty) -> None:
    kept = {month for month, files in grown.before.items() if grown.after.get(month) == files}
    written = set(grown.after) - kept
    # the late files hold the third quarter of 2026, and corrections of earlier months of that year
    assert {"2026-07", "2026-08", "2026-09"} <= written
    assert {"2024-10", "2024-11"} <= kept, sorted(written)


def test_start_brings_up_what_is_missing_and_leaves_the_rest(grown: SparkCounty) -> None:
    before = {service.name: service.pid for service in services_of(grown.data)}
    again = yibao("cluster", "start", data=grown.data)
    assert again.returncode == 0, again.stdout + again.stderr
    after = {service.name: service.pid for service in services_of(grown.data)}
    assert {name for name in after if after[name] != before[name]} == {"worker-2"}
    found = cluster.status(DataPaths(grown.data))
    assert found is not None and found.is_alive


def test_unit_tests_pass_on_spark(grown: SparkCounty) -> None:
    """A share of them: all run in `make spark`. (The tables of the macros are tests of every build.)"""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.cluster.unit_tests",
            str(grown.data),
            "test_type:unit,path:models/marts/core",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
