"""Settlement rows are those behind a figure: their sums, their pages, and who may not see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.figures_kit import COUNTY, OTHER_TOWN, TOWN, publish
from yibao.figures import (
    Figures,
    Narrowing,
    Scope,
    Selection,
    open_figures,
    settlement_totals,
    settlements,
)

YEAR = Selection("2026-09", "ytd", COUNTY)
MONTH = Selection("2026-09", "month", COUNTY)


def bill(number: int, day: date, cost: str | None, **more: Any) -> Mapping[str, Any]:
    return {
        "setl_id": f"S{number}",
        "month": f"{day:%Y-%m}",
        "setl_time": day,
        "sign": 1,
        "county": COUNTY,
        "township": TOWN,
        "insutype": "390",
        "inst_code": "H1",
        "service_class": "inpatient",
        "location": "in_county",
        "service_tier": "county",
        "total_cost": None if cost is None else Decimal(cost),
        "warnings": 0,
        "file": "九月.csv",
        "row": number,
        **more,
    }


BILLS = [
    bill(1, date(2025, 12, 31), "1"),
    bill(2, date(2026, 1, 1), "10", fund_total=Decimal(6)),
    bill(3, date(2026, 8, 30), "100", location="province", service_tier="province", is_unreferred=True),
    bill(4, date(2026, 9, 1), "1000", service_class="maternity_inpatient", inst_code="H2"),
    bill(5, date(2026, 9, 2), "-1000", service_class="maternity_inpatient", inst_code="H2", sign=-1),
    bill(6, date(2026, 9, 3), "10000", township=OTHER_TOWN, location="unknown", service_class="outpatient"),
    bill(7, date(2026, 9, 3), None, insutype="310", service_class="outpatient"),
    bill(8, date(2026, 10, 1), "7"),
    bill(9, date(2026, 9, 3), "5", county="990102", township="990102001"),
]


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    return open_figures(publish(tmp_path, tables={"mart_settlement": BILLS}), Scope())


def numbers(
    figures: Figures, chosen: Selection, narrowing: Narrowing | None = None, start: int = 0, limit: int = 100
) -> list[str]:
    found = settlements(figures, chosen, narrowing or Narrowing(), start=start, limit=limit, sees_rows=True)
    return [settlement.setl_id for settlement in found]


def test_a_year_to_date_begins_in_january_and_ends_with_the_period(figures: Figures) -> None:
    assert numbers(figures, YEAR) == ["S6", "S7", "S5", "S4", "S3", "S2"]
    assert numbers(figures, MONTH) == ["S6", "S7", "S5", "S4"]


def test_a_reversal_counts_as_minus_one_and_what_is_missing_is_no_zero(figures: Figures) -> None:
    year = settlement_totals(figures, YEAR, Narrowing(), sees_rows=True)
    # 10 + 100 + 1000 - 1000 + 10000; cases 1 + 1 + 1 - 1 + 1 + 1
    assert (year.rows, year.cases, year.total_cost) == (6, 4, Decimal(10110))
    # one row has a fund part, none has a cost in scope
    assert (year.fund_total, year.in_scope) == (Decimal(6), None)


@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [
        (Narrowing(inst_code="H2"), ["S5", "S4"]),
        (Narrowing(service_classes=("inpatient", "maternity_inpatient")), ["S5", "S4", "S3", "S2"]),
        (Narrowing(location="unknown"), ["S6"]),
        (Narrowing(service_tier="province"), ["S3"]),
        # an unknown place is not outside
        (Narrowing(outside=True), ["S3"]),
        (Narrowing(unreferred=True), ["S3"]),
        (Narrowing(inst_code="H1", service_classes=("outpatient",), service_tier="county"), ["S6", "S7"]),
        (Narrowing(inst_code="' or 1=1 --"), []),
    ],
)
def test_each_narrowing(figures: Figures, narrowing: Narrowing, expected: list[str]) -> None:
    assert numbers(figures, YEAR, narrowing) == expected
    assert settlement_totals(figures, YEAR, narrowing, sees_rows=True).rows == len(expected)


def test_township_and_scheme_narrow_too(figures: Figures) -> None:
    assert numbers(figures, Selection("2026-09", "ytd", OTHER_TOWN)) == ["S6"]
    assert numbers(figures, Selection("2026-09", "ytd", COUNTY, "310")) == ["S7"]


def test_pages_follow_one_another_over_months(figures: Figures) -> None:
    whole = numbers(figures, YEAR)
    for size in (1, 2, 3, 4, 5):
        pages = [numbers(figures, YEAR, start=start, limit=size) for start in range(0, len(whole), size)]
        assert [number for page in pages for number in page] == whole, size
    assert numbers(figures, YEAR, start=6) == []


def test_who_may_not_see_rows_gets_neither_rows_nor_sums(figures: Figures) -> None:
    with pytest.raises(PermissionError):
        settlements(figures, YEAR, Narrowing(), start=0, limit=1, sees_rows=False)
    with pytest.raises(PermissionError):
        settlement_totals(figures, YEAR, Narrowing(), sees_rows=False)


def test_a_clerk_asking_for_the_county_gets_the_own_township(tmp_path: Path) -> None:
    clerk = open_figures(publish(tmp_path, tables={"mart_settlement": BILLS}), Scope(OTHER_TOWN))
    assert numbers(clerk, YEAR) == []
    assert numbers(clerk, Selection("2026-09", "ytd", OTHER_TOWN)) == ["S6"]
    assert numbers(clerk, Selection("2026-09", "ytd", TOWN)) == []
