"""The header of a CSV or TSV, and a reader for what stands below it."""

from __future__ import annotations

import csv
import io
import re
import sys
from dataclasses import dataclass

from yibao.contract import Contract
from yibao.landing.delimited import Bytes, DelimitedReader
from yibao.landing.errors import Refusal
from yibao.landing.headers import TITLE_ROWS, Header, find_header
from yibao.landing.slow_csv import LONGEST_RECORD, broken_text

_HEAD = 4 << 20
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True)
class TextTable:
    """An opened text file: its header (on line `header_row`) and the reader of its rows."""

    header: Header
    header_row: int
    reader: DelimitedReader


def open_text(source: Bytes, contract: Contract) -> TextTable:
    """Finds delimiter (comma or tab) and header, and moves the window behind the header.

    Raises Refusal: empty_file, broken_encoding, and those of headers.find_header.
    """
    end = source.piece_end(_HEAD)
    head = source.buffer[source.position : end]
    try:
        text = head.decode(source.form.encoding)
    except UnicodeDecodeError:
        raise broken_text(source, source.position, head) from None
    if not text.strip():
        if source.ended and end == len(source.buffer):
            raise Refusal(
                "empty_file", "文件是空的。请重新导出；若本期确实没有数据，把该文件移出导入文件夹即可。"
            )
        raise Refusal("no_header", "文件开头没有表头。请删去开头的空行后重新导入。")
    delimiter, rows = _split_head(text, contract)
    header = find_header([cells for _, _, cells in rows], contract)
    first, last, _ = rows[header.position]
    source.advance(source.position + _bytes_of_lines(head, last), last)
    return TextTable(header, first, DelimitedReader(source, delimiter, len(header.names)))


def _split_head(text: str, contract: Contract) -> tuple[str, list[tuple[int, int, list[str]]]]:
    """The delimiter under which the head makes most sense, and its first rows: (first line, last line, cells)."""
    comma, tab = _first_rows(text, ","), _first_rows(text, "\t")
    for delimiter, rows in ((",", comma), ("\t", tab)):
        try:
            find_header([cells for _, _, cells in rows], contract)
        except Refusal as refusal:
            # the columns were recognised: the reason must be told in these words
            if refusal.reason_code in ("ambiguous_dataset", "duplicate_column"):
                return delimiter, rows
        else:
            return delimiter, rows
    widest = max((len(cells) for _, _, cells in comma), default=0)
    return (",", comma) if widest >= max((len(cells) for _, _, cells in tab), default=0) else ("\t", tab)


def _first_rows(text: str, delimiter: str) -> list[tuple[int, int, list[str]]]:
    csv.field_size_limit(min(LONGEST_RECORD, sys.maxsize))
    rows: list[tuple[int, int, list[str]]] = []
    done = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append((done + 1, reader.line_num, cells))
        done = reader.line_num
        if len(rows) > TITLE_ROWS:
            break
    return rows


def _bytes_of_lines(head: bytes, lines: int) -> int:
    end = 0
    for _ in range(lines):
        found = _LINE_END.search(head, end)
        if found is None:
            return len(head)
        end = found.end()
    return end
