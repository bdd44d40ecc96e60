"""What yibao/quality takes for granted of great-expectations, SQLAlchemy and DuckDB. When one of these tests breaks, a
version has changed: read yibao/quality/duckdb_dialect.py and great.py before the pin is moved."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.unit.quality_kit import expectation, project_with, run, suite, warehouse
from yibao.quality import Status, duckdb_dialect

RULES = suite(
    expectation(
        "visit.id.present", "type: expect_column_values_to_not_be_null\narguments: {column: visit_id}"
    )
    + expectation("visit.some", "type: expect_table_row_count_to_be_between\narguments: {min_value: 1}")
    + expectation("visit.negative", "rows: select visit_id from {table} where cost < -100")
    + expectation("visit.gone", "type: expect_column_values_to_not_be_null\narguments: {column: gone}")
    # without failing rows to list, nothing but great-expectations' own word says that this one broke
    + expectation(
        "visit.gone.max", "type: expect_column_max_to_be_between\narguments: {column: gone, max_value: 1}"
    )
)


def statuses(tmp_path: Path) -> list[Status]:
    _, found = run(project_with(tmp_path / "project", visit=RULES), warehouse(tmp_path / "data"))
    return [result.judged.status for result in found.values()]


def test_the_versions_are_those_it_was_tried_with() -> None:
    import great_expectations
    import sqlalchemy

    assert great_expectations.__version__ == "1.24.1"
    assert duckdb.__version__ == "2.0.0"
    assert sqlalchemy.__version__.startswith("2.0.")


def test_one_missing_column_takes_no_other_expectation_with_it(tmp_path: Path) -> None:
    assert statuses(tmp_path) == [Status.FAIL, Status.PASS, Status.PASS, Status.ERROR, Status.ERROR]


def test_the_buffer_is_still_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it every answer is lost with its connection. Where this fails, the dialect may become simpler."""

    class Unbuffered(duckdb_dialect._Cursor):
        def execute(self, sql: str, parameters: Any = None) -> None:
            self._connection.execute(sql, parameters or None)
            self.description, self._rows = self._connection.description, deque()

        def fetchall(self) -> list[Any]:
            return self._connection.fetchall()

        def fetchone(self) -> Any:
            return self._connection.fetchone()

        def fetchmany(self, size: int | None = None) -> list[Any]:
            return self._connection.fetchmany(size or 1)

    monkeypatch.setattr(duckdb_dialect, "_Cursor", Unbuffered)
    assert set(statuses(tmp_path)) == {Status.ERROR}


def test_a_connection_is_not_kept(tmp_path: Path) -> None:
    statuses(tmp_path)
    # a file that is open read-only in this process cannot be opened to be written
    duckdb.connect(str(tmp_path / "data" / "warehouse.duckdb")).close()


def test_the_rows_of_an_expectation_are_looked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    execute = duckdb_dialect._Cursor.execute

    def remember(cursor: duckdb_dialect._Cursor, sql: str, parameters: Any = None) -> None:
        asked.append(sql)
        execute(cursor, sql, parameters)

    monkeypatch.setattr(duckdb_dialect._Cursor, "execute", remember)
    assert Status.ERROR in statuses(tmp_path)
    assert len([sql for sql in asked if "cost < -100" in sql]) == 1
