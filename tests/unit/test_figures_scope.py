"""Who sees which rows: a rule for every published table, and no way around the rules."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.unit.figures_kit import (
    COUNTY,
    OTHER_TOWN,
    TOWN,
    cell,
    publish,
    published_models,
    published_seeds,
)
from yibao.figures import Scope, has_rule, open_figures
from yibao.figures.scope import Rule
from yibao.quality.kept import TABLES as QUALITY_TABLES

EVERYTHING = Scope()
CLERK = Scope(TOWN)
PUBLISHED = sorted({*published_models(), *published_seeds(), *QUALITY_TABLES})
PLACED = {
    table: next(name for name in ("township", "region_code") if name in columns)
    for table, columns in published_models().items()
    if {"township", "region_code"} & columns.keys()
}
# their region is not the place whose figures the row tells: where an institution stands
NOT_OF_A_TOWNSHIP = {"dim_institution", "mart_finding"}


def test_the_project_publishes_what_the_dashboard_reads() -> None:
    assert {"indicator_value", "indicator_trend", "dim_region", "quarantine"} <= set(PUBLISHED)


@pytest.mark.parametrize("table", PUBLISHED)
def test_somebody_decided_who_may_read_the_table(table: str) -> None:
    assert has_rule(table)


def test_a_table_without_a_rule_is_empty_for_everyone() -> None:
    assert EVERYTHING.condition("a_new_table") == CLERK.condition("a_new_table") == "false"


@pytest.mark.parametrize("table", sorted(set(PLACED) - NOT_OF_A_TOWNSHIP))
def test_a_clerk_gets_the_rows_of_his_township_only(table: str, tmp_path: Path) -> None:
    rows = [{PLACED[table]: place} for place in (COUNTY, TOWN, OTHER_TOWN)]
    paths = publish(tmp_path, tables={"dim_region": [], table: rows})
    asked = f'select {PLACED[table]} from "{table}"'
    assert set(open_figures(paths, EVERYTHING).rows(str, asked)) == {COUNTY, TOWN, OTHER_TOWN}
    # closed to him altogether, or open by his township
    assert set(open_figures(paths, CLERK).rows(str, asked)) <= {TOWN}


@pytest.mark.parametrize("table", sorted(set(PUBLISHED) - set(PLACED)))
def test_what_names_no_township_is_open_to_a_clerk_only_by_decision(table: str) -> None:
    assert CLERK.condition(table) in ("true", Rule.CLOSED.value)


@pytest.mark.parametrize("table", ["mart_fund", "mart_supervision", "quarantine", "mart_finding"])
def test_what_belongs_to_the_county_is_closed_to_a_clerk(table: str) -> None:
    assert CLERK.condition(table) == "false"


@pytest.mark.parametrize("township", ["990101", "9901010011", "99010100x", "990101001' or true --", ""])
def test_a_scope_is_nine_digits(township: str) -> None:
    with pytest.raises(ValueError):
        Scope(township)


def test_a_query_reaches_no_file_and_keeps_no_way_out(tmp_path: Path) -> None:
    paths = publish(tmp_path, [cell("part_rate", "96", region=OTHER_TOWN)])
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    figures = open_figures(paths, CLERK)
    for statement in (
        f"select * from read_csv('{tmp_path}/secret.csv')",
        f"select * from '{tmp_path}/secret.csv'",
        f"attach '{figures.generation.database}' as other",
        f"copy (select 1) to '{tmp_path}/out.csv'",
        "set enable_external_access = true",
        "insert into generation.main.dim_period (period) values ('2026-10')",
    ):
        with pytest.raises(duckdb.Error):
            figures.rows(tuple, statement)
    assert not (tmp_path / "out.csv").exists()
    assert figures.rows(str, "select region_code from indicator_value") == ()


def test_no_query_of_the_code_goes_past_the_views() -> None:
    # the attached file is there for the views; a query that named it would see every row
    root = Path(__file__).resolve().parents[2]
    files = [*(root / "yibao" / "figures").glob("*.py"), *(root / "dashboard").rglob("*.py")]
    naming = {file.name for file in files if "generation.main" in file.read_text(encoding="utf-8")}
    assert naming == {"reader.py"}
