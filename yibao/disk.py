"""What the disk answered, told to the bureau's people: full, not allowed, or broken."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import duckdb

from yibao.problem import ExitCode, Problem

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# a file stands where a folder should be
_NO_FOLDER = frozenset({errno.ENOTDIR, errno.EEXIST})
# a broken disk, a network folder that went away
_BROKEN = frozenset({errno.EIO, getattr(errno, "ESTALE", errno.EIO), getattr(errno, "EREMOTEIO", errno.EIO)})
# DuckDB gives no errno, only the system's words
_FULL_WORDS = (*(os.strerror(number) for number in _FULL), "not enough space on the disk")
_KEPT = "已完整导入的文件和已发布的各版都完好。"


def no_space(error: OSError) -> bool:
    """Whether the error means that the disk (or quota, or file size limit) is full."""
    return error.errno in _FULL


def tells_no_space(message: str) -> bool:
    """The same of an error that an engine only tells in words."""
    return any(words in message for words in _FULL_WORDS)


def problem_of(error: Exception, where: Path | str) -> Problem | None:
    """What to tell of an error that came from the disk, or from a damaged database; None of any other."""
    if isinstance(error, OSError) and error.errno in _FULL | _REFUSED | _BROKEN:
        return disk_problem(error, where)
    if isinstance(error, duckdb.Error):
        detail = (str(error).splitlines()[0],)
        if tells_no_space(str(error)):
            return full(str(where), detail)
        if isinstance(error, duckdb.IOException | duckdb.FatalException | duckdb.SerializationException):
            return broken(str(where), detail)
    return None


def disk_problem(error: OSError, where: Path | str) -> Problem:
    """What to tell of an error of the disk. `where` is told when the error names no file. Exit 1; 2 for a lack of rights."""
    place = str(error.filename or where)
    detail = (f"{error.strerror or error}",)
    if no_space(error):
        return full(place, detail)
    if error.errno in _REFUSED | _NO_FOLDER:
        return Problem(
            "数据文件夹不能写入",
            where=place,
            todo=f"请检查权限、磁盘是否只读，或用 --data 换一个文件夹，然后重新执行。{_KEPT}",
            details=detail,
        )
    return broken(place, detail)


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
