"""表内平衡: where the parts of a form add up to its total, and what its notes must say where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from yibao.reporting.content import Column, Content, Figure, Sum, Table
from yibao.reporting.few import HIDDEN, NOTE

ROUNDED = "合计由未取整的数相加得出，各项之和与合计的末位差异系四舍五入所致。"


def table(
    code: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[tuple[Content, ...]],
    unit_note: str,
    *,
    total: int | None = None,
    added: Sequence[int] = (),
    notes: Sequence[str] = (),
) -> Table:
    """A form whose row `total` sums up all others in the columns `added`.

    A column whose parts do not add up (some not shown, not reported, or reported for the whole only) is no sum, and a note
    says so where all parts are there.
    """
    said = list(notes)
    sums: tuple[Sum, ...] = ()
    if total is not None and len(rows) > 1:
        parts = tuple(at for at in range(len(rows)) if at != total)
        whole = [column for column in added if _complete(rows, column)]
        even = tuple(column for column in whole if _adds_up(rows, total, parts, column))
        for column in whole:
            if column not in even:
                name = "".join(dict.fromkeys(columns[column].head))
                said.append(f"{name}各项之和与合计不一致，合计以全部数据为准。")
        if even:
            sums = (Sum(total, parts, even),)
        if any(_differs_as_printed(rows, total, parts, column) for column in even):
            said.append(ROUNDED)
    if any(content == HIDDEN for row in rows for content in row):
        said.append(NOTE)
    return Table(code, title, tuple(columns), tuple(rows), unit_note, sums, tuple(said))


def stacked(columns: Sequence[Column], blocks: Sequence[Table]) -> Table:
    """Forms of one subject below one another in one, each with its own total. Code, title and unit are the first's."""
    rows: list[tuple[Content, ...]] = []
    sums: list[Sum] = []
    for block in blocks:
        at = len(rows)
        sums += [
            Sum(at + one.total, tuple(at + part for part in one.parts), one.columns) for one in block.sums
        ]
        rows += block.rows
    notes = dict.fromkeys(note for block in blocks for note in block.notes)
    return replace(blocks[0], columns=tuple(columns), rows=tuple(rows), sums=tuple(sums), notes=tuple(notes))


def _complete(rows: Sequence[tuple[Content, ...]], column: int) -> bool:
    return all(isinstance(content := row[column], Figure) and content.value is not None for row in rows)


def _adds_up(rows: Sequence[tuple[Content, ...]], total: int, parts: Sequence[int], column: int) -> bool:
    return sum((_exact(rows[at][column]) for at in parts), Decimal(0)) == _exact(rows[total][column])


def _differs_as_printed(
    rows: Sequence[tuple[Content, ...]], total: int, parts: Sequence[int], column: int
) -> bool:
    return sum((_printed(rows[at][column]) for at in parts), Decimal(0)) != _printed(rows[total][column])


def _exact(content: Content) -> Decimal:
    return content.value if isinstance(content, Figure) and content.value is not None else Decimal(0)


def _printed(content: Content) -> Decimal:
    return Decimal(content.text) if isinstance(content, Figure) and content.value is not None else Decimal(0)
