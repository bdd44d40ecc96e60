"""What great-expectations needs to read a DuckDB file: an SQLAlchemy dialect, `duckdb+buffered://`.

great-expectations closes its connection before it fetches the rows, and DuckDB's rows end with the connection; so the
cursor here fetches everything when it executes. Nothing of great-expectations is touched. It asks for aggregates and
for the first few rows only, so what is held stays small. tests/unit/test_quality_canary.py says when any of this moves.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import duckdb
from sqlalchemy import text, types
from sqlalchemy.dialects import registry
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.pool import NullPool

URL = "duckdb+buffered://"
_TYPES = {
    "BIGINT": types.BigInteger,
    "BOOLEAN": types.Boolean,
    "DATE": types.Date,
    "DECIMAL": types.Numeric,
    "DOUBLE": types.Double,
    "HUGEINT": types.Numeric,
    "INTEGER": types.Integer,
    "TIMESTAMP": types.DateTime,
}


class _Cursor:
    """A DB-API cursor that holds its whole answer."""

    arraysize = 1
    rowcount = -1

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.description: Any = None
        self._rows: deque[Any] = deque()

    def execute(self, sql: str, parameters: Any = None) -> None:
        self._connection.execute(sql, parameters or None)
        self.description = self._connection.description
        self._rows = deque(self._connection.fetchall())

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        return self.fetchmany(len(self._rows))

    def close(self) -> None:
        """The rows stay: they are read after the connection is closed."""


class _Connection:
    """A DB-API connection that only reads, so has nothing to commit."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def cursor(self) -> _Cursor:
        return _Cursor(self._connection)

    def commit(self) -> None:
        """Nothing was written."""

    def rollback(self) -> None:
        """Nothing was written."""

    def close(self) -> None:
        self._connection.close()


class BufferedDialect(DefaultDialect):
    """Reads a DuckDB file; writes nothing, and describes tables and views only as far as a check needs it."""

    name = "duckdb"
    driver = "buffered"
    default_paramstyle = "qmark"
    supports_native_boolean = True
    supports_native_decimal = True
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        return duckdb

    @classmethod
    def get_pool_class(cls, _: Any) -> Any:
        # a connection kept in a pool would keep the file from the next build
        return NullPool

    def connect(self, *_: Any, **arguments: Any) -> Any:
        return _Connection(duckdb.connect(**arguments))

    def _get_server_version_info(self, connection: Any) -> Any:
        return tuple(int(part) for part in duckdb.__version__.split(".")[:2])

    def _get_default_schema_name(self, connection: Any) -> str:
        return "main"

    def get_schema_names(self, connection: Any, **_: Any) -> list[str]:
        found = connection.execute(text("select distinct schema_name from duckdb_schemas()"))
        return [row[0] for row in found]

    def get_table_names(self, connection: Any, schema: str | None = None, **_: Any) -> list[str]:
        return self._names(
            connection, "select table_name from duckdb_tables() where schema_name = :schema", schema
        )

    def get_view_names(self, connection: Any, schema: str | None = None, **_: Any) -> list[str]:
        return self._names(
            connection, "select view_name from duckdb_views() where schema_name = :schema", schema
        )

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> bool:
        return table_name in {
            *self.get_table_names(connection, schema),
            *self.get_view_names(connection, schema),
        }

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> Any:
        found = connection.execute(
            text(
                "select column_name, data_type from duckdb_columns()"
                " where schema_name = :schema and table_name = :table order by column_index"
            ),
            {"schema": schema or "main", "table": table_name},
        )
        return [
            {
                "name": name,
                "type": _TYPES.get(data_type.partition("(")[0], types.String)(),
                "nullable": True,
                "default": None,
            }
            for name, data_type in found
        ]

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        return {"constrained_columns": [], "name": None}

    def get_foreign_keys(self, *_: Any, **__: Any) -> Any:
        return []

    def get_indexes(self, *_: Any, **__: Any) -> Any:
        return []

    @staticmethod
    def _names(connection: Any, sql: str, schema: str | None) -> list[str]:
        return [row[0] for row in connection.execute(text(sql), {"schema": schema or "main"})]


registry.register("duckdb.buffered", __name__, BufferedDialect.__name__)
