"""A cluster of two workers on this machine, and the demo county walked on it in two goes, once for all tests."""

from __future__ import annotations

import csv
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

from tests.integration.conftest import INBOX, ROOT, demo_data, yibao
from yibao import cluster
from yibao.paths import DataPaths

__all__ = ["demo_data"]

MONTH_OF_LATE, YEAR_OF_LATE = "2025-07", "2026"
# what `make test` has great-expectations judge on Spark, with every kind of rule; `make spark` has it judge all, some minutes more
SHARE = (
    "dataset_month",
    "dim_scheme",
    "enrollment",
    "fct_settlement",
    "indicator_value",
    "mart_week",
    "reconciliation",
    "settlement",
)
_table_of_differences: list[str] = []


@dataclass(frozen=True)
class SparkCounty:
    """The demo county on Spark: its data folder, its inbox, how its run ended, which worker was killed in it."""

    data: Path
    inbox: Path
    run: subprocess.CompletedProcess[str]
    lost_worker: int


@dataclass(frozen=True)
class Grown:
    """Both engines after late rows came, and which months and years of a table Spark wrote again for them."""

    on_duckdb: Path
    on_spark: Path
    months: set[str]
    years: set[str]


@pytest.fixture(scope="session")
def spark_data(tmp_path_factory: pytest.TempPathFactory, demo_data: Path) -> Iterator[Path]:
    """A data folder with a running cluster, its name Chinese and with a space, as bureaus like it."""
    data = tmp_path_factory.mktemp("on-spark") / "医保 数据"
    copy_key(demo_data, data)
    with pytest.MonkeyPatch.context() as patch:
        # many short jobs: Java's second compiler and its parallel collector cost more than they save
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        started = yibao("cluster", "start", data=data)
        assert started.returncode == 0, started.stdout + started.stderr
        yield data
        services = services_of(data)
        stopped = yibao("cluster", "stop", data=data)
        assert stopped.returncode == 0, stopped.stdout + stopped.stderr
        assert not [service for service in services if service.is_alive], "a process outlived `cluster stop`"


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """The project, for `-m "not long"` a copy of it with a share of the expectations."""
    if pytestconfig.getoption("markexpr") != "not long":
        return ROOT
    copy = tmp_path_factory.mktemp("project")
    for name in ("macros", "models", "seeds", "tests/data"):
        shutil.copytree(ROOT / name, copy / name)
    files = ("dbt_project.yml", "profiles.yml", *(f"expectations/{name}.yml" for name in SHARE))
    (copy / "expectations").mkdir()
    for name in files:
        shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def walked(spark_data: Path, project: Path) -> SparkCounty:
    """The whole road on Spark from nothing, while a worker is killed in the middle of the build."""
    inbox = spark_data.parent / "inbox"
    shutil.copytree(INBOX, inbox)
    victim = next(service.pid for service in services_of(spark_data) if service.name == "worker-2")
    run = run_and(
        spark_data, inbox, "基础事实", lambda: os.kill(victim, signal.SIGKILL), "--project", str(project)
    )
    return SparkCounty(spark_data, inbox, run, victim)


@pytest.fixture(scope="session")
def grown(walked: SparkCounty, demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """Two settlements of an old month and two payments for one of the years come late, to both engines."""
    months, years = months_and_years(walked.data)
    settlements = late_rows(walked.inbox / "结算单_2025年第三季度.csv", "结算ID")
    assert all(row["结算日期"].startswith(MONTH_OF_LATE) for row in settlements)
    payments = late_rows(walked.inbox / "征缴明细_2026.csv", "缴费流水号")
    assert all(row["所属年度"] == YEAR_OF_LATE for row in payments)
    on_duckdb = tmp_path_factory.mktemp("on-duckdb") / "data"
    shutil.copytree(demo_data, on_duckdb)
    copy_key(demo_data, on_duckdb)
    for target, data in (("spark", walked.data), ("duckdb", on_duckdb)):
        done = yibao("run", "--target", target, "--inbox", walked.inbox, data=data)
        assert done.returncode == 0, done.stdout + done.stderr
        report = json.loads((data / "logs" / "last-run.json").read_text(encoding="utf-8"))
        assert report["refresh"] == "incremental"
    months_after, years_after = months_and_years(walked.data)
    return Grown(on_duckdb, walked.data, rewritten(months, months_after), rewritten(years, years_after))


def copy_key(source: Path, data: Path) -> None:
    """The key of another data folder: lists of persons name them by their hash."""
    shutil.copy2(source.with_name(f"{source.name}.key"), data.with_name(f"{data.name}.key"))


def late_rows(export: Path, number: str) -> list[dict[str, str]]:
    """A supplement beside the export: its second and third row once more, under numbers of their own."""
    with export.open(encoding="gb18030", newline="") as file:
        rows = list(csv.DictReader(file))[1:3]
    for order, row in enumerate(rows):
        row[number] = f"LATE{order}"
    with export.with_name(f"{export.stem}_迟到.csv").open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return rows


def remember(table: str) -> None:
    """To be shown at the end of the session."""
    _table_of_differences.append(table)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for table in _table_of_differences:
        terminalreporter.section("DuckDB and Spark, every published cell")
        terminalreporter.write_line(table)


def services_of(data: Path) -> tuple[cluster.Service, ...]:
    found = cluster.status(DataPaths(data))
    return found.services if found else ()


def months_and_years(data: Path) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The files of each month of fct_settlement and of each year of int_coverage_span: what is not built again keeps them."""
    tables = data / "spark" / "warehouse" / "yibao.db"

    def files(table: str, part: str) -> dict[str, set[str]]:
        return {
            folder.name.removeprefix(f"{part}="): {path.name for path in folder.glob("*.parquet")}
            for folder in (tables / table).glob(f"{part}=*")
        }

    return files("fct_settlement", "month"), files("int_coverage_span", "year")


def rewritten(before: dict[str, set[str]], after: dict[str, set[str]]) -> set[str]:
    assert len(before) > 1
    return {part for part, names in after.items() if before.get(part) != names}


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
