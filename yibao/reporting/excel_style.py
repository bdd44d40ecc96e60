"""Fonts, formats, sizes and pages of the workbook of a report."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from yibao.formula import defused
from yibao.reporting.content import STATUS_ZH, Content, Kind, Report

BODY, HEAD = "宋体", "黑体"
BODY_SIZE = 10

# ungrouped and with the decimals of the letter, so that both say the same, digit for digit; a little room at the right
NUMBER_FORMATS: dict[Kind, str] = {
    "count": "0_ ",
    "yuan": "0.00_ ",
    "wan": "0.00_ ",
    "percent": "0.00_ ",
    "points": "0.00_ ",
    "change": "0.00_ ",
    "times": "0.00_ ",
    "days": "0.00_ ",
    "months": "0.00_ ",
}

# of a text among numbers
TEXT_FORMAT = "@_ "

_A4 = 9
_MARGIN_SIDE, _MARGIN_TOP, _MARGIN_BOTTOM = 0.6, 0.7, 0.8  # inches
# what A4 holds beside one another between these margins, in characters of the body's font
PORTRAIT_WIDTH, LANDSCAPE_WIDTH = 92.0, 138.0
_LINE_HEIGHT, _PADDING = 13.5, 5.0  # points


class Styles:
    """The formats of one workbook; what is asked for twice is one format."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **settings: Any) -> Any:
        whole = {"font_name": BODY, "font_size": BODY_SIZE, "valign": "vcenter", **settings}
        key = tuple(sorted(whole.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(whole)
        return self._made[key]


def shown(content: Content) -> str:
    """What stands in the cell."""
    if content is None:
        return ""
    return content if isinstance(content, str) else content.text


def width(text: str) -> int:
    """Of the longest line, where a Chinese character takes two."""
    return max(sum(1 if sign.isascii() else 2 for sign in line) for line in text.split("\n"))


def height(text: str, characters: float, size: float = BODY_SIZE) -> float:
    """Points for a text wrapped in a column of that many characters: not every program finds that by itself."""
    room = max(2, int((characters - 1) * BODY_SIZE / size) // 2 * 2)
    lines = sum(max(1, -(-width(line) // room)) for line in text.split("\n"))
    return lines * _LINE_HEIGHT * size / BODY_SIZE + _PADDING


def write_text(sheet: Any, top: int, left: int, bottom: int, right: int, text: str, style: Any) -> None:
    """A text over these cells, the last included; never a formula, a link or a number."""
    if (top, left) != (bottom, right):
        sheet.merge_range(top, left, bottom, right, defused(text), style)
    elif text:
        sheet.write_string(top, left, defused(text), style)
    else:
        sheet.write_blank(top, left, None, style)


def write_number(sheet: Any, row: int, column: int, value: Decimal, style: Any) -> None:
    """The decimal itself in 16 digits, not the double next to it; the exact one stands in 数据来源."""
    sheet.write_number(row, column, value, style)


def page_height(*, landscape: bool) -> float:
    """Points that A4 holds one below the other between these margins."""
    return (595 if landscape else 842) - 72 * (_MARGIN_TOP + _MARGIN_BOTTOM)


def set_page(sheet: Any, report: Report, *, landscape: bool) -> None:
    """A4, one page wide, with page number, run and status in the foot."""
    sheet.set_paper(_A4)
    if landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_margins(left=_MARGIN_SIDE, right=_MARGIN_SIDE, top=_MARGIN_TOP, bottom=_MARGIN_BOTTOM)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    identity = report.identity
    font = f'&"{BODY},常规"&8'
    # a blank after the size: else a number that follows is taken for part of it
    sheet.set_footer(
        f"&L{font} 版本 {identity.run_id}"
        f"&C{font} 第 &P 页 共 &N 页"
        f"&R{font} 数据截至 {identity.as_of}　{STATUS_ZH[identity.status]}"
    )
