"""What all reports but the monthly one have in common: the letter around the text, and cells that tell of few."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from yibao.reporting import few
from yibao.reporting.content import Block, Chart, Content, Figure, Reader, Report, Table
from yibao.reporting.product import identity
from yibao.reporting.scene import Scene


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
    counts: Sequence[tuple[int, tuple[int, ...]]],
) -> list[tuple[Content, ...]]:
    """The rows and below them their total, without the counts of 1 to 4 and what would tell them.

    counts: a column of persons or cases, and the columns that would tell its number (their cost, what they paid).
    """
    changed = [list(row) for row in (*rows, total)]
    for column, telling in counts:
        *held, whole = [
            content.value if isinstance(content := row[column], Figure) else None for row in changed
        ]
        hidden = {*few.hidden(held), *([len(rows)] if few.is_few(whole) else [])}
        for at in hidden:
            for each in (column, *telling):
                changed[at][each] = few.HIDDEN
    return [tuple(row) for row in changed]


def of_day(day: date) -> str:
    """`9月30日`."""
    return f"{day.month}月{day.day}日"


def day_span(first: date, last: date) -> str:
    """`9月21日至27日`, `9月28日至10月4日`."""
    return f"{of_day(first)}至{f'{last.day}日' if first.month == last.month else of_day(last)}"
