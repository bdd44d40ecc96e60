"""Columns as text: the canonical spelling (ISO dates, plain decimals) of numbers, whole columns at a time."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .chance import Ints

Column: TypeAlias = pa.Array
Table = dict[str, Column]  # contract field -> text column, all of one length
Row = dict[str, str]  # one record; keys that begin with # are notes of the generator

_FRACTIONS = pa.array([f"{n:02d}" for n in range(100)])


def day(year: int, month: int, dom: int) -> int:
    """Days since 1970-01-01."""
    return date(year, month, dom).toordinal() - 719163


def numbered(prefix: str, numbers: Ints, width: int) -> Column:
    digits = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "") if prefix else digits


def amounts(cents: Ints) -> Column:
    """Cents as `123.45`."""
    yuan = pc.cast(pa.array(np.abs(cents) // 100), pa.string())
    text = pc.binary_join_element_wise(yuan, _FRACTIONS.take(pa.array(np.abs(cents) % 100)), ".")
    if not (cents < 0).any():
        return text
    return pc.if_else(pa.array(cents < 0), pc.binary_join_element_wise("-", text, ""), text)


def dates(days: Ints) -> Column:
    return pc.cast(pa.array(days.astype(np.int32)).cast(pa.date32()), pa.string())


def times(seconds: Ints) -> Column:
    return pc.cast(pa.array(seconds).cast(pa.timestamp("s")), pa.string())


def lookup(values: list[str] | tuple[str, ...], index: Ints) -> Column:
    return pa.array(list(values)).take(pa.array(index))


def repeated(value: str, count: int) -> Column:
    return pa.repeat(pa.scalar(value), count)


def where(mask: np.ndarray, yes: Column | str, no: Column | str) -> Column:
    return pc.if_else(pa.array(mask), yes, no)


def rows(table: Table) -> list[Row]:
    names = list(table)
    return [
        dict(zip(names, values, strict=True))
        for values in zip(*(c.to_pylist() for c in table.values()), strict=True)
    ]


def chunks(table: Table, size: int) -> list[Table]:
    count = len(next(iter(table.values())))
    return [{k: c.slice(start, size) for k, c in table.items()} for start in range(0, count, size)]
