"""What the disk answered, told to the bureau's people: full, not allowed, in use, or broken."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import duckdb

from yibao.problem import ExitCode, Problem

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# a file stands where a folder should be
_NO_FOLDER = frozenset({errno.ENOTDIR, errno.EEXIST})
_UNFIT = _NO_FOLDER | {errno.EISDIR, errno.ENAMETOOLONG}
# a broken disk, a network folder that went away
_BROKEN = frozenset({errno.EIO, getattr(errno, "ESTALE", errno.EIO), getattr(errno, "EREMOTEIO", errno.EIO)})
# DuckDB gives no errno, only words
_FULL_WORDS = (*map(os.strerror, _FULL), "not enough space on the disk")
_BROKEN_WORDS = tuple(map(os.strerror, _BROKEN | _REFUSED))
_DAMAGED_WORDS = ("Corrupt database file", "not a valid DuckDB database file")
# Linux and Windows
_IN_USE = re.compile(r"Could not set lock on file|being used by another process")
_NAMED_FILE = re.compile(r'file "([^"]+)"')
_KEPT = "已完整导入的文件和已发布的各版都完好。"


def problem_of(error: Exception, where: Path | str) -> Problem | None:
    """What to tell of an error that came from the disk, or from a damaged database; None of any other."""
    if isinstance(error, OSError) and error.errno in _FULL | _REFUSED | _BROKEN:
        return disk_problem(error, where)
    if isinstance(error, duckdb.Error):
        detail = (str(error).splitlines()[0],)
        told = problem_in(str(error), where, detail)
        if told is None and isinstance(error, duckdb.IOException | duckdb.FatalException):
            return broken(str(where), detail)
        return told
    return None


def problem_in(message: str, where: Path | str, details: tuple[str, ...]) -> Problem | None:
    """The same of an error of DuckDB or dbt of which only the message is left; `where` is the database."""
    if _IN_USE.search(message):
        return open_elsewhere(message, where, details)
    if any(words in message for words in _FULL_WORDS):
        return full(str(where), details)
    if any(words in message for words in _DAMAGED_WORDS):
        return damaged_warehouse(where, details)
    if any(words in message for words in _BROKEN_WORDS):
        return broken(str(where), details)
    return None


def disk_problem(error: OSError, where: Path | str) -> Problem:
    """What to tell of an error of the disk. `where` is told when the error names no file. Exit 1; 2 for a lack of rights."""
    place = str(error.filename or where)
    detail = (reason_zh(error),)
    if error.errno in _FULL:
        return full(place, detail)
    if error.errno in _REFUSED and _is_unreadable(Path(place)):
        return Problem(
            "数据文件夹不能读取",
            where=place,
            todo=f"请让管理员给当前用户读取这个位置的权限，或用 --data 换一个文件夹，然后重新执行。{_KEPT}",
            details=detail,
        )
    if error.errno in _REFUSED | _NO_FOLDER:
        return Problem(
            "数据文件夹不能写入",
            where=place,
            todo=f"请检查权限、磁盘是否只读，或用 --data 换一个文件夹，然后重新执行。{_KEPT}",
            details=detail,
        )
    return broken(place, detail)


def is_full(error: OSError) -> bool:
    """Whether the disk had no room left for what was written."""
    return error.errno in _FULL


def place_problem(error: OSError, what: str, place: Path | str, todo: str) -> Problem:
    """What to tell of a place that the user chose and that cannot be used; `place` is told when the error names no file.

    Exit 2 where another name or more rights will do; 1 where the disk is full or broken.
    """
    return Problem(
        f"{what}：{reason_zh(error)}",
        where=str(error.filename or place),
        todo=todo,
        exit_code=ExitCode.WRONG_USE if error.errno in _REFUSED | _UNFIT else ExitCode.UNEXPECTED,
    )


def _is_unreadable(place: Path) -> bool:
    """Whether this user may not read the place, or the nearest folder above it that can be seen at all."""
    seen = next((path for path in (place, *place.parents) if os.access(path, os.F_OK)), None)
    return seen is not None and not os.access(seen, os.R_OK | (os.X_OK if seen.is_dir() else 0))


def reason_zh(error: OSError) -> str:
    """Why the disk refused, in the bureau's words; the system's own where there are none."""
    if error.errno in _NO_FOLDER:
        return "同名的位置上是一个文件，不是文件夹"
    if error.errno == errno.EISDIR:
        return "这里是一个文件夹，不是文件"
    if error.errno == errno.ENAMETOOLONG:
        return "文件名或路径太长"
    if error.errno in _REFUSED:
        return "没有权限，或磁盘是只读的"
    if error.errno in _FULL:
        return "磁盘空间不足"
    return f"读写出错，{error.strerror or error}"


def full(where: str, details: tuple[str, ...] = ()) -> Problem:
    """The disk is full (exit 1)."""
    return Problem(
        "磁盘空间不足",
        where=where,
        todo=f"请清理磁盘，或用 --data 指定空间更大的位置，然后重新执行；做完的部分不会重复。{_KEPT}",
        exit_code=ExitCode.UNEXPECTED,
        details=details,
    )


def broken(where: str, details: tuple[str, ...] = ()) -> Problem:
    """A file cannot be read or written, for no reason of ours (exit 1)."""
    return Problem(
        "数据文件夹读写出错",
        where=where,
        todo=f"请检查磁盘和网络盘是否正常，然后重新执行；反复出现时请把位置告诉信息人员。{_KEPT}",
        exit_code=ExitCode.UNEXPECTED,
        details=details,
    )


def open_elsewhere(message: str, where: Path | str, details: tuple[str, ...]) -> Problem:
    """Another program has a database open, as DuckDB's message says (exit 2)."""
    named = _NAMED_FILE.search(message)
    return Problem(
        "数仓文件正被别的程序打开 (例如 DBeaver 或另一个 Python)",
        where=named[1] if named else str(where),
        todo="请关闭那个程序后重新执行；平时查询请用 DATA/published 里的只读文件。",
        details=details,
    )


def damaged_warehouse(where: Path | str, details: tuple[str, ...]) -> Problem:
    """The warehouse is no whole database any more (exit 1)."""
    return Problem(
        "数仓文件打不开或读不出来，可能已损坏",
        where=str(where),
        todo="请删除这个文件 (和同名的 .wal) 后重新执行 yibao run：数仓会由已导入的文件整体重建，数据不会丢。",
        exit_code=ExitCode.UNEXPECTED,
        details=details,
    )
