"""表内平衡 and few persons: which sums a form promises, and which rows it does not show."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.reporting.kit import figure
from yibao.reporting import balance, few
from yibao.reporting.balance import ROUNDED
from yibao.reporting.content import Column, Content, Sum, Table

COLUMNS = (Column(("乡镇",)), Column(("人数",), "count"), Column(("费用",), "wan"))


def form(*rows: tuple[str, str | None, str | None]) -> Table:
    made: list[tuple[Content, ...]] = [
        (name, figure("ip_avg_cost", "人次", persons, "count"), figure("ip_avg_cost", "费用", cost, "wan"))
        for name, persons, cost in rows
    ]
    shown = few.guarded(made[:-1], 1)
    return balance.table(
        "t", "表", COLUMNS, [*shown, made[-1]], "单位：人，万元", total=len(shown), added=(1, 2)
    )


def test_parts_that_add_up_are_a_sum_and_rounding_is_told_only_where_it_shows() -> None:
    # 10400 + 10400 = 20800 yuan are printed 1.04 + 1.04 = 2.08 万元
    even = form(("甲乡", "60", "10400"), ("乙镇", "40", "10400"), ("合计", "100", "20800"))
    assert even.sums == (Sum(2, (0, 1), (1, 2)),)
    assert even.notes == ()
    # 10440 + 10440 = 20880 yuan are printed 1.04 + 1.04 and 2.09
    odd = form(("甲乡", "60", "10440"), ("乙镇", "40", "10440"), ("合计", "100", "20880"))
    assert odd.sums == even.sums
    assert odd.notes == (ROUNDED,)


def test_parts_that_do_not_add_up_are_no_sum_and_the_note_says_so() -> None:
    told = form(("甲乡", "60", "100"), ("乙镇", "40", "100"), ("合计", "101", "200"))
    assert told.sums == (Sum(2, (0, 1), (2,)),)
    assert told.notes == ("人数各项之和与合计不一致，合计以全部数据为准。",)


def test_a_column_with_a_missing_part_is_no_sum() -> None:
    told = form(("甲乡", "60", "100"), ("乙镇", None, "100"), ("合计", "60", "200"))
    assert told.sums == (Sum(2, (0, 1), (2,)),)


@pytest.mark.parametrize(
    ("persons", "expected"),
    [
        ([60, 40, 0], set()),
        # alone it would be the total less the others: the next smallest goes with it, a row of 0 tells nothing
        ([60, 4, 40, 0], {1, 2}),
        # one and one are two, whoever subtracts knows both: a third goes with them
        ([60, 1, 1, 40], {1, 2, 3}),
        ([60, 4, 4, 3], {1, 2, 3}),
        ([5, 60], set()),
        ([-1, 60, 30], {0, 2}),
    ],
)
def test_few_persons_are_hidden_with_what_would_tell_them(persons: list[int], expected: set[int]) -> None:
    assert few.hidden([Decimal(number) for number in persons]) == expected


def test_a_hidden_row_shows_no_figure_and_the_form_no_sum() -> None:
    told = form(("甲乡", "60", "100"), ("乙镇", "4", "900"), ("丙镇", "40", "100"), ("合计", "104", "1100"))
    assert told.rows[1] == ("乙镇", "*", "*")
    assert told.rows[2] == ("丙镇", "*", "*")
    assert told.sums == ()
    assert told.notes == (few.NOTE,)
