"""An append-only file of JSON lines in which every line names the hash of the line before it.

Changing, removing or inserting a line breaks the chain from there on; `verify` finds the place. Cutting off the end
cannot be seen in the file itself: who must prove that nothing is missing keeps the last hash elsewhere.

A line is `{"prev": ..., "record": ..., "hash": ...}`; the hash is the sha256 of the line's canonical JSON without it. A line
that a power cut left half written was never acknowledged: it stays as it is, and the next line names its sha256 (`torn`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock

from yibao import durable
from yibao.problem import ExitCode, Problem

# what the first line of all names as the hash before it
START = "0" * 64
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Verified:
    """A whole chain: lines that hold a record, the last hash, and the numbers (from 1) of lines that were never finished."""

    lines: int
    last_hash: str
    torn: tuple[int, ...]


def append(path: Path, record: Mapping[str, Any], *, start: str = START) -> str:
    """Adds a record at the end and returns its hash; on the disk when this returns, and for many writers at a time.

    `start` is the hash that the first line of a new file carries on from. Raises Problem (exit 1) when the last line is
    damaged, OSError when the disk refuses; then nothing was added.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        is_new = not path.exists()
        # the flags of "r+b", made where it is not there, and for nobody else to read
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            line, fragment = _tail(file)
            link: dict[str, Any] = {
                "prev": _hash_at_end(path, line) if line else start,
                "record": dict(record),
            }
            if fragment:
                link["torn"] = hashlib.sha256(fragment).hexdigest()
            digest = _hash(link)
            size = file.seek(0, os.SEEK_END)
            try:
                file.write((b"\n" if fragment else b"") + _canonical({**link, "hash": digest}) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                with suppress(OSError):
                    file.truncate(size)
                raise
        if is_new:
            durable.sync_directory(path.parent)
    return digest


def read(path: Path) -> list[dict[str, Any]]:
    """The records in order, without asking whether the chain is whole; none where there is no file.

    Raises Problem (exit 1) for a line that is none, unless it was never finished.
    """
    return [link["record"] for _, _, link in _lines(path) if link is not None]


def verify(path: Path, *, start: str = START) -> Verified:
    """Walks the chain. Raises Problem (exit 1) naming the first line that does not fit."""
    lines, last, torn = 0, start, []
    fragment: str | None = None
    for number, line, link in _lines(path):
        if link is None:
            torn.append(number)
            fragment = hashlib.sha256(line).hexdigest()
            continue
        digest = link.pop("hash", None)
        if digest != _hash(link) or link.get("prev") != last or link.get("torn") != fragment:
            raise _broken(path, number)
        lines, last, fragment = lines + 1, digest, None
    return Verified(lines, last, tuple(torn))


def last_hash(path: Path, *, start: str = START) -> str:
    """The hash that the next line will carry on from."""
    if not path.exists():
        return start
    with path.open("rb") as file:
        line, _ = _tail(file)
    return _hash_at_end(path, line) if line else start


def _lines(path: Path) -> Iterator[tuple[int, bytes, dict[str, Any] | None]]:
    """Number, bytes and content of every line; the content is None for one that was never finished."""
    if not path.exists():
        return
    *lines, fragment = path.read_bytes().split(b"\n")
    following = [*map(_parsed, lines[1:]), None]
    for number, (line, after) in enumerate(zip(lines, following, strict=False), start=1):
        if after is not None and after.get("torn") == hashlib.sha256(line).hexdigest():
            yield number, line, None
        elif link := _parsed(line):
            yield number, line, link
        else:
            raise _broken(path, number)
    if fragment:
        yield len(lines) + 1, fragment, None


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        link = json.loads(line)
    except ValueError:
        return None
    return link if isinstance(link, dict) and isinstance(link.get("record"), dict) else None


def _tail(file: BinaryIO) -> tuple[bytes, bytes]:
    """The last whole line and what stands after it, without newlines; both may be empty."""
    position = file.seek(0, os.SEEK_END)
    tail = b""
    while position and tail.count(b"\n") < 2:
        step = min(_BLOCK, position)
        position -= step
        file.seek(position)
        tail = file.read(step) + tail
    whole, newline, fragment = tail.rpartition(b"\n")
    return (whole.rpartition(b"\n")[2] if newline else b""), fragment


def _hash_at_end(path: Path, line: bytes) -> str:
    link = _parsed(line)
    if link is None or not isinstance(link.get("hash"), str):
        raise Problem(
            "记录文件的最后一行已损坏，不能接着写",
            where=str(path),
            todo="请把这个文件改名保存（文件名后加 .damaged），交给审计人员核对，并从备份恢复；恢复前不要再写入。",
            exit_code=ExitCode.UNEXPECTED,
        )
    return str(link["hash"])


def _hash(link: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(link)).hexdigest()


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _broken(path: Path, number: int) -> Problem:
    return Problem(
        f"记录文件被改动过：从第 {number} 行起，内容和校验值对不上",
        where=f"{path} 第 {number} 行",
        todo="请保留原件，与最近的备份逐行比对，并报告审计人员。",
        exit_code=ExitCode.UNEXPECTED,
    )
