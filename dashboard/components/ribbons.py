"""A flow from places on the left to places on the right: ribbons as wide as what flows (a Sankey picture)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dashboard.components import palette
from dashboard.components.charts import Spec, dressed, inline, nominal, quantity

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
) -> Spec:
    """The picture; places stand from top to bottom as given, each with its name and the text beside it.

    Ribbons that are not above 0 have no width and are left out.
    """
    drawn = [ribbon for ribbon in found if ribbon.amount > 0]
    left = _stacked([name for name, _ in origins], [(ribbon.origin, ribbon.amount) for ribbon in drawn])
    right = _stacked(
        [name for name, _ in destinations], [(ribbon.destination, ribbon.amount) for ribbon in drawn]
    )
    shades = [name for name, _ in destinations]
    color = nominal(
        "destination",
        scale={"domain": shades, "range": list(palette.SERIES[: len(shades)])},
        legend=None,
    )
    across = {"domain": [_LEFT - _MARGIN, _RIGHT + _MARGIN], "nice": False}
    x = quantity("x", axis=None, scale=across)
    y = quantity("top", axis=None, scale={"domain": [1, 0], "nice": False})
    bottom = {"field": "bottom"}
    layers: list[Spec] = [
        {
            "data": inline(_outlines(drawn, left, right)),
            "mark": {"type": "area", "opacity": 0.45},
            "encoding": {
                "x": x,
                "y": y,
                "y2": bottom,
                "color": color,
                "detail": nominal("number"),
                "tooltip": [
                    nominal("origin", title="来自"),
                    nominal("destination", title="去往"),
                    nominal("text", title="人次"),
                ],
            },
        },
        {
            "data": inline(_nodes(left, _LEFT - _NODE) + _nodes(right, _RIGHT)),
            "mark": {"type": "rect", "color": palette.INK},
            "encoding": {"x": x, "x2": {"field": "end"}, "y": y, "y2": bottom},
        },
    ]
    for places, spans, at, align in (
        (origins, left, _LEFT - 2 * _NODE, "right"),
        (destinations, right, _RIGHT + 2 * _NODE, "left"),
    ):
        labels = [
            {"x": at, "top": sum(spans[name]) / 2, "label": f"{name}　{text}"}
            for name, text in places
            if name in spans
        ]
        mark = {"type": "text", "align": align, "baseline": "middle", "fontSize": 13, "color": palette.INK}
        layers.append(
            {
                "data": inline(labels),
                "mark": mark,
                "encoding": {"x": x, "y": y, "text": nominal("label")},
            }
        )
    return dressed(layers, max(320, 34 * max(len(left), len(right))))


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


def _outlines(drawn: Sequence[Ribbon], left: _Spans, right: _Spans) -> list[Spec]:
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


def _nodes(spans: _Spans, x: float) -> list[Spec]:
    return [{"x": x, "end": x + _NODE, "top": top, "bottom": bottom} for top, bottom in spans.values()]
