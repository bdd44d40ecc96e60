"""Writing that survives a power cut: a file is there whole, or as it was before."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_REPLACE_TRIES = 20
_DRAFT = ".yibao-draft-"
_DAY = 24 * 3600


def write_text(path: Path, text: str) -> None:
    """Replaces the file by one with this text (UTF-8, LF), as `write_bytes` does."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Replaces the file by one with this content: readers see the old or the new, never a part. For one writer at a time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # always the same name: what a process left that died here is overwritten by the next, and does not pile up
    draft = path.with_name(f".{path.name}.draft")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to be filled with files; at the end it takes the place of the one that was there, if any.

    Readers see the old or the new, never a part, but for a moment there may be none. Where filling fails, the old one stays.
    """
    aside = folder.with_name(f"{_DRAFT}{secrets.token_hex(4)}")
    aside.mkdir(parents=True)
    sweep_beside(aside, f"{_DRAFT}*")
    try:
        yield aside
        for path in aside.iterdir():
            sync_file(path)
        remove_folder(folder)
        os.rename(aside, folder)
    except BaseException:
        remove_folder(aside)
        raise
    sync_directory(folder.parent)


def for_owner(path: str, flags: int) -> int:
    """What `open` takes as its opener: a file that it makes is its owner's alone from the first byte."""
    return os.open(path, flags, 0o600)


def sweep_beside(draft: Path, pattern: str) -> None:
    """Removes the drafts of that name beside this one, which was just made, that are a day older: who made them has died."""
    now = draft.stat().st_mtime
    for leftover in draft.parent.glob(pattern):
        # somebody else's, or one that goes at this moment: no reason to stop
        with suppress(OSError):
            if now - leftover.stat().st_mtime < _DAY:
                continue
            if leftover.is_dir():
                remove_folder(leftover)
            else:
                leftover.unlink()


def remove_folder(folder: Path) -> None:
    """Removes a folder with all that is in it, read-only files too; nothing where there is none."""
    if not folder.exists():
        return
    for path in folder.rglob("*"):
        # Windows does not delete a read-only file
        path.chmod(0o600 if path.is_file() else 0o700)
    shutil.rmtree(folder)


def sync_file(path: Path) -> None:
    """Forces the file's bytes to the disk."""
    # Windows can only flush a handle that may write
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directory(path: Path) -> None:
    """Forces the names in a folder to the disk; Windows does so by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(source: Path, target: Path) -> None:
    # on Windows a reader that has the target open for a moment makes the first tries fail
    for left in range(_REPLACE_TRIES, 0, -1):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if os.name != "nt" or left == 1:
                raise
            time.sleep(0.05)
