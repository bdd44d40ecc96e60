"""A strip of dots for each group: one dot for each member, and the group's own value as a tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from dashboard.components import palette
from dashboard.components.charts import dressed


@dataclass(frozen=True)
class Dot:
    """A member of a group; `name` and `text` are told on hover, a `marked` one stands out by shape, colour and its name."""

    group: str
    name: str
    value: float
    text: str
    marked: bool = False


def strip(
    dots: Sequence[Dot], groups: Mapping[str, float | None], *, unit: str, marked_zh: str
) -> alt.LayerChart:
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
    y = alt.Y("group:N", title=None, sort=order, scale=alt.Scale(domain=order))
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=y, x=alt.X("value:Q", title=unit, scale=alt.Scale(zero=True, nice=True))
    )
    kinds = ["机构", marked_zh]
    shapes = base.mark_point(size=90, filled=True, opacity=0.75).encode(
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=kinds, range=[palette.BLUE, palette.RED]),
            legend=alt.Legend(title=None),
        ),
        shape=alt.Shape("kind:N", scale=alt.Scale(domain=kinds, range=["circle", "triangle-up"])),
        tooltip=[
            alt.Tooltip("name:N", title="机构"),
            alt.Tooltip("group:N", title="层级"),
            alt.Tooltip("text:N", title="数值"),
        ],
    )
    names = base.mark_text(dy=-12, fontSize=12, color=palette.RED).encode(text="label:N")
    own = [{"group": group, "own": groups[group]} for group in order if groups[group] is not None]
    ticks = (
        alt.Chart(alt.InlineData(values=own))
        .mark_tick(thickness=3, size=30, color=palette.ORANGE)
        .encode(
            y=y,
            x="own:Q",
            tooltip=[
                alt.Tooltip("group:N", title="层级"),
                alt.Tooltip("own:Q", title="本层级", format=",.2f"),
            ],
        )
    )
    return dressed(alt.layer(ticks, shapes, names), 52 * len(order) + 60)
