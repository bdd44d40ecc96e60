"""What the drawn shapes measure: a picture must not say something else than its table."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.components.charts import Point
from dashboard.components.ribbons import Ribbon, ribbons
from dashboard.components.waterfall import waterfall


def drawn(chart: dict[str, Any], column: str) -> list[dict[str, Any]]:
    """The chart's data that has this column."""
    (rows,) = (rows for rows in chart["datasets"].values() if column in rows[0])
    return list(rows)


def test_each_part_of_a_waterfall_begins_where_the_last_ended() -> None:
    chart = waterfall(
        Point("总", 100.0, "总"), [Point("甲", 60.0, "基金"), Point("乙", 30.0, "个人")], unit="万元"
    ).to_dict()
    bars = drawn(chart, "from")
    # the 10 that no part reaches are left open
    assert [(bar["from"], bar["to"]) for bar in bars] == [(0, 100), (40, 100), (10, 40)]


def test_ribbons_are_as_wide_as_what_flows() -> None:
    found = [Ribbon("甲", "县级", 3.0, "3"), Ribbon("甲", "市级", 1.0, "1"), Ribbon("乙", "县级", 0.0, "0")]
    chart = ribbons(found, [("甲", "4"), ("乙", "0")], [("县级", "3"), ("市级", "1")]).to_dict()
    outlines = drawn(chart, "number")
    # what does not flow is not drawn
    assert {point["number"] for point in outlines} == {0, 1}
    for end in (0.0, 1.0):
        wide, narrow = (
            point["bottom"] - point["top"] for point in outlines if point["x"] == pytest.approx(end)
        )
        assert wide == pytest.approx(3 * narrow)
