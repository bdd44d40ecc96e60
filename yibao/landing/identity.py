"""Persons become keyed hashes (semantics 3 and 8): HMAC-SHA256 cut to 128 bits, 32 hex characters."""

from __future__ import annotations

import binascii
import hashlib
import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yibao.landing import certificates
from yibao.landing.values import parts, with_values

_BLOCK = 64
_KNOWN = 400_000
_HASH_BYTES = 16
_NAME_STARS = "**"
_WIDE_LENGTH = 3 * certificates.LENGTH
# digits that a person could be found by, inside free text: a certificate (18 or 15) or a mobile number
_DIGITS = r"[0-9０-９]{11}"
_NUMBER_IN_TEXT = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15}|1[3-9][0-9]{9})(?![0-9Xx])")
# full-width forms begin with these two bytes in UTF-8
_WIDE_LEAD = "０".encode()[:2]
_WIDE_DIGITS = {ord("０") + digit: ord("0") + digit for digit in range(10)} | {ord("Ｘ"): "X", ord("ｘ"): "x"}


class Identity:
    """Hashes with one key. Keeps prepared states, so that a value costs two compressions and no key setup.

    Persons come back month after month: the hashes of some hundred thousand values are kept (in memory only).
    """

    def __init__(self, secret: bytes) -> None:
        padded = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._known: dict[bytes, bytes] = {}
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def hashes(self, values: Any) -> Any:
        """The keyed hash of every value of a string array without nulls."""
        inner, outer, known = self._inner.copy, self._outer.copy, self._known
        if len(known) > _KNOWN:
            known.clear()
        digests = []
        for value in values.cast(pa.binary()).to_pylist():
            digest = known.get(value)
            if digest is None:
                first = inner()
                first.update(value)
                second = outer()
                second.update(first.digest())
                digest = known[value] = second.digest()
            digests.append(digest)
        whole = np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, 32)
        hexed = np.frombuffer(binascii.hexlify(whole[:, :_HASH_BYTES].tobytes()), dtype=np.uint8)
        return certificates.fixed_width(hexed.reshape(-1, 2 * _HASH_BYTES))

    def certificate_columns(self, column: Any, lost: Any = None) -> tuple[Any, Any, Any]:
        """Hash, mask and check of a column of certificate numbers; null stays null.

        `lost` marks the rows whose number a workbook kept as a number of more than 15 digits.
        """
        if column.null_count == len(column):
            return column, column, column
        coded = pc.dictionary_encode(column)
        found = certificates.examine(coded.dictionary)
        indices = coded.indices
        check = found.check.take(indices)
        if lost is not None:
            check = pc.if_else(pc.and_(pa.array(lost), column.is_valid()), "lost_digits", check)
        return self.hashes(found.normal).take(indices), found.mask.take(indices), check

    def name_columns(self, column: Any) -> tuple[Any, Any]:
        """Hash and mask (`张**`) of a column of full names; null stays null."""
        if column.null_count == len(column):
            return column, column
        coded = pc.dictionary_encode(column)
        return self.hashes(coded.dictionary).take(coded.indices), mask_names(column)

    def hide_certificates(self, column: Any) -> Any:
        """The column with every value that is itself a valid 18-digit certificate replaced by its keyed hash."""
        offsets, data = parts(column)
        lengths = np.diff(offsets)
        rows = np.flatnonzero(lengths == certificates.LENGTH)
        if rows.size:
            rows = rows[certificates.valid(certificates.gather(offsets, data, rows))]
        if _holds_wide_digits(column):
            wide = np.flatnonzero(lengths > certificates.LENGTH)
            wide = wide[lengths[wide] <= _WIDE_LENGTH]
            if wide.size:
                texts = column.take(pa.array(wide)).to_pylist()
                hit = [i for i, text in enumerate(texts) if text and _is_valid(text.translate(_WIDE_DIGITS))]
                rows = np.sort(np.concatenate([rows, wide[hit]]))
        if not rows.size:
            return column
        found = certificates.examine(column.take(pa.array(rows)))
        return with_values(column, rows, self.hashes(found.normal))


def mask_names(column: Any) -> Any:
    """The first character and two stars."""
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(column, 0, 1), _NAME_STARS, "")


def mask_numbers(column: Any) -> Any:
    """Certificate and mobile numbers inside free text, masked to their first 3 and last 4 characters."""
    rows = np.flatnonzero(
        pc.fill_null(pc.match_substring_regex(column, _DIGITS), False).to_numpy(zero_copy_only=False)
    )
    if not rows.size:
        return column
    masked = [_mask_numbers_in(text) for text in column.take(pa.array(rows)).to_pylist()]
    return with_values(column, rows, pa.array(masked, pa.string()))


def _mask_numbers_in(text: str) -> str:
    folded = text.translate(_WIDE_DIGITS)
    masked, times = _NUMBER_IN_TEXT.subn(lambda found: certificates.mask_text(found.group()), folded)
    return masked if times else text


def _holds_wide_digits(column: Any) -> bool:
    offsets, data = parts(column)
    held = data[offsets[0] : offsets[-1]]
    return bool(held.size) and int(held.max()) >= _WIDE_LEAD[0] and _WIDE_LEAD in held.tobytes()


def _is_valid(text: str) -> bool:
    if len(text) != certificates.LENGTH or not text.isascii():
        return False
    return bool(certificates.valid(np.frombuffer(text.encode(), dtype=np.uint8).reshape(1, -1))[0])
