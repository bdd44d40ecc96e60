"""The row-by-row road for irregular pieces of a CSV: exact line numbers, ragged and blank rows, quoted line ends."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from typing import Protocol

import numpy as np
import pyarrow as pa

from yibao.landing.encodings import TextForm, count_lines
from yibao.landing.errors import Refusal
from yibao.landing.records import Block
from yibao.landing.values import TRIMMED, clean

LONGEST_RECORD = 64 << 20


class Window(Protocol):
    """What is read from: see delimited.Bytes."""

    form: TextForm
    buffer: bytes
    position: int
    offset: int
    line: int
    ended: bool

    def line_after(self, start: int) -> int: ...
    def advance(self, end: int, lines: int) -> None: ...


def broken_text(source: Window, start: int, piece: bytes) -> Refusal:
    """The refusal for bytes (at buffer index `start`) that are no text in the file's encoding."""
    try:
        piece.decode(source.form.encoding)
    except UnicodeDecodeError as error:
        line = (
            source.line
            + count_lines(source.buffer[source.position : start])
            + count_lines(piece[: error.start])
        )
        at = source.offset + start + error.start + 1
        return Refusal(
            "broken_encoding",
            f"第 {line} 行（第 {at} 个字节）既不是 UTF-8 也不是 GB18030/GBK 文字：文件损坏或编码混杂。请重新导出。",
        )
    return Refusal("broken_encoding", f"第 {source.line} 行之后有无法识别的文字编码。请重新导出。")


class SlowReader:
    """Reads pieces of a window with Python's csv module; a record that runs over the piece's end is read to its end."""

    def __init__(self, source: Window, delimiter: str, width: int) -> None:
        self._source = source
        self._delimiter = delimiter
        self._width = width
        self.blank_rows = 0

    def read(self, end: int) -> Block:
        """The rows that begin before buffer index `end`; moves the window behind them.

        Raises Refusal: broken_encoding, unclosed_quote.
        """
        # a limit of the csv module for the whole process; a cell may be as long as a record may be
        csv.field_size_limit(min(LONGEST_RECORD, sys.maxsize))
        feed = _Feed(self._source, end)
        rows: list[list[str]] = []
        lines: list[int] = []
        faults: dict[int, str] = {}
        reader = csv.reader(feed, delimiter=self._delimiter)
        for cells in reader:
            first = feed.record_line
            self._refuse_swallowed(feed)
            feed.record_done()
            if not any(cell.strip(TRIMMED) for cell in cells):
                self.blank_rows += 1
                continue
            if len(cells) != self._width:
                faults[len(rows)] = f"cells:{self._width}/{len(cells)}"
                cells = (cells + [""] * self._width)[: self._width]
            rows.append(cells)
            lines.append(first)
        feed.finish()
        columns = [clean(pa.array(column, pa.string())) for column in zip(*rows, strict=True)]
        return Block(columns, np.array(lines, dtype=np.int64), faults)

    def _refuse_swallowed(self, feed: _Feed) -> None:
        # a stray quote that meets another one lines later makes one row of many: two of its lines look whole
        if len(feed.record) < 2:
            return
        whole = [at for at, line in enumerate(feed.record) if line.count(self._delimiter) >= self._width - 1]
        if len(whole) > 1:
            raise unclosed(feed.open_line())


def unclosed(line: int) -> Refusal:
    """The refusal for a quote that opens on this line and is not closed where its cell ends."""
    return Refusal(
        "unclosed_quote",
        f'第 {line} 行有一个引号（"）没有闭合，后面的行会被吞掉。请在该行补上或删去引号后重新导入。',
    )


class _Feed:
    """The lines that the csv module asks for, counted; a line asked for within a record may lie behind the piece."""

    def __init__(self, source: Window, end: int) -> None:
        self._source = source
        self._length = end - source.position  # relative: the buffer may move
        piece = source.buffer[source.position : end]
        self._lines = self._split(piece, source.position)
        self._line = source.line
        self.record: list[str] = []
        self._record_bytes = 0
        self.record_line = source.line

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        text = next(self._lines, None)
        if text is None:
            if not self.record:
                raise StopIteration
            text = self._beyond()
        if not self.record:
            self.record_line = self._line
        self.record.append(text)
        self._record_bytes += len(text)
        if self._record_bytes > LONGEST_RECORD:
            raise unclosed(self.open_line())
        self._line += 1
        return text

    def record_done(self) -> None:
        self.record = []
        self._record_bytes = 0

    def open_line(self) -> int:
        """The line on which the quote opened that the record ran on with."""
        opened = self.record_line
        inside = False
        for number, text in enumerate(self.record, self.record_line):
            if text.count('"') % 2:
                inside = not inside
                if inside:
                    opened = number
        return opened

    def finish(self) -> None:
        self._source.advance(self._source.position + self._length, self._line - self._source.line)

    def _beyond(self) -> str:
        start = self._source.position + self._length
        length = self._source.line_after(start)
        start = self._source.position + self._length
        piece = self._source.buffer[start : self._source.position + length]
        if not piece:
            raise unclosed(self.open_line())
        self._length = length
        self._lines = self._split(piece, start)
        return next(self._lines)

    def _split(self, piece: bytes, start: int) -> Iterator[str]:
        try:
            text = piece.decode(self._source.form.encoding)
        except UnicodeDecodeError:
            raise broken_text(self._source, start, piece) from None
        return iter(io.StringIO(text, newline=""))
