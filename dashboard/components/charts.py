"""Charts of the pages, as Altair draws them in the browser and vl-convert as a picture.

Numbers become floats here, for drawing only. Every function takes what a table shows too; nothing is computed here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from dashboard.components import palette
from dashboard.components.cell import Content, Kind, as_number, shown

HEIGHT = 300


@dataclass(frozen=True)
class Point:
    """A number at a place of the first axis, of a series; `value` None leaves a gap."""

    at: str
    value: float | None
    series: str = ""
    text: str = ""


@dataclass(frozen=True)
class Limit:
    """A line across a chart at a number that must not be passed, with its name."""

    at: float
    name: str
    color: str = palette.GREY


def point(at: str, content: Content, kind: Kind, series: str = "") -> Point:
    """A content of a table as a point of its chart, with the text that the table shows."""
    return Point(at, as_number(content, kind), series, shown(content, kind))


def lines(
    points: Sequence[Point], *, unit: str, target: float | None = None, limits: Sequence[Limit] = ()
) -> alt.LayerChart:
    """One line for each series over months or other ordered places; a gap where a value is missing."""
    order = list(dict.fromkeys(point.series for point in points))
    base = alt.Chart(_data(points)).encode(
        x=alt.X("at:N", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy")),
        y=alt.Y("value:Q", title=unit, scale=alt.Scale(zero=False, nice=True)),
        color=_color(order),
        tooltip=_tooltip(bool(order[1:])),
    )
    layers: list[alt.Chart] = [
        base.mark_line(strokeWidth=2.2, invalid="break-paths-show-domains").encode(
            strokeDash=alt.StrokeDash("series:N", sort=order, legend=None)
        ),
        base.mark_circle(size=42, invalid="filter"),
    ]
    drawn = [*([] if target is None else [Limit(target, f"目标 {target:g}")]), *limits]
    for limit in drawn:
        rule = alt.Chart(alt.InlineData(values=[{"limit": limit.at, "text": limit.name}]))
        layers.append(rule.mark_rule(color=limit.color, strokeDash=[5, 4]).encode(y=alt.Y("limit:Q")))
        layers.append(
            rule.mark_text(align="left", dy=-7, color=limit.color, fontSize=12).encode(
                x=alt.value(4), y=alt.Y("limit:Q"), text="text:N"
            )
        )
    return dressed(alt.layer(*layers), HEIGHT)


def bars(
    points: Sequence[Point], *, unit: str, target: float | None = None, highlighted: str | None = None
) -> alt.LayerChart:
    """One horizontal bar for each place, in the given order, with its number; the target as a line."""
    base = alt.Chart(_data(points)).encode(
        y=alt.Y("at:N", title=None, sort=None, axis=alt.Axis(labelLimit=180)),
        x=alt.X("value:Q", title=unit, scale=alt.Scale(zero=True)),
        tooltip=_tooltip(False),
    )
    color = (
        alt.condition(alt.datum.at == highlighted, alt.value(palette.ORANGE), alt.value(palette.BLUE))
        if highlighted
        else alt.value(palette.BLUE)
    )
    layers: list[alt.Chart] = [
        base.mark_bar(height={"band": 0.62}, cornerRadiusEnd=2).encode(color=color),
        base.mark_text(align="left", dx=5, fontSize=12, color=palette.INK).encode(text="text:N"),
    ]
    if target is not None:
        rule = alt.Chart(alt.InlineData(values=[{"target": target}]))
        layers.append(rule.mark_rule(color=palette.GREY, strokeDash=[5, 4]).encode(x=alt.X("target:Q")))
    return dressed(alt.layer(*layers), max(120, 30 * len({point.at for point in points}) + 40))


def columns(points: Sequence[Point], *, unit: str, stacked: bool = False) -> alt.LayerChart:
    """Upright columns for each place: the series side by side, or stacked."""
    order = list(dict.fromkeys(point.series for point in points))
    chart = alt.Chart(_data(points)).encode(
        x=alt.X("at:N", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy")),
        y=alt.Y("value:Q", title=unit, stack="zero" if stacked else None),
        color=_color(order),
        tooltip=_tooltip(bool(order[1:])),
    )
    if not stacked and order[1:]:
        chart = chart.encode(xOffset=alt.XOffset("series:N", sort=order))
    return dressed(alt.layer(chart.mark_bar()), HEIGHT)


def columns_and_line(
    points: Sequence[Point], line: Sequence[Point], *, unit: str, stacked: bool = False
) -> alt.LayerChart:
    """Columns as `columns` draws them, and over them one line in the same unit: a balance, a total."""
    over = [point.series for point in line[:1]]
    order = [*dict.fromkeys(point.series for point in points), *over]
    base = alt.Chart(_data([*points, *line])).encode(
        x=alt.X("at:N", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy")),
        color=_color(order),
        tooltip=_tooltip(True),
    )
    bars_only = base.transform_filter(
        alt.FieldOneOfPredicate(field="series", oneOf=order[: -len(over) or None])
    )
    line_only = base.transform_filter(alt.FieldOneOfPredicate(field="series", oneOf=over)).encode(
        y=alt.Y("value:Q", title=unit)
    )
    upright = bars_only.encode(y=alt.Y("value:Q", title=unit, stack="zero" if stacked else None))
    if stacked:
        # the first series stands at the bottom
        upright = (
            upright.transform_calculate(rank=f"indexof({json.dumps(order)}, datum.series)")
            .encode(order=alt.Order("rank:Q"))
            .mark_bar(width={"band": 0.6})
        )
    else:
        upright = upright.encode(xOffset=alt.XOffset("series:N", sort=order)).mark_bar()
    return dressed(
        alt.layer(
            upright,
            line_only.mark_line(strokeWidth=2.2, invalid="break-paths-show-domains"),
            line_only.mark_circle(size=42, invalid="filter"),
        ),
        HEIGHT,
    )


def dressed(chart: alt.LayerChart | alt.FacetChart, height: int) -> alt.LayerChart:
    """The look all charts share."""
    dressed_chart: alt.LayerChart = (
        # first: it would throw away what was configured before it
        chart.configure(font=palette.FONTS)
        .properties(height=height, width="container")
        # aria: what Vega tells a screen reader is English; the table beside the chart holds the same figures
        .configure_mark(aria=False)
        .configure_axis(
            aria=False,
            labelFontSize=12,
            titleFontSize=12,
            labelColor=palette.INK,
            titleColor=palette.INK,
            grid=True,
            gridColor="#eceff3",
            domainColor=palette.LIGHT_GREY,
        )
        .configure_axisX(grid=False)
        .configure_view(stroke=None)
        .configure_legend(
            aria=False, orient="top", title=None, labelFontSize=12, labelColor=palette.INK, labelLimit=280
        )
    )
    return dressed_chart


def _data(points: Sequence[Point]) -> alt.InlineData:
    return alt.InlineData(
        values=[
            {"at": point.at, "value": point.value, "series": point.series, "text": point.text}
            for point in points
        ]
    )


def _color(order: list[str]) -> alt.Color | alt.Value:
    if not order[1:]:
        return alt.value(palette.BLUE)
    return alt.Color(
        "series:N",
        sort=order,
        scale=alt.Scale(domain=order, range=list(palette.SERIES[: len(order)])),
        # more of them in one line would be cut off on a phone
        legend=alt.Legend(title=None, columns=2 if order[3:] else 3),
    )


def _tooltip(with_series: bool) -> list[alt.Tooltip]:
    found = [alt.Tooltip("at:N", title="项目"), alt.Tooltip("text:N", title="数值")]
    return [*found, alt.Tooltip("series:N", title="系列")] if with_series else found
