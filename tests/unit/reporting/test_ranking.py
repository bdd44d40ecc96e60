"""Places: ties share one, the next is left out; what has no value has none."""

from __future__ import annotations

from decimal import Decimal

from yibao.reporting.ranking import by_rank, ranks, shown

VALUES = {
    "甲乡": Decimal("90.001"),
    "乙镇": Decimal("97.4"),
    "丙镇": None,
    "丁乡": Decimal("90.004"),
    "戊乡": Decimal("97.4"),
    "己乡": Decimal("90.004"),
}


def test_equals_share_a_place_and_the_next_is_left_out() -> None:
    # 90.001 and 90.004 are printed alike, and are not equal
    assert ranks(VALUES, highest_first=True) == {"乙镇": 1, "戊乡": 1, "丁乡": 3, "己乡": 3, "甲乡": 5}


def test_the_lowest_is_first_where_less_is_better() -> None:
    assert ranks(VALUES, highest_first=False) == {"甲乡": 1, "丁乡": 2, "己乡": 2, "乙镇": 4, "戊乡": 4}


def test_who_has_no_value_has_no_place_and_stands_last() -> None:
    places = ranks(VALUES, highest_first=True)
    assert by_rank(list(VALUES), places) == ("乙镇", "戊乡", "丁乡", "己乡", "甲乡", "丙镇")
    assert (shown(places, "丁乡"), shown(places, "丙镇")) == ("3", None)
