"""Villages, schemes and ten-days of collection, against figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.figures_kit import COUNTY, OTHER_TOWN, PERIOD, TOWN, publish
from yibao.figures import (
    Figures,
    Scope,
    Selection,
    collection,
    coverage_by_scheme,
    last_ten_day,
    open_figures,
    ten_day_name,
    villages,
)
from yibao.paths import DataPaths

YEAR = Selection(PERIOD, "ytd", COUNTY)


def village(number: int, township: str = TOWN, period: str = PERIOD, **more: object) -> dict[str, object]:
    return {
        "period": period,
        "township": township,
        "village": f"{township}{number:03d}",
        "village_name": f"{number}村",
        "is_unknown": number == 0,
        **more,
    }


def paid(year: int, number: int, persons: int, amount: str, **more: object) -> dict[str, object]:
    key = {"insurance_year": year, "ten_day_no": number, "region_code": COUNTY, "insutype": "all"}
    return {**key, "persons": persons, "amount": Decimal(amount), **more}


TABLES = {
    "mart_village": [
        village(0, population_registered=40, insured_persons=30),
        village(
            1, population_registered=100, insured_persons=90, uninsured_persons=10, part_rate=Decimal(90)
        ),
        village(
            2, population_registered=200, insured_persons=170, uninsured_persons=30, part_rate=Decimal(85)
        ),
        village(3, insured_persons=12),
        village(4, period="2026-08", part_rate=Decimal(1)),
        village(5, township=OTHER_TOWN, part_rate=Decimal(2)),
    ],
    "mart_participation": [
        {"period": PERIOD, "region_code": COUNTY, "insutype": "all", "insured_persons": 290},
        {"period": PERIOD, "region_code": COUNTY, "insutype": "310", "insured_persons": 40},
        {"period": PERIOD, "region_code": COUNTY, "insutype": "390", "insured_persons": 250},
        {"period": PERIOD, "region_code": TOWN, "insutype": "all", "insured_persons": 7},
    ],
    "mart_collection": [
        paid(2026, 1, 5, "2000"),
        paid(2026, -2, 10, "4000"),
        # a refund: one payer fewer
        paid(2026, 3, -1, "-400"),
        # October 2026: after the period
        paid(2026, 28, 100, "40000"),
        # September and October 2026, for the next insurance year
        paid(2027, -9, 3, "1260"),
        paid(2027, -8, 50, "21000"),
        paid(2026, 1, 7, "9999", insutype="310"),
        paid(2026, 1, 2, "800", region_code=TOWN),
    ],
}


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return publish(tmp_path, tables=TABLES)


@pytest.fixture
def figures(paths: DataPaths) -> Figures:
    return open_figures(paths, Scope())


def test_the_village_with_the_lowest_rate_comes_first_and_the_unknown_one_last(figures: Figures) -> None:
    found = villages(figures, PERIOD, TOWN)
    assert [each.name for each in found] == ["2村", "1村", "3村", "0村"]
    assert (found[0].uninsured, found[0].rate) == (30, Decimal(85))
    assert (found[2].uninsured, found[2].registered) == (None, None)
    assert (found[3].is_unknown, found[3].registered, found[3].uninsured) == (True, 40, None)


def test_a_clerk_sees_the_villages_of_his_township_only(paths: DataPaths) -> None:
    clerk = open_figures(paths, Scope(OTHER_TOWN))
    assert [each.name for each in villages(clerk, PERIOD, OTHER_TOWN)] == ["5村"]
    assert villages(clerk, PERIOD, TOWN) == ()
    assert collection(clerk, 2026, YEAR) == ()


def test_schemes_come_by_size_with_the_whole_last(figures: Figures) -> None:
    found = coverage_by_scheme(figures, YEAR)
    assert [(each.insutype, each.insured) for each in found] == [
        ("390", Decimal(250)),
        ("310", Decimal(40)),
        ("all", Decimal(290)),
    ]
    assert found[0].unpaid is None


def test_collection_adds_up_over_the_turn_of_the_year_to_the_periods_end(figures: Figures) -> None:
    found = collection(figures, 2026, YEAR)
    assert [(each.number, each.persons_so_far, each.amount_so_far) for each in found] == [
        (-2, 10, Decimal(4000)),
        (1, 15, Decimal(6000)),
        (3, 14, Decimal(5600)),
    ]
    assert [each.persons for each in found] == [10, 5, -1]


def test_the_next_years_collection_counts_up_to_the_same_day(figures: Figures) -> None:
    assert [(each.number, each.persons_so_far) for each in collection(figures, 2027, YEAR)] == [(-9, 3)]


def test_a_year_to_compare_with_ends_at_the_ten_day_asked_for(figures: Figures) -> None:
    assert [each.number for each in collection(figures, 2026, YEAR, 0)] == [-2]


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (-11, "2025-09上旬"),
        (-2, "2025-12上旬"),
        (0, "2025-12下旬"),
        (1, "2026-01上旬"),
        (6, "2026-02下旬"),
        (36, "2026-12下旬"),
    ],
)
def test_a_ten_day_is_named_by_month_and_third(number: int, name: str) -> None:
    assert ten_day_name(2026, number) == name


@pytest.mark.parametrize(
    ("period", "number"), [("2025-09", -9), ("2025-12", 0), ("2026-01", 3), ("2026-12", 36)]
)
def test_a_month_ends_with_its_third_ten_day(period: str, number: int) -> None:
    assert last_ten_day(2026, period) == number
