"""The merged cells of a table's head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yibao.reporting.content import Column


@dataclass(frozen=True)
class HeadCell:
    """A cell of the head that begins at `row` and `column` (from 0) and spans `rows` and `columns`."""

    text: str
    row: int
    column: int
    rows: int
    columns: int


def head_rows(columns: Sequence[Column]) -> int:
    """How many rows the head has."""
    return max(len(column.head) for column in columns)


def head_cells(columns: Sequence[Column]) -> tuple[HeadCell, ...]:
    """Row by row. Equal neighbours under the same cell are one cell; the last cell of a shorter column goes down to the end."""
    depth = head_rows(columns)
    cells = []
    for row in range(depth):
        at = 0
        while at < len(columns):
            head = columns[at].head
            end = at + 1
            if row < len(head):
                # two columns that end here with the same text are two columns all the same
                while end < len(columns) and len(head) > row + 1 and _same(columns[end].head, head, row):
                    end += 1
                down = depth - row if len(head) == row + 1 else 1
                cells.append(HeadCell(head[row], row, at, down, end - at))
            at = end
    return tuple(cells)


def _same(other: Sequence[str], head: Sequence[str], row: int) -> bool:
    return len(other) > row + 1 and other[: row + 1] == head[: row + 1]
