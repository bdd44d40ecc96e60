"""The four reports to townships and institutions, of the demo county: every figure is a cell, every sentence whole."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from tests.integration.conftest import ROOT
from yibao.figures import Scope, open_figures
from yibao.issuing import read_listing
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.report import Asked, make_report
from yibao.reporting.content import Figure, Letterhead, Paragraph, Report, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order
from yibao.reporting.products import PRODUCTS, known

with (ROOT / "seeds" / "indicator.csv").open(encoding="utf-8", newline="") as _file:
    INDICATORS = [row["code"] for row in csv.DictReader(_file)]
PERIOD, COUNTY = "2026-09", "990101"


def composed(data: Path, product: str, period: str = PERIOD, part: str = "") -> Report:
    figures = open_figures(DataPaths(data), Scope())
    order = Order(period, COUNTY, "示范县", "2026-10-08", Letterhead("", "", "", "", "", ""), part=part)
    return PRODUCTS[product].compose(Numbers(figures, period, COUNTY), order)


def tables(report: Report) -> dict[str, Table]:
    return {block.code: block for block in (*report.body, *report.annex) if isinstance(block, Table)}


def tells_few(figure: Figure, marts: duckdb.DuckDBPyConnection) -> bool:
    """Whether 1 to 4 cases made it or, where it compares, what it is compared with."""
    keys = dict(figure.origin.keys)
    code = figure.origin.code
    if figure.origin.table != "indicator_trend" or code not in ("ip_avg_cost", "out_county_rate"):
        return False
    periods = {
        "last_year_value": ["2025-09"],
        "last_year_change": ["2025-09", keys["period"]],
        "value": [keys["period"]],
    }
    column = "denominator" if code == "ip_avg_cost" else "numerator"
    cells = marts.execute(
        f"""
        select {column} from indicator_value
        where list_contains(?, period) and (period_mode, region_code, insutype, breakdown, breakdown_value) = (?, ?, ?, ?, ?)
        and indicator_code = ?
        """,
        [
            periods.get(figure.origin.column, []),
            *[value for name, value in figure.origin.keys if name != "period"],
        ],
    ).fetchall()
    return any(count is not None and 1 <= count <= 4 for (count,) in cells)


@pytest.mark.parametrize(
    "product, period, part",
    [
        ("ten_day", "2026-01", ""),
        ("weekly", PERIOD, ""),
        ("quarterly", PERIOD, ""),
        ("annual", PERIOD, "ytd"),
    ],
)
def test_a_report_is_whole(
    demo_data: Path, marts: duckdb.DuckDBPyConnection, product: str, period: str, part: str
) -> None:
    report = composed(demo_data, product, period, part)
    for block in report.body:
        if isinstance(block, Paragraph):
            assert "—" not in block.text.replace("1—9月", ""), block.text
            assert "，，" not in block.text and "。。" not in block.text, block.text
    for table in tables(report).values():
        assert {len(row) for row in table.rows} == {len(table.columns)}, table.code
    assert tables(report).keys() <= set(known(INDICATORS).forms)
    published = {
        name for (name,) in marts.execute("select table_name from information_schema.tables").fetchall()
    }
    assert report.figures and {figure.origin.table for figure in report.figures} <= published
    assert not [figure for figure in report.figures if tells_few(figure, marts)]


@pytest.mark.parametrize(
    "asked, said",
    [
        (Asked(PERIOD, "monthly", "20", None, "draft", "2026-10-08"), "月报总是编整个期间"),
        (Asked(PERIOD, "weekly", "", "城关镇", "provisional", "2026-10-08"), "只有全县"),
        (Asked(PERIOD, "public", "", "城关镇", "draft", "2026-10-08"), "公示只编全市、全县的"),
        (Asked(PERIOD, "monthly", "", "城关镇", "draft", "2026-10-08"), "月报只编全市、全县的，不编“城关镇”"),
    ],
)
def test_what_no_order_can_ask_for_is_said(demo_data: Path, asked: Asked, said: str) -> None:
    with pytest.raises(Problem, match=said):
        make_report(DataPaths(demo_data), asked)


def test_the_ten_days_of_a_month_lie_beside_each_other(demo_data: Path, tmp_path: Path) -> None:
    (tmp_path / "published").symlink_to(demo_data / "published")
    for part in ("10", ""):
        make_report(DataPaths(tmp_path), Asked(PERIOD, "ten_day", part, None, "draft", "2026-10-08"))
    reports = tmp_path / "reports" / PERIOD
    # without a part it is the newest, and its name says which
    assert sorted(path.name for path in reports.iterdir()) == ["ten_day-10", "ten_day-30"]
    assert read_listing(reports / "ten_day-30").part == "30"


def test_the_week_is_what_its_settlements_add_up_to(
    demo_data: Path, marts: duckdb.DuckDBPyConnection
) -> None:
    """Against the single settlements, not against the mart that the report reads."""
    rows = {row[0]: row[2:4] for row in tables(composed(demo_data, "weekly"))["week"].rows}
    for name, asked in {
        "结算人次": "sum(sign)",
        "基金支付": "sum(fund_total)",
        "住院人次": "sum(sign) filter (where service_class in ('inpatient', 'maternity_inpatient'))",
    }.items():
        told = tuple(content.value for content in rows[name] if isinstance(content, Figure))
        by_days = tuple(
            marts.execute(
                f"select {asked} from mart_settlement where setl_time between ?::date and ?::date", days
            ).fetchall()[0][0]
            for days in (["2026-09-21", "2026-09-27"], ["2026-09-14", "2026-09-20"])
        )
        assert told == by_days, name


def test_the_annual_report_has_every_indicator_once(
    demo_data: Path, marts: duckdb.DuckDBPyConnection
) -> None:
    listed = [
        row[0] for table in tables(composed(demo_data, "annual", part="ytd")).values() for row in table.rows
    ]
    known = marts.execute("select count(*) from indicator").fetchall()[0][0]
    assert len(listed) == len(set(listed)) == known == 52
