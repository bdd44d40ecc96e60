"""Visits and institutions, money and open findings, against figures worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.figures_kit import PERIOD, TOWN, publish
from yibao.figures import (
    Figures,
    Scope,
    actions,
    inspected,
    inspected_by_kind,
    inspected_by_month,
    open_figures,
    open_findings,
    violations,
)
from yibao.paths import DataPaths


def visit(
    period: str, inst: str, visits: int, findings: int = 0, closed: int = 0, **more: object
) -> Mapping[str, Any]:
    key = {"period": period, "inst_code": inst, "inspection_visits": visits}
    return {**key, "findings_total": findings, "findings_closed": closed, **more}


def finding(
    number: int, day: date, inst: str, kind: str, *, is_open: bool = False, **more: object
) -> Mapping[str, Any]:
    key = {"finding_id": f"W{number}", "inspected_on": day, "period": f"{day:%Y-%m}", "inst_code": inst}
    return {**key, "violation_type": kind, "is_open": is_open, **more}


TABLES = {
    "mart_supervision": [
        visit(
            "2026-03",
            "A",
            2,
            2,
            1,
            inst_type="1",
            region_code=TOWN,
            violation_amount=900,
            recovered_amount=600,
        ),
        visit("2026-05", "A", 1, inst_type="1", region_code=TOWN),
        visit("2026-05", "B", 1, 1, 1, inst_type="2", region_code=f"{TOWN}003", violation_amount=100),
        # in no register
        visit("2026-05", "C", 1),
        visit("2025-12", "D", 7, 7, 7, inst_type="1"),
        visit("2026-10", "D", 9, 9, 9, inst_type="1"),
    ],
    "mart_finding": [
        finding(1, date(2026, 3, 2), "A", "split", violation_amount=300, action="interview"),
        finding(2, date(2026, 3, 9), "A", "split", is_open=True, violation_amount=600, region_code=TOWN),
        finding(3, date(2026, 5, 9), "B", "swap", violation_amount=100, action="interview", case_count=4),
        finding(4, date(2025, 11, 1), "D", "swap", is_open=True, violation_amount=50),
        finding(5, date(2026, 10, 1), "D", "swap", is_open=True, violation_amount=50),
    ],
}


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return publish(tmp_path, tables=TABLES)


@pytest.fixture
def figures(paths: DataPaths) -> Figures:
    return open_figures(paths, Scope())


def test_an_institution_visited_three_times_is_three_visits_and_one_institution(figures: Figures) -> None:
    found = inspected(figures, PERIOD, "")
    assert found is not None
    assert (found.visits, found.institutions, found.with_findings) == (5, 3, 2)
    assert (found.findings, found.closed) == (3, 2)
    # B's finding came without a recovered amount, C had none
    assert (found.violation, found.recovered, found.fine) == (Decimal(1000), Decimal(600), None)


def test_without_a_finding_there_is_no_money_and_that_is_zero(figures: Figures) -> None:
    unregistered = inspected_by_kind(figures, PERIOD, "")[-1]
    assert (
        unregistered.at,
        unregistered.visits,
        unregistered.findings,
        unregistered.violation,
        unregistered.fine,
    ) == (None, 1, 0, Decimal(0), Decimal(0))


def test_months_and_kinds_each_count_an_institution_once(figures: Figures) -> None:
    months = inspected_by_month(figures, PERIOD, "")
    assert [(each.at, each.visits, each.institutions) for each in months] == [
        ("2026-03", 2, 1),
        ("2026-05", 3, 3),
    ]
    kinds = inspected_by_kind(figures, PERIOD, "")
    assert [(each.at, each.visits, each.institutions) for each in kinds] == [
        ("1", 3, 1),
        ("2", 1, 1),
        (None, 1, 1),
    ]


def test_a_township_has_the_institutions_in_it_and_in_its_villages(figures: Figures) -> None:
    found = inspected(figures, PERIOD, TOWN)
    assert found is not None and (found.visits, found.institutions) == (4, 2)
    assert inspected(figures, PERIOD, "990101002") is None


def test_open_findings_of_earlier_years_are_open_still_and_later_ones_not_yet(figures: Figures) -> None:
    found = open_findings(figures, PERIOD, "")
    assert [(each.finding_id, each.days_open(date(2026, 9, 30))) for each in found] == [
        ("W4", 333),
        ("W2", 205),
    ]
    assert [each.finding_id for each in open_findings(figures, PERIOD, TOWN)] == ["W2"]


def test_violations_come_by_money(figures: Figures) -> None:
    found = violations(figures, PERIOD, "")
    assert [
        (each.violation_type, each.findings, each.institutions, each.open, each.violation, each.cases)
        for each in found
    ] == [("split", 2, 1, 1, Decimal(900), None), ("swap", 1, 1, 0, Decimal(100), 4)]


def test_actions_come_by_number(figures: Figures) -> None:
    found = [(each.action, each.findings, each.institutions) for each in actions(figures, PERIOD, "")]
    assert found == [("interview", 2, 2), (None, 1, 1)]


def test_a_clerk_sees_nothing_of_it(paths: DataPaths) -> None:
    clerk = open_figures(paths, Scope(TOWN))
    assert inspected(clerk, PERIOD, "") is None
    assert open_findings(clerk, PERIOD, "") == ()
    assert violations(clerk, PERIOD, "") == ()
