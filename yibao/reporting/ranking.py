"""名次: places by the exact values, and who is named for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal

from yibao.reporting import sentences as say
from yibao.reporting.content import Figure
from yibao.reporting.sentences import Clause


def ranks(values: Mapping[str, Decimal | None], *, highest_first: bool) -> dict[str, int]:
    """The place of each one that has a value; equal values share a place, and the next place is left out (1, 2, 2, 4).

    By the exact values: two that are printed alike may have different places.
    """
    known = [value for value in values.values() if value is not None]
    return {
        name: 1 + sum((other > value) if highest_first else (other < value) for other in known)
        for name, value in values.items()
        if value is not None
    }


def by_rank(names: Sequence[str], places: Mapping[str, int]) -> tuple[str, ...]:
    """The names by their place, those without one at the end; equals stay in the order in which they came."""
    return tuple(sorted(names, key=lambda name: places.get(name, len(places) + 1)))


def shown(places: Mapping[str, int], name: str) -> str | None:
    """The place as it stands in a table; an empty cell for one that has none."""
    return str(places[name]) if name in places else None


def extreme(values: Mapping[str, Figure], best: Callable[[Sequence[Decimal]], Decimal]) -> tuple[str, ...]:
    """The names with the highest (`max`) or lowest (`min`) exact value; nobody where no value is known."""
    known = [figure.value for figure in values.values() if figure.value is not None]
    if not known:
        return ()
    reached = best(known)
    return tuple(name for name, figure in values.items() if figure.value == reached)


def most_and_least(
    held: Mapping[str, Figure], names: Mapping[str, str], among: str = "", silent: Collection[str] = ()
) -> tuple[Clause, ...]:
    """Nothing where all have the same. Of the `silent` no figure is told."""
    if len({figure.value for figure in held.values()}) < 2:
        return ()
    return tuple(
        say.named(
            word,
            [
                (names[key],) if key in silent else say.valued(names[key], held[key])
                for key in extreme(held, end)
            ],
        )
        for word, end in ((f"{among}最高的是", max), ("最低的是", min))
    )
