"""Reading published tables that may be missing: a generation has the tables of its own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar

import duckdb

from yibao.quality_page.report import Listing

T = TypeVar("T")


class Tables:
    """The tables and views of a connection's current schema.

    Names of tables and columns, `where` and `order` are the callers' constants, never a user's text.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._columns: dict[str, set[str]] = {}
        rows = connection.execute(
            """
            select table_name, column_name
            from information_schema.columns
            where table_catalog = current_database() and table_schema = current_schema()
            """
        ).fetchall()
        for table, column in rows:
            self._columns.setdefault(table, set()).add(column)

    def has(self, table: str, columns: Sequence[str]) -> bool:
        """Whether the table is there with these columns."""
        return set(columns) <= self._columns.get(table, set())

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows."""
        return self._connection.execute(sql, list(values)).fetchall()

    def load(
        self, kind: type[T], table: str, order: str, where: str = "true", values: Sequence[Any] = ()
    ) -> tuple[T, ...] | None:
        """One data class per row, its fields being the columns; None where the table is not there as expected."""
        columns = columns_of(kind)
        if not self.has(table, columns):
            return None
        rows = self.query(f"select {listed(columns)} from {table} where {where} order by {order}", values)
        return tuple(kind(*row) for row in rows)

    def first(
        self,
        kind: type[T],
        table: str,
        order: str,
        limit: int,
        where: str = "true",
        values: Sequence[Any] = (),
    ) -> Listing[T] | None:
        """The first rows and how many there are; None where the table is not there as expected."""
        columns = columns_of(kind)
        if not self.has(table, columns):
            return None
        [(total,)] = self.query(f"select count(*) from {table} where {where}", values)
        rows = self.query(
            f"select {listed(columns)} from {table} where {where} order by {order} limit {limit:d}",
            values,
        )
        return Listing(int(total), tuple(kind(*row) for row in rows))


def columns_of(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a data class."""
    return tuple(field.name for field in fields(kind))


def listed(columns: Sequence[str]) -> str:
    """Quoted, with commas."""
    return ", ".join(f'"{column}"' for column in columns)
