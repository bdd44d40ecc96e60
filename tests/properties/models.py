"""The models of the project on any landing folder, in about a second: their own compiled SQL, run by plain DuckDB.

`dbt build` spends its half minute mostly on itself. What it compiled for the demo county (a full build, so no increments) is
kept in the manifest of that data folder; here it runs again, in dbt's order, with another landing folder in place of the demo's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import duckdb

from yibao.paths import DataPaths

_SCHEMA = '"warehouse"."main".'


@dataclass(frozen=True)
class _Node:
    name: str
    parents: tuple[str, ...]
    sql: str
    is_seed: bool
    is_published: bool


class Models:
    """The compiled project of a data folder that `yibao run` filled from nothing, and catalogs that hold what it makes."""

    def __init__(self, built: DataPaths) -> None:
        manifest = json.loads((built.root / "dbt" / "target" / "manifest.json").read_text(encoding="utf-8"))
        nodes = {
            key: _node(node)
            for key, node in manifest["nodes"].items()
            if node["resource_type"] in {"model", "seed"}
        }
        increments = [node.name for node in nodes.values() if "where _file_id in (" in node.sql]
        assert not increments, f"compiled for an increment, not for a full build: {increments}"
        order = TopologicalSorter({key: node.parents for key, node in nodes.items()}).static_order()
        self._nodes = {key: nodes[key] for key in order if key in nodes}
        self._landing = f"'{built.landing.as_posix()}/"
        assert any(self._landing in node.sql for node in nodes.values())
        self._connection = duckdb.connect(config={"threads": 1, "preserve_insertion_order": False})
        self._connection.execute(f"attach '{built.warehouse.as_posix()}' as built (read_only)")
        for node in nodes.values():
            if node.is_seed:
                self._connection.execute(f"create table memory.{node.name} as from built.main.{node.name}")
        self._connection.execute("detach built")

    @property
    def published(self) -> frozenset[str]:
        """The models that a generation publishes."""
        return frozenset(node.name for node in self._nodes.values() if node.is_published and not node.is_seed)

    def build(self, landed: DataPaths, into: str, wanted: Iterable[str]) -> None:
        """Makes the wanted models, and all that they read, as tables of the catalog `into`, in place of those it had."""
        self._connection.execute(f"attach if not exists ':memory:' as {into}")
        needed = self._with_parents(wanted)
        for key, node in self._nodes.items():
            if key in needed:
                sql = node.sql.replace(self._landing, f"'{landed.landing.as_posix()}/")
                source = f"from memory.{node.name}" if node.is_seed else sql.replace(_SCHEMA, f"{into}.main.")
                self._connection.execute(f"create or replace table {into}.main.{node.name} as {source}")

    def forget(self, catalog: str) -> None:
        """Drops all that `build` made there."""
        self._connection.execute(f"detach {catalog}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query over the catalogs, `<catalog>.main.<model>`."""
        return self._connection.execute(sql).fetchall()

    def difference(self, one: str, other: str, select: str) -> list[tuple[Any, ...]]:
        """Rows, behind the name of the catalog that has more of them, in which a query differs; `{in}` is the catalog's schema."""
        left, right = (select.replace("{in}", f"{catalog}.main") for catalog in (one, other))
        return self.rows(
            f"select '{one}' as held_by, * from (({left}) except all ({right}))"
            f" union all select '{other}' as held_by, * from (({right}) except all ({left}))"
        )

    def columns(self, catalog: str, table: str) -> Sequence[str]:
        """The names of a table's columns."""
        return [name for name, *_ in self.rows(f"describe {catalog}.main.{table}")]

    def _with_parents(self, wanted: Iterable[str]) -> set[str]:
        by_name = {node.name: key for key, node in self._nodes.items()}
        needed: set[str] = set()
        waiting = [by_name[name] for name in wanted]
        while waiting:
            key = waiting.pop()
            if key not in needed:
                needed.add(key)
                waiting += self._nodes[key].parents
        return needed


def _node(node: dict[str, Any]) -> _Node:
    return _Node(
        name=node["name"],
        parents=tuple(name for name in node["depends_on"].get("nodes", ()) if not name.startswith("source.")),
        sql=node.get("compiled_code") or "",
        is_seed=node["resource_type"] == "seed",
        is_published=bool(node["config"].get("meta", {}).get("published")),
    )
