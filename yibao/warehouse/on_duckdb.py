"""The embedded engine: the warehouse is one DuckDB file of the data folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from yibao.disk import damaged_warehouse, problem_of
from yibao.paths import DataPaths


class OnDuckdb:
    """Target `duckdb`."""

    target = "duckdb"
    schema = "main"

    def __init__(self, paths: DataPaths) -> None:
        self.paths = paths
        self.database: Path = paths.warehouse
        self.state_file = paths.root / "build.json"
        self.dbt = paths.root / "dbt"
        self.place = str(paths.warehouse)

    @property
    def environment(self) -> Mapping[str, str]:
        return {}

    def require_ready(self) -> None:
        """Raises Problem: exit 2 when another program has the file open, exit 1 when it cannot be opened at all."""
        if not self.database.exists():
            return
        try:
            duckdb.connect(str(self.database)).close()
        except duckdb.Error as error:
            told = problem_of(error, self.database)
            raise told or damaged_warehouse(self.database, (str(error).splitlines()[0],)) from error

    def mark(self) -> str | None:
        """Size and time of the file: another program that writes to it changes them."""
        try:
            status = self.database.stat()
        except FileNotFoundError:
            return None
        return f"{status.st_size}-{status.st_mtime_ns}"

    def collect(self, tables: Iterable[str]) -> None:
        """They are at home."""

    def close(self) -> None:
        # dbt-duckdb keeps the file open for writing until the process ends; nobody else could open it, not even we
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        manager: Any = DuckDBConnectionManager
        environment = getattr(manager, "_ENV", None)
        if environment is not None:
            environment.close()
        manager.close_all_connections()
