"""What of the data folder may go: old generations, checks and logs. Landed files never do, nor what was issued."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from yibao import durable, publishing
from yibao.logs import LAST_RUN
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.publishing import RUN_ID, Generation

CURRENT, PREVIOUS, ISSUED, NEWEST = "当前版", "当前版的前一版", "已报送", "最近的"
_STAMP = re.compile(r"\d{8}T\d{6}Z")
_ASIDE = ".pruned-"


@dataclass(frozen=True)
class Rules:
    """How many of the newest generations stay, and for how many months checks and logs do."""

    generations: int
    months: int


@dataclass(frozen=True)
class Item:
    """Something that goes; `size` in bytes."""

    path: Path
    size: int


@dataclass(frozen=True)
class Plan:
    """What goes and which generations stay, with the reason."""

    generations: tuple[Item, ...]
    checks: tuple[Item, ...]
    logs: tuple[Item, ...]
    kept: tuple[tuple[Generation, str], ...]

    @property
    def items(self) -> tuple[Item, ...]:
        return (*self.generations, *self.checks, *self.logs)


def make_plan(paths: DataPaths, rules: Rules, now: datetime) -> Plan:
    """What would go. Raises Problem (exit 1) when it cannot be told which generation is current, or what was issued."""
    generations = publishing.list_generations(paths)
    current = publishing.current(paths)
    if generations and current is None:
        raise Problem(
            "不知道哪一版是当前版，不能清理",
            where=str(paths.current),
            todo="请先用 yibao rollback --to 指定一版，或重新执行 yibao run。",
            exit_code=ExitCode.UNEXPECTED,
        )
    issued = _issued(paths)
    newest = {generation.run_id for generation in generations[-rules.generations :]}
    kept = []
    for generation in generations:
        reasons = [
            reason
            for reason, holds in (
                (CURRENT, current is not None and generation.run_id == current.run_id),
                (PREVIOUS, current is not None and generation.run_id == current.manifest.previous),
                (ISSUED, generation.run_id in issued),
                (NEWEST, generation.run_id in newest),
            )
            if holds
        ]
        if reasons:
            kept.append((generation, reasons[0]))
    stay = {generation.run_id for generation, _ in kept}
    oldest = _months_before(now, rules.months)
    # the newest check says how the data stand, however old it is
    checks = sorted(path for path in _children(paths.quality) if _STAMP.match(path.name))[:-1]
    logs = [path for path in _children(paths.logs) if path.is_file() and path.name != LAST_RUN]
    return Plan(
        tuple(_item(generation.folder) for generation in generations if generation.run_id not in stay),
        tuple(_item(path) for path in checks if _is_before(path, oldest)),
        tuple(_item(path) for path in logs if _is_before(path, oldest)),
        tuple(kept),
    )


def prune(paths: DataPaths, plan: Plan) -> tuple[Item, ...]:
    """Removes what the plan names and returns what could not be: on Windows a file that is open stays.

    The caller holds the lock of the data folder. A folder goes by one rename first, so that none is seen half removed.
    """
    _sweep(paths)
    stuck = []
    for item in plan.items:
        aside = item.path.with_name(f"{_ASIDE}{item.path.name}")
        try:
            os.rename(item.path, aside)
        except PermissionError:
            stuck.append(item)
    _sweep(paths)
    return tuple(stuck)


def _sweep(paths: DataPaths) -> None:
    for folder in (paths.published, paths.quality, paths.logs):
        for path in folder.glob(f"{_ASIDE}*"):
            if path.is_dir():
                durable.remove_folder(path)
            else:
                path.unlink()


def _issued(paths: DataPaths) -> frozenset[str]:
    """The generations that anything under DATA/issued names, in its path or in its text."""
    if not paths.issued.is_dir():
        return frozenset()
    found: set[str] = set()
    for path in paths.issued.rglob("*"):
        found.update(RUN_ID.findall(path.relative_to(paths.issued).as_posix()))
        if path.suffix in {".json", ".jsonl", ".csv", ".txt"} and path.is_file():
            try:
                found.update(RUN_ID.findall(path.read_text(encoding="utf-8")))
            except (OSError, ValueError) as error:
                raise Problem(
                    "报送记录读不出来，不知道哪些版已报送，不能清理",
                    where=str(path),
                    todo="请从备份恢复这个文件。",
                    exit_code=ExitCode.UNEXPECTED,
                ) from error
    return frozenset(found)


def _children(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if not path.name.startswith("."))


def _is_before(path: Path, oldest: str) -> bool:
    """By the time in its name; what bears none stays."""
    stamp = _STAMP.search(path.name)
    return stamp is not None and stamp.group() < oldest


def _months_before(now: datetime, months: int) -> str:
    """The stamp of the same day so many months ago; compared as text, so a 31 February does no harm."""
    moment = now.astimezone(UTC)
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return f"{year:04d}{month + 1:02d}{moment:%dT%H%M%SZ}"


def _item(path: Path) -> Item:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return Item(path, sum(file.stat().st_size for file in files))
