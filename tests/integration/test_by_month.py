"""Months, and insurance years of persons, are the unit of work: in whatever order files arrive, the marts equal a full refresh."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.integration.conftest import INBOX, dbt, yibao

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
    """All tables and views but the lineage of a batch, which differs when files come in another order."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "select table_name from information_schema.tables where table_name like 'mart_%' or table_name like 'indicator%'"
                " or table_name like 'dim_%' or table_name like 'reconciliation%' or table_name in ('file_conservation', 'quarantine',"
                " 'row_warning', 'measure_value', 'dataset_month', 'dataset_score', 'township_completeness', 'warning_count')"
            ).fetchall()
        ]
        assert len(names) > 12
        return {name: sorted(connection.execute(f"from {name}").fetchall(), key=repr) for name in names}


_FIRST = "select min(setl_id) from fct_settlement where items > 0 and not has_reversal and sign = 1"
_REVERSED = (
    "select min(original.setl_id) from fct_settlement as original inner join fct_settlement as reversal"
    " on reversal.reversed_setl_id = original.setl_id where original.month <> reversal.month and original.items > 0"
)
_SETTLED = "select min(person_key) from fct_settlement where is_enrolled and month like '2025-%'"
_MONTHS_OF = "select distinct month from fct_settlement where setl_id = ({0}) or reversed_setl_id = ({0})"
# what is changed, and the months that are then others
CHANGES = {
    "one item less": (
        f"update int_settlement__items set items = items - 1 where setl_id = ({_FIRST})",
        _MONTHS_OF.format(_FIRST),
    ),
    "no items any more": (
        f"delete from int_settlement__items where setl_id = ({_FIRST})",
        _MONTHS_OF.format(_FIRST),
    ),
    "an item that was reversed in another month": (
        f"update int_settlement__items set item_cost = item_cost + 1 where setl_id = ({_REVERSED})",
        _MONTHS_OF.format(_REVERSED),
    ),
    "a flag": (
        "update int_admission__flagged set is_readmitted = not is_readmitted"
        " where setl_id = (select min(setl_id) from int_admission__flagged)",
        _MONTHS_OF.format("select min(setl_id) from int_admission__flagged"),
    ),
    "where a person lives": (
        "update int_residence set resident_township = '990101999', employee_township = '990101999'"
        f" where year = 2025 and person_key = ({_SETTLED})",
        f"select distinct month from fct_settlement where person_key = ({_SETTLED}) and month like '2025-%'",
    ),
    "nothing": ("select 1", "select month from fct_settlement where false"),
}


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
    compiled = grown / "dbt" / "target" / "compiled"
    for dataset in ("settlement", "settlement_item", "enrollment", "contribution"):
        [staged] = compiled.rglob(f"stg_{dataset}.sql")
        assert "where _file_id in (null)" in staged.read_text(encoding="utf-8"), "landed files are read once"


@pytest.mark.parametrize("change", CHANGES)
def test_a_month_is_another_when_something_about_its_settlements_is(
    grown: Path, tmp_path: Path, change: str
) -> None:
    """Of all that a fact is made of beside its landed row, nothing may change and leave its month as it was."""
    altered, asked = CHANGES[change]
    [model] = (grown / "dbt" / "target" / "compiled").rglob("int_settlement__month.sql")
    states = f"select month, fingerprint from ({model.read_text(encoding='utf-8')})"
    shutil.copy2(grown / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        expected = set(connection.execute(asked).fetchall())
        before = set(connection.execute(states).fetchall())
        connection.execute(altered)
        after = set(connection.execute(states).fetchall())
    assert {(month,) for month, _ in before ^ after} == expected
    assert expected or change == "nothing"


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("int_residence", "year_fingerprint"),
        ("int_settlement__resolved", "total_cost"),
        ("stg_contribution", "payment_id"),
    ],
)
def test_a_table_of_an_older_program_is_not_added_to(
    grown: Path, tmp_path: Path, table: str, column: str
) -> None:
    """An analyst's own dbt says which table it is and what to type; `yibao run` builds everything again by itself."""
    data = tmp_path / "data"
    shutil.copytree(grown, data)
    with duckdb.connect(str(data / "warehouse.duckdb")) as connection:
        connection.execute(f"alter table {table} drop column {column}")
    built = dbt("run", "--select", table, data=data)
    assert built.returncode == 1
    told = f'表 "warehouse"."main"."{table}" 是以前的程序建的，不能接着建。请用 yibao run，或 dbt build --full-refresh 整体重建。'
    assert told in built.stdout
    assert "append_new_columns" not in built.stdout  # dbt's own advice
    rebuilt = dbt("run", "--full-refresh", "--select", table, data=data)
    assert rebuilt.returncode == 0, rebuilt.stdout
