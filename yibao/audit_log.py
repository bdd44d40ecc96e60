"""The audit log of the dashboard: who did what and when, append-only, one hash-chained file for each month.

The chain goes on from month to month: the first line of a month names the last hash of the month before. A person appears by
login name only; what is typed at a failed login is never written, for it may be a password.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock

from yibao import chain
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem

# stands where the login name would, when there is no such user
UNKNOWN_USER = "-"


class Action(StrEnum):
    """What was done."""

    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGOUT = "logout"
    PASSWORD_CHANGED = "password_changed"
    VIEW = "view"
    EXPORT = "export"
    USER_ADDED = "user_added"
    USER_DISABLED = "user_disabled"
    USER_RESET = "user_reset"
    REPORT_SIGNED = "report_signed"
    REPORT_ISSUED = "report_issued"

    @property
    def name_zh(self) -> str:
        return _NAMES[self]


@dataclass(frozen=True)
class AuditEntry:
    """One line. `user` is the login name (`os:<account>` for the command line), `role` its role then, "" where there is none.

    `page` and `filters` tell what was looked at; `rows` and `sha256` belong to an export: its data rows and its bytes.
    """

    at: datetime
    user: str
    role: str
    action: Action
    page: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class AuditState:
    """A log whose chain is whole: its files (oldest first), lines, last hash, and lines that were never finished."""

    files: tuple[Path, ...]
    lines: int
    last_hash: str
    torn: tuple[str, ...]


def record(paths: DataPaths, entry: AuditEntry) -> None:
    """Writes the entry; it is on the disk when this returns.

    Raises OSError or Problem when it cannot be written: then what it tells of must not happen.
    """
    paths.audit.mkdir(parents=True, exist_ok=True)
    paths.audit.chmod(0o700)
    moment = entry.at.astimezone(UTC)
    # a writer that was slow over the turn of the month must not add to a month that others have closed
    with FileLock(paths.audit / ".audit.lock"):
        files = _files(paths)
        newest = files[-1] if files else None
        path = paths.audit / f"{moment:%Y-%m}.jsonl"
        if newest and newest.name >= path.name:
            chain.append(newest, _to_json(entry, moment), start=_start(files[:-1]))
        else:
            chain.append(path, _to_json(entry, moment), start=_start(files))


def entries(
    paths: DataPaths, first: datetime | None = None, last: datetime | None = None
) -> list[AuditEntry]:
    """The entries from `first` to `last` (both included), oldest first. Raises Problem (exit 1) for a damaged line."""
    found = []
    for path in _files(paths):
        if first and path.stem < f"{first.astimezone(UTC):%Y-%m}":
            continue
        for number, content in enumerate(chain.read(path), start=1):
            entry = _from_json(content, path, number)
            if (first is None or first <= entry.at) and (last is None or entry.at <= last):
                found.append(entry)
    return found


def verify(paths: DataPaths) -> AuditState:
    """Walks the whole chain, over all months. Raises Problem (exit 1) naming the first file and line that does not fit."""
    last, lines, torn = chain.START, 0, []
    files = _files(paths)
    for path in files:
        verified = chain.verify(path, start=last)
        last, lines = verified.last_hash, lines + verified.lines
        torn += [f"{path.name} 第 {number} 行" for number in verified.torn]
    return AuditState(files, lines, last, tuple(torn))


def command_line_user() -> str:
    """Who appears in the log for a command that asks for no login: the operating system's account."""
    try:
        return f"os:{getpass.getuser()}"
    except (OSError, KeyError):
        # no such name on this system (a container without one)
        return "os:?"


def _files(paths: DataPaths) -> tuple[Path, ...]:
    return tuple(sorted(paths.audit.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl")))


def _start(files: tuple[Path, ...]) -> str:
    """What the line after these files carries on from; a file may hold nothing but a line that was never finished."""
    start = chain.START
    for path in files[-2:]:
        start = chain.last_hash(path, start=start)
    return start


def _to_json(entry: AuditEntry, moment: datetime) -> dict[str, Any]:
    return {
        "at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "user": entry.user,
        "role": entry.role,
        "action": entry.action.value,
        "page": entry.page,
        "filters": dict(entry.filters),
        "rows": entry.rows,
        "sha256": entry.sha256,
    }


def _from_json(content: Mapping[str, Any], path: Path, number: int) -> AuditEntry:
    try:
        return AuditEntry(
            **{**content, "at": datetime.fromisoformat(content["at"]), "action": Action(content["action"])}
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Problem(
            "审计日志里有读不懂的一条",
            where=f"{path} 第 {number} 条",
            todo="请用 yibao audit 核对；可能是更新版本的程序写的，或文件被改动。",
            exit_code=ExitCode.UNEXPECTED,
        ) from error


_NAMES = {
    Action.LOGIN: "登录",
    Action.LOGIN_FAILED: "登录失败",
    Action.LOGOUT: "退出",
    Action.PASSWORD_CHANGED: "修改密码",
    Action.VIEW: "查看",
    Action.EXPORT: "导出",
    Action.USER_ADDED: "新建账号",
    Action.USER_DISABLED: "停用账号",
    Action.USER_RESET: "重置账号",
    Action.REPORT_SIGNED: "审签报告",
    Action.REPORT_ISSUED: "报送报告",
}
