"""Every column of the warehouse has a text in `dbt docs`."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb


def test_every_column_is_described(demo_data: Path, warehouse: duckdb.DuckDBPyConnection) -> None:
    manifest = json.loads((demo_data / "dbt" / "target" / "manifest.json").read_text(encoding="utf-8"))
    fields = {
        f"stg_{source['name']}": source["columns"]
        for source in manifest["sources"].values()
        if source["source_name"] == "landing"
    }
    found = warehouse.sql("select table_name, column_name from information_schema.columns").fetchall()
    assert found
    built: dict[str, set[str]] = {}
    for table, column in found:
        built.setdefault(table, set()).add(column)
    silent, gone = [], []
    for node in manifest["nodes"].values():
        if node["resource_type"] not in {"model", "seed"}:
            continue
        name = node["name"]
        texts = {**fields.get(name, {}), **node["columns"]}
        silent += [
            f"{name}.{column}" for column in built[name] if not texts.get(column, {}).get("description")
        ]
        gone += [f"{name}.{column}" for column in texts.keys() - built[name]]
    assert sorted(silent) == []
    assert sorted(gone) == []
