"""One writer at a time per data folder; the second leaves within a second and says who holds it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from filelock import FileLock, Timeout

from yibao import durable
from yibao.disk import disk_problem
from yibao.paths import DataPaths
from yibao.problem import Problem

HOLDER = "yibao.lock.json"
# who only looks whether it is held (is_held) holds it for a moment
_PATIENCE_SECONDS = 0.5


@dataclass(frozen=True)
class Holder:
    """Who holds the lock; `since` is local time with its offset."""

    command: str
    pid: int
    host: str
    since: str


@contextmanager
def data_lock(paths: DataPaths, command: str, now: datetime) -> Iterator[None]:
    """Holds DATA/yibao.lock while the block runs.

    Raises Problem (exit 2) when another process holds it, or the folder cannot be written.
    """
    # the holder stands in a file of its own: on Windows a locked file cannot be read by others
    lock = FileLock(paths.lock)
    try:
        lock.acquire(timeout=_PATIENCE_SECONDS)
    except Timeout:
        raise _taken(paths) from None
    except OSError as error:
        raise disk_problem(error, paths.root) from error
    try:
        since = now.astimezone().isoformat(timespec="seconds")
        holder = Holder(command, os.getpid(), socket.gethostname(), since)
        durable.write_text(paths.root / HOLDER, json.dumps(asdict(holder), ensure_ascii=False) + "\n")
        yield
    finally:
        # a note that stays behind does not count (is_held), and must not make a failure of what was done
        with suppress(OSError):
            (paths.root / HOLDER).unlink(missing_ok=True)
        lock.release()


def is_held(paths: DataPaths) -> bool:
    """Whether a process holds the lock now (a note of a holder that was killed does not count).

    Where this user may not try the lock, the holder's note is believed.
    """
    if not paths.lock.exists():
        return False
    lock = FileLock(paths.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return read_holder(paths) is not None
    lock.release()
    return False


def read_holder(paths: DataPaths) -> Holder | None:
    """Who wrote that he holds the lock; None when nobody did. A process that was killed leaves its note behind."""
    try:
        return Holder(**json.loads((paths.root / HOLDER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _taken(paths: DataPaths) -> Problem:
    holder = read_holder(paths)
    who = (
        f"命令 yibao {holder.command}，进程号 {holder.pid}，主机 {holder.host}，开始于 {holder.since}"
        if holder
        else "持有者未知"
    )
    return Problem(
        "另一个 yibao 正在使用这个数据文件夹",
        where=f"{paths.lock} ({who})",
        todo="请等它结束后再执行；每个数据文件夹同一时间只能有一个写入者。",
    )
