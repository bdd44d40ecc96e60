"""The types of great-expectations that a suite may use, and the SQL of the rows that fail each.

great-expectations says whether an expectation holds, and counts; it lists only the first failing rows. All of them are
listed by this SQL, which DuckDB and Spark both read (`check.py` compares the two counts).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """A type: which of its arguments name columns; `failing` makes the condition of a failing row of table {table},
    None for a type that judges the table as a whole. `fixed` are arguments without which two engines would differ."""

    column_arguments: tuple[str, ...]
    failing: Callable[[Arguments], str] | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)

    def columns(self, arguments: Arguments) -> tuple[str, ...]:
        """The columns that the arguments name, in order."""
        found: list[str] = []
        for name in self.column_arguments:
            value = arguments.get(name, [])
            found += value if isinstance(value, list) else [value]
        return tuple(str(column) for column in found)


def literal(value: object) -> str:
    """A text, a number or a date as SQL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return f"date '{value}'"
    text = str(value).replace("'", "''")
    return f"'{text}'"


def _null(arguments: Arguments) -> str:
    return f"{arguments['column']} is null"


def _in_set(arguments: Arguments) -> str:
    return f"{arguments['column']} not in ({', '.join(map(literal, arguments['value_set']))})"


def _outside(subject: str, arguments: Arguments) -> str:
    limits = {
        "min_value": "<=" if arguments.get("strict_min") else "<",
        "max_value": ">=" if arguments.get("strict_max") else ">",
    }
    beyond = [
        f"{subject} {sign} {literal(arguments[name])}"
        for name, sign in limits.items()
        if arguments.get(name) is not None
    ]
    return " or ".join(beyond) or "false"


def _between(arguments: Arguments) -> str:
    return _outside(arguments["column"], arguments)


def _lengths(arguments: Arguments) -> str:
    return _outside(f"length({arguments['column']})", arguments)


def _unique(arguments: Arguments) -> str:
    return _repeated([arguments["column"]])


def _unique_together(arguments: Arguments) -> str:
    return _repeated(arguments["column_list"])


def _repeated(columns: list[str]) -> str:
    # a null equals nothing: such a row is no repetition
    names = ", ".join(columns)
    return f"({names}) in (select {names} from {{table}} group by {names} having count(*) > 1)"


def _not_greater(arguments: Arguments) -> str:
    sign = "<" if arguments.get("or_equal") else "<="
    return f"{arguments['column_A']} {sign} {arguments['column_B']}"


_COLUMN = ("column",)
KINDS: Mapping[str, Kind] = {
    "expect_column_values_to_not_be_null": Kind(_COLUMN, _null),
    "expect_column_values_to_be_in_set": Kind(_COLUMN, _in_set),
    "expect_column_values_to_be_between": Kind(_COLUMN, _between),
    "expect_column_value_lengths_to_be_between": Kind(_COLUMN, _lengths),
    "expect_column_values_to_be_unique": Kind(_COLUMN, _unique),
    "expect_compound_columns_to_be_unique": Kind(
        ("column_list",), _unique_together, {"ignore_row_if": "any_value_is_missing"}
    ),
    "expect_column_pair_values_a_to_be_greater_than_b": Kind(
        ("column_A", "column_B"), _not_greater, {"ignore_row_if": "either_value_is_missing"}
    ),
    "expect_column_distinct_values_to_contain_set": Kind(_COLUMN),
    "expect_column_max_to_be_between": Kind(_COLUMN),
    "expect_column_min_to_be_between": Kind(_COLUMN),
    "expect_column_proportion_of_non_null_values_to_be_between": Kind(_COLUMN),
    "expect_column_sum_to_be_between": Kind(_COLUMN),
    "expect_column_unique_value_count_to_be_between": Kind(_COLUMN),
    "expect_table_columns_to_match_set": Kind(("column_set",)),
    "expect_table_row_count_to_be_between": Kind(()),
}
