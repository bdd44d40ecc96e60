"""旬报, 周报, 季度通报, 年度考核 of a county made by hand: who has which place, what is told, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.figures_kit import COUNTY, OTHER_TOWN, TOWN, Row, Rows, cell, publish
from yibao.figures import Scope, open_figures
from yibao.problem import Problem
from yibao.reporting.annual import ANNUAL
from yibao.reporting.bulletin import covered
from yibao.reporting.content import Figure, Letterhead, Origin, Paragraph, Report, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order, Product
from yibao.reporting.quarterly import QUARTERLY
from yibao.reporting.scene import Scene
from yibao.reporting.sections import problems
from yibao.reporting.ten_day import TEN_DAY
from yibao.reporting.trace import look_up
from yibao.reporting.weekly import WEEKLY

UNKNOWN = "990101000"
LETTERHEAD = Letterhead("", "", "", "", "", "")


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Numbers:
    """One county with everything that the tests look at."""
    tables: Rows = {
        "mart_ten_day": [*a_year_s_end(), *a_quiet_end(), *the_next_year()],
        "mart_week": WEEKS,
        "dim_institution": HOSPITALS,
        "mart_finding": [
            {
                "finding_id": f"W{at}",
                "period": "2026-08",
                "inst_name": f"{name}卫生院",
                "region_code": f"{region}001",
                "is_open": True,
            }
            for at, (region, name) in enumerate(((TOWN, "城关镇"), (OTHER_TOWN, "河东乡")))
        ],
        "dim_period": [
            {"period": "2026-09", "month_start": date(2026, 9, 1), "month_end": date(2026, 9, 30)}
        ],
    }
    paths = publish(tmp_path_factory.mktemp("county"), [*QUARTER, *YEAR], tables)
    return Numbers(open_figures(paths, Scope()), "2026-09", COUNTY)


def compose(product: Product, numbers: Numbers, period: str = "2026-09", part: str = "") -> Report:
    order = Order(
        period, COUNTY, "示范县", "2026-10-08", LETTERHEAD, part=part, remarks=(Paragraph(("附记。",)),)
    )
    return product.compose(replace(numbers, period=period), order)


def text(report: Report) -> str:
    return "\n".join(block.text for block in report.body if isinstance(block, Paragraph))


def table(report: Report, code: str) -> list[tuple[str | None, ...]]:
    (found,) = [
        block for block in (*report.body, *report.annex) if isinstance(block, Table) and block.code == code
    ]
    return [tuple(each.text if isinstance(each, Figure) else each for each in row) for row in found.rows]


# ---- 旬报 ----


def ten_day(region: str, number: int, persons: int, so_far: int, progress: str | None, **more: Any) -> Row:
    """A ten-day of September 2026 (25 to 27 of insurance year 2026, -11 to -9 of 2027); 400 yuan for each."""
    return {
        "insurance_year": 2026,
        "pay_month": "2026-09",
        "ten_day": (number - 1) % 3 + 1,
        "ten_day_no": number,
        "region_code": region,
        "persons": persons,
        "persons_so_far": so_far,
        "amount": Decimal(400 * persons),
        "amount_so_far": Decimal(400 * so_far),
        "insured_persons": Decimal(1000),
        "persons_progress": None if progress is None else Decimal(progress),
        **more,
    }


def a_year_s_end(number: int = 26, **more: Any) -> list[Row]:
    return [
        ten_day(COUNTY, number, 60, 900, "45", last_year_persons_so_far=1000, persons_change=Decimal(-10)),
        ten_day(TOWN, number, 10, 400, "40", last_year_persons_so_far=500, persons_change=Decimal(-20)),
        ten_day(OTHER_TOWN, number, 50, 500, "50", last_year_persons_so_far=500, persons_change=Decimal(0)),
        ten_day(UNKNOWN, number, 0, 0, None),
    ]


def a_quiet_end() -> list[Row]:
    return [ten_day(region, 27, 0, so_far, "45") for region, so_far in ((COUNTY, 900), (TOWN, 400))]


def the_next_year() -> list[Row]:
    """October 2026: nobody is enrolled for 2027 yet, so that most payers have no township."""
    new = {"insurance_year": 2027, "pay_month": "2026-10"}
    late = {"pay_month": "2026-10"}
    return [
        *({**row, **late} for row in a_year_s_end(30)),
        *({**row, **new} for row in a_year_s_end(-6) if row["region_code"] in (COUNTY, TOWN)),
        {**ten_day(OTHER_TOWN, -6, 0, 0, "0"), **new},
        {**ten_day(UNKNOWN, -6, 50, 500, None), **new},
    ]


def test_the_ten_day_ranks_by_progress_and_names_who_is_behind(numbers: Numbers) -> None:
    report = compose(TEN_DAY, numbers)
    # the newest in which something was paid is the second, 11 to 20 September
    assert report.title == "示范县2026参保年度医疗保险征缴旬报（2026年9月中旬）"
    assert report.identity.as_of == "2026-09-20"
    assert "9月中旬（9月11日至20日），全县缴费人数净增60人；缴费金额2.40万元。" in text(report)
    assert "累计缴费900人，比去年同期下降10.00%，缴费进度（占参保人数的比例）为45.00%。" in text(report)
    assert "缴费进度低于全县的有城关镇（40.00%）。" in text(report)
    assert "累计缴费人数少于去年同期的有城关镇（下降20.00%）。" in text(report)
    assert [row[:4] for row in table(report, "ten_day_persons")] == [
        ("1", "河东乡", "50", "500"),
        ("2", "城关镇", "10", "400"),
        (None, "合计", "60", "900"),
    ]


def test_the_next_year_counts_as_soon_as_it_has_begun(numbers: Numbers) -> None:
    report = compose(TEN_DAY, numbers, "2026-10")
    assert report.title == "示范县2027参保年度医疗保险征缴旬报（2026年10月下旬）"
    assert (
        "累计缴费的人员中有500人尚未办理2027参保年度的参保登记，不能归入乡镇，本期只通报全县进度，登记数据导入后再分乡镇通报和排名。"
        in text(report)
    )
    assert [block.code for block in report.annex if isinstance(block, Table)] == ["ten_day_course"]
    assert table(report, "ten_day_course")[0] == ("2026年10月下旬", "60", "—", "2.40", "—")


@pytest.mark.parametrize(
    ("product", "part", "told"),
    [(TEN_DAY, "", 0), (WEEKLY, "", 0), (QUARTERLY, "", 0), (ANNUAL, "ytd", 1)],
)
def test_what_was_restated_is_told_to_the_superior_bureau_alone(
    numbers: Numbers, product: Product, part: str, told: int
) -> None:
    """The amounts of two or three rows may tell of single cases, and nobody else got the figures that they change."""
    body = compose(product, numbers, part=part).body
    assert sum(isinstance(block, Paragraph) and block.text == "附记。" for block in body) == told


@pytest.mark.parametrize("part", ["31", "15"])
def test_a_ten_day_ends_on_the_10th_the_20th_or_the_last_day(numbers: Numbers, part: str) -> None:
    with pytest.raises(Problem) as stopped:
        compose(TEN_DAY, numbers, part=part)
    assert "10、20、30" in stopped.value.todo


def test_a_month_without_collection_is_no_bulletin(numbers: Numbers) -> None:
    with pytest.raises(Problem, match="没有可以通报的征缴记录"):
        compose(TEN_DAY, numbers, "2026-08")


def in_august(county: Row, *others: Row) -> list[Row]:
    """The first ten-day of a year's collection, in August."""
    return [{**row, "pay_month": "2026-08", "insurance_year": 2026} for row in (county, *others)]


