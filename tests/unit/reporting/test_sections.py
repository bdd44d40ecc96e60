"""The sections of the monthly report in counties unlike the demo: a first year, a deficit, few persons, one family of schemes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.figures_kit import COUNTY, OTHER_TOWN, PERIOD, PLACES, TOWN, Row, Rows, cell, publish
from yibao.figures import Scope, open_figures
from yibao.project import find_project
from yibao.reporting.content import Block, Figure, Letterhead, Paragraph, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order
from yibao.reporting.scene import Scene
from yibao.reporting.sections.benefit import BENEFIT
from yibao.reporting.sections.cost import COST
from yibao.reporting.sections.fund import FUND, overspent
from yibao.reporting.sections.overview import OVERVIEW
from yibao.reporting.sections.participation import PARTICIPATION
from yibao.reporting.sections.quality import QUALITY
from yibao.reporting.sections.referral import REFERRAL

_LETTERHEAD = Letterhead("", "", "", "", "", "")


def scene(root: Path, told: Sequence[Row] = (), tables: Rows | None = None, **asked: Any) -> Scene:
    """A county of which nothing is known but these cells; every indicator of the catalogue has an empty one."""
    known = {(row["indicator_code"], row["period_mode"]) for row in told if _is_whole(row)}
    with (find_project().root / "seeds" / "indicator.csv").open(encoding="utf-8") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    empty = [
        cell(code, None, mode=mode)
        for code in codes
        for mode in ("ytd", "month")
        if (code, mode) not in known
    ]
    september = [each for each in PLACES["dim_period"] if each["period"] == PERIOD]
    given = {"dim_period": september, **(tables or {})}
    figures = open_figures(publish(root, [*told, *empty], given), Scope())
    order = Order(PERIOD, COUNTY, "示范县", "2026-10-08", _LETTERHEAD, **asked)
    return Scene(Numbers(figures, PERIOD, COUNTY), order)


def test_a_region_is_a_city_by_the_counties_below_it_not_by_its_code(tmp_path: Path) -> None:
    """Some cities have townships and no county; their code ends in 00 all the same."""
    regions = [
        {"region_code": code, "region_name": name, "level": level, "parent_code": above}
        for code, name, level, above in (
            ("990200", "示例市", "county", None),
            ("990200101", "城关镇", "township", "990200"),
        )
    ]
    numbers = scene(tmp_path, tables={"dim_region": regions}).numbers
    told = Scene(numbers, Order(PERIOD, "990200", "示例市", "2026-10-08", _LETTERHEAD))
    assert (told.is_city, told.below_noun, told.stem) == (False, "乡镇", "990200")


def _is_whole(row: Row) -> bool:
    return (row["region_code"], row["insutype"], row["breakdown"], row["period"]) == (
        COUNTY,
        "all",
        "none",
        PERIOD,
    )


def text(blocks: Iterable[Block]) -> str:
    return "\n".join(block.text for block in blocks if isinstance(block, Paragraph))


# ---- 基金运行 ----


def books(period: str = PERIOD, **amounts: str) -> Row:
    """The books of a period, all schemes and items together."""
    return {
        "period": period,
        "period_mode": "ytd",
        "region_code": COUNTY,
        "insutype": "all",
        "account_item": "all",
        **{f"fund_{name}": Decimal(amount) for name, amount in amounts.items()},
    }


def fund(root: Path, *told: Row, cells: Sequence[Row] = ()) -> str:
    used = cell("fund_use_rate", "80", numerator=Decimal(800_000), denominator=Decimal(1_000_000))
    return text(FUND.body(scene(root, [used, *cells], {"mart_fund": told})))


def test_a_year_without_books_of_the_year_before_is_compared_with_nothing(tmp_path: Path) -> None:
    """A county's first year, and every city, of which one month is published."""
    told = fund(tmp_path, books(opening_balance="719400", closing_balance="919400"))
    assert "基金累计结余91.94万元" in told and "上年末结余" not in told


@pytest.mark.parametrize(
    ("left", "expected"),
    [("719410", ""), ("738200", "台账所列本年期初结余71.94万元，与上年末结余73.82万元不一致")],
)
def test_an_opening_balance_that_is_printed_like_the_last_closing_is_no_difference(
    tmp_path: Path, left: str, expected: str
) -> None:
    told = fund(tmp_path, books(opening_balance="719400"), books("2025-12", closing_balance=left))
    assert expected in told and ("不一致" in told) == bool(expected)


