"""Looks for known certificates and names in everything below a folder, however it is stored.

What a file of a later version of the product may hold is not known here, so nothing is listed: every file is searched as bytes
(UTF-8, GB18030, UTF-16), and what compresses its content is opened: Parquet, DuckDB, ZIP (so workbooks), GZIP.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq

from tests.reference.values import normal_certificate

_ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_DUCKDB_MAGIC_AT = 8


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
    """The files below the folder (links not followed) that hold an identity, in their content or their name, and which."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hits = identities.found_in(name.encode())
        if path.is_file() and not path.is_symlink():
            for content in _contents(path):
                hits |= identities.found_in(content)
        if hits:
            found[name] = hits
    return found


def _contents(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    yield from _opened(content)
    if content.startswith(b"PAR1"):
        table = pq.read_table(path, partitioning=None)
        yield _joined(value for column in table.columns for value in column.unique().to_pylist())
    elif content[_DUCKDB_MAGIC_AT:].startswith(b"DUCK"):
        yield _joined(_values_of_database(path))


def _opened(content: bytes) -> Iterator[bytes]:
    yield content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from _opened(archive.read(member))
    elif content.startswith(b"\x1f\x8b"):
        yield from _opened(gzip.decompress(content))


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
