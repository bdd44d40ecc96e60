"""Looks for known certificates and names in everything below a folder, however it is stored.

What a file of a later version of the product may hold is not known here, so nothing is listed: every file is searched as bytes
(UTF-8, GB18030, UTF-16), and what packs its content is opened, also within another: Parquet, DuckDB, ZIP (so workbooks, Word
and packages), GZIP, TAR, PDF. Of XML each paragraph is read as it is shown, since Word may cut a name into runs. A PDF holds
the numbers of its fonts' glyphs: it is read by the fonts' own tables, as a reader who copies from it does; a name that breaks
over two lines is not seen there, but is in the Word file of the same report. Pictures are not read.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import io
import re
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
from pypdf import PdfReader

from tests.reference.values import normal_certificate

_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_DUCKDB_MAGIC_AT = 8
_TAR_MAGIC_AT = 257
# where a paragraph, a cell's text or a line of a picture ends (Word, workbook, chart, SVG)
_PARAGRAPH_END = re.compile(r"</(?:\w+:)?(?:p|si|is|v|f|text)>|<(?:\w+:)?(?:br|tab)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")


class Identities:
    """What must not be found: full names, and certificates as they were written and in their normal form."""

    def __init__(self, certificates: Iterable[str], names: Iterable[str]) -> None:
        numbers = {
            form for text in certificates for form in (text, normal_certificate(text)) if len(form) >= 15
        }
        numbers |= {form.lower() for form in numbers} | {form.upper() for form in numbers}
        texts = numbers | {number.translate(_WIDE) for number in numbers} | set(names)
        needles = {text.encode(encoding): text for text in texts for encoding in _ENCODINGS}
        self._needles = needles
        self._lengths = sorted({len(needle) for needle in needles})
        self._begins = np.zeros(1 << 16, dtype=bool)
        self._begins[[needle[0] | needle[1] << 8 for needle in needles]] = True

    def found_in(self, content: bytes) -> set[str]:
        """The identities that these bytes hold, told by their first character only."""
        held = np.frombuffer(content, dtype=np.uint8)
        pairs = held[:-1].astype(np.uint16) | held[1:].astype(np.uint16) << 8
        return {
            self._needles[piece][:1] + "…"
            for start in np.flatnonzero(self._begins[pairs]).tolist()
            for length in self._lengths
            if (piece := content[start : start + length]) in self._needles
        }


def scan(folder: Path, identities: Identities) -> dict[str, set[str]]:
    """The files below the folder (links not followed) that hold an identity, in their content or their name, and which.

    The same bytes are searched once: what a backup or a package holds of files beside it is told of those.
    """
    found: dict[str, set[str]] = {}
    seen: set[bytes] = set()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hits = identities.found_in(name.encode())
        if path.is_file() and not path.is_symlink():
            for content in _opened(path.read_bytes(), seen):
                hits |= identities.found_in(content)
        if hits:
            found[name] = hits
    return found


def _opened(content: bytes, seen: set[bytes]) -> Iterator[bytes]:
    """What can be read of these bytes, and of all that is packed in them."""
    digest = hashlib.sha256(content).digest()
    if digest in seen:
        return
    seen.add(digest)
    if content[_TAR_MAGIC_AT:].startswith(b"ustar"):
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for entry in archive:
                yield entry.name.encode()
                if file := archive.extractfile(entry):
                    yield from _opened(file.read(), seen)
        return
    yield content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name in package.namelist():
                yield name.encode()
                yield from _opened(package.read(name), seen)
    elif content.startswith(b"\x1f\x8b"):
        yield from _opened(gzip.decompress(content), seen)
    elif content.startswith(b"PAR1"):
        table = pq.ParquetFile(io.BytesIO(content)).read(use_threads=False)
        yield _joined(value for column in table.columns for value in column.unique().to_pylist())
    elif content[_DUCKDB_MAGIC_AT:].startswith(b"DUCK"):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy.duckdb"
            copy.write_bytes(content)
            yield _joined(_values_of_database(copy))
    elif content.startswith(b"%PDF"):
        yield "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).encode()
    elif content.startswith((b"<?xml", b"\xef\xbb\xbf<?xml")):
        text = _TAG.sub("", _PARAGRAPH_END.sub("\n", content.decode("utf-8", "replace")))
        yield html.unescape(text).encode("utf-8", "surrogatepass")


def _values_of_database(path: Path) -> Iterator[object]:
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() inner join duckdb_tables() using (schema_name, table_name)"
            " where not regexp_matches(data_type, '^(DATE|TIMESTAMP|BOOLEAN|DOUBLE|FLOAT)')"
        ).fetchall()
        for schema, table, column in columns:
            quoted = ".".join('"' + name.replace('"', '""') + '"' for name in (schema, table))
            name = '"' + column.replace('"', '""') + '"'
            for (value,) in connection.execute(
                f"select distinct cast({name} as varchar) from {quoted}"
            ).fetchall():
                yield value


def _joined(values: Iterable[object]) -> bytes:
    return "\n".join(str(value) for value in values if value is not None).encode("utf-8", "surrogatepass")
