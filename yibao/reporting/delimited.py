"""CSV as Excel opens it without being asked: UTF-8 with BOM, CRLF, nothing that it could run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from yibao.formula import defused


def encoded(head: Sequence[str], rows: Iterable[Sequence[str | None]]) -> bytes:
    """The file; None is an empty cell."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell and defused(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")
