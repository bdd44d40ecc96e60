"""The fund's books by source, month and scheme, against figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.figures_kit import COUNTY, PERIOD, TOWN, publish
from yibao.figures import (
    AlertLimit,
    Figures,
    Scope,
    Selection,
    alert_limits,
    elapsed_share,
    fund_books,
    fund_months,
    fund_sources,
    open_figures,
)
from yibao.figures.fund import FundMonth

YEAR = Selection(PERIOD, "ytd", COUNTY)
MONTH = Selection(PERIOD, "month", COUNTY)


def books(item: str = "all", **more: object) -> dict[str, object]:
    key = {"period": PERIOD, "period_mode": "ytd", "region_code": COUNTY, "insutype": "all"}
    return {**key, "account_item": item, **more}


TABLES = {
    "mart_fund": [
        books(
            fund_due=1000,
            fund_arrived=940,
            fund_income=960,
            fund_expense=900,
            fund_opening_balance=500,
            fund_closing_balance=560,
        ),
        books("province", fund_due=200, fund_arrived=150),
        books("personal", fund_due=800, fund_arrived=790),
        books("interest", fund_due=0, fund_arrived=0, fund_income=20),
        books("inpatient", fund_due=0, fund_arrived=0, fund_expense=900),
        # came without being due
        books("city", fund_due=0, fund_arrived=Decimal("0.01")),
        books(insutype="310", fund_income=260),
        books(insutype="390", fund_income=700),
        books(period_mode="month", fund_income=100, fund_expense=110),
        books(period_mode="month", period="2026-08", fund_income=90, fund_expense=80),
        books(period_mode="month", period="2026-07", fund_income=70, fund_expense=60),
        books(period="2026-08", fund_closing_balance=570),
        books("personal", period_mode="month", fund_income=99),
    ]
}


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    return open_figures(publish(tmp_path, tables=TABLES), Scope())


@pytest.mark.parametrize("chosen", [YEAR, MONTH])
def test_sources_are_those_of_which_money_was_due_or_came(figures: Figures, chosen: Selection) -> None:
    found = [(each.account_item, each.due, each.arrived) for each in fund_sources(figures, chosen)]
    assert found == [
        ("personal", Decimal(800), Decimal(790)),
        ("province", Decimal(200), Decimal(150)),
        ("city", Decimal(0), Decimal("0.01")),
        ("all", Decimal(1000), Decimal(940)),
    ]


def test_a_months_flows_stand_beside_the_balance_at_its_end(figures: Figures) -> None:
    assert fund_months(figures, YEAR, 2) == (
        FundMonth("2026-08", Decimal(90), Decimal(80), Decimal(570)),
        FundMonth(PERIOD, Decimal(100), Decimal(110), Decimal(560)),
    )


def test_a_month_without_its_balance_is_still_there(figures: Figures) -> None:
    july = fund_months(figures, YEAR, 12)[0]
    assert (july.period, july.balance, july.closing) == ("2026-07", Decimal(10), None)


def test_what_a_month_left_over_may_be_below_zero_or_unknown() -> None:
    assert FundMonth(PERIOD, Decimal(100), Decimal(110), None).balance == -10
    assert FundMonth(PERIOD, None, Decimal(110), None).balance is None


def test_schemes_come_by_income_with_the_whole_last(figures: Figures) -> None:
    found = fund_books(figures, MONTH)
    assert [(each.insutype, each.income) for each in found] == [
        ("390", Decimal(700)),
        ("310", Decimal(260)),
        ("all", Decimal(960)),
    ]
    assert (found[-1].opening, found[-1].closing, found[-1].reserve) == (Decimal(500), Decimal(560), None)


def test_the_limits_are_those_of_the_rules(figures: Figures) -> None:
    # seeds/alert_rule.csv; of ip_selfpay_share there are rules about tiers only
    assert alert_limits(figures, "fund_use_rate") == (
        AlertLimit("warning", ">", Decimal(95)),
        AlertLimit("alarm", ">", Decimal(100)),
    )
    assert alert_limits(figures, "part_rate") == (AlertLimit("alarm", ">", Decimal(100)),)
    assert alert_limits(figures, "ip_selfpay_share") == ()


def test_a_township_has_no_fund(figures: Figures) -> None:
    assert fund_books(figures, Selection(PERIOD, "ytd", TOWN)) == ()


def test_the_year_passes_by_months() -> None:
    assert elapsed_share("2026-09") == 75
    assert elapsed_share("2026-12") == 100
