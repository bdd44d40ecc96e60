"""The monthly report of the demo county: every number is a published cell, every sentence is one."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from yibao.figures import Scope, Selection, alerts, open_figures, regions
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.reporting import word
from yibao.reporting.check import check_file
from yibao.reporting.content import Chart, Figure, Heading, Letterhead, Paragraph, Report, Table
from yibao.reporting.few import FEWEST
from yibao.reporting.monthly import FORMS, MONTHLY, SECTIONS
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order
from yibao.reporting.scene import Scene
from yibao.reporting.sections.overview import main_indicators

COUNTY = "990101"
# numbers that a sentence may hold by itself: dates, the first of a list, the rule about few persons
_PLAIN = re.compile(r"\d{4}年度?|\d{1,2}—\d{1,2}月|\d{1,2}月|不足5人")


def order(*sections: str) -> Order:
    blank = Letterhead("", "", "", "", "", "")
    return Order(
        "2026-09", COUNTY, "示范县", "2026-10-12", blank, sections=sections, remarks=(Paragraph(("附记。",)),)
    )


@pytest.fixture(scope="module")
def numbers(demo_data: Path) -> Numbers:
    return Numbers(open_figures(DataPaths(demo_data), Scope()), "2026-09", COUNTY)


@pytest.fixture(scope="module")
def report(numbers: Numbers) -> Report:
    return MONTHLY.compose(numbers, order())


def paragraphs(report: Report) -> list[Paragraph]:
    return [block for block in report.body if isinstance(block, Paragraph)]


def tables(report: Report) -> list[Table]:
    return [block for block in (*report.body, *report.annex) if isinstance(block, Table)]


def test_it_has_its_sections_in_order_and_ends_with_the_remarks(report: Report) -> None:
    titles = [block.text for block in report.body if isinstance(block, Heading) and block.level == 1]
    assert titles == [section.title for section in SECTIONS.values()]
    assert report.title == "示范县医疗保障局关于2026年9月医疗保障主要指标运行情况的报告"
    assert [each.text for each in paragraphs(report)[-2:]] == ["附记。", "特此报告。"]
    assert report.identity.as_of == "2026-09-30"
    assert 2 <= sum(isinstance(block, Chart) for block in report.body) <= 4


def test_the_bureau_chooses_and_orders_the_sections(numbers: Numbers) -> None:
    chosen = MONTHLY.compose(numbers, order("fund", "participation"))
    titles = [block.text for block in chosen.body if isinstance(block, Heading) and block.level == 1]
    assert titles == ["基金运行", "参保征缴"]
    assert [table.code for table in chosen.annex if isinstance(table, Table)] == [
        "fund",
        "participation",
    ]


def test_the_overview_tells_every_main_target_as_published(
    report: Report, numbers: Numbers, marts: duckdb.DuckDBPyConnection
) -> None:
    """By the exact value: the rounded one may stand level with a target that is missed."""
    overview = paragraphs(report)[1]
    assert "达到目标要求的主要指标有" in overview.text
    told: dict[str, set[str]] = {"met": set(), "missed": set()}
    status = "met"
    for span in overview.spans:
        if isinstance(span, str):
            status = "missed" if "未达到目标" in span else status
        else:
            told[status].add(span.origin.code)
    rows = marts.execute(
        """
        select target_status, indicator_code
        from indicator_trend
        where
            period = '2026-09' and period_mode = 'ytd' and region_code = ? and insutype = 'all'
            and breakdown = 'none' and target_status is not null
        """,
        (COUNTY,),
    ).fetchall()
    main = main_indicators(Scene(numbers, order()))
    for each in ("met", "missed"):
        assert told[each] == {code for published, code in rows if published == each and code in main}


def test_a_use_rate_above_100_says_by_how_much_it_was_overspent(demo_data: Path) -> None:
    """In August the smallest scheme had spent more than was due."""
    august = Numbers(open_figures(DataPaths(demo_data), Scope()), "2026-08", COUNTY)
    (told,) = [
        paragraph
        for paragraph in paragraphs(MONTHLY.compose(august, replace(order(), period="2026-08")))
        if "超支" in paragraph.text
    ]
    rate, *_, beyond, _ = [span for span in told.spans if isinstance(span, Figure)]
    assert rate.origin.code == "fund_use_rate" and rate.value is not None and rate.value > 100
    assert (beyond.origin.column, beyond.origin.minus) == ("numerator", "denominator")
    assert beyond.value is not None and beyond.value > 0


def test_every_figure_is_its_published_cell(report: Report, marts: duckdb.DuckDBPyConnection) -> None:
    """Asked in another way than the report asks: one row of the table by its keys, in Python."""
    cells = [
        figure
        for figure in report.figures
        if figure.origin.table == "indicator_trend" and ("period", "2026-09") in figure.origin.keys
    ]
    assert len(cells) > 100
    codes = tuple({figure.origin.code for figure in cells})
    rows = marts.execute(
        """
        select
            period, period_mode, region_code, insutype, breakdown, breakdown_value, indicator_code,
            value, last_year_value, last_year_change, previous_change, target_value, completion
        from indicator_trend
        where list_contains(?, indicator_code) and period = '2026-09'
        """,
        (list(codes),),
    ).fetchall()
    names = ("value", "last_year_value", "last_year_change", "previous_change", "target_value", "completion")
    published = {row[:7]: dict(zip(names, row[7:], strict=True)) for row in rows}
    for figure in cells:
        row = published[tuple(value for _, value in figure.origin.keys)]
        expected = row[figure.origin.column]
        if figure.origin.minus is not None:
            taken = row[figure.origin.minus]
            expected = None if expected is None or taken is None else expected - taken
        assert figure.value == expected, figure.origin


def test_a_sum_over_months_and_a_count_of_institutions_are_what_the_rows_say(
    report: Report, marts: duckdb.DuckDBPyConnection
) -> None:
    rows = marts.execute("select period, inst_code, inspection_visits from mart_supervision").fetchall()
    held = [row for row in rows if "2026-01" <= row[0] <= "2026-09"]
    told = {figure.origin.name_zh: figure.value for figure in report.figures}
    assert told["检查家次"] == sum(row[2] for row in held)
    assert told["检查机构"] == len({row[1] for row in held})
    assert told["检查机构"] != told["检查家次"]


def test_the_prose_has_no_dash_no_repetition_and_no_number_of_its_own(report: Report) -> None:
    texts = [each.text for each in paragraphs(report)]
    assert len(texts) == len(set(texts))
    for paragraph in paragraphs(report):
        assert "—" not in _PLAIN.sub("", paragraph.text)
        assert not re.search(r"[，。；、][，。；、]|None|：。", paragraph.text), paragraph.text
        literal = _PLAIN.sub("", "".join(span for span in paragraph.spans if isinstance(span, str)))
        assert not re.search(r"\d", literal), literal


def test_no_count_of_few_persons_leaves_the_bureau(report: Report) -> None:
    """Inpatients of an institution, insured of a scheme: 1 to 4 are not printed, nor what one row is made of."""
    people = ("人数", "人次", "参保率")
    counts = [
        figure
        for figure in report.figures
        if figure.kind == "count"
        and figure.origin.table != "file_conservation"
        and (figure.origin.code in ("ip_avg_cost", "part_rate") or figure.origin.name_zh.endswith(people))
    ]
    assert len(counts) > 30
    assert not [figure.origin for figure in counts if figure.value and 0 < figure.value < FEWEST]
    (institutions,) = [table for table in tables(report) if table.code == "institutions"]
    hidden = [row for row in institutions.rows if row[2] == "*"]
    assert len(hidden) > 1
    assert not [content for row in hidden for content in row if isinstance(content, Figure)]
    # a formula over rows that are not shown would be wrong
    assert not institutions.sums


def test_the_forms_add_up_exactly(report: Report) -> None:
    assert {table.code for table in tables(report)} <= set(FORMS)
    summed = [table for table in tables(report) if table.sums]
    assert {"participation", "compensation", "fund", "supervision", "files"} <= {
        table.code for table in summed
    }
    for table in summed:
        for held in table.sums:
            for column in held.columns:
                parts = [table.rows[at][column] for at in held.parts]
                total = table.rows[held.total][column]
                assert isinstance(total, Figure)
                added = sum(
                    (part.value for part in parts if isinstance(part, Figure) and part.value is not None),
                    Decimal(0),
                )
                assert added == total.value, (table.code, column)


def test_every_alert_of_the_county_and_its_townships_is_told_under_its_indicator(
    report: Report, numbers: Numbers
) -> None:
    names = {region.code: region.name for region in regions(numbers.figures)}
    told = problems(report)
    raised = alerts(numbers.figures, Selection("2026-09", "ytd", COUNTY))
    assert len(raised) > 20
    for alert in raised:
        # told by its mirror, in one sentence
        code = "out_county_rate" if alert.indicator_code == "in_county_rate" else alert.indicator_code
        name = numbers.catalogue[code].name_zh.removesuffix("占比")
        place = "全县" if alert.region_code == COUNTY else names[alert.region_code]
        assert any(name in heading and place in text for heading, text in told), alert


def test_a_problem_is_told_with_its_numbers_and_its_rule_the_alarm_first(report: Report) -> None:
    told = problems(report)
    assert told[0][0] == "离休当期结余率为负"
    assert told[0][1].endswith("报警条件为低于0.00%。")
    assert dict(told)["西沟乡参保率低于目标"] == (
        "西沟乡参保率为84.93%，比去年同期下降10.40个百分点，低于目标（95.00%）10.07个百分点。预警条件为低于当地目标。"
    )


def test_the_problems_name_the_county_s_own_institutions(
    report: Report, marts: duckdb.DuckDBPyConnection
) -> None:
    """Costs that grew by more than the line of 5 per cent; not the institutions elsewhere, nor those of few cases."""
    rows = marts.execute(
        """
        with cases as (
            select *
            from indicator_value
            where indicator_code = 'ip_avg_cost' and period_mode = 'ytd' and region_code = '990101'
                and insutype = 'all' and breakdown = 'inst' and denominator >= 5
        )
        select dim_institution.inst_name
        from cases as now
        inner join cases as before using (breakdown_value)
        inner join dim_institution on dim_institution.inst_code = breakdown_value
        where now.period = '2026-09' and before.period = '2025-09' and now.value > before.value * 1.05
            and dim_institution.region_code like '990101%'
        """
    ).fetchall()
    grown = {name for (name,) in rows}
    told = dict(problems(report))["住院次均费用同比增幅高于预警线"]
    assert len(grown) >= 5 and "示范县人民医院" in grown
    named = re.search("涉及的定点医药机构有(.*?)。预警条件", told)
    assert named is not None
    assert set(re.sub("（.*?）", "", named[1]).split("、")) == grown


def test_its_own_check_finds_nothing_in_it(report: Report, numbers: Numbers, tmp_path: Path) -> None:
    """But who it goes to, which the bureau tells: a finding of the program in its own words teaches to pass findings over."""
    file = tmp_path / "月报.docx"
    file.write_bytes(word.document(report, None))
    assert {found.rule for found in check_file(file, numbers.figures)} == {"主送机关"}


def test_what_is_missing_or_does_not_agree_is_said_beside_the_figure_it_touches(report: Report) -> None:
    """The county has no referral records of August, and its ledger has less than the residents' settlements."""
    text = "\n".join(each.text for each in paragraphs(report))
    assert "其中8月的转诊备案没有报送或不足平常的一半，该占比可能偏高。" in text
    assert "本年按月报送的数据中，转诊备案8月没有数据。" in text
    assert (
        "结算单与基金收支台账不一致的险种有城乡居民基本医疗保险（结算单105.83万元，台账102.91万元）。" in text
    )
    # 719,400 and 738,200 yuan as the bureau delivered them
    assert "台账所列本年期初结余71.94万元，与上年末结余73.82万元不一致，有待核实。" in text


