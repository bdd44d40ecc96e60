"""Values, parts, regions below, series and alerts of a county by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.figures_kit import COUNTY, OTHER_TOWN, PERIOD, TOWN, cell, publish
from yibao.figures import (
    Figures,
    Scope,
    Selection,
    alerts,
    below,
    catalogue,
    open_figures,
    parts,
    series,
    values,
)
from yibao.labels import UNITS

YEAR = Selection(PERIOD, "ytd", COUNTY)
MONTH = Selection(PERIOD, "month", COUNTY)

CELLS = [
    cell("part_rate", "96.0744579220", numerator=Decimal(99561), denominator=Decimal(103629)),
    cell("part_rate", "95.5", period="2026-08"),
    cell("part_rate", "93", region=TOWN, alert_level="warning", alert_zh="参保率低于目标"),
    cell("part_rate", None, region=OTHER_TOWN),
    cell("part_rate", "90", insutype="390"),
    cell(
        "ip_avg_cost", "2500", numerator=Decimal(5000), denominator=Decimal(2), last_year_change=Decimal("-5")
    ),
    cell("ip_avg_cost", "3000", mode="month", alert_level="warning", alert_zh="增长过快"),
    cell("ip_avg_cost", "2600", period="2026-08"),
    cell("ip_avg_cost", "1000", part=("service_tier", "township")),
    cell("ip_avg_cost", "4000", part=("service_tier", "city"), alert_level="alarm", alert_zh="不归县里管"),
    cell("fund_use_rate", "101", alert_level="alarm", alert_zh="当期收不抵支"),
]


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    return open_figures(publish(tmp_path, CELLS), Scope())


def numbers(found: tuple[object, ...]) -> list[Decimal | None]:
    return [value.value for value in found]  # type: ignore[attr-defined]


def test_a_value_comes_with_its_parts(figures: Figures) -> None:
    found = values(figures, ["ip_avg_cost", "part_rate"], YEAR)
    assert list(found) == ["ip_avg_cost", "part_rate"]
    rate = found["part_rate"]
    assert (rate.value, rate.numerator, rate.denominator) == (Decimal("96.0744579220"), 99561, 103629)
    assert found["ip_avg_cost"].last_year_change == -5


def test_in_the_month_what_has_no_month_is_given_for_the_year(figures: Figures) -> None:
    found = values(figures, ["ip_avg_cost", "part_rate"], MONTH)
    assert (found["ip_avg_cost"].value, found["part_rate"].value) == (3000, Decimal("96.0744579220"))


def test_a_cell_that_is_not_there_is_not_zero(figures: Figures) -> None:
    assert values(figures, ["part_rate", "ip_avg_cost"], Selection(PERIOD, "ytd", TOWN, "390")) == {}
    unreported = values(figures, ["part_rate"], Selection(PERIOD, "ytd", OTHER_TOWN))["part_rate"]
    assert (unreported.value, unreported.status) == (None, "no_data")


def test_a_scheme_is_its_own_cell(figures: Figures) -> None:
    assert values(figures, ["part_rate"], Selection(PERIOD, "ytd", COUNTY, "390"))["part_rate"].value == 90


def test_parts_are_of_the_chosen_cell_only(figures: Figures) -> None:
    assert [
        (each.breakdown_value, each.value) for each in parts(figures, "ip_avg_cost", YEAR, "service_tier")
    ] == [
        ("city", 4000),
        ("township", 1000),
    ]
    assert parts(figures, "ip_avg_cost", MONTH, "service_tier") == ()


def test_below_a_county_are_its_townships_without_itself(figures: Figures) -> None:
    assert [(each.region_code, each.value) for each in below(figures, "part_rate", YEAR)] == [
        (TOWN, 93),
        (OTHER_TOWN, None),
    ]
    assert below(figures, "part_rate", Selection(PERIOD, "ytd", TOWN)) == ()


def test_a_series_goes_up_to_the_chosen_month(figures: Figures) -> None:
    found = series(figures, ["part_rate", "ip_avg_cost"], YEAR)
    assert numbers(found["part_rate"]) == [Decimal("95.5"), Decimal("96.0744579220")]
    assert numbers(found["ip_avg_cost"]) == [2600, 2500]
    assert numbers(series(figures, ["part_rate"], Selection("2026-08", "ytd", COUNTY))["part_rate"]) == [
        Decimal("95.5")
    ]


def test_alerts_are_of_the_region_and_below_alarms_first(figures: Figures) -> None:
    # the tier of city hospitals has no rule of its own: its alarm is left out
    assert [(each.indicator_code, each.region_code) for each in alerts(figures, YEAR)] == [
        ("fund_use_rate", COUNTY),
        ("part_rate", TOWN),
    ]
    # of these only ip_avg_cost has a month; the others are told for the year to date
    assert [each.indicator_code for each in alerts(figures, MONTH)] == [
        "fund_use_rate",
        "ip_avg_cost",
        "part_rate",
    ]


def test_a_clerk_sees_alerts_of_his_township_only(tmp_path: Path) -> None:
    paths = publish(tmp_path, CELLS)
    mine = alerts(open_figures(paths, Scope(TOWN)), Selection(PERIOD, "ytd", TOWN))
    assert [each.indicator_code for each in mine] == ["part_rate"]
    assert alerts(open_figures(paths, Scope(OTHER_TOWN)), YEAR) == ()


def test_every_indicator_has_a_name_a_meaning_and_a_formula_in_chinese(figures: Figures) -> None:
    known = catalogue(figures)
    assert known.formula("part_rate") == "参保人数 ÷ 户籍人口 × 100%"
    for code, indicator in known.indicators.items():
        assert indicator.definition_zh, code
        assert indicator.source_zh, code
        # no measure's code is left in what the bureau reads
        assert not any(measure in known.formula(code) for measure in known.measures), known.formula(code)


@pytest.mark.parametrize(
    ("code", "units"),
    [
        ("part_rate", ("persons", "persons")),
        ("ip_avg_cost", ("yuan", "visits")),
        ("ip_avg_days", ("days", "visits")),
        # money times a number of months
        ("cum_surplus_months", ("yuan", "yuan")),
        ("inspect_coverage", ("institutions", "institutions")),
        # the target is of what it is set for: persons here, money there
        ("part_target_rate", ("persons", "persons")),
        ("collect_rate", ("yuan", "yuan")),
    ],
)
def test_the_units_of_the_parts_of_a_ratio(figures: Figures, code: str, units: tuple[str, str]) -> None:
    assert catalogue(figures).units_of(code) == units


def test_every_part_has_a_unit_with_a_chinese_name(figures: Figures) -> None:
    known = catalogue(figures)
    assert {unit for code in known.indicators for unit in known.units_of(code)} <= set(UNITS)
