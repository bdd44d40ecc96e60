"""Rules on the numbers of our own workbook: its sheet of sources names the cell and the origin of every figure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from yibao.formatting import MISSING
from yibao.reporting import trace
from yibao.reporting.check.document import Control, Document, Passage
from yibao.reporting.check.finding import Finding
from yibao.reporting.check.numbers import Bound
from yibao.reporting.content import Figure

# the first two heads of that sheet; those of trace.csv but its number follow
_FIRST = ("序号", "位置")
_PLACE = re.compile(r"'?(?P<sheet>.+?)'?!\$?(?P<column>[A-Z]+)\$?(?P<row>\d+)")
# a workbook holds binary fractions, and 万元 with all their places
_NOISE = Decimal("0.000001")


@dataclass(frozen=True)
class _Line:
    place: str
    figure: Figure


def sources(document: Document) -> tuple[Bound, ...]:
    """The figures of the workbook, each at its cell; none for a workbook that is not ours, or whose list is broken.

    A figure of the running text, which has no cell here, stands at its line of the list.
    """
    cells = {table.place: table.rows for table in document.tables}
    found: list[Bound] = []
    for line in _lines(document):
        place = _PLACE.fullmatch(line.place)
        passage = Passage(f"数据来源 {line.figure.origin.code}", "")
        if place is not None:
            rows, row, column = cells.get(place["sheet"], ()), int(place["row"]) - 1, _number(place["column"])
            inside = row < len(rows) and column < len(rows[row])
            passage = rows[row][column] if inside else Passage(line.place, "")
        found.append(Bound(passage, Control(line.figure.origin.code, 0, len(passage.text)), line.figure))
    return tuple(found)


def changed_by_hand(numbers: tuple[Bound, ...]) -> Iterator[Finding]:
    """A cell holds the exact value of its figure (万元 from yuan)."""
    for one in numbers:
        if one.passage.place.startswith("数据来源"):
            continue
        value = one.figure.value
        if value is not None:
            value = abs(value) if one.figure.size_only else value
            value = value.scaleb(-4) if one.figure.kind == "wan" else value
        if not _same(one.shown, value):
            yield Finding(
                "手工改动",
                "error",
                one.passage.named,
                f"{one.figure.origin.name_zh}写的是“{one.shown}”，生成时是“{one.figure.text}{one.figure.unit}”",
                "请改回原数；数据有误的，请更正数据后重新生成。",
            )


def _lines(document: Document) -> list[_Line]:
    for table in document.tables:
        rows = [tuple(cell.text for cell in row) for row in table.rows]
        if rows and rows[0][:2] == _FIRST and len(rows[0]) == len(trace.HEAD) + 1:
            told = [dict(zip(trace.HEAD, (row[0], *row[2:]), strict=True)) for row in rows[1:]]
            try:
                figures = trace.from_json(json.dumps(told))
            except (ValueError, KeyError, TypeError, ArithmeticError):
                return []
            return [_Line(row[1], figure) for row, figure in zip(rows[1:], figures, strict=True)]
    return []


def _same(shown: str, value: Decimal | None) -> bool:
    if value is None:
        return shown in ("", MISSING)
    try:
        return abs(Decimal(shown) - value) <= _NOISE
    except InvalidOperation:
        return False


def _number(letters: str) -> int:
    """A column from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
