"""What the drawn shapes measure: a picture must not say something else than its table."""

from __future__ import annotations

from typing import Any

import altair
import pytest

from dashboard.components.charts import Limit, Point, Spec, bars, columns, columns_and_line, lines
from dashboard.components.ribbons import Ribbon, ribbons
from dashboard.components.strip import Dot, strip
from dashboard.components.waterfall import waterfall

POINTS = [Point("1月", 1.0, "甲", "1"), Point("2月", None, "甲", "—"), Point("1月", 2.0, "乙", "2")]


def drawn(chart: Spec, column: str) -> list[dict[str, Any]]:
    """The data of the chart's first layer that has this column."""
    rows = (layer["data"]["values"] for layer in chart["layer"])
    return next(found for found in rows if column in found[0])


@pytest.mark.parametrize(
    "chart",
    [
        lines(POINTS, unit="%", target=1.5, limits=[Limit(3.0, "上限")]),
        bars(POINTS[:1], unit="%", target=1.5, highlighted="1月"),
        columns(POINTS, unit="人", stacked=True),
        columns(POINTS, unit="人"),
        columns_and_line(POINTS, POINTS[:1], unit="元", stacked=True),
        columns_and_line(POINTS, POINTS[:1], unit="元"),
        waterfall(Point("总", 3.0, "总"), POINTS[:1], unit="元"),
        ribbons([Ribbon("甲", "乙", 1.0, "1")], [("甲", "1")], [("乙", "1")]),
        strip([Dot("县级", "甲", 1.0, "1", marked=True)], {"县级": 2.0}, unit="元", marked_zh="突出"),
    ],
)
def test_every_chart_keeps_to_the_schema(chart: Spec) -> None:
    altair.Chart.from_dict(chart, validate=True)


def test_lines_begin_with_the_first_number_and_keep_later_gaps() -> None:
    months = [Point("1月", None, "甲"), Point("2月", 1.0, "甲"), Point("3月", None, "甲")]
    assert [point["at"] for point in drawn(lines(months, unit="%"), "at")] == ["2月", "3月"]


def test_names_of_series_are_not_cut_off_on_a_phone() -> None:
    def legend(*names: str) -> int:
        found = columns([Point("1月", 1.0, name) for name in names], unit="元")
        return int(found["layer"][0]["encoding"]["color"]["legend"]["columns"])

    assert (legend("收入", "支出", "结余"), legend("住院基金支付比（全口径）", "住院实际补偿比")) == (3, 1)


def test_each_part_of_a_waterfall_begins_where_the_last_ended() -> None:
    chart = waterfall(
        Point("总", 100.0, "总"), [Point("甲", 60.0, "基金"), Point("乙", 30.0, "个人")], unit="万元"
    )
    bars = drawn(chart, "from")
    # the 10 that no part reaches are left open
    assert [(bar["from"], bar["to"]) for bar in bars] == [(0, 100), (40, 100), (10, 40)]


def test_ribbons_are_as_wide_as_what_flows() -> None:
    found = [Ribbon("甲", "县级", 3.0, "3"), Ribbon("甲", "市级", 1.0, "1"), Ribbon("乙", "县级", 0.0, "0")]
    chart = ribbons(found, [("甲", "4"), ("乙", "0")], [("县级", "3"), ("市级", "1")])
    outlines = drawn(chart, "number")
    # what does not flow is not drawn
    assert {point["number"] for point in outlines} == {0, 1}
    for end in (0.0, 1.0):
        wide, narrow = (
            point["bottom"] - point["top"] for point in outlines if point["x"] == pytest.approx(end)
        )
        assert wide == pytest.approx(3 * narrow)
