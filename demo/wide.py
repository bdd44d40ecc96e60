"""Writing at scale: whole columns at a time, streaming, CSV in GB18030 or plain workbooks."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from .fields import fields
from .text import Table, chunks

CHUNK = 50_000
_STAMP = (2026, 10, 8, 9, 0, 0)


def _bytes(lines: pa.Array) -> bytes:
    """The characters of a string column one after the other."""
    if len(lines) == 0:
        return b""
    whole = pa.concat_arrays([lines])
    offsets = whole.buffers()[1]
    end = int.from_bytes(offsets.slice(4 * len(whole), 4).to_pybytes(), "little")
    return bytes(whole.buffers()[2].slice(0, end))


def headers(dataset: str, table: Table) -> list[str]:
    known = fields(dataset)
    return [known[name].header for name in table]


def write_csv(path: Path, dataset: str, parts: Iterable[Table], encoding: str = "gb18030") -> int:
    """Rows written. Values hold neither commas nor quotes nor line breaks (the background's do not)."""
    rows = 0
    with path.open("wb") as out:
        for part in parts:
            if rows == 0:
                out.write((",".join(headers(dataset, part)) + "\n").encode(encoding))
            for chunk in chunks(part, CHUNK):
                lines = pc.binary_join_element_wise(*chunk.values(), ",")
                text = _bytes(pc.binary_join_element_wise(lines, "\n", ""))
                out.write(text.decode().encode(encoding))
                rows += len(lines)
    return rows


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FIXED = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _text_cells(values: pa.Array) -> pa.Array:
    cell = pc.binary_join_element_wise('<c t="inlineStr"><is><t>', values, "</t></is></c>", "")
    return pc.if_else(pc.equal(values, ""), "<c/>", cell)


def _number_cells(values: pa.Array) -> pa.Array:
    cell = pc.binary_join_element_wise("<c><v>", values, "</v></c>", "")
    return pc.if_else(pc.equal(values, ""), "<c/>", cell)


def write_xlsx(path: Path, dataset: str, parts: Iterable[Table]) -> int:
    """One sheet with inline strings and numeric amounts; rows written."""
    known = fields(dataset)
    rows = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in _FIXED.items():
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            book.writestr(info, _DECLARATION + content)
        info = zipfile.ZipInfo("xl/worksheets/sheet1.xml", _STAMP)
        info.compress_type = zipfile.ZIP_DEFLATED
        with book.open(info, "w", force_zip64=True) as out:
            out.write(f'{_DECLARATION}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for part in parts:
                if rows == 0:
                    head = "".join(
                        f'<c t="inlineStr"><is><t>{h}</t></is></c>' for h in headers(dataset, part)
                    )
                    out.write(f"<row>{head}</row>".encode())
                for chunk in chunks(part, CHUNK):
                    cells = [
                        _number_cells(c) if known[n].type in ("amount", "number") else _text_cells(c)
                        for n, c in chunk.items()
                    ]
                    lines = pc.binary_join_element_wise("<row>", *cells, "</row>", "")
                    out.write(_bytes(lines))
                    rows += len(lines)
            out.write(b"</sheetData></worksheet>")
    return rows
