"""How a cell is printed, and why it is empty: nothing, not reported, suppressed and zero never look the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cards import sparkline
from dashboard.components.cell import (
    Cell,
    Content,
    Gap,
    Kind,
    as_number,
    of_change,
    of_value,
    shown,
    suppressed,
    tone_of,
)
from dashboard.components.table import content_of
from yibao.figures import Value


def value_of(number: str | None, status: str = "ok", **more: object) -> Value:
    empty = dict.fromkeys(
        (
            "numerator",
            "denominator",
            "last_year_value",
            "last_year_change",
            "previous_value",
            "previous_change",
            "target",
            "completion",
            "alert_level",
            "alert_zh",
        )
    )
    found: dict[str, object] = {
        **empty,
        "period": "2026-09",
        "region_code": "990101",
        "breakdown_value": "all",
        "indicator_code": "part_rate",
        "value": None if number is None else Decimal(number),
        "status": status,
        **more,
    }
    return Value(**found)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        (Decimal("15458290"), "wan", "1,545.83万元"),
        (Decimal("15458250"), "wan", "1,545.83万元"),  # a half goes up, not to the even digit
        (Decimal("-15458250"), "wan", "-1,545.83万元"),
        (Decimal("2788"), "yuan", "2,788.00元"),
        (Decimal("96.0744579220"), "percent", "96.07%"),
        (Decimal("0.285"), "percent", "0.29%"),
        (Decimal("0"), "percent", "0.00%"),
        (Decimal("1.195"), "points", "+1.20个百分点"),
        (Decimal("-5"), "change", "-5.00%"),
        (Decimal("-0.004"), "points", "0.00个百分点"),
        (99561, "count", "99,561"),
        (0, "count", "0"),
        (Decimal("6.666"), "days", "6.67天"),
        (date(2026, 9, 30), "date", "2026-09-30"),
        ("城关镇", "text", "城关镇"),
        (None, "text", ""),
        (Gap.NOT_REPORTED, "wan", "未报"),
        (Gap.SUPPRESSED, "count", "＊"),
    ],
)
def test_the_text_of_a_cell(content: Content, kind: Kind, text: str) -> None:
    assert shown(content, kind) == text


def test_every_gap_looks_its_own_way_and_like_no_number() -> None:
    signs = [gap.sign for gap in Gap]
    assert len(set(signs)) == len(signs)
    assert len({gap.meaning for gap in Gap}) == len(signs)
    assert not any(any(letter.isdigit() for letter in sign) or not sign for sign in signs)
    assert [as_number(gap, "count") for gap in Gap] == [None] * len(signs)


@pytest.mark.parametrize(
    ("value", "content"),
    [
        (None, Gap.NOT_SPLIT),
        (value_of(None, "no_data"), Gap.NOT_REPORTED),
        (value_of(None, "no_dimension"), Gap.NOT_SPLIT),
        (value_of(None, "no_denominator"), Gap.NO_BASE),
        (value_of("0"), Decimal(0)),
        (value_of("-3", "net_reversal"), Decimal(-3)),
    ],
)
def test_why_an_indicator_is_empty(value: Value | None, content: Content) -> None:
    assert of_value(value) == content


def test_a_change_without_a_base_is_a_dash_and_not_zero() -> None:
    assert of_change(None) is Gap.NO_BASE
    assert of_change(Decimal(0)) == 0


@pytest.mark.parametrize(
    ("value", "tone", "sign"),
    [
        (None, "", ""),
        (value_of("96"), "", ""),
        (value_of("96", completion=Decimal("99.99")), "", ""),
        (value_of("96", completion=Decimal(100)), "good", "●"),
        (value_of("96", completion=Decimal(101), alert_level="warning"), "warn", "▲"),
        (value_of("101", alert_level="alarm"), "bad", "■"),
    ],
)
def test_a_state_has_a_sign_beside_its_colour(value: Value | None, tone: str, sign: str) -> None:
    assert tone_of(value) == tone
    assert Cell(None, tone_of(value)).sign == sign


@pytest.mark.parametrize(("persons", "hidden"), [(0, False), (1, True), (4, True), (5, False), (-4, True)])
def test_few_persons_are_hidden_from_who_may_not_see_rows(persons: int, hidden: bool) -> None:
    assert suppressed(persons, rows_allowed=False) == (Gap.SUPPRESSED if hidden else persons)
    assert suppressed(persons, rows_allowed=True) == persons


def test_an_unknown_count_is_not_hidden_but_missing() -> None:
    assert suppressed(None, rows_allowed=False) is suppressed(None, rows_allowed=True) is Gap.NOT_REPORTED


def test_a_hidden_count_leaves_no_number_for_the_browser() -> None:
    table = Table(
        (Column("乡镇"), Column("人数", "count", bar=True)), (row("甲", Gap.SUPPRESSED), row("乙", 7))
    )
    sent = content_of(Block("k", "人数", table))
    assert sent["rows"][0][1] == {
        "t": "＊",
        "n": None,
        "tone": "",
        "sign": "",
        "gap": True,
        "help": "人数在1至4人之间，不显示",
    }


def test_bars_are_measured_without_the_total() -> None:
    table = Table(
        (Column("乡镇"), Column("费用", "wan", bar=True)),
        (row("甲", Decimal(20_000)), row("乙", Decimal(50_000)), row("合计", Decimal(70_000))),
        total=True,
    )
    sent = content_of(Block("k", "费用", table))
    assert [column["label"] for column in sent["columns"]] == ["乡镇", "费用（万元）"]
    assert sent["columns"][1]["largest"] == 5.0
    assert sent["total"] is True


def test_a_small_line_breaks_where_a_month_is_missing() -> None:
    assert sparkline([Decimal(1), None]) == ""
    assert sparkline([]) == ""
    assert sparkline([Decimal(1), None, Decimal(2)]) != sparkline([Decimal(1), Decimal(1), Decimal(2)])
