"""The findings of a real audit (seed_facts A44 to A47), found again by landing and warehouse in exports of that size."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from demo import audit
from tests.integration.conftest import dbt, yibao

Connection = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The data folder of one part of the audit's exports, landed, with all models built: a part of a county is not fit to be
    checked and published."""
    base = tmp_path_factory.mktemp("audit")
    done: dict[str, Path] = {}

    def walk(part: str) -> Path:
        if part not in done:
            audit.main(["--out", str(base), "--part", part])
            data = base / f"{part}-data"
            landed = yibao("land", "--inbox", base / part, data=data)
            assert landed.returncode == 0, landed.stdout + landed.stderr
            built = dbt("build", "--exclude-resource-type", "test", "unit_test", data=data)
            assert built.returncode == 0, built.stdout + built.stderr
            done[part] = data
        return done[part]

    return walk


def value(data: Path, sql: str) -> tuple[object, ...]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        row = connection.execute(sql).fetchone()
    assert row is not None
    return row


@pytest.mark.xdist_group("audit-rolls")
def test_copies_shared_certificates_and_gaps_of_the_rolls(walked: Callable[[str], Path]) -> None:
    data = walked("rolls")
    duplicates = value(data, "select sum(duplicate_rows) from file_conservation where dataset = 'enrollment'")
    assert duplicates == (23,)
    # 815 certificates stand on two numbers each in 2024: 1,630 rows of its roll are warned of
    warned = value(
        data,
        "select count(*) from row_warning where rule_code = 'certificate_shared' and file = '参合登记_2024.csv'",
    )
    assert warned == (2 * 815,)
    gaps = (
        "select left_value, right_value, difference, status, note_zh, differing_keys from reconciliation"
        " where kind = 'control_total' and measure = 'persons' and period = '{}'"
    )
    larger = "账表账面数大于数仓采用的参保登记人数"
    assert value(data, gaps.format(2024)) == (620_452, 616_910, 3_542, "differs", larger, 1)
    assert value(data, gaps.format(2025)) == (614_235, 604_866, 9_369, "differs", larger, 1)


@pytest.mark.xdist_group("audit-double")
def test_double_cover(walked: Callable[[str], Path]) -> None:
    cell = value(
        walked("double_cover"),
        "select numerator, denominator, round(value, 4) from indicator_value where indicator_code = 'double_cover_rate'"
        " and period = '2025-12' and region_code not like '_________'",
    )
    assert cell == (5855, 30657, Decimal("19.0984"))


@pytest.mark.xdist_group("audit-orphans")
def test_settlements_without_details(walked: Callable[[str], Path]) -> None:
    counted = value(
        walked("orphans"),
        "select count(*), count(case when service_class = 'outpatient' then 1 end), count(case when service_class = 'inpatient' then 1 end)"
        " from row_warning as warning inner join stg_file as file on warning.file = file.label"
        " inner join fct_settlement as fact on file._file_id = fact._file_id and warning.row = fact._row"
        " where warning.rule_code = 'no_items' and warning.dataset = 'settlement'",
    )
    assert counted == (752, 659, 93)
    listed = value(
        walked("orphans"),
        "select count(*), count(distinct key) from reconciliation_difference"
        " where kind = 'item_settlement' and cause = 'missing_left' and period = '2025-06'",
    )
    assert listed == (752, 752)
