"""What all reports but the monthly one have in common: the letter around the text, and cells that tell of few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from yibao.reporting import few, suppression
from yibao.reporting.content import Block, Chart, Content, Figure, Reader, Report, Table
from yibao.reporting.product import identity
from yibao.reporting.scene import Scene
from yibao.reporting.suppression import Total


def letter(
    scene: Scene,
    product: str,
    title: str,
    span: str,
    as_of: date,
    body: Sequence[Block],
    annex: Sequence[Table | Chart] = (),
    *,
    reader: Reader = "subordinate",
) -> Report:
    """The report of the order; for the superior bureau its remarks stand at the end of the text. `span` is what its forms cover."""
    order = scene.order
    # what was restated is told to those who got the figures; the amounts of its few rows may tell of single cases
    remarks = order.remarks if reader == "superior" else ()
    return Report(
        identity=identity(scene.numbers.figures, order, product, as_of.isoformat()),
        title=title,
        dated=order.dated,
        letterhead=order.letterhead,
        sign_off=order.sign_off,
        body=(*body, *remarks),
        annex=tuple(annex),
        span=span,
        reader=reader,
    )


def covered(
    rows: Sequence[tuple[Content, ...]],
    total: tuple[Content, ...],
    counts: Mapping[int, tuple[int, ...]],
    within: Sequence[tuple[int, int]] = (),
) -> list[tuple[Content, ...]]:
    """The rows and below them their total, without the counts of 1 to 4 and what would tell them.

    counts: a column of persons or cases, and the columns that would tell its number (their cost, what they paid).
    within: a column that counts some of another's, and the other; those left over are not in the table, and are protected all the same.
    """
    changed = [list(row) for row in (*rows, total)]
    last = len(rows)
    numbers = {column: [_number(row[column]) for row in changed] for column in counts}
    for part, whole in within:
        numbers[_rest(part)] = [_less(*pair) for pair in zip(numbers[whole], numbers[part], strict=True)]
    cells: dict[tuple[int, int], int] = {}
    totals: list[Total] = []
    for column, held in numbers.items():
        known = {(at, column): int(number) for at, number in enumerate(held[:last]) if number is not None}
        # of rows that are told as nothing at all the reader knows nothing: the others are protected as if they were all
        cells |= {**known, (last, column): sum(known.values())}
        totals.append(Total((last, column), tuple(known)))
    for part, whole in within:
        totals += [Total((at, whole), ((at, part), (at, _rest(part)))) for at in range(last + 1)]
    hidden = suppression.hidden(cells, totals) | {
        (last, column) for column, held in numbers.items() if few.is_few(held[last])
    }
    for at, column in hidden:
        for each in (column, *counts[column]) if column in counts else ():
            changed[at][each] = few.HIDDEN
    return [tuple(row) for row in changed]


def _number(content: Content) -> Decimal | None:
    return content.value if isinstance(content, Figure) else None


def _less(whole: Decimal | None, part: Decimal | None) -> Decimal | None:
    return None if whole is None or part is None else whole - part


def _rest(part: int) -> int:
    """The place of what a column leaves over of another, where the table has no column."""
    return -1 - part


def of_day(day: date) -> str:
    """`9月30日`."""
    return f"{day.month}月{day.day}日"


def day_span(first: date, last: date) -> str:
    """`9月21日至27日`, `9月28日至10月4日`."""
    return f"{of_day(first)}至{f'{last.day}日' if first.month == last.month else of_day(last)}"
