"""A file as the rules see it: passages of text with their fonts and content controls, tables of them, pages and feet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_SHOWN = 12


@dataclass(frozen=True)
class Run:
    """A stretch of text in one look; `east_asia` is None where neither run nor style names a Chinese font."""

    text: str
    east_asia: str | None
    points: Decimal | None


@dataclass(frozen=True)
class Control:
    """A content control: its tag, and where its text stands in the passage."""

    tag: str
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A paragraph, or the text of one cell. Indents are in hundredths of a character (None: not told so)."""

    place: str
    text: str
    controls: tuple[Control, ...] = ()
    runs: tuple[Run, ...] = ()
    align: str = ""
    first_line: Decimal = Decimal(0)
    right: Decimal = Decimal(0)

    @property
    def named(self) -> str:
        """The place with the passage's first words, for a clerk to find it."""
        words = self.text.strip()
        return f"{self.place}“{words[:_SHOWN]}{'…' if len(words) > _SHOWN else ''}”" if words else self.place


@dataclass(frozen=True)
class Table:
    """Rows of as many cells as the table has columns: a merged cell stands in each column it covers, once in its rows."""

    place: str
    rows: tuple[tuple[Passage, ...], ...]


@dataclass(frozen=True)
class Page:
    """A section's page in millimetres; `pitch` of a line in points, `char_space` in 4096ths of a point (None: no grid)."""

    width: Decimal
    height: Decimal
    top: Decimal
    bottom: Decimal
    left: Decimal
    right: Decimal
    pitch: Decimal | None
    char_space: Decimal | None


@dataclass(frozen=True)
class Foot:
    """A page foot: for `default` (odd) or `even` pages, where its page number stands (empty: it has none)."""

    kind: str
    text: str
    number_align: str
    number_text: str


@dataclass(frozen=True)
class Document:
    """Everything the rules look at; `figures` is the JSON that our own files carry along (None: not ours)."""

    blocks: tuple[Passage | Table, ...]
    pages: tuple[Page, ...] = ()
    feet: tuple[Foot, ...] = ()
    even_and_odd: bool = False
    figures: str | None = None

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The paragraphs outside tables."""
        return tuple(block for block in self.blocks if isinstance(block, Passage))

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    def everything(self) -> Iterator[Passage]:
        """Paragraphs and cells, each once, in the order of reading."""
        for block in self.blocks:
            if isinstance(block, Passage):
                yield block
                continue
            for row in block.rows:
                yield from dict.fromkeys(row)
