"""A table on the page: our own, since Streamlit's speaks English and takes no click on a row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.components.block import Block, Column, Table, kind_in
from dashboard.components.cell import Cell, Gap, as_number, shown

_HERE = Path(__file__).parent
_CHOOSE = "点击查看下一级"


def show_table(block: Block) -> None:
    """The block's table; a click on a row calls its `on_row`."""
    render = st.components.v2.component(
        "yibao_table",
        html='<div class="table"></div>',
        css=(_HERE / "table.css").read_text(encoding="utf-8"),
        js=(_HERE / "table.js").read_text(encoding="utf-8"),
    )
    chosen = render(key=f"table-{block.key}", data=content_of(block), on_row_change=lambda: None)
    if block.on_row is not None and chosen.row is not None:
        block.on_row(int(chosen.row))


def content_of(block: Block) -> dict[str, Any]:
    """What the browser is given: headings, and of each cell its text, its number for sorting, tone and meaning."""
    table = block.table
    return {
        "label": block.title,
        "choose": _CHOOSE if block.on_row else "",
        "total": table.total,
        "columns": [_heading(table, position) for position in range(len(table.columns))],
        "rows": [
            [_cell(cell, column) for cell, column in zip(cells, table.columns, strict=True)]
            for cells in table.rows
        ],
    }


def _heading(table: Table, position: int) -> dict[str, Any]:
    column = table.columns[position]
    counted = table.rows[:-1] if table.total else table.rows
    numbers = [as_number(cells[position].content, column.kind) for cells in counted]
    largest = max((number for number in numbers if number is not None), default=0.0)
    return {
        "label": column.heading,
        "group": column.group,
        "help": column.help,
        "text": column.kind in ("text", "date"),
        "largest": largest if column.bar else 0,
        "long": column.long,
    }


def _cell(cell: Cell, column: Column) -> dict[str, Any]:
    gap = cell.content if isinstance(cell.content, Gap) else None
    kind = kind_in(cell, column)
    return {
        "t": shown(cell.content, kind, with_unit=False),
        "n": as_number(cell.content, kind),
        "tone": cell.tone,
        "sign": cell.sign,
        "gap": gap is not None,
        "help": gap.meaning if gap else "",
    }