def test_a_ten_day_of_few_payers_tells_no_number_of_them_nor_what_they_paid(tmp_path: Path) -> None:
    """Everybody pays 400 yuan: 0.12 万元 are three persons."""
    begun = {"last_year_persons": 500, "last_year_amount": Decimal(200_000), "last_year_persons_so_far": 500}
    begun |= {"persons_change": Decimal("-99.4"), "amount_change": Decimal("-99.4")}
    nobody = (ten_day(region, 24, 0, 0, None) for region in (TOWN, OTHER_TOWN, UNKNOWN))
    rows = in_august(ten_day(COUNTY, 24, 3, 3, "0.3", **begun), *nobody)
    figures = open_figures(publish(tmp_path, (), {"mart_ten_day": rows}), Scope())
    told = text(compose(TEN_DAY, Numbers(figures, "2026-08", COUNTY), "2026-08"))
    assert told.splitlines() == [
        "8月下旬（8月21日至31日），去年同旬净增500人；去年同旬缴费20.00万元。"
        "截至8月31日，2026参保年度累计缴费不足5人，按保护隐私的规定不列示数值。"
    ]


@pytest.mark.parametrize(("placed", "lost"), [(3, 97), (300, 3)])
def test_payers_without_a_township_are_not_counted_where_that_tells_of_few(
    tmp_path: Path, placed: int, lost: int
) -> None:
    rows = in_august(
        ten_day(COUNTY, 24, 50, placed + lost, "10"),
        ten_day(TOWN, 24, 0, placed, "3"),
        ten_day(OTHER_TOWN, 24, 0, 0, "0"),
        ten_day(UNKNOWN, 24, 50, lost, None),
    )
    figures = open_figures(publish(tmp_path, (), {"mart_ten_day": rows}), Scope())
    told = text(compose(TEN_DAY, Numbers(figures, "2026-08", COUNTY), "2026-08"))
    assert f"累计缴费{placed + lost}人" in told and "尚未办理" not in told


