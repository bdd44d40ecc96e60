"""No raw certificate and no full name leaves the inbox (semantics 3 and 8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb

from tests.integration.conftest import INBOX
from tests.reference.contract import load_datasets
from tests.reference.read import read_inbox

DIGITS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?![\dXx])")


@cache
def identities() -> tuple[frozenset[str], frozenset[str]]:
    """All certificates (as written) and all names of persons of the demo exports."""
    certificates: set[str] = set()
    names: set[str] = set()
    for row in read_inbox(INBOX, load_datasets()).rows:
        certificates.add((row.texts.get("certno") or "").upper())
        names.add(row.texts.get("psn_name") or "")
    certificates.discard("")
    names.discard("")
    assert len(certificates) > 1000 and len(names) > 500
    return frozenset(certificates), frozenset(names)


def offences(values: Iterator[str]) -> list[str]:
    certificates, names = identities()
    return [
        value[:3] + "..."
        for value in values
        if value in names or any(number.upper() in certificates for number in DIGITS.findall(value))
    ]


def texts(connection: duckdb.DuckDBPyConnection, relation: str) -> Iterator[str]:
    described = connection.execute(f"describe select * from {relation}").fetchall()
    for column in [name for name, kind, *_ in described if kind == "VARCHAR"]:
        quoted = '"' + column.replace('"', '""') + '"'
        for (value,) in connection.execute(f"select distinct {quoted} from {relation}").fetchall():
            if value is not None:
                yield value


def test_no_table_of_the_warehouse_holds_an_identity(demo_data: Path) -> None:
    with duckdb.connect(str(demo_data / "warehouse.duckdb"), read_only=True) as connection:
        tables = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        assert len(tables) > 60
        assert {table: found for table in tables if (found := offences(texts(connection, table)))} == {}


def test_no_landed_file_holds_an_identity(demo_data: Path) -> None:
    landed = sorted((demo_data / "landing" / "files").glob("*/*.parquet"))
    assert len(landed) > 30
    with duckdb.connect() as connection:
        found = {
            path.name: offences(texts(connection, f"read_parquet('{path.as_posix()}')")) for path in landed
        }
    assert {name: values for name, values in found.items() if values} == {}


def test_no_text_file_under_the_data_folder_holds_an_identity(demo_data: Path) -> None:
    """Logs, manifests, compiled SQL, refusals."""
    certificates, names = identities()
    suffixes = {".json", ".log", ".sql", ".txt", ".md", ".csv", ""}
    files = [path for path in demo_data.rglob("*") if path.is_file() and path.suffix in suffixes]
    assert any(path.name == "manifest.json" for path in files)
    for path in files:
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not {number.upper() for number in DIGITS.findall(text)} & certificates, path
        # a name is a common word elsewhere; as a whole quoted value it would be a leak
        assert not set(re.findall(r'"([一-龥]{2,4})"', text)) & names, path
