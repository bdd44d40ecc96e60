"""Writing one export, row by row, in the manner a bureau's system would: CSV, TSV, XLSX, XLS.

The place of each row that carries a note is told, so that the planted faults can be listed by file, sheet
and row.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import xlsxwriter
import xlwt

from .fields import fields
from .spelling import Style, serial, spell
from .text import Row

CREATED = datetime(2026, 10, 8, 9, 0, 0)
_NUMBER = re.compile(r"-?\d+(\.\d+)?$")


@dataclass(frozen=True)
class Sheet:
    """One export of one dataset: which columns, under which headers, in which spelling."""

    dataset: str
    columns: tuple[str, ...]
    rows: list[Row]
    style: Style = field(default_factory=Style)
    headers: dict[str, str] = field(default_factory=dict)  # field -> header other than the contract's first
    extra: dict[str, str] = field(default_factory=dict)  # further column -> value in every row
    name: str = ""
    titles: tuple[str, ...] = ()
    hidden: bool = False

    def named(
        self,
        name: str,
        titles: tuple[str, ...] = (),
        extra: dict[str, str] | None = None,
        hidden: bool = False,
    ) -> Sheet:
        """The same as a sheet of a workbook, with title rows above the header and further columns."""
        return replace(self, name=name, titles=titles, extra=extra or {}, hidden=hidden)

    def header(self) -> list[str]:
        known = fields(self.dataset)
        return [self.headers.get(c) or known[c].header for c in self.columns] + list(self.extra)

    def cells(self, row: Row) -> list[str]:
        known = fields(self.dataset)
        raw = {k[5:]: v for k, v in row.items() if k.startswith("#raw:")}
        lost = [
            k
            for k, v in row.items()
            if v and not k.startswith("#") and k not in self.columns and k in row.get("#needs", "")
        ]
        if lost:
            raise ValueError(f"{self.dataset}: the planted row needs {lost}, which this file lacks")
        out = [
            raw.get(c, spell(row.get(c, ""), known[c].type, known[c].codes, self.style)) for c in self.columns
        ] + list(self.extra.values())
        if row.get("#cells") == "few":
            return out[:-3]
        return [*out, "多余", "多余"] if row.get("#cells") == "many" else out


@dataclass(frozen=True)
class Place:
    """Where a row stands; `row` is 1-based, of the file's line or the sheet's row."""

    file: str
    sheet: str | None
    row: int
    dataset: str
    note: Row


def write_csv(
    root: Path, name: str, sheet: Sheet, encoding: str, delimiter: str = ",", eol: str = "\r\n"
) -> list[Place]:
    places: list[Place] = []
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=eol)
    line = 1 + len(sheet.titles)
    for title in sheet.titles:
        writer.writerow([title])
    writer.writerow(sheet.header())
    for row in sheet.rows:
        line += 1
        cells = sheet.cells(row)
        places.append(Place(name, None, line, sheet.dataset, row))
        writer.writerow(cells)
        line += sum(c.count("\n") for c in cells)
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return places


def write_xlsx(
    root: Path, name: str, sheets: Iterable[Sheet], notes: dict[str, list[str]] | None = None
) -> list[Place]:
    """A workbook; `notes` are further sheets of plain text lines."""
    places: list[Place] = []
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": CREATED, "author": "示范县医疗保障局"})
    bold = book.add_format({"bold": True, "align": "center"})
    when = book.add_format({"num_format": "yyyy-mm-dd"})
    clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for title, lines in (notes or {}).items():
        page = book.add_worksheet(title)
        for n, remark in enumerate(lines):
            page.write_string(n, 0, remark)
    for sheet in sheets:
        page = book.add_worksheet(sheet.name or None)
        if sheet.hidden:
            page.hide()
        known = fields(sheet.dataset)
        kinds = [known[c].type for c in sheet.columns] + ["text"] * (len(sheet.extra) + 2)
        header = sheet.header()
        for n, title in enumerate(sheet.titles):
            page.merge_range(n, 0, n, len(header) - 1, title, bold)
        top = len(sheet.titles)
        for c, text in enumerate(header):
            page.write_string(top, c, text, bold)
        line = top
        for row in sheet.rows:
            line += 1
            if row.get("#blank"):  # an empty row above: it is no row
                line += 1
            places.append(Place(name, sheet.name, line + 1, sheet.dataset, row))
            for c, text in enumerate(sheet.cells(row)):
                column = sheet.columns[c] if c < len(sheet.columns) else ""
                number = None if f"#raw:{column}" in row else serial(row.get(column, ""))
                if not text:
                    continue
                if (
                    kinds[c] in ("date", "timestamp")
                    and number is not None
                    and sheet.style.dates in ("serial", "cell")
                ):
                    value = number if sheet.style.times else int(number)
                    shown = clock if value != int(value) else when
                    page.write_number(line, c, value, shown if sheet.style.dates == "cell" else None)
                elif (
                    kinds[c] in ("amount", "integer", "number")
                    and sheet.style.amounts == "number"
                    and _NUMBER.match(text)
                ):
                    page.write_number(line, c, float(text))
                elif text.startswith("#number "):
                    page.write_number(line, c, float(text[8:]))
                else:
                    page.write_string(line, c, text)
    book.close()
    return places


def write_xls(root: Path, name: str, sheet: Sheet) -> list[Place]:
    places: list[Place] = []
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet.name or "Sheet1")
    header = sheet.header()
    for n, title in enumerate(sheet.titles):
        page.write_merge(n, n, 0, len(header) - 1, title)
    top = len(sheet.titles)
    for c, text in enumerate(header):
        page.write(top, c, text)
    known = fields(sheet.dataset)
    for n, row in enumerate(sheet.rows, start=top + 1):
        places.append(Place(name, sheet.name or "Sheet1", n + 1, sheet.dataset, row))
        for c, text in enumerate(sheet.cells(row)):
            integer = c < len(sheet.columns) and known[sheet.columns[c]].type == "integer"
            if text:
                page.write(n, c, float(text) if integer and _NUMBER.match(text) else text)
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(path))
    return places
