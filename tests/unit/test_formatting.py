"""Figures are printed as report.md says: half up, away from zero, and a dash for what is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao import formatting


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (Decimal("2.675"), 2, "2.68"),
        (2.675, 2, "2.68"),  # the float is a little less than 2.675: its text counts
        (Decimal("2.665"), 2, "2.67"),  # half to even would give 2.66
        (Decimal("-2.665"), 2, "-2.67"),
        (Decimal("-0.004"), 2, "0.00"),
        (Decimal("0.005"), 2, "0.01"),
        (Decimal(1234567), 0, "1234567"),
        (Decimal("1E+3"), 0, "1000"),
        (Decimal("9999999999999999999999999999.9950000000"), 2, "10000000000000000000000000000.00"),
        (Decimal("1234567890123456789012345678.0050000000"), 2, "1234567890123456789012345678.01"),
        (None, 2, "—"),
        (float("nan"), 2, "—"),
        (Decimal("NaN"), 2, "—"),
    ],
)
def test_number_is_rounded_half_up(value: formatting.Number, decimals: int, printed: str) -> None:
    assert formatting.number(value, decimals) == printed


def test_number_can_be_grouped() -> None:
    assert formatting.number(Decimal("-1234567.895"), grouped=True) == "-1,234,567.90"
    assert formatting.count(99561, grouped=True) == "99,561"


def test_amounts_are_printed_in_wan() -> None:
    # seed 004 (3): 15458.29 of 16296.22 万元
    assert formatting.wan(Decimal("154582900.00")) == "15458.29"
    assert formatting.wan(Decimal(154582950), unit=True) == "15458.30万元"
    assert formatting.wan(None, unit=True) == "—"
    assert (
        formatting.wan(Decimal("12345678901234567890123456789050.0000000000"))
        == "1234567890123456789012345678.91"
    )


def test_quantity_follows_the_catalogue_unit() -> None:
    assert formatting.quantity(Decimal("96.0744579220"), "percent") == "96.07%"
    assert formatting.quantity(2788, "yuan") == "2788.00元"
    assert formatting.quantity(Decimal("9.4"), "days", 1) == "9.4天"
    assert formatting.quantity(Decimal(4), "months") == "4.00个月"
    assert formatting.quantity(None, "yuan") == "—"
    with pytest.raises(ValueError, match="parsec"):
        formatting.quantity(1, "parsec")


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        (Decimal("1.195"), "percent", "+1.20个百分点"),
        (Decimal("-3.56"), "percent", "-3.56个百分点"),
        (Decimal(-5), "yuan", "-5.00%"),
        (Decimal("0.004"), "days", "0.00%"),
        (Decimal("-0.004"), "percent", "0.00个百分点"),
        (None, "percent", "—"),
    ],
)
def test_change_of_a_ratio_is_in_points(value: formatting.Number, unit: str, printed: str) -> None:
    assert formatting.change(value, unit) == printed


@pytest.mark.parametrize(
    ("value", "word"),
    [("0.005", "提高"), ("0.0049", "持平"), ("-0.0049", "持平"), ("-0.005", "下降"), (None, "—")],
)
def test_trend_word_follows_the_rounded_sign(value: str | None, word: str) -> None:
    assert formatting.trend(None if value is None else Decimal(value)) == word


def test_unknown_status_is_printed_as_it_is() -> None:
    assert formatting.status_zh("no_data") == "未报数据"
    assert formatting.status_zh("new_status") == "new_status"


@pytest.mark.parametrize("wrong", [True, "12"])
def test_texts_and_booleans_are_no_numbers(wrong: object) -> None:
    with pytest.raises(TypeError):
        formatting.number(wrong)  # type: ignore[arg-type]


def test_infinity_is_refused() -> None:
    with pytest.raises(ValueError, match="infinite"):
        formatting.percent(float("inf"))


@given(st.decimals(min_value=-(10**20), max_value=10**20, allow_nan=False, places=6), st.integers(0, 4))
def test_rounding_is_odd_and_near(value: Decimal, decimals: int) -> None:
    rounded = formatting.half_up(value, decimals)
    assert rounded == -formatting.half_up(-value, decimals)
    assert abs(rounded - value) <= Decimal(5).scaleb(-decimals - 1)


def test_the_bureaus_clock_is_that_of_beijing() -> None:
    assert formatting.clock(datetime(2026, 8, 31, 16, 0, 7, tzinfo=UTC)) == "2026-09-01 00:00"
    assert (
        formatting.clock(datetime(2026, 8, 31, 16, 0, 7, tzinfo=UTC), seconds=True) == "2026-09-01 00:00:07"
    )
    with pytest.raises(ValueError, match="time zone"):
        formatting.clock(datetime(2026, 8, 31))
