"""XLSX and XLS to rows: sheets, titles, numbers, dates, formulas, lost digits."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from tests.landing_kit import ROSTER, SETTLEMENT, Desk
from yibao.landing import read_ledger

GOOD = "990101199001010019"
HEAD = ROSTER.strip().split(",")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def xlsx(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_sheet_with_merged_titles_and_blank_rows(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名单"
    sheet["A1"] = "虚构县重点人群名单"
    sheet.merge_cells("A1:F1")
    sheet["A3"] = "单位：人"
    for place, text in enumerate(HEAD):
        sheet.cell(4, place + 1, text)
    for row in (5, 7):
        for place, value in enumerate([row, GOOD, "测甲乙", "低保", "990101001", "2026-01-01"]):
            sheet.cell(row, place + 1, value)
    sheet.cell(6, 2, "  ")
    book.save(desk.inbox / "a.xlsx")
    desk.land()
    rows = desk.rows("priority_roster")
    assert [(row["_row"], row["roster_id"], row["_sheet"], row["_file"]) for row in rows] == [
        (5, "5", "名单", "a.xlsx"),
        (7, "7", "名单", "a.xlsx"),
    ]
    (entry,) = read_ledger(desk.paths)
    assert (entry.sheet, entry.header_row, entry.rows, entry.blank_rows) == ("名单", 4, 2, 1)
    assert entry.encoding is None


def test_cells_become_text(desk: Desk) -> None:
    cells: list[Any] = [
        310,
        310.0,
        0.1,
        1234.5,
        1e-05,
        True,
        date(2026, 9, 30),
        datetime(2026, 9, 30, 10, 15, 1),
        time(8, 30),
        " 文字 ",
        "0012",
        "-",
        None,
    ]
    content = xlsx(甲=[["区划代码", "区划名称"], *([str(i), cell] for i, cell in enumerate(cells))])
    desk.put("a.xlsx", content)
    desk.land()
    assert [row["region_name"] for row in desk.rows("region")] == [
        "310",
        "310",
        "0.1",
        "1234.5",
        "1e-05",
        "TRUE",
        "2026-09-30",
        "2026-09-30 10:15:01",
        "08:30:00",
        "文字",
        "0012",
        None,
        None,
    ]


def test_formulas_give_the_value_saved_with_them(desk: Desk) -> None:
    book = xlsxwriter.Workbook(desk.inbox / "a.xlsx")
    sheet = book.add_worksheet("甲")
    sheet.write_row(0, 0, ["区划代码", "区划名称"])
    sheet.write_formula(1, 0, "=1+1", None, 2)
    sheet.write_formula(1, 1, '="甲"&"乙"', None, "甲乙")
    sheet.write(2, 0, "3")
    sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    book.close()
    desk.land()
    rows = [(row["region_code"], row["region_name"]) for row in desk.rows("region")]
    assert rows == [("2", "甲乙"), ("3", None)]


def test_numbers_that_lost_digits_are_marked_where_they_are_codes(desk: Desk) -> None:
    row = [1, 990101199001010019, "测甲", "低保", 990101001, "2026-01-01"]
    text = [2, "9.90101E+17", "测甲", "低保", 990101001, "2026-01-01"]
    fine = [3, 990101900101006, "测甲", "低保", 990101001, "2026-01-01"]
    desk.put("a.xlsx", xlsx(甲=[HEAD, row, text, fine]))
    desk.land()
    rows = desk.rows("priority_roster")
    assert [row["_fault"] for row in rows] == ["lost_digits:certno", "lost_digits:certno", None]
    assert [row["certno_check"] for row in rows] == ["lost_digits", "lost_digits", "ok"]
    assert rows[0]["region_code"] == "990101001"


def test_large_amounts_lose_nothing(desk: Desk) -> None:
    head = SETTLEMENT.split(",")
    row = ["1", "P", "390", "21", "H", "990101", date(2026, 1, 2), 1e15, 2, 3, "1", "0"]
    desk.put("a.xlsx", xlsx(甲=[head, row]))
    assert desk.land().months == ("2026-01",)
    (landed,) = desk.rows("settlement")
    assert (landed["total_cost"], landed["_fault"]) == ("1000000000000000", None)


def test_each_visible_sheet_with_a_dataset_is_read(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for name, code in (("甲", "1"), ("乙", "2"), ("藏", "3")):
        sheet = book.create_sheet(name)
        sheet.append(["区划代码", "区划名称"])
        sheet.append([code, name])
    book["藏"].sheet_state = "hidden"
    book["Sheet"].append(["填表说明"])
    years = book.create_sheet("预算")
    years.append(["年度", "机构编码", "险种类型", "预算金额"])
    years.append([2026, "H1", "390", 1000])
    book.save(desk.inbox / "a.xlsx")
    summary = desk.land()
    assert summary.rows == {"region": 2, "budget": 1}
    assert [row["_sheet"] for row in desk.rows("region")] == ["甲", "乙"]
    (notice,) = summary.notices
    assert "a.xlsx" in notice and "“Sheet”" in notice
    assert {(entry.sheet, entry.dataset) for entry in read_ledger(desk.paths)} == {
        ("甲", "region"),
        ("乙", "region"),
        ("预算", "budget"),
    }


def test_a_sheet_that_is_nearly_a_dataset_refuses_the_workbook(desk: Desk) -> None:
    near = ["年度", "机构编码", "险种类型", "预算"]
    desk.put("a.xlsx", xlsx(甲=[["区划代码", "区划名称"], ["1", "甲"]], 乙=[near, [2026, "H1", "390", 1]]))
    code, message = desk.refusal()
    assert code == "missing_columns"
    assert "工作表“乙”" in message and "预算金额" in message
    assert list(desk.paths.landed_files.glob("0000*1-*")) == []


def test_columns_beyond_the_header_are_kept_by_their_place(desk: Desk) -> None:
    desk.put("a.xlsx", xlsx(甲=[["区划代码", "区划名称"], ["1", "甲"], ["2", "乙", None, "旁注"]]))
    desk.land()
    rows = desk.rows("region")
    assert [row["extra:第4列"] for row in rows] == [None, "旁注"]
    assert [row["_fault"] for row in rows] == [None, None]


def test_a_table_that_does_not_begin_in_the_first_cell(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for place, text in enumerate(["区划代码", "区划名称"], 3):
        book.active.cell(4, place, text)
        book.active.cell(5, place, "9")
    book.save(desk.inbox / "a.xlsx")
    desk.land()
    (row,) = desk.rows("region")
    assert (row["region_code"], row["_row"]) == ("9", 5)


def test_xls(desk: Desk) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("甲")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for place, text in enumerate(HEAD):
        sheet.write(0, place, text)
    for place, value in enumerate([7, GOOD, "测甲乙", "低保", 990101001]):
        sheet.write(1, place, value)
    sheet.write(1, 5, datetime(2026, 9, 30), day)
    book.save(str(desk.inbox / "a.xls"))
    desk.land()
    (row,) = desk.rows("priority_roster")
    assert (row["roster_id"], row["region_code"], row["listed_on"]) == ("7", "990101001", "2026-09-30")
    assert row["certno_check"] == "ok"


def test_a_long_sheet_keeps_its_row_numbers(desk: Desk) -> None:
    book = xlsxwriter.Workbook(desk.inbox / "a.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet("甲")
    sheet.write_row(0, 0, ["区划代码", "区划名称"])
    for row in range(1, 20_001):
        if row != 9_999:
            sheet.write_row(row, 0, [str(row), "名"])
    book.close()
    assert desk.land().rows == {"region": 19_999}
    assert all(row["_row"] == int(row["region_code"]) + 1 for row in desk.rows("region"))


def with_cell_far_away(place: str, text: str, hidden: bool = False) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("区划")
        sheet.write_row(0, 0, ["区划代码", "区划名称"])
        sheet.write_row(1, 0, ["1", "甲"])
        far = book.add_worksheet("草稿") if hidden else sheet
        far.write_blank(place, None, book.add_format({"bold": True})) if not text else far.write(place, text)
        if hidden:
            far.hide()
    return stream.getvalue()


def test_a_sheet_that_would_not_fit_into_memory_is_refused_before_it_is_read(desk: Desk) -> None:
    """A blank typed into Excel's last cell: 1,048,576 rows of 16,384 columns to the reader, which would end the process."""
    desk.put("a.xlsx", with_cell_far_away("XFD1048576", " "))
    code, message = desk.refusal()
    assert code == "sheet_too_large"
    assert "工作表“区划”一直延伸到第 1048576 行、XFD 列，共 17179869184 个单元格" in message


@pytest.mark.parametrize(
    ("place", "text", "hidden"),
    # a format without a value is no cell; a sheet that is not read may be as it likes; wide or long alone is no harm
    [("XFD1048576", "", False), ("XFD1048576", "x", True), ("BZ3", "x", False), ("A200000", "2", False)],
)
def test_what_is_far_but_harmless_is_read(desk: Desk, place: str, text: str, hidden: bool) -> None:
    desk.put("a.xlsx", with_cell_far_away(place, text, hidden))
    assert desk.land().taken


def test_a_workbook_made_to_burst_is_refused(desk: Desk) -> None:
    """300 MB of nothing in 300 kB."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (300 << 20))
    desk.put("a.xlsx", stream.getvalue())
    code, message = desk.refusal()
    assert code == "archive_bomb" and "解压后有 300 MB" in message
