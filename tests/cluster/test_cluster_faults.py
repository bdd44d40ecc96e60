"""What goes wrong with a cluster leaves the generation in force alone, and says what to do."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cluster.conftest import SparkCounty, run_and, services_of, state_of
from tests.integration.conftest import INBOX, yibao
from yibao import publishing
from yibao.paths import DataPaths

pytestmark = pytest.mark.timeout(2400)


@pytest.mark.long
def test_a_driver_killed_in_the_middle_leaves_the_generation_in_force(walked: SparkCounty) -> None:
    before = publishing.require_current(DataPaths(walked.data))
    seconds: list[subprocess.CompletedProcess[str]] = []

    def second_run_then_kill() -> None:
        # while this build is under way, another one on the same folder is told to wait
        seconds.append(yibao("run", "--target", "spark", "--inbox", walked.inbox, data=walked.data))
        driver = next(service.pid for service in services_of(walked.data) if service.name == "connect")
        os.kill(driver, signal.SIGKILL)

    began = time.monotonic()
    killed = run_and(walked.data, walked.inbox, "读入与定型 stg_", second_run_then_kill, "--full-refresh")
    assert killed.returncode == 1, killed.stdout[-2000:]
    # one statement waits for the server, and none of the hundreds after it
    assert time.monotonic() - began < 240
    assert seconds[0].returncode == 2 and "另一个 yibao" in seconds[0].stdout + seconds[0].stderr

    # half of the tables are new, half of them old or gone: nobody reads them
    assert state_of(walked.data) != "passed"
    refused = yibao("publish", "--target", "spark", data=walked.data)
    assert refused.returncode == 3, refused.stdout + refused.stderr
    after = publishing.require_current(DataPaths(walked.data))
    assert after == before
    with publishing.open_current(DataPaths(walked.data)) as opened:
        row = opened.connection.execute("select count(*) from indicator_value").fetchone()
    assert row is not None and row[0] > 100_000


def test_without_a_cluster_the_run_says_so_within_thirty_seconds(tmp_path: Path) -> None:
    began = time.monotonic()
    refused = yibao("run", "--target", "spark", "--inbox", INBOX, data=tmp_path / "data")
    assert refused.returncode == 2
    assert "yibao cluster start" in refused.stdout + refused.stderr
    assert time.monotonic() - began < 60, "landing the demo included"
