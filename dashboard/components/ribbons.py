"""A flow from places on the left to places on the right: ribbons as wide as what flows (a Sankey picture)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import altair as alt

from dashboard.components import palette
from dashboard.components.charts import dressed

# between two places, and of the height that all gaps of a side take together at most
_GAP, _GAPS = 0.02, 0.25
# of the width: where the ribbons begin and end, and how wide a place is drawn
_LEFT, _RIGHT, _NODE = 0.0, 1.0, 0.016
# room for the names, in the same measure
_MARGIN = 0.2
_STEPS = 24

# from where to where each place reaches, between 0 and 1
_Spans: TypeAlias = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Ribbon:
    """So much from one place to another; `text` tells how much."""

    origin: str
    destination: str
    amount: float
    text: str


def ribbons(
    found: Sequence[Ribbon], origins: Sequence[tuple[str, str]], destinations: Sequence[tuple[str, str]]
) -> alt.LayerChart:
    """The picture; places stand from top to bottom as given, each with its name and the text beside it.

    Ribbons that are not above 0 have no width and are left out.
    """
    drawn = [ribbon for ribbon in found if ribbon.amount > 0]
    left = _stacked([name for name, _ in origins], [(ribbon.origin, ribbon.amount) for ribbon in drawn])
    right = _stacked(
        [name for name, _ in destinations], [(ribbon.destination, ribbon.amount) for ribbon in drawn]
    )
    shades = [name for name, _ in destinations]
    color = alt.Color(
        "destination:N",
        scale=alt.Scale(domain=shades, range=list(palette.SERIES[: len(shades)])),
        legend=None,
    )
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[_LEFT - _MARGIN, _RIGHT + _MARGIN], nice=False))
    y = alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[1, 0], nice=False))
    areas = (
        alt.Chart(alt.InlineData(values=_outlines(drawn, left, right)))
        .mark_area(opacity=0.45)
        .encode(
            x=x,
            y=y,
            y2="bottom:Q",
            color=color,
            detail="number:N",
            tooltip=[
                alt.Tooltip("origin:N", title="来自"),
                alt.Tooltip("destination:N", title="去往"),
                alt.Tooltip("text:N", title="人次"),
            ],
        )
    )
    nodes = alt.Chart(alt.InlineData(values=_nodes(left, _LEFT - _NODE) + _nodes(right, _RIGHT))).mark_rect(
        color=palette.INK
    )
    layers: list[alt.Chart] = [areas, nodes.encode(x=x, x2="end:Q", y=y, y2="bottom:Q")]
    sides: tuple[tuple[Sequence[tuple[str, str]], _Spans, float, Literal["left", "right"]], ...] = (
        (origins, left, _LEFT - 2 * _NODE, "right"),
        (destinations, right, _RIGHT + 2 * _NODE, "left"),
    )
    for places, spans, at, align in sides:
        labels = [
            {"x": at, "top": sum(spans[name]) / 2, "label": f"{name}　{text}"}
            for name, text in places
            if name in spans
        ]
        chart = alt.Chart(alt.InlineData(values=labels)).mark_text(
            align=align, baseline="middle", fontSize=13, color=palette.INK
        )
        layers.append(chart.encode(x=x, y=y, text="label:N"))
    return dressed(alt.layer(*layers), max(320, 34 * max(len(left), len(right))))


def _stacked(names: Sequence[str], amounts: Sequence[tuple[str, float]]) -> _Spans:
    """From where to where each place reaches, between 0 and 1, with gaps between them; places without anything are not there."""
    sums = {name: sum(amount for at, amount in amounts if at == name) for name in names}
    present = [name for name in names if sums[name] > 0]
    gap = min(_GAP, _GAPS / max(1, len(present) - 1))
    scale = (1 - gap * (len(present) - 1)) / (sum(sums.values()) or 1)
    spans: _Spans = {}
    top = 0.0
    for name in present:
        spans[name] = (top, top + sums[name] * scale)
        top = spans[name][1] + gap
    return spans


def _outlines(drawn: Sequence[Ribbon], left: _Spans, right: _Spans) -> list[dict[str, Any]]:
    """Upper and lower edge of every ribbon, along a smooth step; ribbons leave and arrive in the order of the other side."""
    starts = _slots(
        drawn, left, [ribbon.origin for ribbon in drawn], [ribbon.destination for ribbon in drawn], right
    )
    ends = _slots(
        drawn, right, [ribbon.destination for ribbon in drawn], [ribbon.origin for ribbon in drawn], left
    )
    outlines = []
    for number, (ribbon, start, end) in enumerate(zip(drawn, starts, ends, strict=True)):
        for step in range(_STEPS + 1):
            way = step / _STEPS
            bend = way * way * (3 - 2 * way)
            outlines.append(
                {
                    "number": number,
                    "x": _LEFT + way * (_RIGHT - _LEFT),
                    "top": start[0] + bend * (end[0] - start[0]),
                    "bottom": start[1] + bend * (end[1] - start[1]),
                    "origin": ribbon.origin,
                    "destination": ribbon.destination,
                    "text": ribbon.text,
                }
            )
    return outlines


def _slots(
    drawn: Sequence[Ribbon],
    here: _Spans,
    own: Sequence[str],
    other: Sequence[str],
    there: _Spans,
) -> list[tuple[float, float]]:
    """Which part of its place each ribbon takes on one side."""
    slots: dict[int, tuple[float, float]] = {}
    for name, (top, bottom) in here.items():
        members = [number for number in range(len(drawn)) if own[number] == name]
        total = sum(drawn[number].amount for number in members)
        for number in sorted(members, key=lambda number: there[other[number]]):
            slots[number] = (top, top + (bottom - here[name][0]) * drawn[number].amount / total)
            top = slots[number][1]
    return [slots[number] for number in range(len(drawn))]


def _nodes(spans: _Spans, x: float) -> list[dict[str, float]]:
    return [{"x": x, "end": x + _NODE, "top": top, "bottom": bottom} for top, bottom in spans.values()]
