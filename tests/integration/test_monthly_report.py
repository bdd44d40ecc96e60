"""The monthly report of the demo county: every number is a published cell, every sentence is one."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from yibao.figures import Scope, open_figures
from yibao.paths import DataPaths
from yibao.reporting.content import Chart, Figure, Heading, Letterhead, Paragraph, Report, Table
from yibao.reporting.few import FEWEST
from yibao.reporting.monthly import FORMS, MONTHLY, SECTIONS
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order

COUNTY = "990101"
# numbers that a sentence may hold by itself: dates, the first of a list, the rule about few persons
_PLAIN = re.compile(r"\d{4}年度?|\d{1,2}—\d{1,2}月|\d{1,2}月|不足5人")


def order(*sections: str) -> Order:
    blank = Letterhead("", "", "", "", "", "")
    return Order("2026-09", COUNTY, "示范县", "2026-10-12", blank, sections=sections, remarks=("附记。",))


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
        "fund_income",
        "fund_expense",
        "participation",
    ]


def test_every_figure_is_its_published_cell(report: Report, numbers: Numbers) -> None:
    """Asked in another way than the report asks: one row of the table by its keys, in Python."""
    cells = [
        figure
        for figure in report.figures
        if figure.origin.table == "indicator_trend" and ("period", "2026-09") in figure.origin.keys
    ]
    assert len(cells) > 100
    codes = tuple({figure.origin.code for figure in cells})
    rows = numbers.figures.rows(
        lambda *row: row,  # type: ignore[arg-type]
        """
        select
            period, period_mode, region_code, insutype, breakdown, breakdown_value, indicator_code,
            value, last_year_value, last_year_change, previous_change, target_value, completion
        from indicator_trend
        where list_contains(?, indicator_code) and period = '2026-09'
        """,
        (codes,),
        kept=False,
    )
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
    report: Report, numbers: Numbers
) -> None:
    rows = numbers.figures.rows(
        lambda *row: row,  # type: ignore[arg-type]
        "select period, inst_code, inspection_visits from mart_supervision",
    )
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
    assert {"participation", "compensation", "fund_income", "fund_expense", "supervision", "files"} <= {
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


def test_every_alert_of_the_county_and_its_townships_is_a_problem(report: Report, numbers: Numbers) -> None:
    """The one township below the target and the one alarm are told with their numbers and their rule."""
    text = "".join(each.text for each in paragraphs(report))
    assert "西沟乡参保率为84.93%，比去年同期下降10.40个百分点，低于目标（95.00%）10.07个百分点。" in text
    assert "离休当期结余率为-5.14%" in text
    headings = [block.text for block in report.body if isinstance(block, Heading)]
    problems = headings[headings.index("存在问题") + 1 : headings.index("口径说明")]
    # the alarm before all warnings
    assert problems[0] == "当期结余率为负"
    # its mirror is told in one sentence and not again
    assert "县域外转出率高于目标" in problems
    assert "县域内就诊率低于目标" not in problems
