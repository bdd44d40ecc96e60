"""A strip of dots for each group: one dot for each member, and the group's own value as a tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.components import palette
from dashboard.components.charts import Spec, dressed, inline, nominal, quantity


@dataclass(frozen=True)
class Dot:
    """A member of a group; `name` and `text` are told on hover, a `marked` one stands out by shape, colour and its name."""

    group: str
    name: str
    value: float
    text: str
    marked: bool = False


def strip(dots: Sequence[Dot], groups: Mapping[str, float | None], *, unit: str, marked_zh: str) -> Spec:
    """One strip for each group, in the given order; groups without a value have no tick."""
    order = [group for group in groups if any(dot.group == group for dot in dots)]
    values = [
        {
            "group": dot.group,
            "name": dot.name,
            "value": dot.value,
            "text": dot.text,
            "kind": marked_zh if dot.marked else "机构",
            "label": dot.name if dot.marked else "",
        }
        for dot in dots
    ]
    y = nominal("group", title=None, sort=order, scale={"domain": order})
    shared = {"y": y, "x": quantity("value", title=unit, scale={"zero": True, "nice": True})}
    kinds = ["机构", marked_zh]
    data = inline(values)
    shapes = {
        "data": data,
        "mark": {"type": "point", "size": 90, "filled": True, "opacity": 0.75},
        "encoding": {
            **shared,
            "color": nominal(
                "kind",
                scale={"domain": kinds, "range": [palette.BLUE, palette.RED]},
                legend={"title": None},
            ),
            "shape": nominal("kind", scale={"domain": kinds, "range": ["circle", "triangle-up"]}),
            "tooltip": [
                nominal("name", title="机构"),
                nominal("group", title="层级"),
                nominal("text", title="数值"),
            ],
        },
    }
    names = {
        "data": data,
        "mark": {"type": "text", "dy": -12, "fontSize": 12, "color": palette.RED},
        "encoding": {**shared, "text": nominal("label")},
    }
    own = [{"group": group, "own": groups[group]} for group in order if groups[group] is not None]
    ticks = {
        "data": inline(own),
        "mark": {"type": "tick", "thickness": 3, "size": 30, "color": palette.ORANGE},
        "encoding": {
            "y": y,
            "x": quantity("own"),
            "tooltip": [nominal("group", title="层级"), quantity("own", title="本层级", format=",.2f")],
        },
    }
    return dressed([ticks, shapes, names], 52 * len(order) + 60)
