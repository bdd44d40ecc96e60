"""How landing says no: LandingError stops the run, Refusal leaves one file where it is."""

from __future__ import annotations

import errno

from yibao.problem import ExitCode, Problem

_NO_SPACE = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


class LandingError(Problem):
    """Landing cannot go on: wrong use (no such inbox), a lost key, a full disk. Texts are Chinese."""


class Refusal(Exception):
    """One file is not taken. `reason_code` is a stable English slug, `message_zh` says what, where and what to do.

    Holds no value of a person: messages quote headers, sheets, lines and byte offsets only.
    """

    def __init__(self, reason_code: str, message_zh: str) -> None:
        super().__init__(reason_code, message_zh)
        self.reason_code = reason_code
        self.message_zh = message_zh


def no_space(error: OSError) -> bool:
    """Whether the error means that the disk (or quota, or file size limit) is full."""
    return error.errno in _NO_SPACE


def disk_full(where: str) -> LandingError:
    """The error for a full disk; nothing of the file at hand was landed."""
    return LandingError(
        "磁盘空间不足，导入中断；已完整导入的文件不受影响，其余文件没有留下半截数据",
        where=where,
        todo="请清理磁盘，或用 --data 指定空间更大的位置，然后重新运行；已导入的文件会自动跳过。",
        exit_code=ExitCode.UNEXPECTED,
    )
