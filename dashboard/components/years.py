"""One indicator over the months of a year beside the year before: chart and table of the same cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.components.block import Column, Table, row
from dashboard.components.cell import (
    UNITS,
    Cell,
    Kind,
    kind_of_change,
    kind_of_unit,
    of_change,
    of_value,
    tone_of,
)
from dashboard.components.charts import Point, Spec, lines, point
from yibao.figures import Indicator, Value


def beside_last_year(
    indicator: Indicator, months: Sequence[Value], year: int, *, target: float | None = None
) -> tuple[Table, Spec | None]:
    """This year's months beside those of the year before; months without a value leave a gap; no chart where there is no value at all.

    months: the indicator's values in one cell, the oldest first; `year` is that of the last one.
    """
    kind = kind_of_unit(indicator.unit)
    by_period = {value.period: value for value in months}
    # every month stands there, so that the axis runs from January whenever the figures begin
    points = [
        _point(by_period.get(f"{which}-{month:02d}"), kind, f"{month}月", f"{which}年")
        for which in (year, year - 1)
        if any(value.period.startswith(f"{which}-") and value.value is not None for value in months)
        for month in range(1, 13)
    ]
    columns = (
        Column("月份"),
        Column("本年", kind),
        Column("上年同期", kind),
        Column("同比", kind_of_change(indicator.unit)),
    )
    rows = tuple(
        row(
            value.period,
            Cell(of_value(value), tone_of(value)),
            of_change(value.last_year_value),
            of_change(value.last_year_change),
        )
        for value in reversed(months)
        if value.period.startswith(f"{year}-")
    )
    unit = f"{indicator.name_zh}（{UNITS[kind]}）"
    return Table(columns, rows), lines(points, unit=unit, target=target) if points else None


def side_by_side(
    named: Mapping[str, Indicator], found: Mapping[str, Sequence[Value]], most: int
) -> tuple[Table, list[Point]]:
    """Several indicators of one unit over the last `most` months: a column and a line for each, the newest row first.

    named, found: by code; a month that one of them does not have leaves a gap.
    """
    kind = kind_of_unit(next(iter(named.values())).unit)
    months = sorted({value.period for values in found.values() for value in values})[-most:]
    at = {(code, value.period): value for code, values in found.items() for value in values}
    points = [
        point(month, of_value(at.get((code, month))), kind, indicator.name_zh)
        for code, indicator in named.items()
        for month in months
    ]
    columns = (Column("月份"), *(Column(indicator.name_zh, kind) for indicator in named.values()))
    rows = tuple(
        row(month, *(Cell(of_value(at.get((code, month))), tone_of(at.get((code, month)))) for code in named))
        for month in reversed(months)
    )
    return Table(columns, rows), points


def _point(value: Value | None, kind: Kind, at: str, series: str) -> Point:
    return Point(at, None, series) if value is None else point(at, of_value(value), kind, series)