# ---- 周报 ----


def week(number: int, township: str, visits: int, cases: int, *, whole: bool = True, **more: Any) -> Row:
    monday = date(2026, 9, 21) + timedelta(weeks=number - 39)
    return {
        "week": f"2026-W{number}",
        "week_start": monday,
        "week_end": monday + timedelta(days=6),
        "is_whole": whole,
        "county": COUNTY,
        "township": township,
        "all_visits": visits,
        "ip_cases": cases,
        "all_fund": Decimal(1000 * visits),
        **more,
    }


WEEKS = [
    # without the settlements of a month it touches
    week(36, TOWN, 5, 5, whole=False),
    week(38, TOWN, 99, 9),
    week(39, TOWN, 20, 6, all_visits_before=15, ip_cases_before=9, all_fund_before=Decimal(25000)),
    week(39, OTHER_TOWN, 10, 2, all_visits_before=5, ip_cases_before=0, all_fund_before=Decimal(5000)),
    # ends in October, and its last days are not reported
    week(40, TOWN, 1, 1, whole=False),
]


def test_the_week_is_the_last_whole_one_of_the_month_against_the_week_before(numbers: Numbers) -> None:
    report = compose(WEEKLY, numbers)
    assert (report.title, report.identity.as_of) == ("示范县医疗保障运行周报（2026年第39周）", "2026-09-27")
    # 20 + 10 against 15 + 5; 3.00 against 3.00; 6 + 2 against 9
    assert (
        "2026年第39周（9月21日至27日），全县结算30人次，比上周增加10人次；基金支付3.00万元，与上周持平。"
        "其中住院8人次，比上周减少1人次。" in text(report)
    )


def test_a_township_with_few_cases_shows_no_number_nor_does_another_that_would_tell_it(
    numbers: Numbers,
) -> None:
    rows = table(compose(WEEKLY, numbers), "week_by_region")
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("城关镇", "20", "*"),
        ("河东乡", "10", "*"),
        ("合计", "30", "8"),
    ]


def test_inpatients_of_a_township_are_not_told_where_they_leave_few_outpatients(tmp_path: Path) -> None:
    """18 of 20 visits: 2 were none; the other township's 10 would tell the 18."""
    rows = [week(39, TOWN, 20, 18), week(39, OTHER_TOWN, 30, 10)]
    report = compose(
        WEEKLY, Numbers(open_figures(publish(tmp_path, (), {"mart_week": rows}), Scope()), "2026-09", COUNTY)
    )
    assert [(row[0], row[1], row[3], row[4]) for row in table(report, "week_by_region")] == [
        ("城关镇", "20", "*", "*"),
        ("河东乡", "30", "*", "*"),
        ("合计", "50", "28", "—"),
    ]


def test_cases_outside_the_county_are_not_told_where_those_inside_are_few(tmp_path: Path) -> None:
    """Of 8 inpatients 6 outside: 2 stayed; of 20 the week before 6."""
    outside = {"ip_cases_out_county": 6, "ip_cases_out_county_before": 6}
    rows = [week(39, TOWN, 20, 8, ip_cases_before=20, **outside)]
    report = compose(
        WEEKLY, Numbers(open_figures(publish(tmp_path, (), {"mart_week": rows}), Scope()), "2026-09", COUNTY)
    )
    assert "其中住院8人次，比上周减少12人次。" in text(report)
    (row,) = (row for row in table(report, "week") if row[0] == "县域外住院人次")
    assert row[2:] == ("*", "6", "*")


def test_a_week_that_is_not_whole_is_refused_and_those_that_are_named(numbers: Numbers) -> None:
    with pytest.raises(Problem) as stopped:
        compose(WEEKLY, numbers, part="2026-W40")
    assert stopped.value.todo == "请改用该月内结束的完整周：2026-W38、2026-W39。"


