"""A waterfall lying on its side: a whole, and the parts it falls into, each beginning where the one above ended."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components import palette
from dashboard.components.charts import Point, Spec, dressed, inline, nominal, quantity


def waterfall(whole: Point, parts: Sequence[Point], *, unit: str) -> Spec:
    """The whole as a full bar, then each part from where the last one left off; a part's series is its colour.

    A part without a value takes no width. What the parts do not reach is seen as a gap: nothing is made to fit.
    """
    left = whole.value or 0.0
    bars = [{"at": whole.at, "from": 0.0, "to": left, "text": whole.text, "series": whole.series}]
    for part in parts:
        right, left = left, left - (part.value or 0.0)
        bars.append({"at": part.at, "from": left, "to": right, "text": part.text, "series": part.series})
    order = list(dict.fromkeys([whole.series, *(part.series for part in parts)]))
    data = inline(bars)
    shared = {
        "y": nominal("at", title=None, sort=None, axis={"labelLimit": 160}),
        "tooltip": [nominal("at", title="项目"), nominal("text", title="数值")],
    }
    reach = {"domain": [min(0.0, left), (whole.value or 0.0) * 1.15]}
    drawn = {
        "data": data,
        "mark": {"type": "bar", "height": {"band": 0.66}},
        "encoding": {
            **shared,
            "x": quantity("from", title=unit, scale=reach),
            "x2": {"field": "to"},
            "color": nominal(
                "series",
                sort=order,
                scale={"domain": order, "range": [palette.LIGHT_GREY, *palette.SERIES[: len(order) - 1]]},
                legend={"title": None},
            ),
        },
    }
    texts = {
        "data": data,
        "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 12, "color": palette.INK},
        "encoding": {**shared, "x": quantity("to"), "text": nominal("text")},
    }
    return dressed([drawn, texts], 30 * len(bars) + 40)
