"""Reading an archive: as a stream, never further than its list says, every byte against its digest."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

from yibao import durable
from yibao.backup.contents import CONTENTS, CONTENTS_LIMIT, Contents, Member, from_json
from yibao.problem import ExitCode, Problem

CHUNK = 1 << 20
# what tar adds to a file: its header, the long form of its name, the filling of the last block
_OVERHEAD = 4096
# landed and published files shrink to a third at best: what grows a hundredfold is no backup
_GROWTH = 100


def read_contents(archive: Path) -> Contents:
    """The list at the head of the archive; the rest is not read. Raises Problem as `unpack` does."""
    return _read(archive, lambda tar, _: _head(tar, archive))


def unpack(archive: Path, target: Path | None, tell: Callable[[int], None]) -> Contents:
    """Reads the archive to its end and compares every file with the list; with a target, writes them below it,
    for their owner only.

    `tell` gets the bytes of each step. Raises Problem (exit 1) for an archive that is cut off, damaged or altered, and
    OSError when the target cannot be written.
    """

    def walk(tar: tarfile.TarFile, source: _Bounded) -> Contents:
        contents = _head(tar, archive)
        if contents.size > _GROWTH * archive.stat().st_size + CHUNK:
            raise _unfit(archive, "解开后的大小与备份文件不相称")
        source.left += contents.size + _OVERHEAD * (len(contents.members) + 8)
        left = {member.path: member for member in contents.members}
        while (header := tar.next()) is not None:
            member = left.pop(header.name, None)
            # a link, a device or a sparse file is never ours
            plain = header.type in {tarfile.REGTYPE, tarfile.AREGTYPE}
            file = tar.extractfile(header) if member and plain and header.size == member.size else None
            if member is None or file is None:
                raise _unfit(archive, f"有清单里没有的内容：{header.name!r:.80}")
            _copy(file, member, target, archive, tell)
        if left:
            raise _unfit(archive, f"缺少 {len(left)} 个文件，例如 {min(left)}")
        while source.read(CHUNK):
            pass
        return contents

    return _read(archive, walk)


class _Bounded:
    """A stream that gives no more than `left` bytes: a small archive must not grow without end."""

    def __init__(self, source: Any, archive: Path) -> None:
        self._source, self._archive = source, archive
        self.left = CONTENTS_LIMIT + _OVERHEAD

    def read(self, size: int) -> bytes:
        chunk: bytes = self._source.read(size)
        self.left -= len(chunk)
        if self.left < 0:
            raise _unfit(self._archive, "内容比清单所写的多")
        return chunk


def _read(archive: Path, walk: Callable[[tarfile.TarFile, _Bounded], Contents]) -> Contents:
    try:
        with archive.open("rb") as raw, gzip.GzipFile(fileobj=raw) as packed:
            source = _Bounded(packed, archive)
            with tarfile.open(fileobj=source, mode="r|") as tar:  # type: ignore[call-overload]
                return walk(tar, source)
    except (gzip.BadGzipFile, EOFError, zlib.error, tarfile.TarError) as error:
        raise _unfit(archive, str(error)) from error


def _head(tar: tarfile.TarFile, archive: Path) -> Contents:
    header = tar.next()
    file = tar.extractfile(header) if header and header.isreg() and header.name == CONTENTS else None
    if header is None or file is None or header.size > CONTENTS_LIMIT:
        raise _unfit(archive, f"开头没有清单 {CONTENTS}")
    try:
        return from_json(file.read())
    except ValueError as error:
        raise _unfit(archive, f"清单读不出来：{error}") from error


def _copy(
    file: IO[bytes], member: Member, target: Path | None, archive: Path, tell: Callable[[int], None]
) -> None:
    path = target / member.path if target else None
    if target:
        for folder in reversed(Path(member.path).parents):
            (target / folder).mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256()
    with open(path, "xb", opener=durable.for_owner) if path else nullcontext() as copy:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            if copy:
                copy.write(chunk)
            tell(len(chunk))
    if digest.hexdigest() != member.sha256:
        raise _unfit(archive, f"内容与清单不符：{member.path}")
    if path:
        durable.sync_file(path)
        path.chmod(0o400 if member.read_only else 0o600)


def _unfit(archive: Path, detail: str) -> Problem:
    return Problem(
        "备份文件不完整，或被改动过",
        where=str(archive),
        todo="请重新复制一次备份文件；仍然不行，请换更早的一份。",
        exit_code=ExitCode.UNEXPECTED,
        details=(detail,),
    )
