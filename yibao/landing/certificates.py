"""Citizen certificate numbers (GB 11643), many at once: normal form, check, mask (semantics 3).

Works on arrays of distinct values without nulls; a matrix is (n, 18) bytes, one certificate a row.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yibao.landing.values import is_ascii, parts

CHECKS = ("ok", "length", "birth_date", "checksum", "lost_digits")
_OK, _LENGTH, _BIRTH_DATE, _CHECKSUM, _LOST = range(5)
LENGTH = 18
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)
_CHECK_CHARACTERS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, *[0] * 87], dtype=np.int32)
_OLD = re.compile(r"[0-9]{15}")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+")
# the same for any code field, in the syntax of Arrow
SCIENTIFIC_PATTERN = r"^[0-9](\.[0-9]+)?[eE]\+[0-9]+$"

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Certificates:
    """Three string arrays as long as the input: normal form, check (one of CHECKS), mask."""

    normal: Any
    check: Any
    mask: Any


def examine(values: Any) -> Certificates:
    """What is known of each of these distinct values (trimmed, none null)."""
    normal = _normalise(values)
    offsets, data = parts(normal)
    lengths = np.diff(offsets)
    full = np.flatnonzero(lengths == LENGTH)
    matrix = gather(offsets, data, full)
    checks = np.full(len(normal), _LENGTH, dtype=np.int8)
    checks[full] = _verdicts(matrix)
    if len(full) == len(normal):
        mask = _masked(matrix)
    else:
        odd = np.flatnonzero(lengths != LENGTH)
        texts = normal.take(pa.array(odd)).to_pylist()
        checks[odd] = [_LOST if _SCIENTIFIC.fullmatch(text) else _LENGTH for text in texts]
        both = pa.concat_arrays([_masked(matrix), pa.array([mask_text(text) for text in texts], pa.string())])
        order = np.empty(len(normal), dtype=np.int64)
        order[full] = np.arange(len(full))
        order[odd] = len(full) + np.arange(len(odd))
        mask = both.take(pa.array(order))
    return Certificates(normal, pa.array(CHECKS).take(pa.array(checks)), mask)


def mask_text(text: str) -> str:
    """First 3 and last 4 characters with stars between; of fewer than 8 only the first."""
    if len(text) < 8:
        return text[:1] + "*" * max(1, len(text) - 1)
    return text[:3] + "*" * (len(text) - 7) + text[-4:]


def gather(offsets: npt.NDArray[np.int32], data: Bytes, rows: npt.NDArray[np.intp]) -> Bytes:
    """The (n, 18) matrix of the values at these rows, each 18 bytes long."""
    if len(rows) and len(rows) == len(offsets) - 1:
        return data[offsets[0] : offsets[-1]].reshape(-1, LENGTH)
    starts = offsets[rows].astype(np.int64)
    taken: Bytes = data[starts[:, None] + np.arange(LENGTH)]
    return taken


def valid(matrix: Bytes) -> npt.NDArray[np.bool_]:
    """Which rows are valid certificates: digits, real birth date, right check character (x or X)."""
    upper = matrix
    if matrix.size and (matrix[:, -1] == ord("x")).any():
        upper = matrix.copy()
        upper[upper[:, -1] == ord("x"), -1] = ord("X")
    found: npt.NDArray[np.bool_] = _verdicts(upper) == _OK
    return found


def _verdicts(matrix: Bytes) -> npt.NDArray[np.int8]:
    digits = (matrix[:, :17] - np.uint8(ord("0"))).astype(np.int32)
    numeric = digits <= 9
    born = _real_dates(digits[:, 6:14]) & numeric[:, 6:14].all(axis=1)
    expected = _CHECK_CHARACTERS[(digits @ _WEIGHTS) % 11]
    right = numeric.all(axis=1) & (matrix[:, 17] == expected)
    verdicts = np.where(born, np.where(right, _OK, _CHECKSUM), _BIRTH_DATE)
    return verdicts.astype(np.int8)


def _real_dates(digits: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    year = digits[:, :4] @ np.array([1000, 100, 10, 1], dtype=np.int32)
    month = np.clip(digits[:, 4] * 10 + digits[:, 5], 0, 99)
    day = digits[:, 6] * 10 + digits[:, 7]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _MONTH_DAYS[month] - ((month == 2) & ~leap)
    real: npt.NDArray[np.bool_] = (year >= 1) & (day >= 1) & (day <= last)
    return real


def _masked(matrix: Bytes) -> Any:
    masked = np.full(matrix.shape, ord("*"), dtype=np.uint8)
    masked[:, :3] = matrix[:, :3]
    masked[:, -4:] = matrix[:, -4:]
    return fixed_width(masked)


def fixed_width(matrix: Bytes) -> Any:
    """The rows of an ASCII byte matrix as a string array."""
    rows, width = matrix.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(
        rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(matrix))
    )


def _normalise(values: Any) -> Any:
    if not is_ascii(values):
        values = pa.array(
            [unicodedata.normalize("NFKC", text).strip() for text in values.to_pylist()], pa.string()
        )
    offsets, data = parts(values)
    if (data[offsets[0] : offsets[-1]] >= ord("a")).any():
        values = pc.utf8_upper(values)
        offsets, _ = parts(values)
    if (np.diff(offsets) == 15).any():
        values = pa.array(
            [_lengthened(text) if _OLD.fullmatch(text) else text for text in values.to_pylist()], pa.string()
        )
    return values


def _lengthened(old: str) -> str:
    """18 characters of a 15-digit certificate: the century 19 and the check character are put in."""
    body = old[:6] + "19" + old[6:]
    total = sum(int(digit) * int(weight) for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]
