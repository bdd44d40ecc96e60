"""What is in a backup: which files of the data folder, and the list that stands at the head of the archive.

In it: what was landed, published, issued, checked and logged, the accounts, the audit log and the reports' settings. Not in
it: the warehouse and all else that `yibao run` makes again, and the key, which would open every identity to whoever finds
the archive.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from yibao.paths import DataPaths
from yibao.problem import Problem

CONTENTS = "yibao-backup.json"
VERSION = 1
# the largest list that is read: about 300,000 files
CONTENTS_LIMIT = 64 << 20


@dataclass(frozen=True)
class Member:
    """One file: its path below the data folder with forward slashes, its bytes, and whether it was write-protected."""

    path: str
    size: int
    sha256: str
    read_only: bool


@dataclass(frozen=True)
class Contents:
    """The head of an archive. `created_at` ISO UTC; `key_id` names the key that the landed files need, None before landing."""

    created_at: str
    yibao_version: str
    key_id: str | None
    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(member.size for member in self.members)


def to_json(contents: Contents) -> bytes:
    """The text of the list."""
    return (
        json.dumps({"version": VERSION, **asdict(contents)}, ensure_ascii=False, indent=1) + "\n"
    ).encode()


def from_json(text: bytes) -> Contents:
    """Reads what `to_json` wrote. Raises ValueError for anything else, and for a path that leads out of its folders."""
    try:
        content: Any = json.loads(text)
        if content.pop("version") != VERSION:
            raise ValueError("another version")
        members = tuple(Member(**member) for member in content.pop("members"))
        contents = Contents(**content, members=members)
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"no list of a backup: {error}") from error
    for member in members:
        if not (isinstance(member.size, int) and member.size >= 0 and is_safe(member.path)):
            raise ValueError(f"a path or size that no backup has: {member.path!a:.80}")
    if len({member.path for member in members}) != len(members):
        raise ValueError("a path twice")
    return contents


def is_safe(path: object) -> bool:
    """Whether it names a file below one of the folders that are backed up, and nothing else on any system."""
    if not isinstance(path, str):
        return False
    parts = path.split("/")
    return (
        len(parts) > 1
        # bytes that are no UTF-8, or half a character of JSON
        and path.encode(errors="ignore").decode() == path
        and parts[0] in _FOLDERS
        and all(
            part not in {"", ".", ".."} and not any(sign in part for sign in _NOT_IN_PATHS) for part in parts
        )
    )


def files_of(paths: DataPaths) -> list[Path]:
    """The files that a backup of the data folder holds, in the order of their paths.

    Raises Problem for a symbolic link, which would not come back as what it stands for.
    """
    found = []
    for name in _FOLDERS:
        found += [path for path in _walk(paths.root / name, paths) if _belongs(path, paths)]
    return sorted(found, key=lambda path: path.relative_to(paths.root).as_posix())


_FOLDERS = ("landing", "published", "issued", "quality", "logs", "accounts", "audit", "config")
_NOT_IN_PATHS = ("\\", ":", "\0")


def _walk(folder: Path, paths: DataPaths) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        # drafts, and what a process that died left aside
        if path.name.startswith(".") or path == paths.incoming:
            continue
        if path.is_symlink() or not is_safe(path.relative_to(paths.root).as_posix()):
            raise Problem(
                "数据文件夹里有不能备份的东西：符号链接，或名称里有反斜杠、冒号，或不是 UTF-8",
                where=str(path),
                todo="程序不会这样存放文件：请移出数据文件夹，或换成真正的文件后重新备份。",
            )
        if path.is_dir():
            yield from _walk(path, paths)
        else:
            yield path


def _belongs(path: Path, paths: DataPaths) -> bool:
    # the journal of a change that is being written at this moment
    journal = paths.account_store.with_name(f"{paths.account_store.name}-journal")
    return path.is_file() and path not in {paths.landing_lock, journal}
