"""What the participation page works out itself: groups too small to be shown, sums carried over quiet ten-days, growth."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dashboard.components.cell import Gap
from dashboard.components.collection_progress import _carried, _growth
from dashboard.components.priority_groups import _group
from yibao.figures import TenDay, Value


def priority(done: int, listed: int, rate: str) -> Value:
    parts = (Decimal(done), Decimal(listed), Decimal(rate), "ok")
    return Value("2026-09", "990101", "orphan", "part_rate_priority", *parts, *[None] * 8)


def contents(done: int, listed: int, insured: int, *, rows_allowed: bool) -> list[object]:
    cells = _group(
        "孤儿",
        priority(done, listed, "90"),
        priority(insured, listed - (done - insured), "88"),
        rows_allowed,
    )
    return [cell.content for cell in cells[1:]]


def test_a_group_is_listed_insured_exempt_and_missing() -> None:
    # 50 listed, 39 insured, 6 exempt: 5 missing
    assert contents(45, 50, 39, rows_allowed=False) == [50, 39, 6, 5, 90, 88]


def test_what_would_tell_of_few_persons_is_hidden_from_who_may_not_see_persons() -> None:
    hidden = [Gap.SUPPRESSED] * 5
    assert contents(48, 50, 48, rows_allowed=False) == [50, *hidden]
    assert contents(2, 3, 2, rows_allowed=False) == [Gap.SUPPRESSED, *hidden]
    assert contents(48, 50, 48, rows_allowed=True) == [50, 48, 0, 2, 90, 88]


def test_a_ten_day_without_payment_keeps_the_sum_and_adds_nothing() -> None:
    paid = TenDay(1, 5, Decimal(500), 15, Decimal(1500))
    found = _carried([TenDay(-1, 10, Decimal(1000), 10, Decimal(1000)), paid], -2, 2)
    assert [(each.number, each.persons, each.persons_so_far) for each in found.values()] == [
        (-2, 0, 0),
        (-1, 10, 10),
        (0, 0, 10),
        (1, 5, 15),
        (2, 0, 15),
    ]
    assert _carried([], -2, 2) == {}


@pytest.mark.parametrize(
    ("now", "base", "growth"), [(9, 10, -10), (9, 0, Gap.NO_BASE), (9, None, Gap.NO_BASE)]
)
def test_growth_needs_a_base(now: int, base: int | None, growth: object) -> None:
    assert _growth(now, base) == growth
