"""Charts of the pages as Vega-Lite specifications, which the browser draws, and vl-convert as a picture.

Written as the data they are: building the same ones through Altair takes ten times longer than all else on a page.
Numbers become floats here, for drawing only. Every function takes what a table shows too; nothing is computed here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from dashboard.components import palette
from dashboard.components.cell import Content, Kind, as_number, shown

HEIGHT = 300

# a specification, or a part of one
Spec: TypeAlias = dict[str, Any]


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
) -> Spec:
    """One line for each series over months or other ordered places; a gap where a value is missing.

    Places before the first number of all series are not drawn.
    """
    points = _from_first_number(points)
    order = list(dict.fromkeys(point.series for point in points))
    shared = {
        "x": _PLACES,
        "y": quantity("value", title=unit, scale={"zero": False, "nice": True}),
        "color": _color(order),
        "tooltip": _tooltip(bool(order[1:])),
    }
    data = _data(points)
    layers = [
        {
            "data": data,
            "mark": _LINE,
            "encoding": {**shared, "strokeDash": nominal("series", sort=order, legend=None)},
        },
        {"data": data, "mark": _DOTS, "encoding": shared},
    ]
    drawn = [*([] if target is None else [Limit(target, f"目标 {target:g}")]), *limits]
    lowest = min((limit.at for limit in drawn), default=0.0)
    for limit in drawn:
        # of two lines close together the upper one has its name above, the lower one below
        dy = 9 if drawn[1:] and limit.at == lowest else -7
        here = inline([{"limit": limit.at, "text": limit.name}])
        layers.append(
            {
                "data": here,
                "mark": {"type": "rule", "color": limit.color, "strokeDash": [5, 4]},
                "encoding": {"y": quantity("limit")},
            }
        )
        layers.append(
            {
                "data": here,
                "mark": {"type": "text", "align": "left", "dy": dy, "color": limit.color, "fontSize": 12},
                "encoding": {"x": {"value": 4}, "y": quantity("limit"), "text": nominal("text")},
            }
        )
    return dressed(layers, HEIGHT)


def bars(
    points: Sequence[Point], *, unit: str, target: float | None = None, highlighted: str | None = None
) -> Spec:
    """One horizontal bar for each place, in the given order, with its number; the target as a line."""
    shared = {
        "y": nominal("at", title=None, sort=None, axis={"labelLimit": 180}),
        "x": quantity("value", title=unit, scale={"zero": True}),
        "tooltip": _tooltip(False),
    }
    color: Spec = {"value": palette.BLUE}
    if highlighted:
        chosen = {"test": {"field": "at", "equal": highlighted}, "value": palette.ORANGE}
        color = {"condition": chosen, "value": palette.BLUE}
    data = _data(points)
    layers: list[Spec] = [
        {
            "data": data,
            "mark": {"type": "bar", "height": {"band": 0.62}, "cornerRadiusEnd": 2},
            "encoding": {**shared, "color": color},
        },
        {
            "data": data,
            "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 12, "color": palette.INK},
            "encoding": {**shared, "text": nominal("text")},
        },
    ]
    if target is not None:
        layers.append(
            {
                "data": inline([{"target": target}]),
                "mark": {"type": "rule", "color": palette.GREY, "strokeDash": [5, 4]},
                "encoding": {"x": quantity("target")},
            }
        )
    return dressed(layers, max(120, 30 * len({point.at for point in points}) + 40))


def columns(points: Sequence[Point], *, unit: str, stacked: bool = False) -> Spec:
    """Upright columns for each place: the series side by side, or stacked."""
    order = list(dict.fromkeys(point.series for point in points))
    encoding = {
        "x": _PLACES,
        "y": quantity("value", title=unit, stack="zero" if stacked else None),
        "color": _color(order),
        "tooltip": _tooltip(bool(order[1:])),
    }
    if not stacked and order[1:]:
        encoding["xOffset"] = nominal("series", sort=order)
    return dressed([{"data": _data(points), "mark": {"type": "bar"}, "encoding": encoding}], HEIGHT)


def columns_and_line(
    points: Sequence[Point], line: Sequence[Point], *, unit: str, stacked: bool = False
) -> Spec:
    """Columns as `columns` draws them, and over them one line in the same unit: a balance, a total."""
    over = [point.series for point in line[:1]]
    order = [*dict.fromkeys(point.series for point in points), *over]
    shared = {"x": _PLACES, "color": _color(order), "tooltip": _tooltip(True)}
    upright: Spec = {
        "data": _data(points),
        "mark": {"type": "bar"},
        "encoding": {**shared, "y": quantity("value", title=unit, stack="zero" if stacked else None)},
    }
    if stacked:
        # the first series stands at the bottom
        upright["transform"] = [{"calculate": f"indexof({json.dumps(order)}, datum.series)", "as": "rank"}]
        upright["mark"]["width"] = {"band": 0.6}
        upright["encoding"]["order"] = quantity("rank")
    else:
        upright["encoding"]["xOffset"] = nominal("series", sort=order)
    along = {**shared, "y": quantity("value", title=unit)}
    data = _data(line)
    return dressed(
        [
            upright,
            {"data": data, "mark": _LINE, "encoding": along},
            {"data": data, "mark": _DOTS, "encoding": along},
        ],
        HEIGHT,
    )


def dressed(layers: Sequence[Spec], height: int) -> Spec:
    """The layers as one chart, with the look all charts share."""
    return {
        "$schema": _SCHEMA,
        "config": _LOOK,
        "height": height,
        "width": "container",
        "layer": list(layers),
    }


def nominal(field: str, **options: Any) -> Spec:
    """A channel that tells places, names or series apart."""
    return {"field": field, "type": "nominal", **options}


def quantity(field: str, **options: Any) -> Spec:
    """A channel that measures."""
    return {"field": field, "type": "quantitative", **options}


def inline(rows: Sequence[Spec]) -> Spec:
    """The data of a layer."""
    return {"values": list(rows)}


_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # a name; nobody asks there
_LOOK: Spec = {
    "font": palette.FONTS,
    # aria: what Vega tells a screen reader is English; the table beside the chart holds the same figures
    "mark": {"aria": False},
    "axis": {
        "aria": False,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelColor": palette.INK,
        "titleColor": palette.INK,
        "grid": True,
        "gridColor": "#eceff3",
        "domainColor": palette.LIGHT_GREY,
        "labelSeparation": 4,
    },
    "axisX": {"grid": False},
    "view": {"stroke": None},
    "legend": {
        "aria": False,
        "orient": "top",
        "title": None,
        "labelFontSize": 12,
        "labelColor": palette.INK,
        "labelLimit": 280,
        "symbolOpacity": 1,
    },
}
# of a name and its sign, in the width of a phone
_LEGEND_CHARACTERS = 26
_LINE: Spec = {"type": "line", "strokeWidth": 2.2, "invalid": "break-paths-show-domains"}
_DOTS: Spec = {"type": "circle", "size": 42, "opacity": 1, "invalid": "filter"}
_PLACES = nominal("at", title=None, sort=None, axis={"labelAngle": 0, "labelOverlap": "greedy"})


def _from_first_number(points: Sequence[Point]) -> list[Point]:
    places = list(dict.fromkeys(point.at for point in points))
    known = {point.at for point in points if point.value is not None}
    begun = places[next((number for number, at in enumerate(places) if at in known), 0) :]
    return [point for point in points if point.at in begun]


def _data(points: Sequence[Point]) -> Spec:
    return inline(
        [
            {"at": point.at, "value": point.value, "series": point.series, "text": point.text}
            for point in points
        ]
    )


def _color(order: list[str]) -> Spec:
    if not order[1:]:
        return {"value": palette.BLUE}
    return nominal(
        "series",
        sort=order,
        scale={"domain": order, "range": list(palette.SERIES[: len(order)])},
        legend={"title": None, "columns": _legend_columns(order)},
    )


def _legend_columns(names: Sequence[str]) -> int:
    """How many names stand in one line: a longer line would be cut off on a phone."""
    longest = max(len(name) for name in names)
    return max(1, min(3, _LEGEND_CHARACTERS // (longest + 2), 2 if names[3:] else 3))


def _tooltip(with_series: bool) -> list[Spec]:
    found = [nominal("at", title="项目"), nominal("text", title="数值")]
    return [*found, nominal("series", title="系列")] if with_series else found
