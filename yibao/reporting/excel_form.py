"""One form of a report (附表) as a sheet: its head, its table, its foot, ready to be printed and signed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

from xlsxwriter import utility

from yibao import formatting
from yibao.reporting.content import EXACT, Figure, Report, Sum, Table
from yibao.reporting.excel_style import (
    BODY_SIZE,
    HEAD,
    LANDSCAPE_WIDTH,
    NUMBER_FORMATS,
    PORTRAIT_WIDTH,
    TEXT_FORMAT,
    Styles,
    height,
    page_height,
    set_page,
    shown,
    width,
    write_number,
    write_text,
)
from yibao.reporting.letter import form_facts, form_foot, form_head
from yibao.reporting.table_head import head_cells, head_rows

_TITLE_SIZE = 16
_WIDEST, _NARROWEST, _SHORT = 40, 7, 6
# room for `批准文号：` and what stands behind it
_FORM_HEAD_WIDTH = 34.0
_ROW_HEIGHT = 18.0
# a form a little wider or longer than an upright page is printed smaller, not across it or with its last rows on a second
_SHRUNK = 1.15
_LIKE_NUMBERS: dict[str, object] = {"align": "right", "num_format": TEXT_FORMAT}
_NAME_ROOM = "　" * 5


class Form:
    """The rows and columns of a form on its sheet, all from 0."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.last_column = len(table.columns) - 1
        # title, four lines of the form's head, the line of the unit
        self.head_top = 6
        self.body_top = self.head_top + head_rows(table.columns)
        wanted = _wanted_widths(table)
        self.landscape = sum(wanted) > _SHRUNK * PORTRAIT_WIDTH
        page = LANDSCAPE_WIDTH if self.landscape else PORTRAIT_WIDTH
        # a narrow form still fills the page from side to side
        factor = max(1.0, page / sum(wanted))
        self.widths = [round(one * factor, 1) for one in wanted]
        self.aligned = [_alignment(table, column) for column in range(len(table.columns))]
        self._points: dict[int, float] = {}

    def cell(self, row: int, column: int) -> str:
        """`B8`: where a cell of the table's body stands."""
        return str(utility.xl_rowcol_to_cell(self.body_top + row, column))

    def set_row(self, sheet: Any, row: int, points: float) -> None:
        """The height of a row, on the sheet and in the sum of them all."""
        sheet.set_row(row, points)
        self._points[row] = points

    @property
    def pages(self) -> float:
        """How many pages it takes as high as they are when it is one page wide."""
        shrunk = max(1.0, sum(self.widths) / (LANDSCAPE_WIDTH if self.landscape else PORTRAIT_WIDTH))
        return sum(self._points.values()) / (shrunk * page_height(landscape=self.landscape))

    def width_of(self, left: int, right: int) -> float:
        return sum(self.widths[left : right + 1])


def write_form(sheet: Any, styles: Styles, table: Table, report: Report) -> None:
    """Writes the whole sheet."""
    form = Form(table)
    set_page(sheet, report, landscape=form.landscape)
    for column, one in enumerate(form.widths):
        sheet.set_column(column, column, one)
    _write_above(sheet, styles, form, report)
    _write_head(sheet, styles, form)
    below = _write_body(sheet, styles, form)
    last = _write_below(sheet, styles, form, report, below)
    sheet.print_area(0, 0, last, form.last_column)
    if 1 < form.pages <= _SHRUNK:
        sheet.fit_to_pages(1, 1)
    sheet.repeat_rows(form.head_top, form.body_top - 1)
    sheet.freeze_panes(form.body_top, 0 if form.table.columns[0].kind else 1)


