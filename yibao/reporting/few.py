"""What leaves the bureau shows no count of 1 to 4 persons or cases (semantics 8), nor what would tell it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from yibao.reporting import suppression
from yibao.reporting.content import Content, Figure
from yibao.reporting.suppression import Total

FEWEST = 5
HIDDEN = "*"
NOTE = "“*”为人数（人次）1至4的单元及其关联单元，按保护隐私的规定不列示。"


def is_few(persons: Decimal | None) -> bool:
    """1 to 4, or as many reversed."""
    return persons is not None and 0 < abs(persons) < FEWEST


def hidden(persons: Sequence[Decimal | None]) -> frozenset[int]:
    """Which rows, by number, are not shown beside their total: those of few persons, and others that would tell them."""
    counts = {at: int(number) for at, number in enumerate(persons) if number is not None}
    whole = -1
    cells = {**counts, whole: sum(counts.values())}
    return suppression.hidden(cells, [Total(whole, tuple(counts))]) - {whole}


def guarded(rows: Sequence[tuple[Content, ...]], column: int) -> tuple[tuple[Content, ...], ...]:
    """The rows; of those that tell of few persons, whom `column` counts, no figure: cost and mean would tell the count."""
    counts = [content.value if isinstance(content := row[column], Figure) else None for row in rows]
    covered = hidden(counts)
    return tuple(
        tuple(HIDDEN if isinstance(content, Figure) else content for content in row) if at in covered else row
        for at, row in enumerate(rows)
    )
