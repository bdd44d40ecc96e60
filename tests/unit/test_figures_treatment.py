"""What the pages of treatment, flow, cost and institutions add up, against figures made by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.figures_kit import COUNTY, OTHER_TOWN, PERIOD, TOWN, Row, cell, publish
from yibao.figures import (
    Figures,
    Flow,
    Scope,
    Selection,
    Standing,
    Value,
    catalogue,
    costs_by_tier,
    findings_of,
    flows,
    joined,
    layers,
    open_figures,
    outside,
    paid_by_scheme,
    paid_by_tier,
    part_series,
    parts,
    placed,
    profile,
    served_by_institution,
    served_by_month,
    served_by_township,
    standings,
    treated_by_location,
    visited_months,
)

YEAR = Selection(PERIOD, "ytd", COUNTY)
MONTH = Selection(PERIOD, "month", COUNTY)
HOSPITAL, CLINIC, CITY = "H99010100001", "H99010100101", "H99010200001"


def paid(period: str, town: str, scheme: str, tier: str, inst: str, **amounts: Any) -> Row:
    """A row of mart_compensation; layers that are not given are 0."""
    zero = {
        name: 0
        for name in (
            "ip_large_amount",
            "ip_catastrophic_only",
            "ip_catastrophic",
            "ip_civil_servant",
            "ip_aid",
            "ip_other",
            "ip_account",
            "ip_cash",
            "ip_unexplained",
            "ip_fund",
            "op_visits",
            "op_cost",
        )
    }
    key = {
        "period": period,
        "county": town[:6],
        "township": town,
        "insutype": scheme,
        "service_tier": tier,
        "inst_code": inst,
    }
    return {**key, **zero, **amounts}


COMPENSATION = [
    # 1000 = 600 + 50 + 30 + 20 + 100 + 200
    paid(
        PERIOD,
        TOWN,
        "390",
        "county",
        HOSPITAL,
        ip_cases=2,
        ip_cost=1000,
        ip_in_scope=800,
        ip_pool=600,
        ip_large_amount=50,
        ip_catastrophic_only=30,
        ip_catastrophic=80,
        ip_aid=20,
        ip_account=100,
        ip_cash=200,
        ip_fund=700,
    ),
    # 300 = 200 + 90 + 10 that nobody explains
    paid(
        PERIOD,
        OTHER_TOWN,
        "390",
        "township",
        CLINIC,
        ip_cases=3,
        ip_cost=300,
        ip_in_scope=250,
        ip_pool=200,
        ip_cash=90,
        ip_unexplained=10,
        ip_fund=200,
        op_visits=4,
        op_cost=120,
    ),
    paid(
        "2026-02",
        TOWN,
        "310",
        "county",
        HOSPITAL,
        ip_cases=1,
        ip_cost=500,
        ip_in_scope=500,
        ip_pool=400,
        ip_cash=100,
        ip_fund=400,
    ),
    # not of this year, not of this county
    paid(
        "2025-12", TOWN, "390", "county", HOSPITAL, ip_cases=9, ip_cost=9000, ip_in_scope=9000, ip_pool=9000
    ),
    paid(
        PERIOD, "990102001", "390", "county", HOSPITAL, ip_cases=7, ip_cost=7000, ip_in_scope=7000, ip_pool=1
    ),
    # a case and its reversal: nothing is left
    paid(PERIOD, TOWN, "390", "city", CITY, ip_cases=0, ip_cost=0, ip_in_scope=0, ip_pool=0),
]


def of(
    tmp_path: Path, cells: list[Row] | None = None, scope: Scope | None = None, **tables: list[Row]
) -> Figures:
    return open_figures(publish(tmp_path, cells or [], tables), scope or Scope())


@pytest.fixture
def compensation(tmp_path: Path) -> Figures:
    return of(tmp_path, mart_compensation=COMPENSATION)


def test_the_layers_add_up_to_the_cost(compensation: Figures) -> None:
    found = layers(compensation, MONTH)
    assert found is not None
    assert (found.cases, found.cost, found.pool, found.unexplained) == (5, 1300, 800, 10)
    named = (found.pool, found.large_amount, found.catastrophic, found.civil_servant, found.aid, found.other)
    assert sum(named, Decimal(0)) + found.account + found.cash + found.unexplained == found.cost


def test_a_year_to_date_begins_in_january(compensation: Figures) -> None:
    found = layers(compensation, YEAR)
    assert found is not None
    assert (found.cases, found.cost) == (6, 1800)


@pytest.mark.parametrize(
    ("region", "scheme", "cost"),
    [
        (TOWN, "all", 1500),
        (COUNTY, "310", 500),
        (OTHER_TOWN, "310", None),
        # a city sees all its counties
        ("990100", "all", 8800),
    ],
)
def test_region_and_scheme_cut(compensation: Figures, region: str, scheme: str, cost: int | None) -> None:
    found = layers(compensation, Selection(PERIOD, "ytd", region, scheme))
    assert (found.cost if found else None) == cost


def test_ratios_come_from_sums(compensation: Figures) -> None:
    tiers = {tier.key: tier for tier in paid_by_tier(compensation, YEAR)}
    assert set(tiers) == {"county", "township"}
    # 600 + 400 of 1000 + 500; the mean of 60 % and 80 % would be 70
    actual, policy = tiers["county"].actual_ratio, tiers["county"].policy_ratio
    assert actual is not None and round(actual, 4) == Decimal("66.6667")
    assert policy is not None and round(policy, 4) == Decimal("76.9231")
    assert [scheme.key for scheme in paid_by_scheme(compensation, YEAR)] == ["390", "310"]


def test_a_clerk_adds_up_his_township_only(tmp_path: Path) -> None:
    figures = of(tmp_path, scope=Scope(OTHER_TOWN), mart_compensation=COMPENSATION)
    found = layers(figures, YEAR)
    assert found is not None and found.cost == 300


def flow(town: str, location: str, tier: str, cases: int, cost: int, unreferred: int = 0) -> Row:
    return {
        "period": PERIOD,
        "county": town[:6],
        "township": town,
        "insutype": "390",
        "location": location,
        "service_tier": tier,
        "ip_cases": cases,
        "ip_cases_unreferred": unreferred,
        "ip_cost": cost,
    }


FLOWS = [
    flow(TOWN, "in_county", "county", 6, 6000),
    flow(TOWN, "city", "city", 2, 4000, unreferred=1),
    # a city hospital's house in the county
    flow(TOWN, "in_county", "city", 1, 1500),
    flow(OTHER_TOWN, "city", "city", 1, 3000),
    flow(OTHER_TOWN, "in_county", "township", 0, 0),
]


def test_flows_go_by_tier_and_places_by_location(tmp_path: Path) -> None:
    figures = of(tmp_path, mart_flow=FLOWS)
    assert flows(figures, MONTH, by_county=False) == (
        Flow(TOWN, "county", 6),
        Flow(TOWN, "city", 3),
        Flow(OTHER_TOWN, "city", 1),
    )
    assert flows(figures, MONTH, by_county=True) == (Flow(COUNTY, "county", 6), Flow(COUNTY, "city", 4))
    places = {place.location: place for place in treated_by_location(figures, MONTH)}
    assert (places["city"].cases, places["city"].unreferred, places["city"].cost) == (3, 1, 7000)
    assert places["in_county"].cases == 7
    average = places["city"].avg_cost
    assert average is not None and round(average, 2) == Decimal("2333.33")


def test_small_places_flow_together_and_none_is_lost() -> None:
    found = tuple(Flow(f"99010100{number}", "county", number) for number in (5, 4, 3, 2))
    assert joined(found, 4, "rest") == found
    assert joined(found, 3, "rest") == (
        Flow("990101005", "county", 5),
        Flow("990101004", "county", 4),
        Flow("rest", "county", 5),
    )


def test_institutions_outside_stand_by_cases(tmp_path: Path) -> None:
    def referral(inst: str, cases: int, cost: int) -> Row:
        key = {"period": PERIOD, "county": COUNTY, "township": TOWN, "insutype": "390", "inst_code": inst}
        return {**key, "ip_cases_out_county": cases, "ip_cases_unreferred": 1, "ip_cost_out_county": cost}

    rows = [referral("A", 1, 900), referral("B", 3, 600), referral("A", 1, 100), referral(HOSPITAL, 0, 0)]
    found = outside(of(tmp_path, mart_referral=rows), MONTH)
    assert [(each.inst_code, each.cases, each.unreferred, each.avg_cost) for each in found] == [
        ("B", 3, 1, 200),
        ("A", 2, 2, 500),
    ]


def test_items_fall_into_drugs_materials_and_others(tmp_path: Path) -> None:
    row = {"period": PERIOD, "county": COUNTY, "township": TOWN, "insutype": "390", "service_tier": "county"}
    amounts = {"ip_cases": 4, "ip_cost": 2000, "ip_bed_days": 30, "ip_cases_readmitted_15d": 1}
    items = {"item_cost": 1000, "item_drug_cost": 300, "item_material_cost": 50, "ip_full_selfpay": 100}
    (tier,) = costs_by_tier(of(tmp_path, mart_admission_cost=[{**row, **amounts, **items}]), MONTH)
    assert (tier.avg_cost, tier.avg_days, tier.readmission_rate) == (500, Decimal("7.5"), 25)
    assert (tier.drug_share, tier.material_share, tier.other_share, tier.selfpay_share) == (30, 5, 65, 5)


def priced(inst: str, value: str | None, cases: int = 10) -> Value:
    number = None if value is None else Decimal(value)
    numerator = None if number is None else number * cases
    return Value(
        *(PERIOD, COUNTY, inst, "ip_avg_cost", numerator, Decimal(cases), number, "ok"),
        *(None,) * 8,
    )


def test_who_stands_far_from_his_peers() -> None:
    prices = {"A": "100", "B": "120", "C": "110", "D": "120"}
    tiers = dict.fromkeys([*prices, "E", "F"], "township")

    def judged(price: str) -> dict[str, Standing]:
        values = [priced(inst, each) for inst, each in prices.items()]
        return standings([*values, priced("E", price), priced("F", "999", cases=9)], tiers)

    # with E below C the median is 110, with E above D it is 120: deviations 20 0 10 0 x, their median 10
    assert judged("85")["E"] is Standing.USUAL
    assert judged("74.99")["E"] is Standing.LOW
    assert judged("155")["E"] is Standing.USUAL
    assert judged("155.01")["E"] is Standing.HIGH
    assert judged("85")["F"] is Standing.FEW_CASES


def test_too_few_peers_are_not_judged() -> None:
    values = [priced(inst, "100") for inst in "ABC"] + [priced("D", "900")]
    assert set(standings(values, dict.fromkeys("ABCD", "county")).values()) == {Standing.FEW_PEERS}


def test_peers_that_agree_to_the_cent_give_no_scale() -> None:
    values = [priced(inst, "100") for inst in "ABCD"] + [priced("E", "101")]
    assert standings(values, dict.fromkeys("ABCDE", "county"))["E"] is Standing.USUAL


def test_places_go_by_direction_and_ties_share_one(tmp_path: Path) -> None:
    indicators = catalogue(of(tmp_path))
    peers = [priced("A", "100", 1), priced("B", "200", 3), priced("C", "100", 1), priced("D", None, 0)]
    cost = placed("B", indicators["ip_avg_cost"], peers)
    # lower is better; (100 + 600 + 100) / 5, not the mean of the three
    assert (cost.place, cost.of, cost.together) == (3, 3, 160)
    assert placed("C", indicators["ip_avg_cost"], peers).place == 1
    assert placed("D", indicators["ip_avg_cost"], peers).place is None
    assert placed("B", indicators["ip_actual_ratio"], peers).place == 1


def test_the_months_of_one_institution(tmp_path: Path) -> None:
    def month(period: str, value: str, inst: str = HOSPITAL) -> Row:
        return cell("ip_avg_cost", value, period=period, part=("inst", inst))

    cells = [
        month("2026-08", "90"),
        month(PERIOD, "100"),
        month("2026-10", "110"),
        month(PERIOD, "7", CLINIC),
    ]
    figures = of(tmp_path, cells)
    found = part_series(figures, ["ip_avg_cost"], YEAR, "inst", HOSPITAL)["ip_avg_cost"]
    assert [(value.period, value.value) for value in found] == [("2026-08", 90), (PERIOD, 100)]
    assert len(parts(figures, "ip_avg_cost", YEAR, "inst")) == 2


def test_who_comes_to_an_institution(compensation: Figures) -> None:
    assert [each.key for each in served_by_institution(compensation, YEAR)] == [HOSPITAL, CLINIC, CITY]
    (clinic,) = served_by_township(compensation, YEAR, CLINIC)
    assert (clinic.key, clinic.cases, clinic.visits, clinic.op_cost, clinic.avg_cost) == (
        OTHER_TOWN,
        3,
        4,
        120,
        100,
    )
    months = served_by_month(compensation, YEAR, HOSPITAL)
    assert [(month.key, month.cases) for month in months] == [(PERIOD, 2), ("2026-02", 1)]
    assert profile(compensation, "H0") is None


def test_inspections_are_the_countys(tmp_path: Path) -> None:
    visits = [
        {
            "period": period,
            "inst_code": HOSPITAL,
            "inspection_visits": 1,
            "findings_total": 0,
            "findings_closed": 0,
        }
        for period in ("2026-03", PERIOD, "2026-11")
    ]
    finding = {"finding_id": "W1", "period": PERIOD, "inst_code": HOSPITAL, "inspected_on": "2026-09-03"}
    figures = of(tmp_path, mart_supervision=visits, mart_finding=[finding])
    assert [visit.period for visit in visited_months(figures, HOSPITAL, PERIOD)] == [PERIOD, "2026-03"]
    assert len(findings_of(figures, HOSPITAL, PERIOD)) == 1
    clerk = open_figures(publish(tmp_path, [], {"mart_supervision": visits}), Scope(TOWN))
    assert visited_months(clerk, HOSPITAL, PERIOD) == ()