def test_a_balance_that_is_used_up_lasts_no_negative_months_and_is_not_below_its_limit(
    tmp_path: Path,
) -> None:
    spent = [
        cell("cum_surplus_rate", "-3.20", target_value=Decimal(25)),
        cell("cum_surplus_months", "-0.40"),
    ]
    told = fund(tmp_path, books(closing_balance="-32000"), cells=spent)
    assert "基金累计结余-3.20万元，累计结余率为-3.20%，低于零。" in told
    assert "可支付" not in told


@pytest.mark.parametrize(("lacking", "expected"), [("-640", ("收不抵支", "0.06")), ("-40", ())])
def test_what_is_lacking_is_told_where_it_is_printed(
    tmp_path: Path, lacking: str, expected: tuple[str, ...]
) -> None:
    told = scene(tmp_path, [cell("period_surplus_rate", "-0.64", numerator=Decimal(lacking))])
    said = overspent(told, "period_surplus_rate")
    assert tuple(each.text if isinstance(each, Figure) else each for each in said) == expected


def test_books_without_an_amount_due_are_told_all_the_same(tmp_path: Path) -> None:
    """`amount_due` is no required column: no rate can be made then, but income and expense are known."""
    known = cell("fund_use_rate", None, status="no_denominator", numerator=Decimal(800_000))
    told = text(
        FUND.body(scene(tmp_path, [known], {"mart_fund": [books(income="900000", expense="800000")]}))
    )
    assert "基金收入90.00万元，基金支出80.00万元，当期结余10.00万元。" in told
    assert "未报全" not in told


@pytest.mark.parametrize(
    ("others", "expected"), [((), "基金收支台账数据未报全。"), (("990102",), "基金收支台账不分县区")]
)
def test_books_of_several_counties_are_not_missing_but_of_the_whole_city(
    tmp_path: Path, others: tuple[str, ...], expected: str
) -> None:
    counties = [{"region_code": code, "region_name": code, "level": "county"} for code in (COUNTY, *others)]
    assert text(FUND.body(scene(tmp_path, (), {"dim_region": counties}))).startswith(expected)


def test_the_books_of_a_scheme_without_enrollment_are_told_without_rates(tmp_path: Path) -> None:
    """Only residents' enrollment was delivered; the ledger has the employees too, and no indicator has a cell of them."""
    schemes = [{**books(income=income), "insutype": code} for code, income in (("390", "80"), ("310", "20"))]
    cells = [cell(code, "80", insutype="390") for code in ("fund_use_rate", "cum_surplus_rate")]
    told = FUND.body(
        scene(
            tmp_path,
            [cell("fund_use_rate", "80", numerator=Decimal(80)), *cells],
            {"mart_fund": [books(income="100"), *schemes]},
        )
    )
    (table,) = (block for block in told if isinstance(block, Table))
    assert [(row[0], row[-1] is None) for row in table.rows] == [
        ("城乡居民基本医疗保险", False),
        ("310", True),
        ("合计", False),
    ]


# ---- 参保征缴 ----


def test_a_scheme_and_a_township_of_which_the_year_has_nothing_are_left_out(tmp_path: Path) -> None:
    """A scheme that was merged into another one, a township that is only in the list of regions."""
    everybody = {"period": PERIOD, "insured_persons": 9500, "contribution_persons": 9000}
    rows = [
        {**everybody, "region_code": region, "insutype": insutype}
        for region, insutype in ((COUNTY, "all"), (COUNTY, "390"), (TOWN, "all"))
    ]
    whole = [
        cell("part_rate", "95", region=region, numerator=Decimal(9500), denominator=Decimal(10_000))
        for region in (COUNTY, TOWN)
    ]
    names = {"390": "居民", "380": "新农合", "all": "全部险种"}
    told = scene(
        tmp_path,
        [*whole, cell("part_rate", None, region=OTHER_TOWN)],
        {
            "mart_participation": rows,
            "dim_scheme": [{"insutype": code, "insutype_zh": name} for code, name in names.items()],
        },
    )
    assert "全县参保9500人，其中居民9500人。" in text(PARTICIPATION.body(told))
    (form,) = PARTICIPATION.forms(told)
    assert [row[0] for row in form.rows] == ["城关镇", "合计"]


