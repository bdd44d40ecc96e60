"""Files that no system should export, though every cell could be typed by somebody: hypothesis draws them."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass

import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import strategies as st

from tests.landing_kit import CONTRACT, NOW, Desk
from yibao.contract import Dataset, Field

BLANKS = " \t\u00a0\u3000"
FORMS = ("csv", "csv", "tsv", "xlsx")
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030")
# what a spreadsheet would run, what a parser trips over, what a person types into an empty field
NASTY = (
    "=1+1", "+86", "@SUM(A1)", "-2+3", "=cmd|' /C calc'!A0", '"', '""', 'a"b', "a,b", "a\tb", "'", "\\", "\\N", "NULL",
    "null", "-", "—", "#N/A", "无", "待定", "１２３", "𠮷", "😀", "é", "0x1F", "1e3", "1E+17", "NaN", "inf", "TRUE", "<b>", "%s",
)  # fmt: skip
# few, so that rows repeat and replace each other
KEYS = ("1", "2", "3", "0001", "甲")
AMOUNTS = (
    "0",
    "1",
    "1.00",
    "-1",
    "12.5",
    "1,234.50",
    "(3.00)",
    "￥8",
    "１．５",
    "1e2",
    "99999999999999.99",
    "-0.005",
    "0.00005",
)
WHOLE_NUMBERS = ("2026", "2025", "0", "7.0", "9,999", "２０２６")
DAYS = (
    "2026-01-05",
    "2026/1/5",
    "20260105",
    "2026年1月5日",
    "46027",
    "2026-01-05 08:30:00",
    "1899-12-31",
    "2026-01-04",
)
UNREADABLE = ("1,23", "7.5", "-3", "2026-02-30", "20261301", "77", "9901011990", "9.90101E+17")
CERTIFICATES = ("990101199001010011", "990101900101001", "99010119900101001x")


@dataclass(frozen=True)
class DirtyFile:
    """A table of a dataset and the form that it is written in; `table[0]` is the header."""

    dataset: str
    table: list[list[str]]
    form: str
    encoding: str
    line_end: str
    quote_all: bool

    def write(self, desk: Desk, name: str) -> None:
        """Puts it into the inbox, dated as all the others."""
        if self.form == "xlsx":
            path = desk.inbox / f"{name}.xlsx"
            with xlsxwriter.Workbook(str(path)) as book:
                sheet = book.add_worksheet("表")
                for number, cells in enumerate(self.table):
                    for place, cell in enumerate(cells):
                        if cell:
                            sheet.write_string(number, place, cell)
        else:
            text = io.StringIO(newline="")
            csv.writer(
                text,
                delimiter="\t" if self.form == "tsv" else ",",
                lineterminator=self.line_end,
                quoting=csv.QUOTE_ALL if self.quote_all else csv.QUOTE_MINIMAL,
            ).writerows(self.table)
            path = desk.put(f"{name}.{self.form}", text.getvalue(), self.encoding)
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    @property
    def rows(self) -> int:
        """The rows that are rows: a blank one is none (semantics 1)."""
        return sum(any(cell.strip(BLANKS) for cell in cells) for cells in self.table[1:])


def _usual(field: Field) -> st.SearchStrategy[str]:
    values: tuple[str, ...]
    match field.type:
        case "amount" | "number":
            values = AMOUNTS
        case "integer":
            values = WHOLE_NUMBERS
        case "date" | "timestamp":
            values = DAYS
        case _ if field.pii == "id":
            values = CERTIFICATES
        case _ if field.codes:
            values = (*list(field.codes)[:2], *list(field.codes.values())[:2])
        case _:
            values = KEYS
    return st.sampled_from(values)


# a cell that is put in the place of a usual one
_UNUSUAL = st.sampled_from([*NASTY, *UNREADABLE, "", " ", "\u3000", " 1 ", "\u30001", "甲\u00a0"])


@st.composite
def dirty_files(
    draw: st.DrawFn, datasets: tuple[Dataset, ...] = tuple(CONTRACT.datasets.values())
) -> DirtyFile:
    """Required columns and some others in any order; rows that repeat, contradict, lack cells or have too many."""
    dataset = draw(st.sampled_from(datasets))
    optional = [field for field in dataset.fields if not field.required]
    chosen = (
        draw(st.lists(st.sampled_from(optional), max_size=6, unique_by=lambda field: field.name))
        if optional
        else []
    )
    fields = draw(st.permutations([*dataset.required, *chosen]))
    form = draw(st.sampled_from(FORMS))
    rows = draw(st.lists(st.tuples(*map(_usual, fields)).map(list), min_size=1, max_size=8))
    for source in draw(st.lists(st.integers(0, len(rows) - 1), max_size=3)):
        rows.append(list(rows[source]))
    for row in draw(st.lists(st.sampled_from(rows), max_size=4)):
        row[draw(st.integers(0, len(fields) - 1))] = draw(_UNUSUAL)
    for place in draw(st.lists(st.integers(0, len(rows) - 1), max_size=2)):
        rows.insert(place, draw(st.sampled_from([[""], [" "], [""] * len(fields), ["\u3000"] * len(fields)])))
    if form != "xlsx":
        for place in draw(st.lists(st.integers(0, len(rows) - 1), max_size=2)):
            rows[place] = draw(
                st.sampled_from([rows[place][:-1], [*rows[place], "多"], [*rows[place], ""], rows[place][:1]])
            )
    return DirtyFile(
        dataset.name,
        [[field.zh for field in fields], *rows],
        form,
        draw(st.sampled_from(ENCODINGS)),
        draw(st.sampled_from(["\n", "\r\n"])),
        draw(st.booleans()),
    )
