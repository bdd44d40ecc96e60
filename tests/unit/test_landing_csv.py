"""CSV and TSV to rows: encodings, line numbers, line ends, quotes, ragged and blank rows; both roads give the same."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.landing_kit import REGION, ROSTER, Desk, roster_row
from yibao.landing import delimited, read_ledger
from yibao.landing.delimited import Bytes, DelimitedReader
from yibao.landing.encodings import TextForm
from yibao.landing.errors import Refusal


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def regions(desk: Desk) -> list[tuple[Any, ...]]:
    rows = desk.rows("region")
    return [(row["_row"], row["region_code"], row["region_name"], row["_fault"]) for row in rows]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gbk", "gb18030"), ("gb18030", "gb18030")],
)
def test_encodings(desk: Desk, encoding: str, named: str) -> None:
    desk.put("a.csv", REGION + "990101,虚构县\n", encoding)
    desk.land()
    assert regions(desk) == [(2, "990101", "虚构县", None)]
    assert read_ledger(desk.paths)[0].encoding == named


def test_a_four_byte_character_of_gb18030(desk: Desk) -> None:
    name = "𠮷镇㐀"  # 4 bytes each but the middle one
    content = (REGION + f"990101,{name}\n").encode("gb18030")
    assert len(name.encode("gb18030")) == 10
    desk.put("a.csv", content)
    desk.land()
    assert regions(desk) == [(2, "990101", name, None)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(desk: Desk, end: str, last: bool) -> None:
    text = end.join(["区划代码,区划名称", "990101,甲", "", "990102,乙"]) + (end if last else "")
    desk.put("a.csv", text)
    desk.land()
    assert regions(desk) == [(2, "990101", "甲", None), (4, "990102", "乙", None)]


def test_mixed_line_ends_count_as_an_editor_counts(desk: Desk) -> None:
    desk.put("a.csv", "区划代码,区划名称\r\n1,甲\r2,乙\n3,丙\r\n4,丁")
    desk.land()
    assert [row[:2] for row in regions(desk)] == [(2, "1"), (3, "2"), (4, "3"), (5, "4")]


def test_tabs(desk: Desk) -> None:
    desk.put("a.tsv", "区划代码\t区划名称\n990101\t甲,乙\n")
    desk.land()
    assert regions(desk) == [(2, "990101", "甲,乙", None)]


def test_titles_above_the_header(desk: Desk) -> None:
    titles = "虚构县医疗保障局\n区划表,,\n\n单位：个\n制表：某某\n五\n"
    desk.put("a.csv", titles + REGION + "990101,甲\n")
    desk.land()
    assert regions(desk) == [(8, "990101", "甲", None)]
    assert read_ledger(desk.paths)[0].header_row == 7


def test_six_titles_are_too_many(desk: Desk) -> None:
    desk.put("a.csv", "一,甲\n" * 6 + REGION + "990101,甲\n")
    code, _ = desk.refusal()
    assert code == "unknown_dataset"


def test_quotes_with_line_ends_keep_line_numbers(desk: Desk) -> None:
    desk.put("a.csv", REGION + '1,"甲\n乙"\n2,"丙""丁"\n"3","戊,己"\n')
    desk.land()
    assert regions(desk) == [
        (2, "1", "甲\n乙", None),
        (4, "2", '丙"丁', None),
        (5, "3", "戊,己", None),
    ]


def test_a_header_cell_over_two_lines(desk: Desk) -> None:
    desk.put("a.csv", '"区划\n代码",区划名称\n990101,甲\n')
    desk.land()
    assert regions(desk) == [(3, "990101", "甲", None)]


def test_ragged_rows_are_landed_and_marked(desk: Desk) -> None:
    desk.put("a.csv", REGION + "1,甲\n2\n3,丙,多\n4,丁\n")
    desk.land()
    assert regions(desk) == [
        (2, "1", "甲", None),
        (3, "2", None, "cells:2/1"),
        (4, "3", "丙", "cells:2/3"),
        (5, "4", "丁", None),
    ]


def test_blank_rows_are_no_rows(desk: Desk) -> None:
    desk.put("a.csv", REGION + "1,甲\n\n , \n,\n\u3000\n2,乙\n")
    desk.land()
    assert [row[0] for row in regions(desk)] == [2, 7]
    assert read_ledger(desk.paths)[0].blank_rows == 4


def test_values_are_trimmed_and_null_tokens_go(desk: Desk) -> None:
    values = ["\u3000甲 ", "\t乙", "丙\u00a0", "NULL", "\\N", "-", "—", " - ", '""', "--", "0012", "甲 乙"]
    desk.put("a.csv", REGION + "".join(f"{i},{value}\n" for i, value in enumerate(values)))
    desk.land()
    assert [row[2] for row in regions(desk)] == ["甲", "乙", "丙"] + [None] * 6 + ["--", "0012", "甲 乙"]


def test_a_cell_of_a_megabyte(desk: Desk) -> None:
    long = "长" * 400_000  # 1.2 MB
    desk.put("a.csv", REGION + f"1,甲\n2,{long}\n3,丙\n\n4,丁\n")
    desk.land()
    assert [(row[0], len(row[2])) for row in regions(desk)] == [(2, 1), (3, 400_000), (4, 1), (6, 1)]


def test_codes_that_lost_digits_are_marked(desk: Desk) -> None:
    desk.put("a.csv", ROSTER + "9.90101E+17,9.90101E+17,测甲,低保,990101001,2026-01-01\n" + roster_row(2))
    desk.land()
    lost, fine = desk.rows("priority_roster")
    assert lost["_fault"] == "lost_digits:roster_id;lost_digits:certno"
    assert lost["certno_check"] == "lost_digits"
    assert fine["_fault"] is None


def test_extra_columns_are_kept_without_persons(desk: Desk) -> None:
    head = "区划代码,区划名称,备注,户主姓名,联系电话,身份证,经办人\n"
    # a wrong check character (9 would be right): hidden all the same
    row = "1,甲,见 990101199001010017 及 13800001111。,测甲乙,13800001111,990101199001010017,测丙\n"
    desk.put("a.csv", head + row)
    desk.land()
    (landed,) = desk.rows("region")
    assert landed["extra:备注"] == "见 990***********0017 及 138****1111。"
    assert landed["extra:户主姓名"] == "测**"
    assert landed["extra:联系电话"] == "138****1111"
    assert landed["extra:经办人"] == "测**"
    assert len(landed["extra:身份证"]) == 32


def test_a_column_without_a_name_is_kept_by_its_place(desk: Desk) -> None:
    desk.put("a.csv", "区划代码,区划名称,\n1,甲,乙\n")
    desk.land()
    assert desk.rows("region")[0]["extra:第3列"] == "乙"


# both roads ------------------------------------------------------------------------------------------------------


def read_all(raw: bytes, width: int, encoding: str, fast: bool) -> list[Any]:
    class OnlySlow(DelimitedReader):
        def _fast(self, buffer: bytes, start: int, end: int) -> None:
            return None

    form = TextForm(encoding, 0, b"\n" if b"\n" in raw else b"\r")
    reader = (DelimitedReader if fast else OnlySlow)(Bytes(io.BytesIO(raw), form), ",", width)
    rows: list[Any] = []
    try:
        for block in reader:
            texts = zip(*(column.to_pylist() for column in block.columns), strict=True)
            faults = (block.cell_faults.get(i) for i in range(len(block.rows)))
            rows += zip(block.rows.tolist(), texts, faults, strict=True)
    except Refusal as refusal:
        return [refusal.reason_code, refusal.message_zh]
    return [rows, reader.blank_rows]


cell = st.text(alphabet='ab甲乙" ,\n\r\u3000-—0', max_size=5)
wild = st.text(alphabet='a甲",\n\r ', max_size=60)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    # pieces of some bytes, so that every kind of cut happens
    monkeypatch.setattr(delimited, "PIECE", 64)
    monkeypatch.setattr(delimited, "SMALLEST_PIECE", 16)
    monkeypatch.setattr(delimited, "_READ", 48)


relaxed = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@relaxed
@given(
    rows=st.lists(st.lists(cell, min_size=3, max_size=3), max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_both_roads_read_well_made_files_alike(
    small_pieces: None, rows: list[list[str]], end: str, encoding: str, quoting: Any
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator=end, quoting=quoting).writerows(rows)
    raw = text.getvalue().encode(encoding)
    assert read_all(raw, 3, encoding, fast=True) == read_all(raw, 3, encoding, fast=False)


@relaxed
@given(text=wild, encoding=st.sampled_from(["utf-8", "gb18030"]))
def test_both_roads_read_anything_alike(small_pieces: None, text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    assert read_all(raw, 2, encoding, fast=True) == read_all(raw, 2, encoding, fast=False)


@relaxed
@given(
    rows=st.lists(st.tuples(st.integers(0, 9), st.text(alphabet="ab甲", min_size=1, max_size=9)), max_size=40)
)
def test_plain_rows_take_the_fast_road(small_pieces: None, rows: list[tuple[int, str]]) -> None:
    raw = "".join(f"{number},{text}\n" for number, text in rows).encode()
    expected = [(i, (str(number), text), None) for i, (number, text) in enumerate(rows, 1)]
    assert read_all(raw, 2, "utf-8", fast=True) == [expected, 0]


@pytest.mark.parametrize("size", [64, 4096, 16 << 20])
def test_faults_in_a_long_file_stay_on_their_lines(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(delimited, "PIECE", size)
    monkeypatch.setattr(delimited, "SMALLEST_PIECE", min(size, 1024))
    lines = [f"{i},名{i}" for i in range(1, 3001)]
    lines[499], lines[1499], lines[2499] = "500", "", '2500,"甲\n乙"'
    rows, blank = read_all("\n".join(lines).encode("gb18030"), 2, "gb18030", fast=True)
    by_line = {line: (cells, fault) for line, cells, fault in rows}
    assert len(rows) == 2999 and blank == 1
    assert by_line[500] == (("500", None), "cells:2/1")
    assert 1500 not in by_line
    assert by_line[2500] == (("2500", "甲\n乙"), None)
    assert by_line[2502] == (("2501", "名2501"), None)
    assert by_line[3001] == (("3000", "名3000"), None)
