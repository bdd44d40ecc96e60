"""What differs between the tables of two DuckDB files: names and types of columns, rows in any order, every cell exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

_SHOWN = 3


@dataclass(frozen=True)
class Difference:
    """One table. `only_left` and `only_right` count rows that have no equal on the other side."""

    table: str
    rows: int
    columns: int
    only_left: int
    only_right: int
    notes: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        return not (self.only_left or self.only_right or self.notes)


def compare(left: Path, right: Path, tables: Iterable[str] | None = None) -> list[Difference]:
    """Every table of either file (or those named). Types must be the same: 1.50 and 1.5 are not the same money.

    The tables of the checks are left out unless they are named: each check bears its own id and time.
    """
    with duckdb.connect() as connection:
        for name, path in (("left_side", left), ("right_side", right)):
            connection.execute(f"attach '{path.as_posix()}' as {name} (read_only)")
        found = connection.execute(
            "select distinct table_name from duckdb_tables() where database_name in ('left_side', 'right_side')"
            " and table_name not like 'quality%'"
        ).fetchall()
        names = sorted(tables) if tables is not None else sorted(name for (name,) in found)
        return [_compare(connection, name) for name in names]


def _compare(connection: duckdb.DuckDBPyConnection, table: str) -> Difference:
    columns = {side: _columns(connection, side, table) for side in ("left_side", "right_side")}
    left, right = columns["left_side"], columns["right_side"]
    if left != right:
        apart = sorted(set(left.items()) ^ set(right.items()))
        notes = tuple(f"column {name}: {kind} on one side only" for name, kind in apart)
        return Difference(table, 0, len(left), 0, 0, notes or ("not there",))
    listed = ", ".join(f'"{name}"' for name in left)
    sides = {side: f"select {listed} from {side}.main.{table}" for side in columns}
    only = {
        "left": f"{sides['left_side']} except all {sides['right_side']}",
        "right": f"{sides['right_side']} except all {sides['left_side']}",
    }
    counts = {name: _one(connection, f"select count(*) from ({query})") for name, query in only.items()}
    notes = tuple(
        f"only {name}: {row}"
        for name, query in only.items()
        if counts[name]
        for row in connection.execute(f"select * from ({query}) order by all limit {_SHOWN}").fetchall()
    )
    rows = _one(connection, f"select count(*) from ({sides['left_side']})")
    return Difference(table, rows, len(left), counts["left"], counts["right"], notes)


def _columns(connection: duckdb.DuckDBPyConnection, side: str, table: str) -> dict[str, str]:
    rows = connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = ? and table_name = ?",
        [side, table],
    ).fetchall()
    return dict(rows)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def table_of(differences: list[Difference]) -> str:
    """The report: a line for each table, its notes below it, and the verdict last."""
    width = max(len(item.table) for item in differences)
    lines = [f"{'table':<{width}} {'rows':>10} {'cells':>12} {'only left':>10} {'only right':>10}"]
    for item in differences:
        cells = item.rows * item.columns
        lines.append(
            f"{item.table:<{width}} {item.rows:>10,} {cells:>12,} {item.only_left:>10,} {item.only_right:>10,}"
        )
        lines += [f"    {note}" for note in item.notes]
    unequal = sum(not item.is_none for item in differences)
    cells = sum(item.rows * item.columns for item in differences)
    verdict = f"{unequal} tables differ" if unequal else "differences: none"
    return "\n".join([*lines, "", f"{len(differences)} tables, {cells:,} cells: {verdict}"])
