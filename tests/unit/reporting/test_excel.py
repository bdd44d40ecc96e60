"""The workbook of a report: numbers as numbers, totals as formulas that give the published figure, nothing that runs."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.unit.reporting.kit import figure, sample_report
from yibao import formatting
from yibao.reporting.content import Chart, Column, Kind, Letterhead, Report, Series, SignOff, Sum, Table
from yibao.reporting.excel import workbook

FORM = "表1 各乡镇参保情况表"


def opened(report: Report, *, results: bool = False) -> Any:
    """The book as a reader sees it: its formulas, or their cached results."""
    return openpyxl.load_workbook(io.BytesIO(workbook(report)), data_only=results)


def with_tables(*tables: Table) -> Report:
    return replace(sample_report(), body=(), annex=tables)


def find(sheet: Worksheet, text: str) -> Any:
    (cell,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == text)
    return cell


def test_the_same_report_gives_the_same_bytes_and_names_nobody() -> None:
    first = workbook(sample_report())
    assert workbook(sample_report()) == first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        core = parts.read("docProps/core.xml").decode()
    assert "2026-10-05T00:00:00Z" in core
    assert "<dc:creator></dc:creator>" in core


def test_a_form_in_text_and_annex_has_one_sheet_and_the_first_sheet_links_to_it() -> None:
    book = opened(sample_report())
    assert book.sheetnames == ["目录", FORM, "图", "图数据", "数据来源"]
    assert [sheet.title for sheet in book if sheet.sheet_state == "hidden"] == ["数据来源"]
    contents = book["目录"]
    assert find(contents, "各乡镇参保情况表").hyperlink.location == f"'{FORM}'!A1"
    assert find(contents, "20261005T010203Z-0123abcd")
    assert find(contents, "草稿（未报送）")


def test_totals_are_formulas_whose_result_is_the_published_figure() -> None:
    sheet = opened(sample_report())[FORM]
    total = find(sheet, "合计").row
    assert sheet.cell(total, 2).value == f"=SUM(B{total - 2}:B{total - 1})"
    results = opened(sample_report(), results=True)[FORM]
    # 60000 + 39561, 61000 + 42629
    assert [results.cell(total, column).value for column in (2, 3)] == [99561, 103629]
    assert results.cell(total, 4).value == 96.0745
    assert sheet.cell(total + 1, 2).value is None
    assert sheet.cell(total + 1, 3).value == "—"


def test_a_total_that_its_parts_do_not_make_is_not_recalculated_into_another_number() -> None:
    def amount(value: str) -> Any:
        return figure("fund", "基金", value, "wan")

    rows = (
        ("甲", amount("100000.01"), amount("5")),
        ("小计以外", amount("7"), amount("7")),
        ("乙", amount("200000.02"), amount("6")),
        ("合计", amount("300000.03"), amount("12")),
    )
    columns = (Column(("项目",)), Column(("收入",), "wan"), Column(("支出",), "wan"))
    table = Table("fund", "基金", columns, rows, "单位：万元", sums=(Sum(3, (0, 2), (1, 2)),))
    sheet = opened(with_tables(table))["表1 基金"]
    total = find(sheet, "合计").row
    assert sheet.cell(total, 2).value == f"=SUM(B{total - 3},B{total - 1})"
    assert sheet.cell(total, 3).value == 0.0012
    # exact yuan in 万元: 30.000003 is no sum of doubles
    assert opened(with_tables(table), results=True)["表1 基金"].cell(total, 2).value == 30.000003
    assert sheet.cell(total, 2).number_format == "0.00_ "


def test_heads_are_merged_over_columns_and_down() -> None:
    sheet = opened(sample_report())[FORM]
    top = find(sheet, "乡镇").row
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert {f"A{top}:A{top + 1}", f"B{top}:C{top}", f"D{top}:D{top + 1}"} <= merged
    assert sheet.print_title_rows == f"${top}:${top + 1}"
    assert sheet.freeze_panes == f"B{top + 2}"


def test_the_page_is_a4_one_page_wide_and_numbered() -> None:
    sheet = opened(sample_report())[FORM]
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert "第 &P 页 共 &N 页" in sheet.oddFooter.center.text
    assert sheet.print_area == f"'{FORM}'!$A$1:$D${sheet.max_row}"


@pytest.mark.parametrize(
    ("rows", "name", "orientation", "pages"),
    [
        (20, 14, "portrait", 0),  # 16 + 8 columns of 10 = 96 characters, 92 stand beside one another upright
        (
            36,
            14,
            "portrait",
            1,
        ),  # 36 rows of 18 points and the head's about 150: 1.1 of the 734 that a page holds
        (60, 14, "portrait", 0),  # 1.7 pages are two
        (10, 40, "landscape", 0),
    ],
)
def test_a_form_a_little_larger_than_a_page_is_printed_on_one(
    rows: int, name: int, orientation: str, pages: int
) -> None:
    columns = tuple(Column((f"第{place}列",)) for place in range(9))
    row = ("x" * name, *("12345678" for _ in range(8)))
    sheet = opened(with_tables(Table("wide", "宽表", columns, (row,) * rows, "单位：元")))["表1 宽表"]
    # one page is what a workbook means that says nothing; 0 is as many as it takes
    high = 1 if sheet.page_setup.fitToHeight is None else sheet.page_setup.fitToHeight
    assert (sheet.page_setup.orientation, high) == (orientation, pages)


def test_the_forms_head_and_foot_are_configured_or_blank() -> None:
    blank = opened(sample_report())[FORM]
    assert find(blank, "表　　号：")
    assert "单位负责人：　" in blank.cell(blank.max_row, 1).value
    letterhead = replace(
        sample_report().letterhead, form_numbers=(("participation", "医保1表"),), form_valid_until="2028年6月"
    )
    signed = SignOff("制甲", "审乙", "批丙", "责丁", "2026-10-08")
    filled = opened(replace(sample_report(), letterhead=letterhead, sign_off=signed))[FORM]
    assert find(filled, "表　　号：医保1表")
    assert find(filled, "有效期至：2028年6月")
    foot = filled.cell(filled.max_row, 1).value.split()
    assert foot == ["单位负责人：责丁", "审核人：审乙", "制表人：制甲", "报出日期：2026年10月8日"]


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "{=1}", "http://x", "\t=1"])
def test_a_text_of_the_data_stays_a_text(text: str) -> None:
    table = Table(
        "x", text, (Column((text, "甲")), Column((text, "乙"))), ((text, text),), text, notes=(text,)
    )
    report = with_tables(table)
    book = opened(replace(report, letterhead=Letterhead(text, "", "", "", "", "")))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n")
                assert cell.hyperlink is None or cell.hyperlink.target is None


def test_sheet_names_are_such_as_excel_takes() -> None:
    columns = (Column(("项目",)), Column(("数",), "count"))
    title = "关于[各]乡镇/街道*参保?情况:的'一览'表" + "很长" * 20
    book = opened(with_tables(*(Table(str(at), title, columns, (), "") for at in range(12))))
    names = [name for name in book.sheetnames if name.startswith("表")]
    assert len(set(names)) == 12
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_charts_draw_the_figures_and_leave_out_what_is_missing() -> None:
    def series(name: str, *values: str | None) -> Series:
        return Series(name, tuple(figure("fund", name, value, "wan") for value in values))

    chart = Chart(
        "fund",
        "收支",
        "line",
        ("7月", "8月"),
        (series("收入", "15458290", None), series("支出", "-5", "0")),
        "wan",
    )
    content = workbook(replace(sample_report(), body=(), annex=(chart,)))
    data = openpyxl.load_workbook(io.BytesIO(content))["图数据"]
    cells = [[cell.value for cell in row] for row in data["B3:C4"]]
    assert cells == [[1545.829, -0.0005], [None, 0]]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        drawn = parts.read("xl/charts/chart1.xml").decode()
    # the numbers lie in the chart as well, and point to the cells
    assert "<c:f>图数据!$B$3:$B$4</c:f>" in drawn
    first, second = re.findall(r"<c:numCache>.*?</c:numCache>", drawn)
    assert re.findall(r'idx="(\d)"><c:v>(.*?)</c:v>', first) == [("0", "1545.8290")]
    assert re.findall(r'idx="(\d)"><c:v>(.*?)</c:v>', second) == [("0", "-0.0005"), ("1", "0.0000")]


def test_every_figure_is_listed_with_its_cell_and_its_exact_value() -> None:
    exact = "16296216012345.1234567891"
    table = Table(
        "x",
        "表",
        (Column(("项目",)), Column(("数",), "wan")),
        (("甲", figure("fund", "基金", exact, "wan")),),
        "",
    )
    report = replace(sample_report(), annex=(*sample_report().annex, table))
    book = opened(report)
    rows = list(book["数据来源"].iter_rows(values_only=True))
    assert len(rows) == 1 + len(report.figures)
    for (number, place, *_, value, _, printed), found in zip(rows[1:], report.figures, strict=True):
        assert report.figures[int(number)] == found
        assert value == (None if found.value is None else format(found.value, "f"))
        assert printed == found.text + found.unit
        if place:
            sheet, cell = place.split("!")
            written = book[sheet][cell].value
            if found.value is None:
                assert written == "—"
            elif not str(written).startswith("="):
                whole = found.value / 10000 if found.kind == "wan" else found.value
                assert Decimal(repr(written)) == pytest.approx(whole, rel=Decimal("1e-15"))
    assert sum(place is None for _, place, *_ in rows[1:]) == 5


@pytest.mark.parametrize("kind", ["count", "yuan", "wan", "percent", "points", "change", "days", "months"])
@pytest.mark.parametrize("value", ["-12345.675", "0.005", "162962160"])
def test_a_cell_shows_what_the_letter_prints(kind: Kind, value: str) -> None:
    told = figure("x", "数", value, kind)
    table = Table("x", "表", (Column(("项目",)), Column(("数",), kind)), (("甲", told),), "")
    cell = find(opened(with_tables(table))["表1 表"], "甲").offset(column=1)
    decimals = cell.number_format.partition(".")[2].count("0")
    assert formatting.number(cell.value, decimals) == told.text
