"""Where every figure of a report comes from: looked up in the generation, listed for the auditor, written into the files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import duckdb

from yibao.figures import Figures, outdated
from yibao.problem import Problem
from yibao.reporting import delimited
from yibao.reporting.content import EXACT, UNITS, Figure, Kind, Origin

# between the first and the last value of a key that takes a range
RANGE = ".."
# two rows are as wrong as a thousand
_ENOUGH = 2
HEAD = ("number", "code", "name_zh", "table", "column", "minus", "how", "keys", "value", "kind", "printed")


def look_up(figures: Figures, origin: Origin) -> Decimal | None:
    """The published value of an origin; None where the cell is empty.

    Raises Problem where there is no such cell, or more than one; and where the generation has no such table or column.
    """
    if origin.how == "cell":
        # the row is read once for all its figures: value, last year, change, target
        found = figures.read(_rows, "*", origin.table, origin.keys)
    else:
        column = f"{_quoted(origin.column)}{f' - {_quoted(origin.minus)}' if origin.minus else ''}"
        asked = {
            "sum": f"sum({column})",
            "count": "count(*)",
            "distinct": f"count(distinct {column})",
        }[origin.how]
        found = figures.read(_rows, f"{asked} as {_quoted(origin.column)}", origin.table, origin.keys)
    if len(found) != 1:
        raise Problem(
            f"{origin.name_zh}：在已发布的数据中找到 {len(found)} 个数，应当正好一个",
            where=f"{origin.table}.{origin.column} {dict(origin.keys)}",
            todo="请确认期间和地区已经发布（yibao status）；仍不行请联系维护人员。",
        )
    lacking = next(
        (column for column in (origin.column, origin.minus) if column and column not in found[0]), ""
    )
    if lacking and origin.how == "cell":
        raise outdated(figures.generation, f"{origin.table}.{lacking}")
    value = found[0][origin.column]
    if origin.how != "cell" or origin.minus is None:
        return None if value is None else Decimal(value)
    taken = found[0][origin.minus]
    return None if value is None or taken is None else EXACT.subtract(Decimal(value), Decimal(taken))


def _rows(
    connection: duckdb.DuckDBPyConnection, asked: str, table: str, keys: tuple[tuple[str, str], ...]
) -> list[dict[str, Any]]:
    """What is asked of the rows with these keys, by column."""
    conditions = " and ".join(
        f"{_quoted(name)} between ? and ?" if RANGE in value else f"{_quoted(name)} = ?"
        for name, value in keys
    )
    cursor = connection.execute(
        f"select {asked} from {_quoted(table)} where {conditions or 'true'}",
        [bound for _, value in keys for bound in value.split(RANGE)],
    )
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(_ENOUGH)]


def lines(figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    """What stands below HEAD, one line for each figure, in the report's order."""
    told = [_told(figure) for figure in figures]
    return [(str(number), *(one[name] for name in HEAD[1:])) for number, one in enumerate(told)]


def listing(figures: Sequence[Figure]) -> bytes:
    """trace.csv of the package."""
    return delimited.encoded(HEAD, lines(figures))


def to_json(figures: Sequence[Figure]) -> str:
    """What a Word file carries along, so that its numbers can be traced after it was edited."""
    return json.dumps([_told(figure) for figure in figures], ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> tuple[Figure, ...]:
    """Reads what `to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    return tuple(_figure(told) for told in json.loads(text))


def _told(figure: Figure) -> dict[str, str]:
    origin = {name: value or "" for name, value in asdict(figure.origin).items() if name != "keys"}
    return {
        **origin,
        "keys": "|".join(f"{name}={value}" for name, value in figure.origin.keys),
        "value": "" if figure.value is None else format(figure.value, "f"),
        "kind": figure.kind + ("|size" if figure.size_only else ""),
        "printed": figure.text + figure.unit,
    }


def _figure(told: dict[str, str]) -> Figure:
    kind, _, size = told["kind"].partition("|")
    keys = tuple(
        (name, value) for name, _, value in (part.partition("=") for part in told["keys"].split("|") if part)
    )
    origin = Origin(
        told["table"],
        told["column"],
        keys,
        told["code"],
        told["name_zh"],
        _how(told["how"]),
        told["minus"] or None,
    )
    value = Decimal(told["value"]) if told["value"] else None
    return Figure(origin, value, _kind(kind), size_only=bool(size))


def _how(text: str) -> Any:
    if text not in ("cell", "sum", "count", "distinct"):
        raise ValueError(text)
    return text


def _kind(text: str) -> Kind:

    for kind in UNITS:
        if kind == text:
            return kind
    raise ValueError(text)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
