"""A city of one county: what the project's SQL gives for it here is what dbt built for the county, to the last digit."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from tests.unit.consolidation.packages import files_of
from tests.unit.consolidation.small import city_of, package
from yibao.consolidation.adding import Place
from yibao.figures import Scope, open_figures
from yibao.paths import DataPaths
from yibao.publishing import require_current
from yibao.reporting.content import Letterhead, Paragraph
from yibao.reporting.monthly import MONTHLY
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order

COUNTY = Place("990101", "示范县")
_CELL = "period_mode, insutype, breakdown, breakdown_value, indicator_code"
_VALUE = f"{_CELL}, numerator, denominator, value, status"
_TREND = f"""
    {_CELL}, value, status, last_year_value, last_year_change, previous_value, previous_change, target_value, completion,
    alert_level, alert_zh
"""
# a target of its own does not travel with a county's figures
_OWN_TARGETS = "(select indicator_code from county.stg_target where region_code = '990101')"


@pytest.fixture(scope="module")
def city(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The city that is made of the county alone."""
    folder = tmp_path_factory.mktemp("city")
    with duckdb.connect(str(demo_data / "warehouse.duckdb"), read_only=True) as warehouse:
        made = package(folder, COUNTY, files_of(warehouse, COUNTY.code))
    outcome = city_of(folder / "data", [made], expected=[COUNTY])
    assert outcome.generation is not None, [one.problem for one in outcome.judgements]
    return DataPaths(folder / "data")


@pytest.fixture(scope="module")
def both(demo_data: Path, city: DataPaths) -> duckdb.DuckDBPyConnection:
    """The county's warehouse as `county`, the city made of it as `city`."""
    connection = duckdb.connect()
    connection.execute(f"attach '{demo_data / 'warehouse.duckdb'}' as county (read_only)")
    connection.execute(f"attach '{require_current(city).database}' as city (read_only)")
    return connection


def test_the_city_s_monthly_report_is_made_of_the_one_month_that_it_has(city: DataPaths) -> None:
    order = Order("2026-09", "990100", "示范市", "2026-10-12", Letterhead("", "", "", "", "", ""))
    report = MONTHLY.compose(Numbers(open_figures(city, Scope()), "2026-09", "990100"), order)
    text = "\n".join(block.text for block in report.body if isinstance(block, Paragraph))
    # the packages bring the changes, but not the months of last year
    assert re.search(r"全市参保人员住院\d+人次", text) and re.search(r"参保率为[\d.]+%，比去年同期", text)
    annex = {block.title for block in report.annex}
    assert set(re.findall("附件《(.*?)》", text)) <= annex
    assert "本报告由各县区上报的数据包汇总" in text


@pytest.mark.parametrize(("table", "columns"), [("indicator_value", _VALUE), ("indicator_trend", _TREND)])
@pytest.mark.parametrize(
    ("region", "kept"), [("990101", "true"), ("990100", "breakdown <> 'inst'")], ids=["county", "city"]
)
def test_one_county_alone_is_the_city(
    both: duckdb.DuckDBPyConnection, table: str, columns: str, region: str, kept: str
) -> None:
    kept = f"period = '2026-09' and {kept} and indicator_code not in {_OWN_TARGETS}"
    ours = f"select {columns} from city.{table} where region_code = '{region}' and {kept}"
    built = f"select {columns} from county.{table} where region_code = '990101' and {kept}"
    (rows, missing, extra) = both.execute(
        f"select (select count(*) from ({ours})), (select count(*) from ({built} except all {ours})),"
        f" (select count(*) from ({ours} except all {built}))"
    ).fetchall()[0]
    assert rows > 500
    assert (missing, extra) == (0, 0)


@pytest.mark.parametrize("table", ["mart_fund", "mart_participation", "mart_collection"])
def test_the_tables_of_one_county_are_those_of_the_city(both: duckdb.DuckDBPyConnection, table: str) -> None:
    plain = (
        "* exclude (region_code)" if table == "mart_fund" else "* exclude (region_code, region_name, level)"
    )
    (rows, different) = both.execute(
        f"select (select count(*) from city.{table} where region_code = '990100'), (select count(*) from ("
        f"select {plain} from county.{table} where region_code = '990101'"
        f" except all select {plain} from city.{table} where region_code = '990100'))"
    ).fetchall()[0]
    assert rows > 50
    assert different == 0
