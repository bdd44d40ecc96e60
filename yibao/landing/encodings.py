"""The first pass over a file: fingerprint, encoding, line ends. Streams; holds one block in memory."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from yibao.landing.errors import Refusal

UTF8, GB18030 = "utf-8", "gb18030"
UTF8_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = (b"\xff\xfe", b"\xfe\xff")
_BLOCK = 8 << 20
_WINDOW = 1 << 16
CHANGING_ZH = "文件正在写入（读取过程中内容有变化），请等写完后再运行。"


@dataclass(frozen=True)
class Fingerprint:
    """A file as it was when it was read: content hash, bytes, modification time (ns since 1970)."""

    sha256: str
    size: int
    modified_ns: int


@dataclass(frozen=True)
class TextForm:
    """How a text file is written. `bom` bytes are skipped; `line_end` is LF, or CR where the file has no LF."""

    encoding: str
    bom: int
    line_end: bytes


def changing() -> Refusal:
    """The refusal of a file that changes while it is read."""
    return Refusal("file_changing", CHANGING_ZH)


def fingerprint(path: Path) -> Fingerprint:
    """Hash, size and time of a file. Raises Refusal when it changes meanwhile, OSError when it cannot be read."""
    before = path.stat()
    digest = hashlib.sha256()
    read = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            read += len(block)
    _same(path, before, read)
    return Fingerprint(digest.hexdigest(), read, before.st_mtime_ns)


def inspect_text(path: Path) -> tuple[Fingerprint, TextForm]:
    """Fingerprint and form of a text file, in one pass.

    Valid UTF-8 throughout is UTF-8, anything else GB18030 (which holds GBK); whether it is valid GB18030 shows when it
    is decoded. Raises Refusal: file_changing, utf16, nul_bytes, broken_utf8 (with line and byte).
    """
    before = path.stat()
    digest = hashlib.sha256()
    read = 0
    head = b""
    carry = b""
    fault: int | None = None
    has_lf = False
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            if not read:
                head = block[:_WINDOW]
                if head.startswith(_OTHER_BOMS):
                    raise Refusal(
                        "utf16", "文件是 UTF-16 编码（Excel 的“Unicode 文本”）。请另存为“CSV UTF-8”后再导入。"
                    )
            if b"\0" in block:
                at = read + block.index(b"\0")
                raise Refusal(
                    "nul_bytes",
                    f"第 {_line_at(path, at)} 行（第 {at + 1} 个字节）有空字节（NUL），文件已损坏或不是文本文件。请重新导出。",
                )
            has_lf = has_lf or b"\n" in block
            if fault is None:
                carry, fault = _check(carry + block, read - len(carry))
            read += len(block)
    if fault is None and carry:
        fault = read - len(carry)
    _same(path, before, read)
    bom = len(UTF8_BOM) if head.startswith(UTF8_BOM) else 0
    if fault is not None and (bom or _mostly_utf8(path, head, fault)):
        declared = "带有 UTF-8 标记（BOM）" if bom else "是 UTF-8 编码"
        raise Refusal(
            "broken_utf8",
            f"文件{declared}，但第 {_line_at(path, fault)} 行（第 {fault + 1} 个字节）不是 UTF-8 文字："
            "文件损坏，或混入了别的编码。请重新导出。",
        )
    form = TextForm(UTF8 if fault is None else GB18030, bom, b"\n" if has_lf else b"\r")
    return Fingerprint(digest.hexdigest(), read, before.st_mtime_ns), form


def _same(path: Path, before: os.stat_result, read: int) -> None:
    after = path.stat()
    if read != before.st_size or after.st_size != read or after.st_mtime_ns != before.st_mtime_ns:
        raise changing()


def _check(block: bytes, start: int) -> tuple[bytes, int | None]:
    # returns the unfinished character at the end, and the file offset of the first fault
    if block.isascii():
        return b"", None
    cut = len(block)
    for back in range(1, min(4, len(block)) + 1):
        byte = block[-back]
        if byte >= 0xC0:
            need = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            if back < need:
                cut = len(block) - back
            break
        if byte < 0x80:
            break
    offsets = pa.py_buffer(np.array([0, cut], dtype=np.int32))
    text = pa.StringArray.from_buffers(1, offsets, pa.py_buffer(block))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        try:
            block[:cut].decode(UTF8)
        except UnicodeDecodeError as error:
            return b"", start + error.start
    return block[cut:], None


def _mostly_utf8(path: Path, head: bytes, fault: int) -> bool:
    # GBK text read as UTF-8 is nearly all faults; damaged UTF-8 is nearly all Chinese characters
    with path.open("rb") as file:
        file.seek(max(0, fault - _WINDOW // 2))
        near = file.read(_WINDOW)
    text = (head + b"\n" + near).decode(UTF8, errors="replace")
    chinese = sum(1 for char in text if "\u4e00" <= char <= "\u9fff")
    return chinese > text.count("\ufffd")


def _line_at(path: Path, offset: int) -> int:
    # CR alone ends a line too: a CR is counted where no LF follows
    line, read, last = 1, 0, b""
    with path.open("rb") as file:
        while read < offset and (block := file.read(min(_BLOCK, offset - read))):
            line += count_lines(last + block)
            last = b"\r" if block.endswith(b"\r") else b""
            line -= len(last)
            read += len(block)
    return line + len(last)


def count_lines(text: bytes) -> int:
    """Line ends in these bytes: LF, CRLF or CR."""
    returns = text.count(b"\r")
    return text.count(b"\n") + (returns - text.count(b"\r\n") if returns else 0)
