"""公示 of the demo county: nothing in it tells of 1 to 4 persons."""

from __future__ import annotations

from pathlib import Path

import pytest

from yibao.figures import Scope, open_figures
from yibao.paths import DataPaths
from yibao.reporting.content import Figure, Letterhead, Report, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order
from yibao.reporting.public import PUBLIC


@pytest.fixture(scope="module")
def tables(demo_data: Path) -> dict[str, Table]:
    figures = open_figures(DataPaths(demo_data), Scope())
    order = Order("2026-09", "990101", "示范县", "2026-10-05", Letterhead("", "", "", "", "", ""))
    report: Report = PUBLIC.compose(Numbers(figures, "2026-09", "990101"), order)
    return {table.code: table for table in report.annex if isinstance(table, Table)}


def counts(table: Table, column: int) -> dict[str, int | None]:
    """A column by the names before it; None where nothing is shown."""
    names = sum(kind.kind is None for kind in table.columns)
    found = {}
    for row in table.rows:
        content = row[column]
        value = content.value if isinstance(content, Figure) else None
        found["".join(map(str, row[:names]))] = None if value is None else int(value)
    return found


def test_no_count_of_1_to_4_is_shown(tables: dict[str, Table]) -> None:
    for table in tables.values():
        for row in table.rows:
            for content in row:
                if isinstance(content, Figure) and content.kind == "count" and content.value is not None:
                    assert not 1 <= content.value <= 4, (table.title, row[0])


def test_nor_can_it_be_taken_from_the_total(tables: dict[str, Table]) -> None:
    # four hospitals of other places had 1 to 4 inpatients each
    inpatients = counts(tables["public_institutions"], 1)
    whole = inpatients.pop("合计")
    hidden = [name for name, count in inpatients.items() if count is None]
    assert whole is not None and len(hidden) >= 2
    assert whole - sum(count or 0 for count in inpatients.values()) > len(hidden)
    # of whom less than 5 are not insured, or who live where few do, is hidden together with a neighbour
    villages = counts(tables["public_villages"], 3)
    for township in {str(row[0]) for row in tables["public_villages"].rows}:
        assert sum(count is None for name, count in villages.items() if name.startswith(township)) != 1


def test_the_order_of_the_rows_tells_nothing(tables: dict[str, Table]) -> None:
    # by rate, a hidden village would lie between two known ones
    rows = tables["public_villages"].rows
    for township in {row[0] for row in rows}:
        assert [row[1] for row in rows if row[0] == township][-1] == "未登记到村"
    codes = [
        dict(each.origin.keys)["village"]
        for row in rows
        if row[1] != "未登记到村"
        for each in row[2:3]
        if isinstance(each, Figure)
    ]
    assert codes == sorted(codes)


def test_what_is_hidden_of_a_place_is_hidden_in_all_its_columns(tables: dict[str, Table]) -> None:
    for row in tables["public_institutions"].rows:
        assert len({content == "*" for content in row[1:6]}) == 1
