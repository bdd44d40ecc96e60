"""The axis of a drawn chart: round steps, zero under every column."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.reporting.kit import figure
from yibao.reporting.chart_axis import axis
from yibao.reporting.content import Chart, Kind, Series


def chart(shape: Any, kind: Kind, *values: str | None) -> Chart:
    figures = tuple(figure("part_rate", "参保率", value, kind) for value in values)
    return Chart("c", "图", shape, tuple(map(str, range(len(values)))), (Series("本年", figures),), kind)


@pytest.mark.parametrize(
    ("shape", "kind", "values", "labels"),
    [
        # a column begins at zero: 98.36 / 5 is under 20
        ("column", "percent", ("98.36", "92.80"), ["0", "20", "40", "60", "80", "100"]),
        # a line need not: 4.56 / 5 is under 1
        ("line", "percent", ("98.36", "93.80"), ["93", "94", "95", "96", "97", "98", "99"]),
        # 5.56 / 5 is under 2; 92.80 lies less than half a step over 92, so that a step is added below
        ("line", "percent", ("98.36", "92.80"), ["90", "92", "94", "96", "98", "100"]),
        # yuan, printed in 万元: 12.5 / 5 = 2.5 is under 5
        ("bar", "wan", ("125000", None), ["0", "5", "10", "15"]),
        ("column", "points", ("-1.2", "0.8"), ["-1.5", "-1.0", "-0.5", "0.0", "0.5", "1.0"]),
        # no tenths of a person
        ("column", "count", ("2", None), ["0", "1", "2"]),
        ("column", "percent", (None, None), ["0.0", "0.2"]),
        # all alike: the axis still has a length
        ("line", "percent", ("50", "50"), ["40", "50", "60"]),
    ],
)
def test_an_axis_is_round(shape: Any, kind: Kind, values: tuple[str | None, ...], labels: list[str]) -> None:
    found = axis(chart(shape, kind, *values))
    assert [found.label(tick) for tick in found.ticks] == labels


def test_where_a_value_stands() -> None:
    found = axis(chart("column", "percent", "98.36", "92.80"))
    assert found.part(Decimal(25)) == Decimal("0.25")
