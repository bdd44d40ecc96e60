"""A block as a workbook or a picture, with its title, filters, day of the data, run and user on it."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from html import escape
from typing import Any

import vl_convert
import xlsxwriter

from dashboard.components import palette
from dashboard.components.block import Block, Table, kind_in
from dashboard.components.cell import Content, Gap, Kind, as_number, shown
from yibao import fonts

_FORMATS: dict[Kind, str] = {
    "count": "#,##0",
    "yuan": "#,##0.00",
    "wan": "#,##0.00",
    "percent": "0.00",
    "points": "+0.00;-0.00;0.00",
    "change": "+0.00;-0.00;0.00",
    "days": "0.00",
    "months": "0.00",
    "number": "#,##0.00",
}
_ROW, _PAD, _CHAR = 30, 12, 14
_SCALE = 2


@dataclass(frozen=True)
class Stamp:
    """What an export tells of itself: the filters, the day of the data, the run, who took it and when (YYYY-MM-DD HH:MM)."""

    filters: str
    as_of: str
    run_id: str
    user: str
    taken_at: str

    @property
    def line(self) -> str:
        return f"数据截至 {self.as_of} · 版本 {self.run_id} · {self.user} · {self.taken_at}"


@dataclass(frozen=True)
class Exported:
    """A file to hand out; `rows` are those of the table behind it."""

    name: str
    content: bytes
    rows: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def workbook(block: Block, stamp: Stamp) -> Exported:
    """An XLSX with the block's table: numbers as numbers, texts as texts (never as formulas), the stamp in foot and head.

    The same block and stamp give the same bytes.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        # else the clock stands in the file, and no two are alike
        book.set_properties({"created": datetime.fromisoformat(stamp.taken_at)})
        _write_sheet(book, block, stamp)
    return Exported(file_name(block, stamp, "xlsx"), buffer.getvalue(), len(block.table.rows))


def picture(block: Block, stamp: Stamp) -> Exported:
    """A PNG of the block's chart; of its table where it has no chart. Drawn with the fonts we carry, not the server's."""
    _take_fonts()
    if block.chart is None:
        content = vl_convert.svg_to_png(table_svg(block, stamp), scale=_SCALE)
    else:
        spec = dict(block.chart)
        spec["width"] = 860
        spec["background"] = "white"
        spec["padding"] = 16
        spec["config"]["font"] = fonts.HEI
        spec["title"] = {"text": block.title, "subtitle": [stamp.filters], "anchor": "start", "fontSize": 17}
        content = vl_convert.vegalite_to_png(json.dumps(_footed(spec, stamp)), scale=_SCALE)
    return Exported(file_name(block, stamp, "png"), content, len(block.table.rows))


@cache
def _take_fonts() -> None:
    vl_convert.register_font_directory(str(fonts.folder()))


def _footed(spec: dict[str, Any], stamp: Stamp) -> dict[str, Any]:
    """The chart above a line of text."""
    outer = {
        key: spec.pop(key)
        for key in ("$schema", "config", "background", "padding", "title", "datasets")
        if key in spec
    }
    foot = {
        "data": {"values": [{}]},
        "mark": {
            "type": "text",
            "align": "left",
            "x": 0,
            "text": stamp.line,
            "color": palette.GREY,
            "fontSize": 12,
        },
        "height": 16,
        "width": 860,
        "view": {"stroke": None},
    }
    return outer | {"vconcat": [spec, foot]}


def _write_sheet(book: xlsxwriter.Workbook, block: Block, stamp: Stamp) -> None:
    table = block.table
    sheet = book.add_worksheet("数据")
    last = len(table.columns) - 1
    bold = book.add_format({"bold": True, "font_size": 14})
    small = book.add_format({"font_color": "#5f6b78", "font_size": 9})
    head = book.add_format(
        {
            "bold": True,
            "bg_color": "#EEF3F8",
            "border": 1,
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
        }
    )
    sheet.write_string(0, 0, block.title, bold)
    sheet.write_string(1, 0, stamp.filters, small)
    sheet.write_string(2, 0, stamp.line, small)
    top = 3
    grouped = any(column.group for column in table.columns)
    if grouped:
        _write_groups(sheet, table, head, top)
    names = top + int(grouped)
    # in the order in which they are met: the same table gives the same bytes
    kinds = dict.fromkeys(
        kind_in(cell, column)
        for cells in table.rows
        for cell, column in zip(cells, table.columns, strict=True)
    )
    formats = {kind: book.add_format({"border": 1, "num_format": _FORMATS.get(kind, "@")}) for kind in kinds}
    text = book.add_format({"border": 1})
    gap = book.add_format({"border": 1, "align": "right", "font_color": "#6b7683"})
    for position, column in enumerate(table.columns):
        sheet.write_string(names, position, column.heading, head)
        sheet.set_column(position, position, _width(table, position))
    for number, cells in enumerate(table.rows, start=names + 1):
        for position, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
            kind = kind_in(cell, column)
            _write_cell(sheet, number, position, cell.content, kind, formats[kind], text, gap)
    note = names + len(table.rows) + 1
    gaps = {cell.content for cells in table.rows for cell in cells if isinstance(cell.content, Gap)}
    for offset, line in enumerate([block.note, *sorted(f"{each.sign}：{each.meaning}" for each in gaps)]):
        if line:
            sheet.write_string(note + offset, 0, line, small)
    sheet.freeze_panes(names + 1, 1)
    sheet.repeat_rows(top, names)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&R&8{stamp.user}　{stamp.taken_at}")
    sheet.set_footer(f"&L&8版本 {stamp.run_id}　数据截至 {stamp.as_of}&R&8第 &P 页，共 &N 页")
    sheet.print_area(0, 0, max(note, names), last)


