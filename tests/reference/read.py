"""Raw export files to rows of text (semantics 1): encoding, header, title rows, aliases, workbooks.

Open readings taken here:
- "up to 5 title rows above it are skipped": the header is the first of the first six rows that are not
  blank that holds all required columns of a dataset.
- "blank rows are skipped and are no rows": a row whose cells are all empty once trimmed.
- "full-width brackets and spaces folded": both become their half-width form, then the header is trimmed.
- Two columns with headers of one field: the left one is the field, the other an extra column.
- Too few or too many cells (rulings, `_fault`): in CSV and TSV any other number of cells than the
  header's; a sheet has no row ends, there only a filled cell right of the header's last one is one too
  many.
- `lost_digits` (rulings) in a field of type code: digits with `E+` and an exponent, or a number cell of
  10^15 and more. The certificate is such a field, so its row is faulty too.
- A file of which another has the same bytes: the first by path is taken.
- "newest file date": the newest modification date, in local time, among the files taken.
- "CSV or TSV": of comma and tab, the one by which a header is found.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from tests.reference.contract import Dataset
from tests.reference.values import BLANKS, clean

SUFFIXES_TEXT = {".csv", ".tsv", ".txt"}
SUFFIXES_BOOK = {".xlsx", ".xlsm", ".xls"}
TITLE_ROWS = 5
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)


@dataclass
class Cell:
    """One cell as text; `big_number` when a workbook held it as a number of more than 15 digits."""

    text: str
    big_number: bool = False


@dataclass
class RawRow:
    """One landed row: `texts` by field name (trimmed, null tokens None), `row` 1-based in the original."""

    dataset: str
    file: str
    sheet: str
    row: int
    texts: dict[str, str | None]
    faults: list[str] = field(default_factory=list)


@dataclass
class Landing:
    """What an inbox holds."""

    rows: list[RawRow] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    newest: date = date.min


class Refused(ValueError):
    """A file of which nothing is taken."""


Numbered = list[tuple[int, list[Cell]]]


def read_inbox(inbox: Path, datasets: dict[str, Dataset]) -> Landing:
    landing = Landing()
    seen: set[str] = set()
    paths = [p for p in inbox.rglob("*") if p.is_file() and not p.name.startswith((".", "~$"))]
    for path in sorted(paths, key=lambda p: p.relative_to(inbox).as_posix()):
        if path.suffix.lower() not in SUFFIXES_TEXT | SUFFIXES_BOOK:
            continue
        name = path.relative_to(inbox).as_posix()
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest in seen:
            continue
        try:
            parts = list(_read_file(path, name, datasets))
        except Refused as reason:
            landing.refused[name] = str(reason)
            continue
        seen.add(digest)
        for _, rows in parts:
            landing.rows.extend(rows)
        landing.newest = max(landing.newest, date.fromtimestamp(path.stat().st_mtime))
    return landing


def _read_file(path: Path, name: str, datasets: dict[str, Dataset]) -> Iterator[tuple[str, list[RawRow]]]:
    if path.suffix.lower() in SUFFIXES_TEXT:
        yield _sheet_rows(_text_cells(path, datasets), name, "", datasets)
        return
    found = 0
    for sheet, cells in _book_cells(path):
        if _find_header(cells, datasets) is not None:
            found += 1
            yield _sheet_rows(cells, name, sheet, datasets)
    if not found:
        raise Refused("no visible sheet with the header of a dataset")


def _text_cells(path: Path, datasets: dict[str, Dataset]) -> Numbered:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused("neither UTF-8 nor GB18030")
    csv.field_size_limit(2**31 - 1)
    by_comma = _split(text, ",")
    if _find_header(by_comma, datasets) is not None:
        return by_comma
    return _split(text, "\t")


def _split(text: str, delimiter: str) -> Numbered:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows, line = [], 1
    for cells in reader:
        rows.append((line, [Cell(cell) for cell in cells]))
        line = reader.line_num + 1
    return [(line, cells) for line, cells in rows if not _is_blank(cells)]


def _book_cells(path: Path) -> Iterator[tuple[str, Numbered]]:
    """Visible sheets, rows numbered as in the sheet, blank rows left out."""
    sheets: list[tuple[str, list[list[object]]]]
    try:
        if path.suffix.lower() == ".xls":
            book = CalamineWorkbook.from_path(path)
            visible = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
            sheets = [
                (name, [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)])
                for name in visible
            ]
        else:
            workbook = openpyxl.load_workbook(path, data_only=True)
            sheets = [
                (sheet.title, [list(row) for row in sheet.iter_rows(min_row=1, min_col=1, values_only=True)])
                for sheet in workbook.worksheets
                if sheet.sheet_state == "visible"
            ]
    except Exception as reason:  # the libraries raise many kinds for a broken workbook
        raise Refused(f"not a readable workbook: {reason}") from reason
    for name, rows in sheets:
        cells = [(number, [_cell(value) for value in row]) for number, row in enumerate(rows, start=1)]
        yield name, [(number, row) for number, row in cells if not _is_blank(row)]


def _cell(value: object) -> Cell:
    if value is None:
        return Cell("")
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return Cell(value.date().isoformat() if midnight else value.isoformat(sep=" "))
    if isinstance(value, date):
        return Cell(value.isoformat())
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = str(int(value)) if value == int(value) else repr(value)
        return Cell(text, big_number=abs(value) >= 10**15)
    return Cell(str(value))


def _is_blank(cells: list[Cell]) -> bool:
    return all(not cell.text.strip(BLANKS) for cell in cells)


def _fold_header(text: str) -> str:
    return text.replace("（", "(").replace("）", ")").replace("\u3000", " ").strip(BLANKS)


def _columns(header: list[Cell], dataset: Dataset) -> dict[int, str]:
    """Column index to field name."""
    columns: dict[int, str] = {}
    for index, cell in enumerate(header):
        title = _fold_header(cell.text)
        for candidate in dataset.fields:
            if title in candidate.headers and candidate.name not in columns.values():
                columns[index] = candidate.name
    return columns


def _find_header(cells: Numbered, datasets: dict[str, Dataset]) -> int | None:
    """Position of the first row that holds all required columns of some dataset, within the title rows."""
    for position, (_, header) in enumerate(cells[: TITLE_ROWS + 1]):
        if _candidates(header, datasets):
            return position
    return None


def _candidates(
    header: list[Cell], datasets: dict[str, Dataset]
) -> list[tuple[int, Dataset, dict[int, str]]]:
    found = []
    for dataset in datasets.values():
        columns = _columns(header, dataset)
        if {f.name for f in dataset.fields if f.required} <= set(columns.values()):
            found.append((len(columns), dataset, columns))
    return sorted(found, key=lambda candidate: -candidate[0])


def _sheet_rows(
    cells: Numbered, file: str, sheet: str, datasets: dict[str, Dataset]
) -> tuple[str, list[RawRow]]:
    position = _find_header(cells, datasets)
    if position is None:
        raise Refused("no header of a dataset within the first rows")
    header = cells[position][1]
    candidates = _candidates(header, datasets)
    if len(candidates) > 1 and candidates[0][0] == candidates[1][0]:
        raise Refused(f"the header fits {candidates[0][1].name} and {candidates[1][1].name} alike")
    _, dataset, columns = candidates[0]
    width = (
        len(header) if not sheet else max(i for i, cell in enumerate(header) if cell.text.strip(BLANKS)) + 1
    )
    codes = {f.name for f in dataset.fields if f.type == "code"}
    rows = []
    for number, row in cells[position + 1 :]:
        texts: dict[str, str | None] = {f.name: None for f in dataset.fields}
        faults = []
        filled = len(row) if not sheet else max(i for i, c in enumerate(row) if c.text.strip(BLANKS)) + 1
        if filled > width or (not sheet and filled != width):
            faults.append(f"cells:{width}/{filled}")
        for index, name in columns.items():
            if index >= len(row):
                continue
            texts[name] = text = clean(row[index].text)
            if text is not None and name in codes and (row[index].big_number or _SCIENTIFIC.fullmatch(text)):
                faults.append(f"lost_digits:{name}")
        rows.append(RawRow(dataset.name, file, sheet, number, texts, faults))
    return dataset.name, rows
