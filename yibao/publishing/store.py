"""The folder of generations: which there are, which is current, going back, opening one to read."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

import duckdb

from yibao import durable
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.publishing.generation import MANIFEST, Generation, from_json

RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


@dataclass(frozen=True)
class OpenGeneration:
    """A generation with a read-only connection to its tables (schema main)."""

    generation: Generation
    connection: duckdb.DuckDBPyConnection

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def list_generations(paths: DataPaths) -> tuple[Generation, ...]:
    """All readable generations, the newest last (by time of creation, then run_id)."""
    if not paths.published.is_dir():
        return ()
    found = []
    for folder in paths.published.iterdir():
        if RUN_ID.fullmatch(folder.name):
            try:
                found.append(_read(folder))
            except (OSError, ValueError):
                continue
    return tuple(sorted(found, key=lambda generation: (generation.manifest.created_at, generation.run_id)))


def current(paths: DataPaths) -> Generation | None:
    """The generation that CURRENT names, or None when nothing was published yet.

    Raises Problem (exit 1) when CURRENT is gone or names one that is not there or cannot be read.
    """
    run_id = current_id(paths)
    if run_id is None:
        if generations := list_generations(paths):
            raise _no_pointer(paths, "文件不见了", generations)
        return None
    if not RUN_ID.fullmatch(run_id):
        raise _no_pointer(
            paths, f"内容是“{run_id[:40]}”" if run_id else "内容是空的", list_generations(paths)
        )
    if not (paths.published / run_id).is_dir():
        raise _no_pointer(paths, f"所指的 {run_id} 不在了", list_generations(paths))
    return find(paths, run_id)


def find(paths: DataPaths, run_id: str) -> Generation:
    """The generation of that run. Raises Problem: exit 2 when there is none, exit 1 when it is damaged."""
    folder = paths.published / run_id
    if not RUN_ID.fullmatch(run_id) or not folder.is_dir():
        known = [generation.run_id for generation in list_generations(paths)]
        raise Problem(
            f"没有这一版：{run_id}",
            where=str(paths.published),
            todo=f"现有的版本：{', '.join(known) or '无'}。请用 yibao rollback --to 指明其中一版，或重新执行 yibao run。",
        )
    try:
        return _read(folder)
    except (OSError, ValueError) as error:
        raise _damaged(folder, f"{MANIFEST}: {error}") from error


def open_current(paths: DataPaths) -> OpenGeneration:
    """The current generation, opened read-only; later publishing does not disturb it. The caller closes it (or `with`).

    Raises Problem: exit 2 when nothing was published yet, exit 1 when what was published is damaged or was changed.
    """
    return open_generation(require_current(paths))


def open_generation(generation: Generation) -> OpenGeneration:
    """Any generation, opened read-only. Raises Problem (exit 1) when its tables cannot be read, or were changed."""
    require_unchanged(generation)
    try:
        connection = duckdb.connect(str(generation.database), read_only=True)
    except duckdb.Error as error:
        raise _damaged(generation.folder, str(error).splitlines()[0]) from error
    return OpenGeneration(generation, connection)


def require_current(paths: DataPaths) -> Generation:
    """The current generation. Raises Problem (exit 2) when nothing was published yet."""
    generation = current(paths)
    if generation is None:
        raise Problem("还没有发布过任何一版", where=str(paths.published), todo="请先执行 yibao run。")
    return generation


def rollback(paths: DataPaths, run_id: str | None = None) -> Generation:
    """Makes another generation current: that of `run_id`, else the one before the current one.

    Its bytes are checked first. Raises Problem: exit 2 when there is none to go to, exit 1 when its file was changed.
    """
    if run_id is None:
        now = require_current(paths)
        run_id = now.manifest.previous
        if run_id is None:
            raise Problem(
                f"当前这一版 {now.run_id} 之前没有别的版本",
                where=str(paths.published),
                todo="请用 yibao status 查看现有版本。",
            )
    target = find(paths, run_id)
    require_unchanged(target)
    set_current(paths, run_id)
    return target


def require_unchanged(generation: Generation) -> None:
    """Raises Problem (exit 1) when the tables are not, byte for byte, those that were published.

    Once for a file: what it was is asked again when its size or time changed.
    """
    try:
        status = generation.database.stat()
        found = _sha256_once(generation.database, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise _damaged(generation.database, str(error.strerror)) from error
    if found != generation.manifest.database_sha256:
        raise _damaged(generation.database, "文件与发布时不同")


def set_current(paths: DataPaths, run_id: str) -> None:
    """Replaces CURRENT at once."""
    durable.write_text(paths.current, f"{run_id}\n")


def sha256_of(path: Path) -> str:
    """64 hex; an unreadable file raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=64)
def _sha256_once(path: Path, size: int, modified_ns: int) -> str:
    return sha256_of(path)


def current_id(paths: DataPaths) -> str | None:
    """What CURRENT says, whether that generation is there or not; None where there is no such file."""
    try:
        return paths.current.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None


def _no_pointer(paths: DataPaths, detail: str, generations: tuple[Generation, ...]) -> Problem:
    newest = f"例如 yibao rollback --to {generations[-1].run_id}" if generations else "当前没有别的版本"
    return Problem(
        "指明当前版的文件 CURRENT 坏了，不知道哪一版有效",
        where=f"{paths.current}（{detail}）",
        todo=f"请用 yibao rollback --to 指明一版（{newest}；yibao status 列出各版），或重新执行 yibao run。",
        exit_code=ExitCode.UNEXPECTED,
    )


def _damaged(where: Path, detail: str) -> Problem:
    return Problem(
        "发布的这一版已损坏，读不出来",
        where=str(where),
        todo="请用 yibao rollback --to 换到另一版 (yibao status 列出现有各版)，或重新执行 yibao run。",
        exit_code=ExitCode.UNEXPECTED,
        details=(detail,),
    )


def _read(folder: Path) -> Generation:
    manifest = from_json((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest.run_id != folder.name:
        raise ValueError(f"{MANIFEST} is that of {manifest.run_id}")
    return Generation(folder, manifest)
