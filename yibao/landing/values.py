"""Text values as the contract wants them (semantics 1): trimmed, null tokens gone. Vectorised over Arrow arrays.

An array here is always a pyarrow StringArray (int32 offsets). Cheap looks at its bytes decide whether any work is needed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NULL_TOKENS = ("", "NULL", "\\N", "-", "—")
# what the CSV reader may turn into null by itself: the tokens that are the same bytes in every encoding
ASCII_NULL_TOKENS = ["", "NULL", "\\N", "-"]
# spaces, tab, no-break and ideographic space, and the invisible marks that exports leave behind
TRIMMED = " \t\n\r\v\f\u00a0\u3000\ufeff\u200b"

_WIDE_TRIMMED = tuple(char.encode() for char in TRIMMED if not char.isascii())
_IS_SPACE = np.zeros(256, dtype=bool)
_IS_SPACE[[ord(char) for char in TRIMMED if char.isascii()]] = True
_EM_DASH = "—".encode()


def parts(column: Any) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Offsets (n + 1) and bytes of a string or binary array, as views without copying."""
    _, offsets_buffer, data_buffer = column.buffers()
    if offsets_buffer is None or offsets_buffer.size == 0:
        return np.zeros(1, dtype=np.int32), np.zeros(0, dtype=np.uint8)
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    if data_buffer is None:
        return offsets, np.zeros(0, dtype=np.uint8)
    return offsets, np.frombuffer(data_buffer, dtype=np.uint8)


def is_ascii(column: Any) -> bool:
    """Whether every value of the array is ASCII."""
    offsets, data = parts(column)
    held = data[offsets[0] : offsets[-1]]
    return not held.size or int(held.max()) < 0x80


def clean(column: Any, *, nulls_read: bool = False) -> Any:
    """The array trimmed, null tokens as null.

    `nulls_read` says that the exact ASCII tokens are null already (the CSV reader does that), so that a column with
    nothing to trim is returned as it is.
    """
    offsets, data = parts(column)
    held = data[offsets[0] : offsets[-1]]
    if not held.size:
        return column if nulls_read else pa.nulls(len(column), pa.string())
    ascii_only = int(held.max()) < 0x80
    trim = bool(_IS_SPACE[data[np.minimum(offsets[:-1], data.size - 1)]].any())
    trim = trim or bool(_IS_SPACE[data[offsets[1:] - 1]].any())
    dashed = False
    if not ascii_only:
        raw = held.tobytes()
        trim = trim or any(space in raw for space in _WIDE_TRIMMED)
        dashed = _EM_DASH in raw
    if trim:
        column = pc.utf8_trim(column, characters=TRIMMED)
    if trim or dashed or not nulls_read:
        tokens = pc.is_in(column, value_set=_null_set())
        if pc.any(tokens).as_py():
            column = pc.if_else(tokens, pa.scalar(None, pa.string()), column)
    return column


@cache
def _null_set() -> Any:
    # not at import: Arrow looks for pandas as soon as an array is made, and every command would wait for it
    return pa.array(NULL_TOKENS)


def with_values(column: Any, positions: npt.NDArray[np.intp], values: Any) -> Any:
    """The array with other values at these positions (ascending)."""
    mask = np.zeros(len(column), dtype=bool)
    mask[positions] = True
    return pc.replace_with_mask(column, pa.array(mask), values)


def constant(text: str | None, rows: int) -> Any:
    """The same text for every row, as a dictionary array (nothing is repeated in memory)."""
    if text is None:
        return pa.DictionaryArray.from_arrays(pa.nulls(rows, pa.int32()), pa.array([], pa.string()))
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, dtype=np.int32)), pa.array([text]))
