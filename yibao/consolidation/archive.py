"""The zip of a package: looked over before anything is read, never unpacked onto the disk."""

from __future__ import annotations

import hashlib
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from yibao.consolidation.manifest import MANIFEST, Listed, PackageManifest, read_text
from yibao.consolidation.refusal import refused

_CHUNK = 1 << 20
_MANIFEST_BYTES = 4 << 20
# what zipfile raises for bytes that it cannot read
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,  # cut off in the middle of an entry
    NotImplementedError,  # made for a later version of the format, or with a strong password
    ValueError,  # a name that is no UTF-8, an offset before the beginning
)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Limits:
    """The largest package that is opened: entries, bytes of one file and of all unpacked; how far a file may shrink.

    A county of a million persons brings some 200 MB of figures in two dozen files, which shrink to a tenth or twentieth.
    """

    entries: int = 200
    file_bytes: int = 1 << 30
    total_bytes: int = 2 << 30
    ratio: int = 200


@dataclass(frozen=True)
class Archive:
    """An open package whose entries were looked over."""

    name: str
    zip: zipfile.ZipFile
    limits: Limits

    def manifest(self) -> PackageManifest:
        """Raises Problem (exit 3) for a manifest that is wrong, or that does not list exactly what is there."""
        if MANIFEST not in self.zip.NameToInfo:
            raise refused(
                f"不是数据包：里面没有 {MANIFEST}", self.name, "请确认发来的是 yibao 生成的数据包。"
            )
        if self.zip.NameToInfo[MANIFEST].file_size > _MANIFEST_BYTES:
            raise refused(f"清单 {MANIFEST} 过大", f"{self.name} / {MANIFEST}")
        try:
            text = self.zip.read(MANIFEST)
        except _DAMAGED as error:
            raise refused(f"文件已损坏：{error}", f"{self.name} / {MANIFEST}") from error
        manifest = read_text(text, self.name)
        there, listed = set(self.zip.namelist()) - {MANIFEST}, set(manifest.files)
        if extra := sorted(there - listed):
            raise refused(f"有清单里没有的文件：{extra[0]!r:.80}", f"{self.name} / {extra[0]!r:.80}")
        if absent := sorted(listed - there):
            raise refused(f"缺少清单所列的文件：{absent[0]!r:.80}", f"{self.name} / {absent[0]!r:.80}")
        return manifest

    def read(self, name: str, listed: Listed) -> bytes:
        """The content of a file that is, byte for byte, the one listed. Raises Problem (exit 3)."""
        return b"".join(self._verified(name, listed))

    def verify(self, name: str, listed: Listed) -> None:
        """The same without keeping the content."""
        for _ in self._verified(name, listed):
            pass

    def _verified(self, name: str, listed: Listed) -> Iterator[bytes]:
        where = f"{self.name} / {name}"
        digest, size = hashlib.sha256(), 0
        try:
            with self.zip.open(name) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    digest.update(chunk)
                    yield chunk
        except _DAMAGED as error:
            raise refused(f"文件已损坏：{error}", where) from error
        if size != listed.size or digest.hexdigest() != listed.sha256:
            raise refused(
                f"内容与清单不符（清单 {listed.size} 字节，实际 {size} 字节，校验值"
                f"{'相同' if digest.hexdigest() == listed.sha256 else '不同'}）：生成之后被改动过，或传输时损坏",
                where,
            )


@contextmanager
def open_archive(path: Path, limits: Limits) -> Iterator[Archive]:
    """A package, its entries looked over. Raises Problem (exit 3) for anything that no package holds; OSError."""
    try:
        opened = zipfile.ZipFile(path)
    except _DAMAGED as error:
        raise refused("不是 zip 文件，或已损坏", path.name, "请让该县区重新发送一次原文件。") from error
    with opened:
        _look_over(opened, path, limits)
        yield Archive(path.name, opened, limits)


def _look_over(opened: zipfile.ZipFile, path: Path, limits: Limits) -> None:
    entries = opened.infolist()
    if len(entries) > limits.entries:
        raise refused(f"文件多达 {len(entries)} 个，超过 {limits.entries} 个", path.name)
    seen: set[str] = set()
    for entry in entries:
        _look_at(entry, path.name, limits)
        # two names that are one on Windows are one here
        folded = entry.filename.casefold()
        if folded in seen:
            raise refused("同名的文件有两个", f"{path.name} / {entry.filename!r:.80}")
        seen.add(folded)
    total = sum(entry.file_size for entry in entries)
    if total > limits.total_bytes:
        raise refused(f"解开后共 {total >> 20} MB，超过 {limits.total_bytes >> 20} MB", path.name)
    packed = path.stat().st_size
    if total > _CHUNK and total > limits.ratio * packed:
        raise refused(f"解开后是压缩包的 {total // packed} 倍，不像正常的数据包", path.name)


def _look_at(entry: zipfile.ZipInfo, package: str, limits: Limits) -> None:
    where = f"{package} / {entry.filename!r:.80}"
    # orig_filename: what stands in the file, before Python cut it at a NUL or turned backslashes round
    name = entry.orig_filename
    path = PurePosixPath(name)
    if (
        name != entry.filename
        or not name.isprintable()
        or not name
        or path.is_absolute()
        or "\\" in name
        or ":" in name
        or any(part in ("", ".", "..") for part in name.split("/"))
    ):
        raise refused("文件名带有不允许的路径或字符", where)
    if entry.flag_bits & 0x1:
        raise refused("文件加了密码", where)
    if entry.compress_type not in _METHODS or entry.header_offset < 0:
        raise refused("压缩方式不认识，或已损坏", where, "请让该县区重新发送一次原文件。")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise refused("不是普通文件（链接或设备）", where)
    if entry.file_size > limits.file_bytes:
        raise refused(f"解开后有 {entry.file_size >> 20} MB，超过 {limits.file_bytes >> 20} MB", where)


def sha256_of(path: Path) -> str:
    """64 hex of the package as it was sent."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
