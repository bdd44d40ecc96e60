"""The regions below the chosen one, ranked by an indicator: those that need attention first."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import (
    Cell,
    as_number,
    kind_of_change,
    kind_of_unit,
    of_change,
    of_value,
    tone_of,
)
from dashboard.components.charts import bars, point
from dashboard.components.few import counted
from dashboard.view import View
from yibao.figures import Value


def ranked_regions(view: View, code: str, found: Sequence[Value], parts: tuple[str, str], path: str) -> Block:
    """A block of the regions' values with numerator and denominator, named by `parts`; a click opens the page `path` for one.

    The worst stands first, as the catalogue's direction says (the highest where it says nothing); those without a value last.
    """
    indicator = view.catalogue[code]
    kind = kind_of_unit(indicator.unit)
    sign = 1 if indicator.direction == "higher" else -1
    places = sorted(
        found, key=lambda value: (value.value is None, sign * (value.value or 0), value.region_code)
    )
    what = "县区" if view.region.level == "city" else "乡镇"
    columns = (
        Column(what),
        Column(indicator.name_zh, kind),
        Column(parts[0], "count"),
        Column(parts[1], "count"),
        Column("同比", kind_of_change(indicator.unit)),
    )
    rows = tuple(
        row(
            view.region_name(value.region_code),
            Cell(of_value(value), tone_of(value)),
            counted(view, value.numerator),
            counted(view, value.denominator),
            of_change(value.last_year_change),
        )
        for value in places
    )
    points = [
        point(view.region_name(value.region_code), of_value(value), kind)
        for value in places
        if value.value is not None
    ]
    target = next((value.target for value in places if value.target is not None), None)
    order = "由低到高" if sign > 0 else "由高到低"
    return Block(
        "regions",
        f"各{what}{indicator.name_zh}（{order}）",
        Table(columns, rows),
        bars(points, unit=columns[1].heading, target=as_number(target, kind)) if points else None,
        note="虚线为目标。" * (target is not None) + f"点{what}名进入该{what}。",
        codes=(code,),
        on_row=lambda line: view.go(path, region=places[line].region_code),
    )
