"""The embedded engine: the warehouse is one DuckDB file of the data folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from yibao import durable
from yibao.disk import damaged_warehouse, problem_of
from yibao.paths import DataPaths
from yibao.problem import Problem

MEMORY_VARIABLE = "YIBAO_MEMORY"
# an ordinary office machine has it to spare; profiles.yml says the same to an analyst's own dbt
_MEMORY = "2300MB"


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
        """Raises Problem (exit 2) for a size that is none."""
        return {MEMORY_VARIABLE: _memory()}

    def require_ready(self) -> None:
        """Opens the file, which is made where there is none.

        Raises Problem: exit 2 when another program has it open, exit 1 when it cannot be opened or made; OSError.
        """
        try:
            if self.database.exists():
                duckdb.connect(str(self.database)).close()
            else:
                self._make()
        except duckdb.Error as error:
            told = problem_of(error, self.database)
            raise told or damaged_warehouse(self.database, (str(error).splitlines()[0],)) from error

    def _make(self) -> None:
        # aside: a process that dies while DuckDB writes the first pages would leave a file that no run can open
        draft = self.database.with_name(f".{self.database.name}.draft")
        draft.unlink(missing_ok=True)
        duckdb.connect(str(draft)).close()
        durable.sync_file(draft)
        os.rename(draft, self.database)
        durable.sync_directory(self.database.parent)

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


def _memory() -> str:
    asked = os.environ.get(MEMORY_VARIABLE) or _MEMORY
    try:
        duckdb.connect(config={"memory_limit": asked}).close()
    except duckdb.Error as error:
        raise Problem(
            f"“{asked}”不是内存大小",
            where=f"环境变量 {MEMORY_VARIABLE}",
            todo=f"请写成 8GB 这样的大小；删去这个环境变量则用 {_MEMORY}。",
        ) from error
    return asked
