"""What the road must know of an engine: where the warehouse is, whether it may be built on, how its marts come home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from yibao.paths import DataPaths
from yibao.warehouse.on_duckdb import OnDuckdb
from yibao.warehouse.on_spark import OnSpark

TARGETS = ("duckdb", "spark")


class Engine(Protocol):
    """One target of profiles.yml, for one data folder.

    database: a DuckDB file that holds the published tables in schema main once `collect` is done.
    place: where an analyst looks into the warehouse itself.
    """

    target: str
    schema: str
    paths: DataPaths
    database: Path
    state_file: Path
    dbt: Path
    place: str

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables that profiles.yml and the macros read."""

    def require_ready(self) -> None:
        """Raises Problem when the warehouse cannot be written now."""

    def mark(self) -> str | None:
        """Tells this state of the warehouse from any other; None where there is no warehouse."""

    def collect(self, tables: Iterable[str]) -> None:
        """Brings those of the tables that are there into `database`."""

    def close(self) -> None:
        """After dbt: lets go of the warehouse, so that others may open it."""


def engine_for(target: str, paths: DataPaths) -> Engine:
    """The engine of a target of profiles.yml, `duckdb` or `spark`."""
    return OnSpark(paths) if target == OnSpark.target else OnDuckdb(paths)
