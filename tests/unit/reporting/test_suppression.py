"""What is hidden in public tables: by hand for the plain cases, against a reader who tries everything for the others."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yibao.reporting.suppression import Total, hidden


def line(*counts: int) -> tuple[dict[str, int], list[Total]]:
    """Townships a, b, c ... of a county."""
    cells = dict(zip("abcdefg", counts, strict=False))
    return {**cells, "all": sum(counts)}, [Total("all", tuple(cells))]


def test_only_1_to_4_are_small() -> None:
    assert hidden({"a": 0, "b": 5, "c": 40}, []) == frozenset()
    assert hidden({"a": 1, "b": 4, "c": 5}, []) == {"a", "b"}


def test_a_small_one_alone_takes_the_smallest_other_with_it() -> None:
    cells, totals = line(3, 60, 20, 0)
    # 83 - 60 - 20 would tell the 3; the 0 would hide nothing
    assert hidden(cells, totals) == {"a", "c"}


def test_two_small_ones_hide_each_other_unless_both_must_be_1() -> None:
    cells, totals = line(2, 3, 50)
    assert hidden(cells, totals) == {"a", "b"}
    # 52 - 50 leaves 2 for two cells of which none is 0
    cells, totals = line(1, 1, 50)
    assert hidden(cells, totals) == {"a", "b", "c"}


def test_one_more_reversed_than_settled_is_told_by_its_total_too() -> None:
    # 89 - 60 - 30
    assert hidden({"a": -1, "b": 60, "c": 30, "all": 89}, [Total("all", ("a", "b", "c"))]) == {"a", "c"}


def test_what_is_hidden_below_is_not_told_by_the_level_above() -> None:
    cells = {"all": 100, "t1": 40, "t2": 60, "v1": 3, "v2": 37, "w1": 30, "w2": 30}
    totals = [Total("all", ("t1", "t2")), Total("t1", ("v1", "v2")), Total("t2", ("w1", "w2"))]
    assert hidden(cells, totals) == {"v1", "v2"}
    # a township of one village: the village is the township
    single = {"all": 100, "t1": 3, "t2": 97, "v1": 3}
    found = hidden(single, [Total("all", ("t1", "t2")), Total("t1", ("v1",))])
    assert found == {"t1", "v1", "t2"}


def test_what_is_public_anyway_is_not_hidden() -> None:
    # 25 live there, 3 are not insured: the 22 would tell it
    assert hidden(
        {"lives": 25, "insured": 22, "not": 3}, [Total("lives", ("insured", "not"))], frozenset({"lives"})
    ) == {
        "insured",
        "not",
    }
    with pytest.raises(ValueError, match="cannot be protected"):
        hidden({"a": 3, "all": 3}, [Total("all", ("a",))], frozenset({"all"}))


def test_a_total_of_which_something_is_missing_tells_nothing() -> None:
    assert hidden({"a": 3, "all": 50}, [Total("all", ("a", "b"))]) == {"a"}


@settings(max_examples=100, deadline=None)
@given(
    counts=st.integers(2, 3).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 7), min_size=width, max_size=width), min_size=2, max_size=3
        )
    )
)
def test_nobody_can_pin_down_a_hidden_cell(counts: list[list[int]]) -> None:
    """Townships by scheme, with totals of both and of all."""
    rows, columns = range(len(counts)), range(len(counts[0]))
    cells = summed({f"{row}{column}": counts[row][column] for row in rows for column in columns})
    totals = [
        *(Total(f"{row}+", tuple(f"{row}{column}" for column in columns)) for row in rows),
        *(Total(f"+{column}", tuple(f"{row}{column}" for row in rows)) for column in columns),
        Total("++", tuple(f"{row}+" for row in rows)),
        Total("++", tuple(f"+{column}" for column in columns)),
    ]
    found = hidden(cells, totals)
    assert all(key in found for key, count in cells.items() if 1 <= count <= 4)
    assert all(cells[key] for key in found)
    assert pinned(cells, found) == set()


def summed(inner: dict[str, int]) -> dict[str, int]:
    """The cells of a table by row and column with its totals, `+` for all."""
    cells = dict(inner)
    for (row, column), count in inner.items():
        for total in (f"{row}+", f"+{column}", "++"):
            cells[total] = cells.get(total, 0) + count
    return cells


def pinned(cells: dict[str, int], found: frozenset[str]) -> set[str]:
    """The hidden cells that are the same in every table that shows what is shown and hides no 0.

    Two tables with the same margins differ by steps of one up and one down (the sums are those of a network), so steps of
    one are all that needs to be tried.
    """
    left = set(found)
    moved = sorted(key for key in found if "+" not in key)
    inner = {key: count for key, count in cells.items() if "+" not in key}
    for steps in product((-1, 0, 1), repeat=len(moved)):
        tried = inner | {key: inner[key] + step for key, step in zip(moved, steps, strict=True)}
        other = summed(tried)
        if all(other[key] == cells[key] for key in cells.keys() - found) and all(other[key] for key in found):
            left -= {key for key in left if other[key] != cells[key]}
    return left
