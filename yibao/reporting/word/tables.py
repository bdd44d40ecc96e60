"""A table of the report: title, unit note, merged head on every page, rows that stay whole, notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from yibao.reporting.content import Content, Figure, Table
from yibao.reporting.table_head import HeadCell, head_cells, head_rows
from yibao.reporting.word import styles
from yibao.reporting.word.letter import half_widths
from yibao.reporting.word.markup import letters, paragraph, run
from yibao.reporting.word.styles import Style

# in twentieths of a point: the type area of A4 upright (156 mm) and across (225 mm)
UPRIGHT_WIDTH, ACROSS_WIDTH = 8845, 12756
_WIDE_FROM = 8
# the margins of a cell and its border
_PADDING = 200
# 五号, 小五, 六号, in half-points: the first in which no number has to be broken
_SIZES = (21, 18, 15)
_NARROWEST = 6
# a text that is longer may break into lines, though not into shorter ones than this
_TEXT_BREAKS, _SHORTEST_LINE = 28, 12

_KEPT = "<w:keepNext/>"
# a figure, what is printed of it, and the properties of its run
Control = Callable[[Figure, str, str], str]


@dataclass(frozen=True)
class _Layout:
    widths: tuple[int, ...]
    half_points: int


def is_wide(table: Table) -> bool:
    """Whether it stands on a page across: more than seven columns, whose numbers do not fit upright in 小五."""
    return len(table.columns) >= _WIDE_FROM and _layout(table, UPRIGHT_WIDTH).half_points < _SIZES[1]


def table_markup(
    table: Table, known: Mapping[str, Style], control: Control, *, followed: bool = False
) -> str:
    """The table without its title, and its notes. `control` makes the content control of a figure in a cell.

    `followed`: the last row and the notes stay on one page with what comes after them.
    """
    width = ACROSS_WIDTH if is_wide(table) else UPRIGHT_WIDTH
    layout = _layout(table, width)
    totals = {total.total for total in table.sums}
    last = len(table.rows) - 1
    rows = "".join(
        _row(table, contents, layout, known, control, total=at in totals, kept=followed and at == last)
        for at, contents in enumerate(table.rows)
    )
    grid = "".join(f'<w:gridCol w:w="{column}"/>' for column in layout.widths)
    unit_style = known[styles.UNIT_NOTE]
    return (
        (paragraph(unit_style, run(table.unit_note, unit_style)) if table.unit_note else "")
        + f'<w:tbl><w:tblPr><w:tblW w:w="{sum(layout.widths)}" w:type="dxa"/><w:jc w:val="center"/>{_BORDERS}'
        f'<w:tblLayout w:type="fixed"/>{_MARGINS}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{_head(table, layout, known)}{rows}</w:tbl>{_notes(table, known, kept=followed)}"
    )


def _border(side: str, eighths: int) -> str:
    return f'<w:{side} w:val="single" w:sz="{eighths}" w:space="0" w:color="000000"/>'


_BORDERS = (
    "<w:tblBorders>"
    + _border("top", 8)
    + _border("left", 4)
    + _border("bottom", 8)
    + _border("right", 4)
    + _border("insideH", 4)
    + _border("insideV", 4)
    + "</w:tblBorders>"
)
_MARGINS = (
    '<w:tblCellMar><w:top w:w="28" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
    '<w:bottom w:w="28" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
)


def _head(table: Table, layout: _Layout, known: Mapping[str, Style]) -> str:
    cells = head_cells(table.columns)
    markup = ""
    for row in range(head_rows(table.columns)):
        here = sorted(
            (cell for cell in cells if cell.row <= row < cell.row + cell.rows), key=lambda cell: cell.column
        )
        inside = "".join(_head_cell(cell, cell.row == row, layout, known) for cell in here)
        markup += f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{inside}</w:tr>"
    return markup


def _head_cell(cell: HeadCell, first: bool, layout: _Layout, known: Mapping[str, Style]) -> str:
    span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    merge = ('<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>") if cell.rows > 1 else ""
    width = sum(layout.widths[cell.column : cell.column + cell.columns])
    content = _sized_run(cell.text, known[styles.CELL_HEAD], layout) if first else ""
    return _cell(width, span + merge, paragraph(known[styles.CELL_HEAD], content))


def _row(
    table: Table,
    contents: tuple[Content, ...],
    layout: _Layout,
    known: Mapping[str, Style],
    control: Control,
    *,
    total: bool,
    kept: bool,
) -> str:
    # a total stands out by the letters of the head
    text_fonts = known[styles.CELL_HEAD] if total else known[styles.CELL_TEXT]
    cells = ""
    for width, column, content in zip(layout.widths, table.columns, contents, strict=True):
        style = known[styles.CELL_TEXT if column.kind is None else styles.CELL_NUMBER]
        if isinstance(content, Figure):
            style = known[styles.CELL_NUMBER]
            inside = control(content, content.text, _sized_letters(style, layout))
        else:
            inside = _sized_run(content or "", text_fonts, layout)
        cells += _cell(width, "", paragraph(style, inside, _KEPT if kept else ""))
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _cell(width: int, merging: str, content: str) -> str:
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merging}<w:vAlign w:val="center"/></w:tcPr>'
        f"{content}</w:tc>"
    )


def _sized_letters(style: Style, layout: _Layout) -> str:
    return f'{letters(style)}<w:sz w:val="{layout.half_points}"/><w:szCs w:val="{layout.half_points}"/>'


def _sized_run(content: str, style: Style, layout: _Layout) -> str:
    sized = run(content, style)
    return sized.replace(letters(style), _sized_letters(style, layout), 1)


def _notes(table: Table, known: Mapping[str, Style], *, kept: bool) -> str:
    style = known[styles.TABLE_NOTE]
    properties = _KEPT if kept else ""
    if not table.notes:
        # Word joins two tables that nothing parts
        return paragraph(style, properties=properties)
    numbered = [
        f"注：{note}" if len(table.notes) == 1 else f"{'注：' if at == 1 else '　　'}{at}. {note}"
        for at, note in enumerate(table.notes, start=1)
    ]
    return "".join(paragraph(style, run(note, style), properties) for note in numbered)


def _layout(table: Table, available: int) -> _Layout:
    """Widths in which no number is broken into lines; texts are where there is no room."""
    longest = [_longest(table, at) for at in range(len(table.columns))]
    # the room for long texts is shared by the columns that have them
    long = sum(
        length > _TEXT_BREAKS
        for length, column in zip(longest, table.columns, strict=True)
        if not column.kind
    )
    breaks = max(_SHORTEST_LINE, _TEXT_BREAKS // max(1, long))
    least = [
        breaks if length > _TEXT_BREAKS and not column.kind else length
        for length, column in zip(longest, table.columns, strict=True)
    ]
    half_points = next((size for size in _SIZES if sum(_widths(least, size)) <= available), _SIZES[-1])
    wanted, needed = _widths(longest, half_points), _widths(least, half_points)
    room = available - sum(needed)
    more = sum(wanted) - sum(needed)
    if 0 <= room < more:
        widths = [
            narrow + room * (wide - narrow) // more for narrow, wide in zip(needed, wanted, strict=True)
        ]
    else:
        base = needed if room < 0 else wanted
        widths = [width * available // sum(base) for width in base]
    widths[0] += available - sum(widths)
    return _Layout(tuple(widths), half_points)


def _widths(half_widths: list[int], half_points: int) -> list[int]:
    # a Latin letter is half as wide as a Chinese one, which is as wide as the type is high
    return [max(_NARROWEST, count) * half_points * 5 + _PADDING for count in half_widths]


def _longest(table: Table, at: int) -> int:
    """The longest content of a column, in half-width letters. Its head may break, though not within four characters."""
    contents = [row[at] for row in table.rows]
    # a machine without Times New Roman may show digits that are wider by a third
    numbers = [len(content.text) * 13 // 10 + 1 for content in contents if isinstance(content, Figure)]
    texts = [half_widths(content) for content in contents if isinstance(content, str)]
    return max(min(8, half_widths(table.columns[at].head[-1])), *numbers, *texts, 0)