def _write_groups(sheet: Any, table: Table, head: Any, line: int) -> None:
    start = 0
    for position in range(1, len(table.columns) + 1):
        if position < len(table.columns) and table.columns[position].group == table.columns[start].group:
            continue
        group = table.columns[start].group
        if position - start > 1:
            sheet.merge_range(line, start, line, position - 1, group, head)
        else:
            sheet.write_string(line, start, group, head)
        start = position


def _write_cell(
    sheet: Any, line: int, position: int, content: Content, kind: Kind, number: Any, text: Any, gap: Any
) -> None:
    if isinstance(content, Gap):
        sheet.write_string(line, position, content.sign, gap)
    elif isinstance(content, Decimal | int) and kind != "text":
        sheet.write_number(line, position, as_number(content, kind), number)
    elif isinstance(content, date) or content is not None:
        sheet.write_string(line, position, shown(content, kind), text)
    else:
        sheet.write_blank(line, position, None, text)


def _width(table: Table, position: int) -> float:
    column = table.columns[position]
    texts = [
        column.heading,
        *(
            shown(cells[position].content, kind_in(cells[position], column), with_unit=False)
            for cells in table.rows[:200]
        ),
    ]
    return min(40.0, max(_display_width(text) for text in texts) + 3.0)


def _display_width(text: str) -> int:
    """Columns that a text takes where a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def table_svg(block: Block, stamp: Stamp) -> str:
    """The table drawn as SVG: for the picture of a block without a chart."""
    table = block.table
    texts = [[column.heading for column in table.columns]] + [
        [
            shown(cell.content, kind_in(cell, column), with_unit=False)
            for cell, column in zip(cells, table.columns, strict=True)
        ]
        for cells in table.rows
    ]
    widths = [
        max(_display_width(line[position]) for line in texts) * _CHAR / 2 + 2 * _PAD
        for position in range(len(table.columns))
    ]
    total = max(sum(widths), 7.0 * _display_width(stamp.line) + 2 * _PAD)
    parts = [
        _text(_PAD, 28, block.title, 18, bold=True),
        _text(_PAD, 50, stamp.filters, 12, color=palette.GREY),
    ]
    top = 64
    for number, line in enumerate(texts):
        y = top + number * _ROW
        fill = "#eef3f8" if number == 0 else "#ffffff"
        parts.append(
            f'<rect x="0" y="{y}" width="{sum(widths):g}" height="{_ROW}" fill="{fill}" stroke="#d7dde5"/>'
        )
        x = 0.0
        for column, width, text in zip(table.columns, widths, line, strict=True):
            right = column.kind not in ("text", "date")
            anchor = x + width - _PAD if right else x + _PAD
            parts.append(_text(anchor, y + 20, text, 14, bold=number == 0, right=right))
            x += width
    height = top + len(texts) * _ROW + 34
    parts.append(_text(_PAD, height - 12, stamp.line, 12, color=palette.GREY))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total:g}" height="{height}" font-family="{fonts.HEI}">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>'
    )


def _text(
    x: float,
    y: float,
    text: str,
    size: int,
    *,
    bold: bool = False,
    right: bool = False,
    color: str = palette.INK,
) -> str:
    weight = ' font-weight="600"' if bold else ""
    anchor = ' text-anchor="end"' if right else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{color}"{weight}{anchor}>{escape(text)}</text>'
    )


def file_name(block: Block, stamp: Stamp, suffix: str) -> str:
    """The title, the day of the data and the run, without anything a file system could stumble over."""
    kept = "".join(character if character.isalnum() else "_" for character in block.title)
    return f"{kept}_{stamp.as_of}_{stamp.run_id[-8:]}.{suffix}"
