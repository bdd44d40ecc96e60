"""The smallest county that walks the whole road: its exports, and a stand-in for dbt that builds from what is landed."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.unit import small_warehouse
from yibao.warehouse import Breakage, BuildResult, DbtRequest, Listener, Outcome

REGION = "区划代码,区划名称\n"


def export(inbox: Path, number: int, rows: int = 3) -> None:
    """One more export: townships of the county 990101; another number, other names."""
    inbox.mkdir(parents=True, exist_ok=True)
    # names that do not repeat: many rows are many bytes also when packed
    lines = "".join(
        f"990101{place:03d},虚构{number}镇{place * 7919**3 % 10**9}\n" for place in range(1, rows + 1)
    )
    (inbox / f"区划{number:03d}.csv").write_text(REGION + lines, encoding="utf-8")


def build(request: DbtRequest, listen: Listener) -> BuildResult:
    """Stands in for `call_dbt`: seconds become milliseconds, and what is published depends on every landed row.

    As dbt does, it tells an error of the engine or the disk as a breakage and raises nothing.
    """
    landed = request.engine.paths.landed_files
    own = f"""
        create or replace table quarantine as
            select 'region' as dataset, _file as file, _row as row, 'open' as status, region_code, region_name
            from read_parquet('{landed}/*/region-*.parquet', union_by_name = true);
        create or replace table row_warning as
            select dataset, file, rows as row, sha256 from read_parquet('{landed}/*/ledger.parquet');
    """
    try:
        small_warehouse.fill(request.engine.paths, own)
    except (duckdb.Error, OSError) as error:
        return BuildResult(Outcome.BROKEN, broken=(Breakage("quarantine", str(error)),), counts={"model": 1})
    return BuildResult(Outcome.PASSED, counts={"model": 10, "seed": 1, "test": 9})
