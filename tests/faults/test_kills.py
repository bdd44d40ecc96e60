"""kill -9 while twenty readers read: none of them notices, and the next run ends as if nothing had been."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults import county, reader
from tests.faults.conftest import Progress, Size, Survived
from tests.faults.faults import Fault
from tests.faults.stage import ROOT, Runner, Stage

_PROCESSES = 4
# enough for every layer of the true build; the rest of the demo county only makes it longer
_DEMO = (
    "基础资料.xlsx",
    "应参保人口.xls",
    "参保登记_2026.xlsx",
    "结算单_2026年第三季度.csv",
    "基金台账_2026年1-9月.csv",
)


@contextmanager
def readers(data: Path, home: Path, seed: int) -> Iterator[list[dict[str, Any]]]:
    """Twenty readers for the time of the block; afterwards the list holds what each process saw."""
    stop = home / "stop-reading"
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.reader", str(data), str(stop), str(seed + 100 * number)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for number in range(_PROCESSES)
    ]
    seen: list[dict[str, Any]] = []
    try:
        yield seen
    finally:
        stop.touch()
        told = [process.communicate(timeout=120)[0] for process in processes]
    seen += [json.loads(text) for text in told]


def kill_rounds(
    stage: Stage, twin: Stage, rounds: int, seed: int, progress: Progress
) -> tuple[list[str], int]:
    """Each round brings one more export, is killed at a seeded step, and run again; the twin walks undisturbed.

    What went wrong, and how many generations were published.
    """
    chance = random.Random(seed)
    wrong: list[str] = []
    command = ("run", "--inbox", str(stage.inbox))
    for turn in progress("kills", range(1, rounds + 1)):
        county.export(stage.inbox, 100 + turn)
        undisturbed = twin.play(*command, watch=True)
        assert undisturbed.code == 0, undisturbed.said
        step = chance.randint(1, len(undisturbed.steps))
        before = stage.current()
        killed = stage.play(*command, fault=Fault("kill", step))
        current = stage.current()
        again = stage.play(*command)
        # the steps of the true build vary by a few: a point behind the last is no kill, and no fault
        if killed.code not in (-9, 0):
            wrong.append(f"round {turn}, step {step}: ended with {killed.code}: {killed.said[-1500:]}")
        if current not in (before, twin.current()):
            wrong.append(f"round {turn}, step {step}: {current} published after the kill")
        if again.code or stage.current() != twin.current():
            wrong.append(
                f"round {turn}, step {step}: the next run ends otherwise ({again.code}): {again.said[-1500:]}"
            )
    return wrong, len(list(stage.paths.published.glob("2*")))


def play_rounds(stage: Stage, rounds: int, size: Size, progress: Progress) -> list[dict[str, Any]]:
    twin = Stage(stage.home / "twin", stage.runner, stage.stand_in)
    twin.watched.mkdir(parents=True)
    shutil.copy(stage.key, twin.key)
    shutil.copytree(stage.data, twin.data)
    with readers(stage.data, stage.home, size.seed) as seen:
        wrong, generations = kill_rounds(stage, twin, rounds, size.seed, progress)
    assert not wrong, "\n".join(wrong)
    assert generations > rounds
    faults = [text for answer in seen for text in answer["wrong"]]
    assert not faults, faults[:10]
    assert len(seen) * reader.THREADS == 20
    assert not any(answer["idle"] for answer in seen), "a reader never came to read"
    return seen


def test_killed_while_twenty_readers_read(
    stage: Stage, size: Size, survived: Survived, progress: Progress
) -> None:
    rounds = 200 if size.long else 2
    first = stage.play()
    assert first.code == 0, first.said
    seen = play_rounds(stage, rounds, size, progress)
    survived(f"kills with 20 readers ({sum(answer['reads'] for answer in seen)} reads)", rounds)


def test_the_true_build_killed_while_twenty_readers_read(
    home: Path, size: Size, survived: Survived, progress: Progress, runner: Runner
) -> None:
    if not size.long:
        pytest.skip("half a minute for each run of the true build: with --faults long")
    with Runner(dbt=True) as with_dbt:
        stage = Stage(home, with_dbt, stand_in=False)
        stage.watched.mkdir()
        stage.inbox.mkdir()
        for name in _DEMO:
            shutil.copy(ROOT / "demo" / "inbox" / name, stage.inbox)
        first = stage.play()
        assert first.code == 0, first.said
        seen = play_rounds(stage, 20, size, progress)
    reads = sum(answer["reads"] for answer in seen)
    survived(f"kills of the true build with 20 readers ({reads} reads)", 20)
