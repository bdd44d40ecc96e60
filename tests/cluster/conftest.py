"""A cluster of two workers on this machine, and the demo county walked on it in two goes, once for all tests."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.conftest import INBOX, yibao
from yibao import cluster
from yibao.paths import DataPaths

# arrives late: a quarter's settlements and fees, and the supplement that corrects earlier months of the same year
LATE = ("结算单_2026年第三季度.csv", "费用明细_2026年第三季度.xlsx", "结算单补报_2026年.csv")


@dataclass(frozen=True)
class SparkCounty:
    """The data folder, and what its table of facts was made of before and after the late files: month -> state."""

    data: Path
    inbox: Path
    before: dict[str, tuple[str, ...]]
    after: dict[str, tuple[str, ...]]
    second_run: subprocess.CompletedProcess[str]
    lost_worker: int


@pytest.fixture(scope="session")
def demo_on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("on-duckdb") / "data"
    done = yibao("run", "--inbox", INBOX, data=data)
    assert done.returncode == 0, done.stdout + done.stderr
    return data


@pytest.fixture(scope="session")
def spark_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with a running cluster, its name Chinese and with a space, as bureaus like it."""
    data = tmp_path_factory.mktemp("on-spark") / "医保 数据"
    started = yibao("cluster", "start", data=data)
    assert started.returncode == 0, started.stdout + started.stderr
    yield data
    services = services_of(data)
    stopped = yibao("cluster", "stop", data=data)
    assert stopped.returncode == 0, stopped.stdout + stopped.stderr
    assert not [service for service in services if service.is_alive], "a process outlived `cluster stop`"


@pytest.fixture(scope="session")
def grown(spark_data: Path) -> SparkCounty:
    """First without the late files; then with them, while a worker is killed in the middle of the build."""
    inbox = spark_data.parent / "inbox"
    shutil.copytree(INBOX, inbox, ignore=shutil.ignore_patterns(*LATE))
    first = yibao("run", "--target", "spark", "--inbox", inbox, data=spark_data)
    assert first.returncode == 0, first.stdout + first.stderr
    before = months_on_disk(spark_data)
    for name in LATE:
        shutil.copy2(INBOX / name, inbox / name)
    victim = next(service.pid for service in services_of(spark_data) if service.name == "worker-2")
    second = run_and(spark_data, inbox, "基础事实", lambda: os.kill(victim, signal.SIGKILL))
    return SparkCounty(spark_data, inbox, before, months_on_disk(spark_data), second, victim)


def services_of(data: Path) -> tuple[cluster.Service, ...]:
    found = cluster.status(DataPaths(data))
    return found.services if found else ()


def months_on_disk(data: Path) -> dict[str, tuple[str, ...]]:
    """The files of each month of fct_settlement: a month that is not built again keeps them."""
    table = data / "spark" / "warehouse" / "yibao.db" / "fct_settlement"
    return {
        folder.name.removeprefix("month="): tuple(sorted(path.name for path in folder.glob("*.parquet")))
        for folder in table.glob("month=*")
    }


def run_and(
    data: Path, inbox: Path, marker: str, act: Callable[[], None], *more: str
) -> subprocess.CompletedProcess[str]:
    """`yibao run` on Spark; `act` is called once, as soon as the progress names `marker`."""
    env = {**os.environ, "YIBAO_KEY_FILE": str(data.with_name(data.name + ".key"))}
    command = [sys.executable, "-m", "yibao", "run", "--target", "spark", "--inbox", str(inbox)]
    log = data.parent / f"run-{time.time_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--data", str(data), *more], stdout=output, stderr=subprocess.STDOUT, env=env
        )
        acted = False
        while process.poll() is None:
            if not acted and marker in log.read_text(encoding="utf-8"):
                act()
                acted = True
            time.sleep(0.5)
    text = log.read_text(encoding="utf-8")
    assert acted, f"the run ended before {marker}: {text[-2000:]}"
    return subprocess.CompletedProcess(command, process.returncode, text, "")


def state_of(data: Path) -> str:
    return str(json.loads((data / "spark" / "build.json").read_text(encoding="utf-8"))["state"])
