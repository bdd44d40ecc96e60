"""Whether an XLSX may be opened at all: the reader lays every sheet out in memory, from its first cell to its last.

One blank typed into XFD1048576 makes 17 thousand million cells of a sheet of three rows: the process would be ended by the
system, with all other files. So the last cell of every visible sheet is looked for before the reader is called.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from yibao.landing.errors import Refusal

# a sheet of Excel's most rows with 64 columns, some 2 GB in memory; our widest dataset has 43
MOST_CELLS = 64 << 20
# sheets shrink to a tenth or twentieth; what shrinks more, and is large, was made to harm
BOMB_FROM, BOMB_RATIO = 256 << 20, 100

_CHUNK = 1 << 20
_LONGEST_CELL = 256
# the filled cells (`<c .../>` has no value) right of column AZ or below Excel's last row: without them no sheet is too large
_FAR_CELL = re.compile(rb' r="((?:[B-Z][A-Z]|[A-Z]{3})[0-9]{1,10}|[A-Z]{1,3}[0-9]{8,10})"[^>/]{0,100}>')
_CELL = re.compile(rb' r="([A-Z]{1,3})([0-9]{1,10})"[^>/]{0,100}>')
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REFERENCE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def require_readable(content: bytes) -> None:
    """Raises Refusal for an XLSX that would not fit into memory: sheet_too_large, archive_bomb.

    What is no readable XLSX otherwise is left to the reader, which tells it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bomb(archive, len(content))
            for name, part in _visible_sheets(archive):
                _refuse_far_cell(archive, name, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, KeyError, ElementTree.ParseError):
        return


def _refuse_bomb(archive: zipfile.ZipFile, size: int) -> None:
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > BOMB_FROM and unpacked > BOMB_RATIO * size:
        raise Refusal(
            "archive_bomb",
            f"工作簿解压后有 {unpacked >> 20} MB，是文件本身的 {unpacked // size} 倍，不像正常的导出，没有打开。"
            "请用 Excel 或 WPS 打开确认，另存为新的 xlsx 或 CSV 后再导入。",
        )


def _visible_sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {item.attrib["Id"]: item.attrib["Target"] for item in relations}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets[sheet.attrib[_REFERENCE]]
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        if sheet.get("state", "visible") == "visible" and part in archive.NameToInfo:
            yield sheet.attrib["name"], part


def _refuse_far_cell(archive: zipfile.ZipFile, name: str, part: str) -> None:
    if not any(_FAR_CELL.search(text) for text in _texts(archive, part)):
        return
    columns = rows = 0
    for text in _texts(archive, part):
        for column, row in _CELL.findall(text):
            columns, rows = max(columns, _number(column)), max(rows, int(row))
    if columns * rows > MOST_CELLS:
        raise Refusal(
            "sheet_too_large",
            f"工作表“{name}”一直延伸到第 {rows} 行、{_letters(columns)} 列，共 {columns * rows} 个单元格，内存放不下。"
            "多半是远处误填了一个空格：请删去数据右边和下面多余的行、列后另存，再导入。",
        )


def _texts(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces that overlap by a cell's length, so that no cell is cut in two."""
    with archive.open(part) as stream:
        kept = b""
        while piece := stream.read(_CHUNK):
            yield kept + piece
            kept = piece[-_LONGEST_CELL:]


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _letters(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number - 1, 26)
        text = chr(ord("A") + digit) + text
    return text
