"""Which cells of public tables are not shown, so that nobody can tell how many, where it is 1 to 4 (semantics 8).

A small cell is hidden (primary suppression). Where the shown ones around it would give it away, by the sums they belong to,
others are hidden with it (complementary suppression) until a reader who adds and subtracts as he likes, and knows that what
is hidden is never 0, can pin down none.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
_SMALL = range(1, 5)
# coefficients of hidden cells, and what they add up to
_Row = tuple[dict[int, Fraction], Fraction]


@dataclass(frozen=True)
class Total:
    """`whole` is the sum of `parts`; all are keys of cells."""

    whole: Hashable
    parts: tuple[Hashable, ...]


def hidden(
    cells: Mapping[Key, int], totals: Sequence[Total], known: frozenset[Key] = frozenset()
) -> frozenset[Key]:
    """The keys of the cells that a public table does not show; `known` ones are public anyway and never hidden.

    cells: counts; one that is missing is left out. A total of which something is missing, or that its parts do not add up to
    (some are counted elsewhere), tells nothing. Where some are negative (more reversed than settled), a hidden one may be
    anything. Zeros are always shown. Raises ValueError where a small cell cannot be protected, because all around it is known.
    """
    counts: dict[Hashable, int] = {key: count for key, count in cells.items()}
    told = [
        total
        for total in totals
        if total.parts
        and total.whole in counts
        and all(part in counts for part in total.parts)
        and counts[total.whole] == sum(counts[part] for part in total.parts)
    ]
    found = {key for key, count in cells.items() if abs(count) in _SMALL and key not in known}
    while exposed := _exposed(counts, told, found):
        found.add(_companion(cells, told, found, exposed, known))
    return frozenset(found)


def _companion(
    cells: Mapping[Key, int],
    totals: Sequence[Total],
    found: set[Key],
    exposed: Set[Hashable],
    known: frozenset[Key],
) -> Key:
    """The shown cell to be hidden next: the smallest beside one that is exposed, a part before a total."""
    choices: list[tuple[bool, int, str, Key]] = []
    for total in totals:
        members = (total.whole, *total.parts)
        if exposed.isdisjoint(members):
            continue
        for key, count in cells.items():
            if key in members and key not in found and key not in known and count != 0:
                choices.append((key == total.whole, abs(count), str(key), key))
    if not choices:
        raise ValueError(f"cells that cannot be protected: {sorted(map(str, exposed))}")
    return min(choices, key=lambda choice: choice[:3])[3]


def _exposed(cells: Mapping[Hashable, int], totals: Sequence[Total], found: Set[Hashable]) -> set[Hashable]:
    """Hidden cells of which the shown ones leave only one possible count."""
    keys = sorted(found, key=str)
    place: dict[Hashable, int] = {key: number for number, key in enumerate(keys)}
    rows: list[_Row] = []
    for total in totals:
        row: dict[int, Fraction] = {}
        shown = Fraction(0)
        for key, sign in ((total.whole, -1), *((part, 1) for part in total.parts)):
            if key in place:
                at = place[key]
                row[at] = row.get(at, Fraction(0)) + sign
            else:
                shown -= sign * cells[key]
        row = {at: factor for at, factor in row.items() if factor}
        if row:
            rows.append((row, shown))
    # a reader knows that no count of persons that is not shown is 0
    least = 1 if all(count >= 0 for count in cells.values()) else None
    pinned = _pinned([*rows, *_reduced(rows)], len(keys), least)
    return {keys[at] for at in pinned}


def _reduced(rows: Sequence[_Row]) -> list[_Row]:
    """The same sums solved for each other as far as they go (Gauss and Jordan)."""
    done: list[tuple[int, dict[int, Fraction], Fraction]] = []
    for row, value in rows:
        left, rest = dict(row), value
        for pivot, other, amount in done:
            if factor := left.get(pivot):
                left, rest = _less(left, other, factor), rest - factor * amount
        if not left:
            continue
        pivot = min(left)
        scale = left[pivot]
        left, rest = {at: factor / scale for at, factor in left.items()}, rest / scale
        done = [
            (
                (at, _less(other, left, other[pivot]), amount - other[pivot] * rest)
                if pivot in other
                else (at, other, amount)
            )
            for at, other, amount in done
        ]
        done.append((pivot, left, rest))
    return [(row, value) for _, row, value in done]


def _less(
    row: Mapping[int, Fraction], other: Mapping[int, Fraction], factor: Fraction
) -> dict[int, Fraction]:
    found = dict(row)
    for at, amount in other.items():
        found[at] = found.get(at, Fraction(0)) - factor * amount
    return {at: amount for at, amount in found.items() if amount}


def _pinned(rows: Sequence[_Row], count: int, least: int | None) -> set[int]:
    """The cells whose bounds meet, from `least` upwards, narrowed by every sum until nothing changes."""
    low: list[int | None] = [least] * count
    high: list[int | None] = [None] * count
    changed = True
    while changed:
        changed = False
        for row, value in rows:
            for at, factor in row.items():
                small, large = _reach(row, at, low, high)
                # factor * x = value - (the others); the others lie between small and large
                ends = [
                    None if large is None else (value - large) / factor,
                    None if small is None else (value - small) / factor,
                ]
                if factor < 0:
                    ends.reverse()
                bottom, top = low[at], high[at]
                if ends[0] is not None and (bottom is None or ceil(ends[0]) > bottom):
                    low[at], changed = ceil(ends[0]), True
                if ends[1] is not None and (top is None or floor(ends[1]) < top):
                    high[at], changed = floor(ends[1]), True
    return {
        at
        for at, (bottom, top) in enumerate(zip(low, high, strict=True))
        if bottom is not None and top is not None and top <= bottom
    }


def _reach(
    row: Mapping[int, Fraction], but: int, low: Sequence[int | None], high: Sequence[int | None]
) -> tuple[Fraction | None, Fraction | None]:
    """The least and the most that a row's other cells can add up to; None without end."""
    least: Fraction | None = Fraction(0)
    most: Fraction | None = Fraction(0)
    for at, factor in row.items():
        if at == but:
            continue
        small, large = (low[at], high[at]) if factor > 0 else (high[at], low[at])
        least = None if least is None or small is None else least + factor * small
        most = None if most is None or large is None else most + factor * large
    return least, most
