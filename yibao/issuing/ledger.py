"""The ledger of what was signed and issued, and whether the frozen copies are those that it names.

The line in the ledger makes an issue; its folder comes after by one rename. So a folder that no line names means that the
ledger lost its end, and a line without its folder is finished from the draft that was ready before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from yibao import chain, durable
from yibao.issuing.entries import Entry, Issued, from_record, to_record
from yibao.issuing.frozen import CONTRACT, draft_of, folder_of, incoming, write_contract
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.publishing import sha256_of


@dataclass(frozen=True)
class History:
    """A whole ledger: its entries in order and the last hash, which may be kept elsewhere to prove that none is missing."""

    entries: tuple[Entry, ...]
    last_hash: str

    @property
    def issues(self) -> tuple[Issued, ...]:
        return tuple(entry for entry in self.entries if isinstance(entry, Issued))


def ledger_file(paths: DataPaths) -> Path:
    """The file of the ledger."""
    return paths.issued / "ledger.jsonl"


def history(paths: DataPaths) -> History:
    """Everything signed and issued so far; nothing before the first signature.

    Raises Problem (exit 1) naming the line where the ledger was changed, or the copy that is in it no more or not yet.
    """
    path = ledger_file(paths)
    _require_own_place(paths.issued, Path.is_dir)
    _require_own_place(path, Path.is_file)
    verified = chain.verify(path)
    entries = []
    for number, record in enumerate(chain.read(path), start=1):
        try:
            entries.append(from_record(record))
        except (KeyError, TypeError, ValueError) as error:
            raise Problem(
                "报送台账里有读不懂的一条",
                where=f"{path} 第 {number} 条",
                todo="可能是更新版本的程序写的：请用那个版本打开；否则请从备份恢复 issued 文件夹。",
                exit_code=ExitCode.UNEXPECTED,
            ) from error
    found = History(tuple(entries), verified.last_hash)
    _require_no_stranger(paths, found)
    return found


def append(paths: DataPaths, entry: Entry) -> None:
    """Adds an entry; it is on the disk when this returns. The caller holds the lock of the data folder."""
    chain.append(ledger_file(paths), to_record(entry))


def settle(paths: DataPaths) -> History:
    """Finishes an issue that was interrupted after its line was written, sweeps drafts, and brings the empty tables that stand
    for "nothing issued" up to date.

    The caller holds the lock of the data folder. Raises Problem (exit 1) as `history` does, or when a copy is lost.
    """
    found = history(paths)
    for entry in found.issues:
        if not folder_of(paths, entry.issue).exists():
            draft = draft_of(paths, entry.issue)
            if not draft.exists():
                raise _lost(folder_of(paths, entry.issue))
            put_in_place(paths, entry.issue)
    durable.remove_folder(incoming(paths))
    write_contract(paths)
    return found


def put_in_place(paths: DataPaths, issue: str) -> None:
    """The draft becomes the frozen copy by one rename."""
    folder = folder_of(paths, issue)
    folder.parent.mkdir(parents=True, exist_ok=True)
    os.rename(draft_of(paths, issue), folder)
    durable.sync_directory(folder.parent)
    durable.sync_directory(paths.issued)


def verify_copies(paths: DataPaths, found: History) -> None:
    """Raises Problem (exit 1) for a frozen file that is gone, was changed or was added."""
    for entry in found.issues:
        folder = folder_of(paths, entry.issue)
        if not folder.is_dir():
            raise _lost(folder)
        named = {**entry.files, **entry.copies}
        for path in sorted(folder.iterdir()):
            if path.name not in named or sha256_of(path) != named[path.name]:
                raise _changed(path)
        for name in named:
            if not (folder / name).is_file():
                raise _changed(folder / name)


def _require_own_place(path: Path, is_right: Callable[[Path], bool]) -> None:
    # another thing there must not read as "nothing issued yet"
    if path.exists() and not is_right(path):
        raise Problem(
            "报送台账的位置上是别的东西",
            where=str(path),
            todo="请查明是谁放的，移走以后从备份恢复 issued 文件夹。",
            exit_code=ExitCode.UNEXPECTED,
        )


def _require_no_stranger(paths: DataPaths, found: History) -> None:
    named = {entry.issue for entry in found.issues}
    for folder in sorted(paths.issued.glob("*/*")) if paths.issued.is_dir() else ():
        issue = folder.relative_to(paths.issued).as_posix()
        if issue.startswith((".", f"{CONTRACT}/")) or issue in named:
            continue
        raise Problem(
            "有一份报送的留存不在报送台账里：台账末尾可能被删，或有人自行放入了文件",
            where=str(folder),
            todo="请与最近的备份核对，并报告审计人员；核对清楚以前不要再报送。",
            exit_code=ExitCode.UNEXPECTED,
        )


def _lost(folder: Path) -> Problem:
    return Problem(
        "报送台账里有这一次报送，留存的文件却不见了",
        where=str(folder),
        todo="请从备份恢复 issued 文件夹里的这一份。",
        exit_code=ExitCode.UNEXPECTED,
    )


def _changed(path: Path) -> Problem:
    return Problem(
        "报送时留存的文件与台账不符：被改动、删除或自行放入",
        where=str(path),
        todo="请从备份恢复 issued 文件夹里的这一份，并报告审计人员。",
        exit_code=ExitCode.UNEXPECTED,
    )