def test_every_indicator_that_is_named_as_a_problem_has_its_calibre_in_the_annex(
    report: Report, numbers: Numbers
) -> None:
    (annex,) = (table for table in tables(report) if table.code == "calibres")
    explained = {row[0] for row in annex.rows}
    headings = [heading for heading, _ in problems(report)]
    # its value would tell of few persons: only the line that it crossed is told
    assert "重复参保占比" in explained and "存在重复参保" in headings
    for indicator in numbers.catalogue.indicators.values():
        if any(indicator.name_zh in heading for heading in headings):
            assert any(str(name).endswith(indicator.name_zh) for name in explained), indicator.name_zh


def test_data_that_do_not_cover_the_year_are_said_to_be_missing_and_nothing_is_made_of_them(
    numbers: Numbers,
) -> None:
    """The demo county's settlements and ledger begin in October 2024."""
    asked = replace(order("benefit", "fund", "calibre"), period="2024-12", remarks=())
    early = MONTHLY.compose(replace(numbers, period="2024-12"), asked)
    text = [each.text for each in paragraphs(early)]
    assert "住院待遇所需的结算单数据未报全。" in text
    assert "基金收支台账数据未报全。" in text
    assert not any("—" in _PLAIN.sub("", each) for each in text)
    with pytest.raises(Problem, match="2031-01"):
        MONTHLY.compose(replace(numbers, period="2031-01"), replace(order("calibre"), period="2031-01"))


def problems(report: Report) -> list[tuple[str, str]]:
    """Heading and text of each problem."""
    blocks = list(report.body)
    start = next(at for at, block in enumerate(blocks) if block == Heading(1, "存在问题"))
    end = next(at for at, block in enumerate(blocks) if block == Heading(1, "口径说明"))
    return [
        (heading.text, paragraph.text)
        for heading, paragraph in pairwise(blocks[start + 1 : end])
        if isinstance(heading, Heading) and isinstance(paragraph, Paragraph)
    ]
