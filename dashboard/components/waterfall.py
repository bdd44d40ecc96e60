"""A waterfall lying on its side: a whole, and the parts it falls into, each beginning where the one above ended."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from dashboard.components import palette
from dashboard.components.charts import Point, dressed


def waterfall(whole: Point, parts: Sequence[Point], *, unit: str) -> alt.LayerChart:
    """The whole as a full bar, then each part from where the last one left off; a part's series is its colour.

    A part without a value takes no width. What the parts do not reach is seen as a gap: nothing is made to fit.
    """
    left = whole.value or 0.0
    bars = [{"at": whole.at, "from": 0.0, "to": left, "text": whole.text, "series": whole.series}]
    for part in parts:
        right, left = left, left - (part.value or 0.0)
        bars.append({"at": part.at, "from": left, "to": right, "text": part.text, "series": part.series})
    order = list(dict.fromkeys([whole.series, *(part.series for part in parts)]))
    base = alt.Chart(alt.InlineData(values=bars)).encode(
        y=alt.Y("at:N", title=None, sort=None, axis=alt.Axis(labelLimit=160)),
        tooltip=[alt.Tooltip("at:N", title="项目"), alt.Tooltip("text:N", title="数值")],
    )
    drawn = base.mark_bar(height={"band": 0.66}).encode(
        x=alt.X("from:Q", title=unit, scale=alt.Scale(domain=[min(0.0, left), (whole.value or 0.0) * 1.35])),
        x2="to:Q",
        color=alt.Color(
            "series:N",
            sort=order,
            scale=alt.Scale(domain=order, range=[palette.LIGHT_GREY, *palette.SERIES[: len(order) - 1]]),
            legend=alt.Legend(title=None),
        ),
    )
    texts = base.mark_text(align="left", dx=5, fontSize=12, color=palette.INK).encode(
        x=alt.X("to:Q"), text="text:N"
    )
    return dressed(alt.layer(drawn, texts), 30 * len(bars) + 40)
