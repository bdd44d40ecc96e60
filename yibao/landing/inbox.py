"""The files of the inbox. It is only read: nothing is ever written, moved or locked there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from yibao.landing.errors import LandingError

_IGNORED_SUFFIXES = frozenset({".tmp", ".part", ".crdownload", ".lock"})
_IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class InboxFile:
    """A file; `name` is its path in the inbox with forward slashes."""

    path: Path
    name: str
    size: int


def list_inbox(inbox: Path) -> list[InboxFile]:
    """Every file below the inbox, sorted by name; hidden, temporary and Office lock files are left out.

    Raises LandingError when the inbox is no readable folder.
    """
    if not inbox.is_dir():
        raise LandingError(
            "导入文件夹不存在" if not inbox.exists() else "给定的导入位置不是文件夹",
            where=str(inbox),
            todo="请检查路径，或先建立该文件夹并把导出的文件放进去。",
        )
    files = []
    for folder, folders, names in os.walk(inbox, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder) / name
            if _ignored(path) or not path.is_file():
                continue
            files.append(InboxFile(path, _readable(path.relative_to(inbox).as_posix()), path.stat().st_size))
    return sorted(files, key=lambda file: file.name)


def _readable(name: str) -> str:
    # a name that is no UTF-8 (an archive made on a Chinese Windows) comes as surrogates, which no file could hold
    try:
        name.encode()
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("gb18030", errors="replace")
    # a line end or a terminal's command in a name would spoil every list that it stands in
    return "".join(char if char.isprintable() or char == "\u3000" else f"\\u{ord(char):04x}" for char in name)


def _ignored(path: Path) -> bool:
    return (
        path.name.startswith((".", "~$"))
        or path.name.lower() in _IGNORED_NAMES
        or path.suffix.lower() in _IGNORED_SUFFIXES
    )


def _unreadable(error: OSError) -> None:
    raise LandingError(
        f"导入文件夹读不了：{error.strerror}",
        where=str(error.filename),
        todo="请检查文件夹的权限后重新运行。",
    ) from error
