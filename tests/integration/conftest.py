"""The demo county, walked once for all tests that only look at the result."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[2]
INBOX = ROOT / "demo" / "inbox"


def yibao(*arguments: str | Path, data: Path, typed: str | None = None) -> subprocess.CompletedProcess[str]:
    """The command as its user types it, with a key of its own beside the data folder; `typed` is what it reads as input."""
    env = {**os.environ, "YIBAO_KEY_FILE": str(data.with_name(data.name + ".key")), "YIBAO_DATA": str(data)}
    return subprocess.run(
        [sys.executable, "-m", "yibao", *map(str, arguments), "--data", str(data)],
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=env,
        cwd=data.parent,
        check=False,
    )


def dbt(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """dbt as an analyst types it, on a data folder."""
    folders = ("--target-path", str(data / "dbt" / "target"), "--log-path", str(data / "dbt" / "logs"))
    return subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", *arguments, *folders],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "YIBAO_DATA": str(data)},
        cwd=ROOT,
        check=False,
    )


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory, worker_id: str, pytestconfig: pytest.Config) -> Path:
    """The data folder of one `yibao run` on demo/inbox; shared by the processes of one test session, and by those that are given
    the same --demo-county. Beside it, what the run told."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    data: Path = (pytestconfig.getoption("demo_county") or shared / "demo-data").absolute()
    data.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(data.with_name(data.name + ".lock")):
        if not data.exists():
            done = yibao("run", "--inbox", INBOX, data=data)
            assert done.returncode == 0, done.stdout + done.stderr
            data.with_name(data.name + ".out").write_text(done.stdout + done.stderr, encoding="utf-8")
    return data


@pytest.fixture
def warehouse(demo_data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(demo_data / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture
def marts(demo_data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    run_id = (demo_data / "published" / "CURRENT").read_text(encoding="utf-8").strip()
    with duckdb.connect(str(demo_data / "published" / run_id / "marts.duckdb"), read_only=True) as connection:
        yield connection
