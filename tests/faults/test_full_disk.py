"""No space left, truly: a file size limit, and a small disk that fills at landing, building or publishing."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults import county
from tests.faults.conftest import Progress, Size, Survived
from tests.faults.stage import Stage
from yibao import publishing
from yibao.landing import read_ledger

_ROWS = 20_000


def reached(stage: Stage, files: int) -> str:
    """How far a run came: which step it was that found no room."""
    if len(read_ledger(stage.paths)) < files:
        return "landing"
    state = json.loads((stage.data / "build.json").read_text(encoding="utf-8"))["state"]
    return "publish" if state == "passed" else "build"


def second_run(stage: Stage) -> str:
    """A published generation, and one more export (some hundred kilobytes landed) to be run; the old content."""
    assert stage.play().code == 0
    county.export(stage.inbox, 2, _ROWS)
    old = stage.current()
    assert old
    return old


@pytest.mark.parametrize(
    ("command", "limit", "step"),
    [((), 50_000, "landing"), ((), 600_000, "build"), (("publish",), 600_000, "publish")],
)
def test_a_file_size_limit(
    stage: Stage, command: tuple[str, ...], limit: int, step: str, survived: Survived
) -> None:
    old = second_run(stage)
    stage.keep("before")
    assert stage.play().code == 0
    wanted = stage.picture()
    if step == "publish":
        # built and passed; publishing is what is left to do
        (stage.paths.current).write_text(f"{next(iter(stage.paths.published.glob(f'*-{old}'))).name}\n")
        stage.keep("before")
    stage.put_back("before")

    limited = stage.play(*command, file_limit=limit)
    assert limited.code == 1 and "磁盘空间不足" in limited.said, limited.said
    assert stage.current() == old
    assert reached(stage, 3) == step
    assert not list(stage.paths.published.glob(".incoming-*"))

    assert stage.play().code == 0
    assert stage.picture() == wanted
    survived("file size limits", 1)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount program")
    if done.returncode:
        pytest.skip(f"a disk of its own cannot be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_small_disk(stage: Stage, size: Size, survived: Survived, progress: Progress) -> None:
    old = second_run(stage)
    stage.keep("before")
    used = size_of(stage.watched)
    assert stage.play().code == 0
    wanted = stage.picture()
    # what the whole run takes, and its first and last part of it
    whole = size_of(stage.watched) - used
    landed = size_of(next(stage.paths.landed_files.glob("000002-*")))
    published = publishing.require_current(stage.paths).database.stat().st_size
    rooms = [landed // 2, landed + (whole - landed - published) // 3, whole - published // 4]
    if size.long:
        rooms += [whole * part // 20 for part in range(1, 20)]
    stage.put_back("before")
    steps: Counter[str] = Counter()
    stage.watched.rename(stage.home / "elsewhere")
    with small_disk(stage.watched, used + (24 << 20)):
        for room in progress("small disk", rooms):
            subprocess.run(["cp", "-a", f"{stage.home}/before/.", stage.watched], check=True)
            ballast = stage.watched / "ballast"
            free = os.statvfs(stage.watched)
            with ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, max(4096, free.f_bavail * free.f_frsize - room))
            full = stage.play()
            if full.code:
                assert full.code == 1 and "磁盘空间不足" in full.said, full.said
                assert stage.current() == old
                steps[reached(stage, 3)] += 1
            ballast.unlink()
            again = stage.play()
            assert again.code == 0, again.said
            assert stage.picture() == wanted
            for path in stage.watched.iterdir():
                subprocess.run(["rm", "-rf", path], check=True)
    assert set(steps) == {"landing", "build", "publish"}, steps
    survived("small disks", steps.total())


def test_no_room_for_the_pointer(stage: Stage) -> None:
    """The generation is there; that CURRENT cannot be written leaves the old one in force."""
    old = second_run(stage)
    with_pointer = publishing.current_id(stage.paths)
    stage.paths.current.chmod(0o444)
    (stage.paths.published / ".CURRENT.draft").mkdir()
    failed = stage.play()
    assert failed.code != 0 and "什么：" in failed.said
    assert publishing.current_id(stage.paths) == with_pointer and stage.current() == old
