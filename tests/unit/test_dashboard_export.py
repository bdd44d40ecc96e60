"""What leaves the dashboard as a file is what the page shows, and tells where it comes from."""

from __future__ import annotations

import io
import struct
import time
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Cell, Gap
from dashboard.components.charts import Point, bars
from dashboard.components.export import Exported, Stamp, file_name, picture, table_svg, workbook
from dashboard.components.table import content_of
from yibao import fonts

STAMP = Stamp(
    filters="期间 2026-09 本年累计 · 示范县 · 全部险种",
    as_of="2026-09-30",
    run_id="20261121T101500Z-0123abcd",
    user="张局长（zhang）",
    taken_at="2026-11-22 08:30",
)
COLUMNS = (
    Column("乡镇"),
    Column("人次", "count", group="住院"),
    Column("费用", "wan", group="住院"),
    Column("参保率", "percent"),
    Column("同比", "points"),
)
TABLE = Table(
    COLUMNS,
    (
        row("城关镇", 1234, Decimal("15458290"), Decimal("96.0744579220"), Decimal("-1.195")),
        row("=1+1", Gap.SUPPRESSED, Gap.NOT_REPORTED, Decimal(0), Gap.NO_BASE),
        row("合计", 1234, Decimal("15458290"), None, None),
    ),
    total=True,
)
BLOCK = Block("towns", "各乡镇住院/费用", TABLE, note="按参保地")


def sheet_of(exported: Exported) -> Worksheet:
    book = openpyxl.load_workbook(io.BytesIO(exported.content))
    assert book.sheetnames == ["数据"]
    return book["数据"]


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_a_workbook_says_what_it_is() -> None:
    sheet = sheet_of(workbook(BLOCK, STAMP))
    assert [sheet.cell(line, 1).value for line in (1, 2, 3)] == [
        "各乡镇住院/费用",
        "期间 2026-09 本年累计 · 示范县 · 全部险种",
        "数据截至 2026-09-30 · 版本 20261121T101500Z-0123abcd · 张局长（zhang） · 2026-11-22 08:30",
    ]
    assert "20261121T101500Z-0123abcd" in str(sheet.oddFooter.left.text)
    assert "张局长" in str(sheet.oddHeader.right.text)
    words = [cell.value for cell in sheet["A"][8:]]
    assert "按参保地" in words
    assert {f"{gap.sign}：{gap.meaning}" for gap in (Gap.SUPPRESSED, Gap.NOT_REPORTED, Gap.NO_BASE)} <= set(
        words
    )


def test_numbers_are_numbers_and_a_formula_is_text() -> None:
    sheet = sheet_of(workbook(BLOCK, STAMP))
    assert [cell.value for cell in sheet[5]] == [
        "乡镇",
        "人次",
        "费用（万元）",
        "参保率（%）",
        "同比（个百分点）",
    ]
    town, strange, total = ([cell.value for cell in sheet[line]] for line in (6, 7, 8))
    assert town == ["城关镇", 1234, 1545.829, 96.074457922, -1.195]
    assert [cell.number_format for cell in sheet[6]][1:] == [
        "#,##0",
        "#,##0.00",
        "0.00",
        "+0.00;-0.00;0.00",
    ]
    assert (sheet["A7"].data_type, strange) == ("s", ["=1+1", "＊", "未报", 0, "—"])
    assert total == ["合计", 1234, 1545.829, None, None]


def test_persons_and_money_in_one_column_are_printed_each_its_way() -> None:
    column = Column("分子", "number")
    cells = (
        Cell(Decimal("99561.0000"), kind="count"),
        Cell(Decimal("5000.5"), kind="yuan"),
        Cell(Gap.NOT_REPORTED, kind="count"),
    )
    block = Block("parts", "分子", Table((column,), tuple((cell,) for cell in cells)))
    sheet = sheet_of(workbook(block, STAMP))
    assert [(sheet[f"A{line}"].value, sheet[f"A{line}"].number_format) for line in (5, 6)] == [
        (99561, "#,##0"),
        (5000.5, "#,##0.00"),
    ]
    shown = ["99,561", "5,000.50", "未报"]
    assert [line[0]["t"] for line in content_of(block)["rows"]] == shown
    drawn = table_svg(block, STAMP)
    assert all(f">{text}<" in drawn for text in shown)


def test_groups_stand_above_their_columns() -> None:
    sheet = sheet_of(workbook(BLOCK, STAMP))
    assert [str(area) for area in sheet.merged_cells.ranges] == ["B4:C4", "D4:E4"]
    assert [cell.value for cell in sheet[4]] == ["", "住院", None, None, None]
    flat = Block("flat", "平", Table((Column("乡镇"),), (row("城关镇"),)))
    assert [cell.value for cell in sheet_of(workbook(flat, STAMP))[4]] == ["乡镇"]


def test_an_empty_table_is_a_workbook_too() -> None:
    exported = workbook(Block("none", "空", Table(COLUMNS, ())), STAMP)
    assert exported.rows == 0
    assert sheet_of(exported).max_row == 5


def test_the_same_block_and_stamp_give_the_same_bytes() -> None:
    first = workbook(BLOCK, STAMP)
    # the seconds of a zip come in twos, those of the document's properties in ones
    time.sleep(2.1)
    second = workbook(BLOCK, STAMP)
    assert first.sha256 == second.sha256
    assert picture(BLOCK, STAMP).content == picture(BLOCK, STAMP).content
    later = Stamp(STAMP.filters, STAMP.as_of, STAMP.run_id, STAMP.user, "2026-11-22 08:31")
    assert workbook(BLOCK, later).sha256 != first.sha256


def test_the_log_counts_the_rows_of_the_table() -> None:
    assert workbook(BLOCK, STAMP).rows == picture(BLOCK, STAMP).rows == 3


def test_the_name_of_a_file_offends_no_system() -> None:
    assert file_name(BLOCK, STAMP, "xlsx") == "各乡镇住院_费用_2026-09-30_0123abcd.xlsx"


def test_a_table_without_a_chart_is_drawn() -> None:
    svg = table_svg(BLOCK, STAMP)
    assert "1,545.83" in svg and "=1+1" in svg and STAMP.run_id in svg
    # carried along: a server may have no Chinese font
    assert f'font-family="{fonts.HEI}"' in svg
    width, height = size_of(picture(BLOCK, STAMP).content)
    # 64 above, four lines of 30, 34 below, at twice the size
    assert height == 2 * (64 + 4 * 30 + 34)
    assert width > 2 * 500


def test_a_table_that_bears_markup_is_drawn_as_text() -> None:
    nasty = Block("x", "<b>&", Table((Column("名称"),), (row("<script>1 & 2</script>"),)))
    svg = table_svg(nasty, STAMP)
    assert "<script>" not in svg and "&lt;script&gt;1 &amp; 2" in svg
    assert size_of(picture(nasty, STAMP).content)[1] > 0


@pytest.mark.parametrize("target", [None, 95.0])
def test_a_chart_becomes_a_picture(target: float | None) -> None:
    points = [Point("城关镇", 96.07, text="96.07%"), Point("河东乡", None, text="未报")]
    block = Block("c", "参保率", TABLE, chart=bars(points, unit="%", target=target))
    width, height = size_of(picture(block, STAMP).content)
    # 860 wide, twice, with axis and margin
    assert 2 * 860 < width < 2 * 1300
    assert 2 * 120 < height < 2 * 400