def test_a_total_of_few_is_covered_too() -> None:
    def count(number: int) -> Figure:
        return Figure(Origin("t", "c", (), "t.c", "c"), Decimal(number), "count")

    rows = [("甲乡", count(3)), ("乙镇", count(0))]
    # 0 tells of nobody: there is no second one to cover beside the 3
    assert [row[1] for row in covered(rows, ("合计", count(3)), {1: ()})][0::2] == ["*", "*"]


# ---- 季度通报 ----


def rated(code: str, value: str, region: str, target: str | None, status: str | None) -> Row:
    return cell(
        code,
        value,
        region=region,
        numerator=Decimal(50),
        denominator=Decimal(100),
        target_value=None if target is None else Decimal(target),
        target_status=status,
    )


def hospital(number: int, cases: int, cost: str, change: str, selfpay: str) -> list[Row]:
    part = ("inst", f"H{number}")
    return [
        cell(
            "ip_avg_cost",
            cost,
            part=part,
            numerator=Decimal(cost) * cases,
            denominator=Decimal(cases),
            last_year_change=Decimal(change),
        ),
        cell("ip_selfpay_share", selfpay, part=part),
    ]


QUARTER = [
    *(
        rated("part_rate", *each)
        for each in (
            ("95.5", COUNTY, "95", "met"),
            ("95", TOWN, "95", "met"),
            ("94.9999", OTHER_TOWN, "95", "missed"),
        )
    ),
    *(
        rated("out_county_rate", *each)
        for each in (
            ("12", COUNTY, "10", "missed"),
            ("15", OTHER_TOWN, "10", "missed"),
        )
    ),
    {**rated("out_county_rate", "9", TOWN, "10", "met"), "last_year_value": Decimal(4)},
    # the other side of the one above
    *(rated("in_county_rate", value, town, None, None) for value, town in (("91", TOWN), ("85", OTHER_TOWN))),
    *hospital(1, 10, "5000", "3", "6"),
    *hospital(2, 20, "4000", "8", "6"),
    *hospital(3, 9, "1000", "-50", "1"),
    *hospital(4, 30, "6000", "0.5", "7"),
    *hospital(5, 12, "5500", "90", "6.5"),
    *(
        cell("ip_avg_cost", "1", part=("inst", f"H{number}"), period="2025-09", denominator=Decimal(cases))
        for number, cases in ((1, 10), (2, 11), (3, 12), (4, 9), (5, 3))
    ),
    cell(
        "out_county_rate", "4", region=TOWN, period="2025-09", numerator=Decimal(2), denominator=Decimal(50)
    ),
]
HOSPITALS = [
    {"inst_code": f"H{number}", "inst_name": f"{name}医院", "service_tier": "county", "region_code": COUNTY}
    for number, name in enumerate(("第一", "第二", "第三", "第四", "第五"), start=1)
]


def quarter(numbers: Numbers, period: str = "2026-09") -> Report:
    return compose(QUARTERLY, numbers, period)


def test_a_township_is_told_of_its_own_institutions_only(numbers: Numbers) -> None:
    order = Order("2026-09", TOWN, "城关镇", "2026-10-08", LETTERHEAD)
    chapter = [block.text for block in problems.body(Scene(numbers, order)) if isinstance(block, Paragraph)]
    assert chapter == ["尚未办结的问题1个，涉及的机构有城关镇卫生院。"]


def test_a_township_whose_code_ends_in_00_is_no_city(tmp_path: Path) -> None:
    """Towns are numbered from 100 on: 990101100 is not all that begins with 9901011."""
    findings = [
        {"finding_id": name, "period": "2026-08", "inst_name": name, "region_code": code, "is_open": True}
        for name, code in (("城北镇卫生院", "990101100001"), ("城东镇卫生院", "990101101001"))
    ]
    figures = open_figures(publish(tmp_path, (), {"mart_finding": findings}), Scope())
    order = Order("2026-09", "990101100", "城北镇", "2026-10-08", LETTERHEAD)
    scene = Scene(Numbers(figures, "2026-09", "990101100"), order)
    told = [block.text for block in problems.body(scene) if isinstance(block, Paragraph)]
    assert told == ["尚未办结的问题1个，涉及的机构有城北镇卫生院。"]