@pytest.mark.parametrize(
    ("population", "expected"), [("10000", ""), ("9800", "剔除长期外出人员后参保率为96.94%。")]
)
def test_the_rate_without_the_absent_is_told_where_anybody_is_absent(
    tmp_path: Path, population: str, expected: str
) -> None:
    persons = [
        {"period": PERIOD, "region_code": COUNTY, "insutype": insutype, "insured_persons": 9500}
        for insutype in ("all", "390")
    ]
    cells = [
        cell("part_rate", "95", numerator=Decimal(9500), denominator=Decimal(10_000)),
        cell("part_rate_net", "96.9388", numerator=Decimal(9500), denominator=Decimal(population)),
    ]
    told = text(PARTICIPATION.body(scene(tmp_path, cells, {"mart_participation": persons})))
    assert expected in told and ("剔除" in told) == bool(expected)


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        (
            ("90", "95", "95"),
            "参保率最高的是河东乡（95.00%）、城东镇（95.00%），最低的是城关镇（90.00%），排序见下表。",
        ),
        (("95", "95", "95"), "参保率各乡镇相同，排序见下表。"),
    ],
)
def test_all_that_share_the_highest_rate_are_named(
    tmp_path: Path, rates: tuple[str, ...], expected: str
) -> None:
    towns = {TOWN: "城关镇", OTHER_TOWN: "河东乡", "990101003": "城东镇"}
    regions = [{"region_code": COUNTY, "region_name": "示范县", "level": "county"}] + [
        {"region_code": code, "region_name": name, "level": "township", "parent_code": COUNTY}
        for code, name in towns.items()
    ]
    cells = [cell("part_rate", rate, region=code) for code, rate in zip(towns, rates, strict=True)]
    whole = [{"period": PERIOD, "region_code": COUNTY, "insutype": "all"}]
    told = scene(tmp_path, cells, {"dim_region": regions, "mart_participation": whole})
    assert f"分乡镇看，{expected}" in text(PARTICIPATION.body(told))


def test_few_payers_of_a_township_are_not_shown_though_many_are_insured(tmp_path: Path) -> None:
    """As in the first weeks of a collection; another is hidden too, or the sum would tell them."""
    paid = {COUNTY: 70, TOWN: 3, OTHER_TOWN: 30, "990101000": 37}
    rows = [
        {
            "period": PERIOD,
            "region_code": region,
            "insutype": "all",
            "contribution_persons": persons,
            "contribution_amount": Decimal(400 * persons),
        }
        for region, persons in paid.items()
    ]
    cells = [cell("part_rate", "90", region=region, numerator=Decimal(900)) for region in paid]
    (form,) = PARTICIPATION.forms(scene(tmp_path, cells, {"mart_participation": rows}))
    printed = [
        tuple(each.text if isinstance(each, Figure) else each for each in row[2:5]) for row in form.rows
    ]
    assert printed == [("900", "*", "*"), ("900", "*", "*"), ("900", "37", "1.48"), ("900", "70", "2.80")]


@pytest.mark.parametrize(("covered", "expected"), [("85", True), ("89", False), ("91", True)])
def test_a_share_that_leaves_few_over_is_not_told(tmp_path: Path, covered: str, expected: bool) -> None:
    """97.80% of 91 persons are all but two."""
    told = scene(
        tmp_path,
        [cell("part_rate_priority", "98", numerator=Decimal(covered), denominator=Decimal(91))],
    )
    assert bool(any(told.ratio("part_rate_priority"))) == expected


def test_cases_inside_the_county_are_not_told_where_they_are_few(tmp_path: Path) -> None:
    """Five more are of an unknown place: what the share outside leaves over is not few."""
    cells = [
        cell(code, "50", numerator=Decimal(cases), denominator=Decimal(20))
        for code, cases in (("in_county_rate", 3), ("out_county_rate", 12))
    ]
    assert "在县域" not in text(REFERRAL.body(scene(tmp_path, cells)))


# ---- 待遇保障 ----


def test_of_nothing_to_divide_by_it_is_not_said_that_it_was_not_reported(tmp_path: Path) -> None:
    """A county whose settlements are all of outpatients."""
    none = {"numerator": Decimal(0), "denominator": Decimal(0), "status": "no_denominator"}
    codes = ("ip_avg_cost", "ip_actual_ratio", "ip_policy_ratio")
    told = text(BENEFIT.body(scene(tmp_path, [cell(code, None, **none) for code in codes])))
    assert (
        told.splitlines()[0] == "1—9月，全县参保人员住院0人次，发生住院费用0.00万元，统筹基金支付0.00万元。"
    )
    assert "门诊待遇所需的结算单数据未报全。" in told


