"""Packages of synthetic counties, made of a database's published tables the way `yibao.reporting.package` makes them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from yibao.consolidation.reading import SAME, TAKEN
from yibao.project import catalogue_hash, find_project
from yibao.reporting.delimited import encoded

PERIODS = ("2026-09", "2026-08", "2025-09")
TABLES = (*TAKEN, *SAME, "dim_period")


def manifest_of(county: str, name: str, **more: Any) -> dict[str, Any]:
    """A manifest without its files."""
    return {
        "format": "yibao-package",
        "format_version": 1,
        "product": "monthly",
        "period": "2026-09",
        "region_code": county,
        "region_name": name,
        "status": "final",
        "dated": "2026-10-08",
        "run_id": "20261005T000000Z-00000000",
        "code_version": "0.1.0",
        "catalogue_hash": _own_catalogue(),
        "calibres": {"part_rate": {"formula": "参保人数 ÷ 户籍人口 × 100%"}},
        **more,
    }


@cache
def _own_catalogue() -> str:
    return catalogue_hash(find_project())


def files_of(
    connection: duckdb.DuckDBPyConnection, county: str, renamed: str | None = None
) -> dict[str, bytes]:
    """The files of a county's package; the rows of `county` under the code `renamed`, where one is given."""
    marks = ", ".join(f"'{period}'" for period in PERIODS)
    files = {
        "indicators.csv": _listed(
            connection,
            f"select * from indicator_value where starts_with(region_code, '{county}') and period in ({marks})",
        )
    }
    for table in TABLES:
        files[f"tables/{table}.csv"] = _listed(connection, f"select * from {table}")
    if renamed:
        # every code that begins with the county's, institutions' too: H990101...
        files = {name: content.replace(county.encode(), renamed.encode()) for name, content in files.items()}
    return {**files, "月报.docx": b"not read", "trace.csv": b"number\r\n"}


def write_package(
    path: Path,
    files: Mapping[str, bytes],
    manifest: Mapping[str, Any],
    *,
    listed: Mapping[str, Any] | None = None,
    level: int = 6,
) -> Path:
    """A zip of the files and their manifest; `listed` replaces what the manifest says of single files."""
    told = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in files.items()
    }
    text = json.dumps({**manifest, "files": {**told, **(listed or {})}}, ensure_ascii=False)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in (*files.items(), ("manifest.json", text.encode())):
            archive.writestr(name, content)
    return path


def _listed(connection: duckdb.DuckDBPyConnection, sql: str) -> bytes:
    found = connection.execute(f"select columns(*)::varchar from ({sql})")
    head = [column[0] for column in found.description or ()]
    return encoded(head, found.fetchall())
