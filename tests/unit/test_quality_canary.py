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
    + expectation("visit.gone.where", "where: gone > 1\nmostly: 0.5")
    + expectation("visit.negative.where", "where: cost < -100")
    + expectation("visit.late.where", "where: begin_date > date '2027-01-01'")
    # without failing rows to list, nothing but great-expectations' own word says that this one broke
    + expectation(
        "visit.gone.max", "type: expect_column_max_to_be_between\narguments: {column: gone, max_value: 1}"
    )
)


def statuses(tmp_path: Path, rules: str = RULES) -> dict[str, Status]:
    _, found = run(project_with(tmp_path / "project", visit=rules), warehouse(tmp_path / "data"))
    return {identity: result.judged.status for identity, result in found.items()}


def test_the_versions_are_those_it_was_tried_with() -> None:
    import great_expectations
    import sqlalchemy

    assert great_expectations.__version__ == "1.24.1"
    assert duckdb.__version__ == "2.0.0"
    assert sqlalchemy.__version__.startswith("2.0.")


def test_one_missing_column_takes_no_other_expectation_with_it(tmp_path: Path) -> None:
    assert statuses(tmp_path) == {
        "visit.id.present": Status.FAIL,
        "visit.some": Status.PASS,
        "visit.negative": Status.PASS,
        "visit.gone": Status.ERROR,
        "visit.gone.where": Status.ERROR,
        "visit.negative.where": Status.PASS,
        "visit.late.where": Status.PASS,
        "visit.gone.max": Status.ERROR,
    }


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
    assert set(statuses(tmp_path).values()) == {Status.ERROR}


def test_a_connection_is_not_kept(tmp_path: Path) -> None:
    statuses(tmp_path)
    # a file that is open read-only in this process cannot be opened to be written
    duckdb.connect(str(tmp_path / "data" / "warehouse.duckdb")).close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every query of great-expectations, in order."""
    queries: list[str] = []
    execute = duckdb_dialect._Cursor.execute

    def remember(cursor: duckdb_dialect._Cursor, sql: str, parameters: Any = None) -> None:
        queries.append(sql)
        execute(cursor, sql, parameters)

    monkeypatch.setattr(duckdb_dialect._Cursor, "execute", remember)
    return queries


def test_the_rows_of_an_expectation_are_looked_for_once(tmp_path: Path, asked: list[str]) -> None:
    statuses(
        tmp_path, suite(expectation("visit.negative", "rows: select cost from {table} where cost < -100"))
    )
    assert len([sql for sql in asked if "cost < -100" in sql]) == 1


def test_the_conditions_of_a_table_are_asked_in_one_query(tmp_path: Path, asked: list[str]) -> None:
    wheres = ["cost < -100", "cost < -200", "begin_date > date '2027-01-01'", "visit_id like 'B%:c'"]
    rules = [expectation(f"visit.r{number}", f'where: "{where}"') for number, where in enumerate(wheres)]
    assert set(statuses(tmp_path, suite("".join(rules))).values()) == {Status.PASS}
    (only,) = (sql for sql in asked if any(where in sql for where in wheres))
    assert all(where in only for where in wheres)