@pytest.mark.parametrize("period", ["2026-01", "2026-08", "2026-11"])
def test_a_quarter_ends_in_march_june_september_or_december(numbers: Numbers, period: str) -> None:
    with pytest.raises(Problem) as stopped:
        quarter(numbers, period)
    assert "2026-03、2026-06、2026-09、2026-12" in stopped.value.todo


def test_townships_are_ranked_by_the_direction_of_each_indicator(numbers: Numbers) -> None:
    report = quarter(numbers)
    assert report.title == "关于示范县2026年三季度医疗保障主要指标完成情况的通报"
    assert "达标1项，未达标2项。" in text(report)
    # printed 95.00, and below the target all the same
    assert (
        "全县参保率为95.50%，最高的是城关镇（95.00%），最低的是河东乡（95.00%）。未达标的有河东乡（95.00%）。"
        in text(report)
    )
    assert table(report, "region_ranks") == [
        ("城关镇", "1", "1", "2", "0"),
        ("河东乡", "2", "2", "0", "2"),
    ]
    # two went last year: neither that rate nor the change from it is told
    assert [(row[0], *row[2:5]) for row in table(report, "rank_out_county_rate")] == [
        ("1", "9.00", "*", "*"),
        ("2", "15.00", "—", "—"),
        (None, "12.00", "—", "—"),
    ]


def test_institutions_with_too_few_cases_have_no_place_and_equals_share_one(numbers: Numbers) -> None:
    report = quarter(numbers)
    assert table(report, "institutions_county") == [
        ("第二医院", "20", "4000.00", "1", "8.00", "2", "6.00", "1"),
        ("第一医院", "10", "5000.00", "2", "3.00", "1", "6.00", "1"),
        # last year it had 3 cases: no growth is told
        ("第五医院", "12", "5500.00", "3", "*", None, "6.50", "3"),
        # and this one 9: no growth to be ranked by
        ("第四医院", "30", "6000.00", "4", "0.50", None, "7.00", "4"),
        ("第三医院", "9", "1000.00", None, "-50.00", None, "1.00", None),
    ]
    assert "住院次均费用同比增幅最高的是第二医院（8.00%），最低的是第一医院（3.00%）" in text(report)
    assert "住院次均费用最高的是第四医院（6000.00元），最低的是第二医院（4000.00元）。" in text(report)


# ---- 年度考核 ----

YEAR = [
    rated("part_rate_resident", "101", COUNTY, None, None),
    rated("county_tier_share", "60", COUNTY, "50", None),
    rated("period_surplus_rate", "-5", COUNTY, "10", "missed"),
    cell("in_county_rate", None, target_value=Decimal(90)),
]


def test_before_december_the_order_must_say_so(numbers: Numbers) -> None:
    with pytest.raises(Problem, match="不是年末"):
        compose(ANNUAL, numbers)
    report = compose(ANNUAL, numbers, part="ytd")
    assert report.title == "示范县2026年度医疗保障指标考核情况（截至9月）"


def test_every_indicator_is_assessed_by_its_target(numbers: Numbers) -> None:
    report = compose(ANNUAL, numbers, part="ytd")
    assert [(row[0], row[-2]) for row in table(report, "annual_participation")] == [
        ("参保率", "达标"),
        ("参保率（常住口径）", "无目标"),
    ]
    assert {(row[0], row[-2]) for row in table(report, "annual_referral")} == {
        ("县域外转出率", "未达标"),
        ("县域内就诊率", "无数据"),
        ("县级住院占比", "作参照"),
    }
    assert "未达标的有：县域外转出率为12.00%，高于目标（10.00%）2.00个百分点。" in text(report)
    # a rate below 0 is not below its ceiling
    assert "未达标的有：当期结余率为-5.00%，低于零。" in text(report)


# ---- a generation of an older program ----


def test_a_generation_without_what_a_report_reads_is_told_to_be_run_again(numbers: Numbers) -> None:
    keys = (("region_code", COUNTY),)
    for origin in (
        Origin("mart_of_tomorrow", "persons", keys, "persons", "人数"),
        Origin("mart_ten_day", "persons_of_tomorrow", (*keys, ("ten_day_no", "26")), "persons", "人数"),
        Origin("mart_ten_day", "persons_of_tomorrow", keys, "persons", "人数", how="sum"),
    ):
        with pytest.raises(Problem, match="旧版程序") as stopped:
            look_up(numbers.figures, origin)
        assert "yibao run" in stopped.value.todo
        assert "of_tomorrow" in stopped.value.details[0]
