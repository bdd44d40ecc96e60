"""A block of a page: a title, a table, perhaps a chart of it. What is shown, exported and printed is this one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from dashboard.components.cell import UNITS, Cell, Content, Kind
from dashboard.components.charts import Spec


@dataclass(frozen=True)
class Column:
    """A column; `group` stands above neighbours that share it, `help` is told on hover, `bar` draws the number's length.

    `long`: holds sentences, which wrap.
    """

    label: str
    kind: Kind = "text"
    group: str = ""
    help: str = ""
    bar: bool = False
    long: bool = False

    @property
    def heading(self) -> str:
        """The label with its unit: 住院费用（万元）."""
        unit = UNITS.get(self.kind)
        return f"{self.label}（{unit}）" if unit else self.label


@dataclass(frozen=True)
class Table:
    """Columns and rows; the rows' cells may be plain contents. `total`: the last row is the sum of the others."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False


@dataclass(frozen=True)
class Block:
    """What a page shows under one heading.

    key: unique on the page. note: one line of calibre below. on_row: called with the row's number when a row is chosen.
    chart_only: the table serves the export, the page shows the chart. whole: reads the table for the exported sheet where
    the page shows a part of it.
    """

    key: str
    title: str
    table: Table
    chart: Spec | None = None
    note: str = ""
    on_row: Callable[[int], None] | None = field(default=None, compare=False)
    chart_only: bool = False
    codes: tuple[str, ...] = ()
    whole: Callable[[], Table] | None = field(default=None, compare=False)

    @property
    def complete(self) -> Block:
        """The block with all of its rows."""
        return replace(self, table=self.whole(), whole=None) if self.whole else self


def kind_in(cell: Cell, column: Column) -> Kind:
    """How a cell of that column is printed."""
    return cell.kind or column.kind


def row(*contents: Content | Cell) -> tuple[Cell, ...]:
    """A row of cells from contents."""
    return tuple(content if isinstance(content, Cell) else Cell(content) for content in contents)
