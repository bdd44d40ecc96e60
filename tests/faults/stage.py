"""A stage for the product: a data folder that is set up, played on, and looked at afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.faults import county
from tests.faults.faults import Fault
from tests.faults.reader import differing_tables
from tests.faults.syscalls import Step
from yibao import publishing
from yibao.landing import read_ledger
from yibao.paths import DataPaths

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Played:
    """How a command ended, what it said (both streams), its steps."""

    code: int
    said: str
    steps: tuple[Step, ...]


class Runner:
    """The process that plays (tests/faults/runner.py); `dbt` loads the true dbt into it first."""

    def __init__(self, *, dbt: bool = False) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.runner", *(["--dbt"] if dbt else [])],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "DO_NOT_TRACK": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def begin(self, request: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()

    def end(self, request: dict[str, Any]) -> Played:
        assert self._process.stdout
        answer = json.loads(self._process.stdout.readline())
        said = Path(request["output"]).read_text(encoding="utf-8", errors="replace")
        return Played(answer["code"], said, tuple(Step(*step) for step in answer["steps"]))

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


@dataclass
class Stage:
    """`home` holds the inbox, the data folder with its key (both watched), and what the command said."""

    home: Path
    runner: Runner
    stand_in: bool = True
    outputs: int = field(default=0)

    @property
    def watched(self) -> Path:
        return self.home / "watched"

    @property
    def data(self) -> Path:
        return self.watched / "data"

    @property
    def key(self) -> Path:
        return self.watched / "key"

    @property
    def paths(self) -> DataPaths:
        return DataPaths(self.data)

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    def play(
        self, *arguments: str, fault: Fault | None = None, watch: bool = False, **options: Any
    ) -> Played:
        """One command; watched where it is to be counted or to fail. `run` when no other is named."""
        request = self.request(*arguments, fault=fault, watch=watch, **options)
        self.runner.begin(request)
        return self.runner.end(request)

    def request(
        self, *arguments: str, fault: Fault | None = None, watch: bool = False, **options: Any
    ) -> dict[str, Any]:
        """What the runner is told; options: file_limit (bytes), powerless, hold, clock (seconds off)."""
        self.outputs += 1
        command = arguments or ("run", "--inbox", str(self.inbox))
        return {
            "arguments": [*command, "--data", str(self.data)],
            "environment": {"YIBAO_KEY_FILE": str(self.key)},
            "watch": str(self.watched) if watch or fault or "hold" in options else None,
            "fault": {"kind": fault.kind, "step": fault.step} if fault else None,
            "stand_in": self.stand_in,
            "output": str(self.home / f"said-{self.outputs % 50}.txt"),
            **options,
        }

    def keep(self, name: str) -> None:
        """Remembers the data folder as it is."""
        shutil.rmtree(self.home / name, ignore_errors=True)
        shutil.copytree(self.watched, self.home / name)

    def put_back(self, name: str) -> None:
        """The data folder as it was kept; what was played since is gone."""
        shutil.rmtree(self.watched, ignore_errors=True)
        shutil.copytree(self.home / name, self.watched)

    def current(self) -> str | None:
        """The id of what is published now; every table of it is read and proven to be that of its manifest."""
        if publishing.current_id(self.paths) is None:
            return None
        with publishing.open_current(self.paths) as opened:
            differing = differing_tables(opened)
            assert not differing, f"{opened.generation.run_id}: {differing}"
            return content_id(opened.generation.run_id)

    def picture(self) -> tuple[set[str], set[tuple[str, str, int, str]], str | None]:
        """Everything that must be equal after two walks that end alike, whatever happened on the way."""
        names = {_timeless(path.relative_to(self.watched)) for path in self.watched.rglob("*")}
        ledger = {(entry.file, entry.dataset, entry.rows, entry.sha256) for entry in read_ledger(self.paths)}
        return {name for name in names if name}, ledger, self.current()


def new_stage(home: Path, runner: Runner, exports: int = 2) -> Stage:
    """A stage with the smallest county's exports and an empty data folder."""
    stage = Stage(home, runner)
    stage.watched.mkdir(parents=True)
    for number in range(exports):
        county.export(stage.inbox, number)
    return stage


def content_id(run_id: str) -> str:
    return run_id.rpartition("-")[2]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _timeless(path: Path) -> str:
    """The name without the times and batches in it; the logs may differ."""
    if path.parts[:2] in (("data", "logs"), ("data", "dbt")):
        return ""
    name = re.sub(r"\d{8}T\d{6}Z", "TIME", path.as_posix())
    # a check has an id of its own each time
    name = re.sub(r"quality/TIME-[0-9a-f]{6}", "quality/CHECK", name)
    return re.sub(r"files/\d{6}-(?!contract)", "files/BATCH-", name)
