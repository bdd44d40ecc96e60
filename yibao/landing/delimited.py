"""CSV and TSV: bytes to blocks of rows with exact line numbers, streaming.

Fast road: Arrow parses a whole piece. It is believed only where every line end of the piece ended one row of the right
width; then line numbers need no counting and no quote is open at the end. Any other piece is halved until it is small,
and what is still irregular (ragged and blank rows, quoted line ends) goes row by row through Python's csv module.
Values are taken as bytes: in GB18030 no delimiter, quote or line end is ever the second byte of a character, so only the
distinct non-ASCII values are decoded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from yibao.landing.encodings import UTF8, Fingerprint, TextForm, changing
from yibao.landing.records import Block
from yibao.landing.slow_csv import SlowReader, broken_text
from yibao.landing.values import ASCII_NULL_TOKENS, clean, is_ascii

PIECE = 16 << 20
SMALLEST_PIECE = 128 << 10
_READ = 16 << 20
_LF, _CR = 10, 13


class Bytes:
    """A window over the file: `buffer[position:]` is unread, `line` the number of its first line."""

    def __init__(self, file: BinaryIO, form: TextForm) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.form = form
        self.buffer = b""
        self.position = 0
        self.offset = 0  # of buffer[0] in the file
        self.line = 1
        self.ended = False
        self.fill()
        self.position = form.bom

    def fill(self) -> None:
        """Reads on; what was consumed is dropped."""
        block = self._file.read(_READ)
        self._digest.update(block)
        if not block:
            self.ended = True
            return
        self.offset += self.position
        self.buffer = self.buffer[self.position :] + block
        self.position = 0

    def piece_end(self, size: int) -> int:
        """Where a piece of about `size` bytes ends: behind a line end, or at the end of the file."""
        while True:
            stop = self.position + size
            if stop < len(self.buffer):
                end = self.buffer.rfind(self.form.line_end, self.position, stop) + 1
                end = end or self.buffer.find(self.form.line_end, stop) + 1
                if end:
                    return end
            if self.ended:
                return len(self.buffer)
            self.fill()

    def line_after(self, start: int) -> int:
        """The end of the line that begins at buffer index `start`, relative to `position`."""
        ahead = start - self.position
        while True:
            end = self.buffer.find(self.form.line_end, self.position + ahead) + 1
            if end or self.ended:
                return (end or len(self.buffer)) - self.position
            self.fill()

    def advance(self, end: int, lines: int) -> None:
        """Everything before buffer index `end` is done; it held `lines` line ends."""
        self.position = end
        self.line += lines

    def verify(self, expected: Fingerprint) -> None:
        """Raises Refusal when the bytes read are not those of the first pass."""
        while not self.ended:
            self.position = len(self.buffer)
            self.fill()
        if self._digest.hexdigest() != expected.sha256:
            raise changing()


class DelimitedReader:
    """The blocks of one text file, header excluded. Iterate once; `blank_rows` is then complete."""

    def __init__(self, source: Bytes, delimiter: str, width: int) -> None:
        self._source = source
        self._delimiter = delimiter
        self._width = width
        self._slow = SlowReader(source, delimiter, width)
        names = [str(place) for place in range(width)]
        self._parse = pa_csv.ParseOptions(delimiter=delimiter, quote_char='"', newlines_in_values=True)
        self._convert = pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.binary()),
            null_values=ASCII_NULL_TOKENS,
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        )
        self._names = names

    @property
    def blank_rows(self) -> int:
        return self._slow.blank_rows

    @property
    def position(self) -> int:
        """Bytes of the file that are done."""
        return self._source.offset + self._source.position

    def __iter__(self) -> Iterator[Block]:
        source = self._source
        size = PIECE
        while True:
            end = source.piece_end(size)
            if end == source.position:
                return
            block = self._fast(source.buffer, source.position, end)
            if block is not None:
                source.advance(end, len(block.rows))
                size = min(PIECE, size * 2)
            elif size > SMALLEST_PIECE and end - source.position > SMALLEST_PIECE:
                size = max(SMALLEST_PIECE, min(size, end - source.position) // 8)
                continue
            else:
                block = self._slow.read(end)
            if len(block.rows):
                yield block

    def _fast(self, buffer: bytes, start: int, end: int) -> Block | None:
        if self._source.form.line_end == b"\r":
            lines = buffer.count(b"\r", start, end)
        else:
            held = np.frombuffer(buffer, dtype=np.uint8, count=end - start, offset=start)
            lines = int(np.count_nonzero(held == _LF))
            returns = np.flatnonzero(held == _CR)
            # a CR that no LF follows ends a line too: such lines are not counted here
            if returns.size and (returns[-1] == held.size - 1 or (held[returns + 1] != _LF).any()):
                return None
        piece = pa.py_buffer(buffer).slice(start, end - start)
        if buffer[end - 1 : end] not in (b"\n", b"\r"):
            piece = pa.py_buffer(buffer[start:end] + self._source.form.line_end)
            lines += 1
        columns = self._parsed(piece, lines)
        if columns is None:
            return None
        try:
            columns = [clean(self._decoded(column), nulls_read=True) for column in columns]
        except UnicodeDecodeError:
            raise broken_text(self._source, start, buffer[start:end]) from None
        if _has_blank_row(columns):
            return None
        rows = np.arange(self._source.line, self._source.line + lines, dtype=np.int64)
        return Block(columns, rows, scientific=buffer.find(b"+", start, end) >= 0)

    def _parsed(self, piece: Any, lines: int) -> list[Any] | None:
        read = pa_csv.ReadOptions(column_names=self._names, block_size=piece.size + 1, use_threads=False)
        try:
            table = pa_csv.read_csv(pa.BufferReader(piece), read, self._parse, self._convert)
        except pa.ArrowInvalid:
            return None
        if table.num_rows != lines or not lines:
            return None
        columns = [
            column.chunk(0) if column.num_chunks == 1 else column.combine_chunks() for column in table.columns
        ]
        # a quote left open in the last row would have taken the last line end into its last cell
        last = columns[-1][-1].as_py()
        return None if last is not None and last.endswith((b"\n", b"\r")) else columns

    def _decoded(self, column: Any) -> Any:
        if self._source.form.encoding == UTF8 or is_ascii(column):
            return column.view(pa.string())
        coded = pc.dictionary_encode(column)
        text = b"\n".join(coded.dictionary.to_pylist()).decode(self._source.form.encoding)
        return pa.array(text.split("\n"), pa.string()).take(coded.indices)


def _has_blank_row(columns: list[Any]) -> bool:
    blank: Any = None
    for column in sorted(columns, key=lambda column: int(column.null_count)):
        if not column.null_count:
            return False
        nulls = column.is_null()
        blank = nulls if blank is None else pc.and_(blank, nulls)
        if not pc.any(blank).as_py():
            return False
    return True
