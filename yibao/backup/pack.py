"""Writing a backup: listed, packed, read again as a whole, and only then named."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from yibao import __version__, accounts, durable
from yibao.backup.contents import CONTENTS, Contents, Member, files_of, to_json
from yibao.backup.unpack import CHUNK, unpack
from yibao.landing import is_key, known_key_id
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem

# marts shrink to a third, landed Parquet hardly; a higher level costs more than it saves
_LEVEL = 1
_KEY_FILE_LIMIT = 1024
# how the names of drafts begin, of the archive as of the copies
_ASIDE = ".yibao-backup-"
Show = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Packed:
    """An archive that was written and verified; `size` and `sha256` are those of the archive itself."""

    archive: Path
    contents: Contents
    size: int
    sha256: str


def pack(paths: DataPaths, folder: Path, now: datetime, show: Show) -> Packed:
    """Writes `yibao-backup-<time>.tar.gz` into the folder; the caller holds the lock of the data folder.

    `show` is told KiB done and in all. Raises Problem: exit 2 when there is nothing to back up, the folder lies in the
    data folder or a file is the key; exit 1 when a file changed meanwhile or the archive does not read as written.
    """
    if folder.resolve().is_relative_to(paths.root.resolve()):
        raise Problem(
            "备份不能放在数据文件夹里：磁盘坏了会一起丢",
            where=str(folder),
            todo="请用 --to 指定另一块磁盘或另一台机器上的文件夹。",
        )
    files = files_of(paths)
    if not any(path.is_relative_to(paths.landed_files) for path in files):
        raise Problem("没有可备份的数据", where=str(paths.root), todo="请检查 --data；还没有导入时不用备份。")
    folder.mkdir(parents=True, exist_ok=True)
    moment = now.astimezone(UTC)
    archive = folder / f"yibao-backup-{moment:%Y%m%dT%H%M%SZ}.tar.gz"
    if archive.exists():
        raise Problem("已有同名的备份", where=str(archive), todo="请过一秒钟再执行，或换一个文件夹。")

    aside = archive.with_name(f".{archive.name}.part")
    # for its owner only, and gone in any case
    with tempfile.TemporaryDirectory(prefix=_ASIDE, dir=folder) as copies:
        durable.sweep_beside(Path(copies), f"{_ASIDE}*")
        sources = {
            path.relative_to(paths.root).as_posix(): _steady(path, paths, Path(copies)) for path in files
        }
        total = sum(source.stat().st_size for source in sources.values())
        progress = _Progress(show, 3 * total)
        contents = Contents(
            moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            __version__,
            known_key_id(paths),
            tuple(_member(name, source, paths, progress) for name, source in sources.items()),
        )
        try:
            _write(aside, sources, contents, progress)
            durable.sync_file(aside)
            progress.what = "复核"
            unpack(aside, None, progress.add)
            with aside.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.rename(aside, archive)
        finally:
            aside.unlink(missing_ok=True)
    durable.sync_directory(folder)
    return Packed(archive, contents, archive.stat().st_size, digest)


@dataclass
class _Progress:
    show: Show
    total: int
    done: int = 0
    what: str = "登记"

    def add(self, size: int) -> None:
        self.done += size
        self.show(self.done >> 10, self.total >> 10, f"KB {self.what}")


def _steady(path: Path, paths: DataPaths, copies: Path) -> Path:
    """What to read for that file: of what a dashboard may write meanwhile, a copy as of one moment."""
    copy = copies / path.name
    if path == paths.account_store:
        accounts.copy_store(paths, copy)
    elif path.parent == paths.audit:
        # only added to: a copy is the log as it was, at worst with a line that was not finished
        shutil.copyfile(path, copy)
    else:
        return path
    return copy


def _member(name: str, path: Path, paths: DataPaths, progress: _Progress) -> Member:
    size = path.stat().st_size
    if size <= _KEY_FILE_LIMIT and is_key(path.read_bytes(), known_key_id(paths)):
        raise Problem(
            "数据文件夹里有密钥文件：备份里绝不能有密钥",
            where=str(paths.root / name),
            todo="请把它移到数据文件夹以外，由专人另行保管，再重新备份。",
        )
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            progress.add(len(chunk))
    return Member(name, size, digest.hexdigest(), not path.stat().st_mode & 0o200)


def _write(archive: Path, sources: Mapping[str, Path], contents: Contents, progress: _Progress) -> None:
    progress.what = "打包"
    head = to_json(contents)
    with (
        # accounts and the audit log are in it
        open(archive, "wb", opener=durable.for_owner) as raw,
        gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        tar.addfile(_header(CONTENTS, len(head)), io.BytesIO(head))
        for member in contents.members:
            path = sources[member.path]
            with path.open("rb") as file:
                source = _Hashed(file, path, progress)
                tar.addfile(_header(member.path, member.size), source)
            if source.digest.hexdigest() != member.sha256:
                raise _changed(path)


class _Hashed(io.RawIOBase):
    """A file that is hashed as it is packed."""

    def __init__(self, file: io.BufferedReader, path: Path, progress: _Progress) -> None:
        self._file, self._path, self._progress = file, path, progress
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        if len(chunk) < size:
            raise _changed(self._path)
        self.digest.update(chunk)
        self._progress.add(len(chunk))
        return chunk


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    return header


def _changed(path: Path) -> Problem:
    return Problem(
        "备份时文件被改动",
        where=str(path),
        todo="请关闭正在改动数据文件夹的程序后重新备份。",
        exit_code=ExitCode.UNEXPECTED,
    )