def _wanted_widths(table: Table) -> list[float]:
    wanted = []
    for place, column in enumerate(table.columns):
        contents = max((width(shown(row[place])) for row in table.rows), default=0)
        # a long head is wrapped
        head = width(column.head[-1])
        head = head if head <= 10 else max(10, -(-head // 2) + 1)
        wanted.append(float(min(_WIDEST, max(_NARROWEST, contents, head) + 2)))
    return wanted


def _alignment(table: Table, place: int) -> dict[str, object]:
    """How texts of a column stand: like the numbers of theirs, in the middle where all are short (a line's number, a unit)."""
    if table.columns[place].kind is not None:
        return _LIKE_NUMBERS
    longest = max((width(shown(row[place])) for row in table.rows), default=0)
    return {"align": "center" if longest <= _SHORT else "left", "text_wrap": True}


def _write_above(sheet: Any, styles: Styles, form: Form, report: Report) -> None:
    """Title, 表号 and what belongs to it at the right, who reports and for when at the left, the unit."""
    whole = form.width_of(0, form.last_column)
    title = styles(font_name=HEAD, font_size=_TITLE_SIZE, align="center", text_wrap=True)
    form.set_row(sheet, 0, max(28.0, height(form.table.title, whole, _TITLE_SIZE)))
    write_text(sheet, 0, 0, 0, form.last_column, form.table.title, title)

    plain = styles()
    facts, head = form_facts(report), form_head(report, form.table)
    split = _split(form, facts) if head else 0
    beside = "" if split else "　" * int((whole - _FORM_HEAD_WIDTH) // 2)
    for row in range(1, 5):
        form.set_row(sheet, row, 15 if head else 1)
    for row, text in enumerate(head, start=1):
        write_text(sheet, row, split, row, form.last_column, beside + text, plain)
    if split:
        for row, text in zip((3, 4), facts, strict=True):
            write_text(sheet, row, 0, row, split - 1, text, plain)
        unit, align = form.table.unit_note, "right"
    else:
        unit, align = "　　".join(filter(None, (*facts, form.table.unit_note))), "left"
    write_text(sheet, 5, 0, 5, form.last_column, unit, styles(align=align))
    form.set_row(sheet, 5, 16)


def _split(form: Form, facts: tuple[str, ...]) -> int:
    """The column at which the form's head begins, the facts to its left; 0 where the columns leave no room for both."""
    split = form.last_column
    while split and form.width_of(split, form.last_column) < _FORM_HEAD_WIDTH:
        split -= 1
    return split if form.width_of(0, split - 1) > max(map(width, facts)) else 0


def _write_head(sheet: Any, styles: Styles, form: Form) -> None:
    style = styles(font_name=HEAD, align="center", text_wrap=True, border=1)
    heights = [_ROW_HEIGHT] * (form.body_top - form.head_top)
    for cell in head_cells(form.table.columns):
        last_row, last_column = cell.row + cell.rows - 1, cell.column + cell.columns - 1
        needed = height(cell.text, form.width_of(cell.column, last_column))
        # what a cell over several rows lacks is given by the last of them
        lacking = needed - sum(heights[cell.row : last_row + 1])
        heights[last_row] += max(0.0, lacking)
        top = form.head_top
        write_text(sheet, top + cell.row, cell.column, top + last_row, last_column, cell.text, style)
    for row, points in enumerate(heights, start=form.head_top):
        form.set_row(sheet, row, points)


def _write_body(sheet: Any, styles: Styles, form: Form) -> int:
    """Returns the row below the table."""
    table = form.table
    if not table.rows:
        form.set_row(sheet, form.body_top, _ROW_HEIGHT)
        style = styles(align="center", border=1)
        write_text(sheet, form.body_top, 0, form.body_top, form.last_column, "（本期没有）", style)
        return form.body_top + 1
    formulas = _formulas(form)
    totals = {one.total for one in table.sums}
    for row, contents in enumerate(table.rows):
        line = form.body_top + row
        texts = ((shown(content), form.widths[place]) for place, content in enumerate(contents))
        form.set_row(sheet, line, max(_ROW_HEIGHT, *(height(text, one) for text, one in texts)))
        bold = {"bold": True} if row in totals else {}
        for place, content in enumerate(contents):
            if content is None:
                sheet.write_blank(line, place, None, styles(border=1))
            elif isinstance(content, str):
                style = styles(border=1, **form.aligned[place], **bold)
                write_text(sheet, line, place, line, place, content, style)
            elif (value := content.in_unit) is None:
                style = styles(border=1, **_LIKE_NUMBERS)
                write_text(sheet, line, place, line, place, formatting.MISSING, style)
            else:
                printed = NUMBER_FORMATS[content.kind]
                style = styles(border=1, align="right", num_format=printed, **bold)
                if formula := formulas.get((row, place)):
                    sheet.write_formula(line, place, formula, style, value)
                else:
                    write_number(sheet, line, place, value, style)
    return form.body_top + len(table.rows)


def _formulas(form: Form) -> dict[tuple[int, int], str]:
    """The totals that their parts make, to the last digit, by row and column.

    One that they do not make stays a number: what is printed is the published figure, and whether a form balances is
    for the check to say.
    """
    rows = form.table.rows
    found = {}
    for one in form.table.sums:
        for column in one.columns:
            total = _number(rows[one.total][column])
            parts = [value for row in one.parts if (value := _number(rows[row][column])) is not None]
            if parts and total is not None and reduce(EXACT.add, parts) == total:
                found[one.total, column] = _sum_formula(form, one, column)
    return found


def _number(content: object) -> Decimal | None:
    return content.in_unit if isinstance(content, Figure) else None


def _sum_formula(form: Form, one: Sum, column: int) -> str:
    """`=SUM(B8:B9,B12)`: neighbours as a range."""
    runs: list[tuple[int, int]] = []
    for row in sorted(one.parts):
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    ranges = (
        form.cell(first, column) if first == last else f"{form.cell(first, column)}:{form.cell(last, column)}"
        for first, last in runs
    )
    return f"=SUM({','.join(ranges)})"


def _write_below(sheet: Any, styles: Styles, form: Form, report: Report, line: int) -> int:
    """Notes, and who signs; returns the last row."""
    whole = form.width_of(0, form.last_column)
    notes = form.table.notes
    for number, note in enumerate(notes, start=1):
        text = f"注：{note}" if len(notes) == 1 else f"{'注：' if number == 1 else '　　'}{number}. {note}"
        form.set_row(sheet, line, height(text, whole, BODY_SIZE - 1))
        style = styles(font_size=BODY_SIZE - 1, text_wrap=True)
        write_text(sheet, line, 0, line, form.last_column, text, style)
        line += 1
    signed = form_foot(report)
    if not signed:
        return line - 1
    text = _foot(signed, whole)
    form.set_row(sheet, line, max(24.0, height(text, whole)))
    write_text(sheet, line, 0, line, form.last_column, text, styles(text_wrap=True))
    return line


def _foot(signed: Sequence[tuple[str, str]], characters: float) -> str:
    """Who signs, spread over that many characters."""
    parts = [f"{title}：{name or _NAME_ROOM}" for title, name in signed]
    left = int(characters * 0.95) - sum(map(width, parts))
    return ("　" * max(2, left // 2 // (len(parts) - 1))).join(parts)
