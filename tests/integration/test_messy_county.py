"""A county in disorder: every published cell still equals the auditor's recomputation."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.integration.conftest import yibao
from tests.integration.messy_county import County
from tests.reference.recompute import recompute

KEY = ("period", "period_mode", "region_code", "insutype", "breakdown", "breakdown_value", "indicator_code")
FIGURES = ("numerator", "denominator", "value", "status")


@pytest.mark.parametrize("seed", [20260930])
def test_every_cell_of_a_messy_county(tmp_path: Path, seed: int) -> None:
    inbox, data = tmp_path / "inbox", tmp_path / "data"
    County(seed).write(inbox)
    done = yibao("run", "--inbox", inbox, data=data)
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as warehouse:
        rows = warehouse.execute(f"select {', '.join(KEY + FIGURES)} from indicator_value").fetchall()
        reversals = warehouse.execute(
            "select count(reversed_setl_id), count(*) - count(reversed_setl_id) from fct_settlement where sign = -1"
        ).fetchone()
    assert reversals is not None and min(reversals) > 5
    ours = {row[:7]: row[7:] for row in rows}
    theirs = {
        tuple(getattr(cell, name) for name in KEY): tuple(getattr(cell, name) for name in FIGURES)
        for cell in recompute(inbox).cells
    }
    assert len(theirs) > 30_000
    assert {
        cell: (ours.get(cell), theirs.get(cell))
        for cell in ours.keys() | theirs.keys()
        if ours.get(cell) != theirs.get(cell)
    } == {}
