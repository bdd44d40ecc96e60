"""Months, and insurance years of persons, are the unit of work: in whatever order files arrive, the marts equal a full refresh."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.integration.conftest import INBOX, yibao

# arrives late: the third quarter's settlements and fees, the supplement that corrects earlier months, a whole year's enrollment
LATE = (
    "结算单_2026年第三季度.csv",
    "费用明细_2026年第三季度.xlsx",
    "结算单补报_2026年.csv",
    "参保登记_2025.csv",
    "转诊备案.csv",
)

pytestmark = pytest.mark.xdist_group("by-month")


def tables(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """All tables but the lineage of a batch, which differs when files come in another order."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where table_name like 'mart_%' or table_name like 'indicator%'"
                " or table_name like 'dim_%' or table_name like 'reconciliation%' or table_name in ('file_conservation', 'quarantine',"
                " 'row_warning', 'measure_value', 'dataset_month', 'dataset_score', 'township_completeness', 'warning_count')"
            ).fetchall()
        ]
        assert len(names) > 12
        return {name: sorted(connection.execute(f"from {name}").fetchall(), key=repr) for name in names}


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory, demo_data: Path) -> Path:
    """A data folder that took the late files in a second run, incrementally."""
    base = tmp_path_factory.mktemp("grown")
    # lists of persons name them by their hash
    shutil.copy2(demo_data.with_name(f"{demo_data.name}.key"), base / "data.key")
    inbox = base / "inbox"
    shutil.copytree(INBOX, inbox, ignore=shutil.ignore_patterns(*LATE))
    # 2026 is not reported yet: nobody is looked at month by month in it
    first = yibao("run", "--inbox", inbox, "--period", "2025-12", data=base / "data")
    # without a whole year's enrollment it is built, and refused by the check
    assert first.returncode == 3, first.stdout + first.stderr
    assert "每月每县都有参保人数" in first.stdout
    for name in LATE:
        shutil.copy2(INBOX / name, inbox / name)
    second = yibao("run", "--inbox", inbox, data=base / "data")
    assert second.returncode == 0, second.stdout + second.stderr
    return base / "data"


def test_files_that_come_later_give_the_same_marts(grown: Path, demo_data: Path) -> None:
    assert tables(grown) == tables(demo_data)


def test_only_what_changed_is_built_again(grown: Path) -> None:
    """A build without new files leaves every fact and every span as it is: no month's or year's rows are written anew."""
    untouched = {"fct_settlement": "month = '2024-12'", "int_coverage_span": "year = 2024"}
    states = {
        "fct_settlement": ("month", "int_settlement__month"),
        "int_contribution": ("year", "int_insurance_year"),
    }
    with duckdb.connect(str(grown / "warehouse.duckdb"), read_only=True) as connection:
        for table, (part, state) in states.items():
            stale = connection.execute(
                f"select count(*) from (select distinct {part}, {part}_fingerprint from {table}) as built"
                f" full join {state} as states using ({part})"
                f" where built.{part}_fingerprint is distinct from states.fingerprint"
            ).fetchone()
            assert stale == (0,), table

    def places() -> dict[str, tuple[int, int] | None]:
        with duckdb.connect(str(grown / "warehouse.duckdb"), read_only=True) as connection:
            return {
                table: connection.execute(
                    f"select min(rowid), max(rowid) from {table} where {part}"
                ).fetchone()
                for table, part in untouched.items()
            }

    before = places()
    assert all(found is not None and found != (None, None) for found in before.values())
    again = yibao("run", "--inbox", INBOX, data=grown)
    assert again.returncode == 0, again.stdout + again.stderr
    assert places() == before
