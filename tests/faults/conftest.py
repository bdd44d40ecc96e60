"""The size of a fault test, its stage, and what it survived."""

from __future__ import annotations

import itertools
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import syscalls
from tests.faults.stage import Runner, Stage, new_stage

# no disk is needed to be killed on: its fsync would be most of the time
_MEMORY = Path("/dev/shm")


@dataclass(frozen=True)
class Size:
    """Long: every point. Short: a share, the same for the same seed."""

    long: bool
    seed: int

    def of(self, points: Sequence[int], short: int) -> list[int]:
        """All of the points, or `short` of them: one out of each of as many equal parts."""
        if self.long or len(points) <= short:
            return list(points)
        chance = random.Random(self.seed)
        edges = [len(points) * part // short for part in range(short + 1)]
        return [points[chance.randrange(low, high)] for low, high in itertools.pairwise(edges)]


@pytest.fixture(scope="session")
def size(pytestconfig: pytest.Config) -> Size:
    return Size(pytestconfig.getoption("faults") == "long", pytestconfig.getoption("faults_seed"))


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    if why := syscalls.missing():
        pytest.skip(why)
    with Runner() as playing:
        yield playing


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder in memory where there is room, else on the disk."""
    memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="yibao-faults-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def stage(home: Path, runner: Runner) -> Stage:
    return new_stage(home, runner)


Survived = Callable[[str, int], None]


@pytest.fixture
def survived(record_property: Callable[[str, object], None]) -> Survived:
    """Counts points for the summary at the end."""
    return lambda what, points: record_property(f"faults: {what}", points)


Progress = Callable[[str, Sequence[int]], Iterator[int]]


@pytest.fixture
def progress(capfd: pytest.CaptureFixture[str]) -> Progress:
    """Goes over the points, and says every ten seconds how far it is."""

    def over(what: str, points: Sequence[int]) -> Iterator[int]:
        said = time.monotonic()
        for number, point in enumerate(points):
            yield point
            if time.monotonic() - said > 10:
                said = time.monotonic()
                with capfd.disabled():
                    print(f"\n  {what}: {number + 1} of {len(points)}", file=sys.stderr, flush=True)

    return over
