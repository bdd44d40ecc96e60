"""Reads an .xlsx into a `Document`: each sheet is a table; a merged cell stands in every cell it covers."""

from __future__ import annotations

from decimal import Decimal
from typing import IO

import python_calamine

from yibao.problem import Problem
from yibao.reporting.check.document import Document, Passage, Table

# a workbook holds binary fractions; their noise is behind the tenth place
_PLACES = 10


def read(stream: IO[bytes], name: str) -> Document:
    """The document. Raises Problem (exit 2) for a file that is none."""
    try:
        book = python_calamine.load_workbook(stream)
        return Document(tuple(_sheet(book.get_sheet_by_name(sheet)) for sheet in book.sheet_names))
    except python_calamine.CalamineError as error:
        raise Problem(
            "这个文件不是能读的 Excel 工作簿（.xlsx）",
            where=name,
            todo="请在 Excel 或 WPS 中打开，另存为 .xlsx 后再检查。",
        ) from error


def _sheet(sheet: python_calamine.CalamineSheet) -> Table:
    rows = [[_shown(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    passages = [
        [Passage(f"{sheet.name} 第{down}行第{across}列", text) for across, text in enumerate(row, start=1)]
        for down, row in enumerate(rows, start=1)
    ]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for down in range(top, min(bottom + 1, len(passages))):
            for across in range(left, min(right + 1, len(passages[down]))):
                passages[down][across] = passages[top][left]
    return Table(sheet.name, tuple(tuple(row) for row in passages))


def _shown(cell: object) -> str:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return str(cell)
    return f"{round(Decimal(repr(cell)), _PLACES).normalize():f}"