def test_inpatients_of_a_scheme_without_enrollment_are_in_the_sum_only(tmp_path: Path) -> None:
    paid = [
        {"period": PERIOD, "county": COUNTY, "insutype": code, "ip_cases": 10, "ip_cost": Decimal(100)}
        for code in ("310", "390")
    ]
    some = {"numerator": Decimal(200), "denominator": Decimal(20)}
    told = BENEFIT.body(scene(tmp_path, [cell("ip_avg_cost", "10", **some)], {"mart_compensation": paid}))
    assert "住院20人次" in text(told) and not any(isinstance(block, Table) for block in told)


@pytest.mark.parametrize(("code", "what"), [("ip_avg_cost", "住院"), ("op_avg_cost", "门诊")])
def test_of_few_cases_neither_number_nor_cost_is_told(tmp_path: Path, code: str, what: str) -> None:
    made = {"numerator": Decimal(9000), "denominator": Decimal(3)}
    cells = [cell(code, "3000", **made), cell("ip_avg_compensation", "2000", **made)]
    told = text(BENEFIT.body(scene(tmp_path, cells)))
    assert f"1—9月，{what}结算不足5人次，按保护隐私的规定不列示数值。" in told
    assert "万元" not in told and "每人次" not in told


# ---- 医疗费用 ----


def cost(code: str, cases: int, change: str, *, before: int | None = None, **more: Any) -> list[Row]:
    """Its cell of this year and, where there were cases before, of the last."""
    now = cell(
        code,
        "100",
        last_year_value=Decimal(100),
        last_year_change=Decimal(change),
        denominator=Decimal(cases),
        **more,
    )
    then = cell(code, "100", period="2025-09", denominator=Decimal(before or cases), **more)
    return [now, then]


@pytest.mark.parametrize(("cases", "expected"), [(100, True), (103, False)])
def test_a_mean_that_falls_though_both_parts_rise_is_explained_where_every_case_has_a_place(
    tmp_path: Path, cases: int, expected: bool
) -> None:
    cells = [
        *cost("ip_avg_cost", cases, "-2"),
        *cost("ip_avg_cost_in_county", 80, "3"),
        *cost("ip_avg_cost_out_county", 20, "5"),
    ]
    assert ("系两者住院人次占比变化所致" in text(COST.body(scene(tmp_path, cells)))) == expected


@pytest.mark.parametrize(("before", "expected"), [(50, True), (3, False)])
def test_the_month_is_not_compared_with_one_of_few_cases(tmp_path: Path, before: int, expected: bool) -> None:
    told = text(COST.body(scene(tmp_path, cost("ip_avg_cost", 60, "7", before=before, mode="month"))))
    assert "9月当月，住院60人次" in told and ("去年同月" in told) == expected


# ---- 总体情况 ----


@pytest.mark.parametrize(("sections", "expected"), [((), True), (("overview", "participation"), False)])
def test_the_overview_points_to_the_problems_where_the_report_has_them(
    tmp_path: Path, sections: tuple[str, ...], expected: bool
) -> None:
    rule = {"alert_level": "warning", "alert_zh": "参保率低于目标"}
    told = scene(tmp_path, [cell("part_rate", "90", region=TOWN, **rule)], sections=sections)
    found = text(OVERVIEW.body(told))
    assert "全县总体上已有数据的指标均未达到预警条件。" in found
    assert ("见“存在问题”部分" in found) == expected


# ---- 数据质量说明 ----


def test_books_that_differ_are_told_with_amounts_that_differ_as_printed_and_not_of_few_persons(
    tmp_path: Path,
) -> None:
    def pair(insutype: str, settled: str, booked: str) -> Row:
        return {
            "kind": "settlement_ledger",
            "measure": "amount_ytd",
            "period": PERIOD,
            "subject": insutype,
            "insutype": insutype,
            "left_value": Decimal(settled),
            "right_value": Decimal(booked),
            "status": "differs",
        }

    names = {"310": "职工", "340": "离休", "390": "居民"}
    told = scene(
        tmp_path,
        [
            cell("benefit_rate", None, insutype=insutype, numerator=Decimal(visits))
            for insutype, visits in (("310", 50), ("340", 3), ("390", 70))
        ],
        {
            "dim_scheme": [{"insutype": code, "insutype_zh": name} for code, name in names.items()],
            "reconciliation": [
                pair("310", "100000", "100030"),
                pair("340", "4000", "9000"),
                pair("390", "1058300", "1029100"),
                pair("999", "5000", "6000"),
            ],
        },
    )
    assert "不一致的险种有职工、离休、居民（结算单105.83万元，台账102.91万元）、999。" in text(
        QUALITY.body(told)
    )
