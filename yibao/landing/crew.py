"""Work on files in this process or, where it pays, in several (spawned, so that Windows and Linux do the same)."""

from __future__ import annotations

import errno
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from yibao.contract import Contract
from yibao.landing.errors import LandingError, Refusal, Unwritable
from yibao.landing.identity import Identity
from yibao.landing.source_file import Job, Landed, Looked, land_file, look
from yibao.problem import ExitCode

# below this many bytes a second process costs more (its start) than it saves
WORTH_A_PROCESS = 16 << 20

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Failed:
    """The file could not be read, or (`unwritten`, an errno) the data folder not be written: an OSError, as plain data."""

    message: str
    unwritten: int | None = None


class Crew(Protocol):
    """Does pass one and pass two for many files; answers come in the order of the tasks."""

    def look(self, paths: Sequence[Path]) -> Iterator[Looked | Refusal | Failed]: ...
    def land(self, jobs: Sequence[Job]) -> Iterator[Landed | Refusal | Failed]: ...


@contextmanager
def open_crew(contract: Contract, secret: bytes, workers: int, report: Report) -> Iterator[Crew]:
    """A crew of at most `workers` processes; 1 works in this process. `report(task, bytes done)` may come from a thread."""
    if workers <= 1:
        yield _Alone(contract, secret, report)
        return
    context = multiprocessing.get_context("spawn")
    queue: Any = context.Queue()
    listener = threading.Thread(target=_listen, args=(queue, report), daemon=True)
    listener.start()
    pool = ProcessPoolExecutor(workers, context, _start, (contract, secret, queue))
    try:
        yield _Several(pool)
    except BrokenProcessPool as error:
        raise LandingError(
            "导入子进程意外退出（可能内存不足或被强行结束），已完整导入的文件不受影响",
            where=f"{workers} 个进程",
            todo="请关闭其他占内存的程序，或用 --workers 1 重新运行。",
            exit_code=ExitCode.UNEXPECTED,
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        queue.put(None)
        listener.join()
        queue.close()


class _Alone:
    def __init__(self, contract: Contract, secret: bytes, report: Report) -> None:
        self._contract = contract
        self._identity = Identity(secret)
        self._report = report

    def look(self, paths: Sequence[Path]) -> Iterator[Looked | Refusal | Failed]:
        for path in paths:
            yield _try_look(path)

    def land(self, jobs: Sequence[Job]) -> Iterator[Landed | Refusal | Failed]:
        for number, job in enumerate(jobs):
            yield _try_land(job, self._contract, self._identity, partial(self._report, number))


class _Several:
    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def look(self, paths: Sequence[Path]) -> Iterator[Looked | Refusal | Failed]:
        yield from self._pool.map(_try_look, paths)

    def land(self, jobs: Sequence[Job]) -> Iterator[Landed | Refusal | Failed]:
        # large files first, so that none is left to run alone at the end; answers in the order of the jobs
        by_size = sorted(range(len(jobs)), key=lambda task: -jobs[task].looked.fingerprint.size)
        futures: dict[int, Future[Landed | Refusal | Failed]] = {}
        for task in by_size:
            futures[task] = self._pool.submit(_land_here, task, jobs[task])
        for task in range(len(jobs)):
            yield futures[task].result()


def _try_look(path: Path) -> Looked | Refusal | Failed:
    try:
        return look(path)
    except Refusal as refusal:
        return refusal
    except OSError as error:
        return Failed(_reason(error))


def _try_land(
    job: Job, contract: Contract, identity: Identity, advance: Callable[[int], None]
) -> Landed | Refusal | Failed:
    try:
        return land_file(job, contract, identity, advance)
    except Refusal as refusal:
        return refusal
    except OSError as error:
        return Failed(_reason(error))
    except Unwritable as unwritable:
        return Failed(str(unwritable), unwritable.error.errno or errno.EIO)


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "没有权限，或正被别的程序打开"
    if isinstance(error, FileNotFoundError):
        return "文件已不在原处"
    return error.strerror or str(error)


# what a worker process holds between tasks
_here: dict[str, Any] = {}


def _start(contract: Contract, secret: bytes, queue: Any) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _here.update(contract=contract, identity=Identity(secret), queue=queue)


def _end_with_parent() -> None:
    # a killed parent (kill -9) tells its workers nothing: they would wait for tasks for ever
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _land_here(task: int, job: Job) -> Landed | Refusal | Failed:
    return _try_land(job, _here["contract"], _here["identity"], lambda done: _here["queue"].put((task, done)))


def _listen(queue: Any, report: Report) -> None:
    while (message := queue.get()) is not None:
        report(*message)
