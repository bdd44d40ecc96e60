"""Where the uninsured live: the regions below the chosen one, or the villages of a township."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Cell, Content, Gap, as_number, of_change, of_value, tone_of
from dashboard.components.charts import Spec, bars, point
from dashboard.components.show import note, show
from dashboard.view import View
from yibao.figures import Value, Village, below, villages


def show_regions(view: View) -> None:
    """The regions directly below, lowest rate first."""
    code = "part_rate"
    one_scheme = view.chosen.insutype != "all"
    places = sorted(
        below(view.figures, code, view.chosen_ytd),
        key=lambda value: (value.value is None, value.value or 0, value.region_code),
    )
    where = "各县区" if view.region.level == "city" else "各乡镇"
    if not places:
        note(f"没有{where}的参保数。")
        return
    rows = tuple(
        row(
            view.region_name(place.region_code),
            Cell(of_value(place), tone_of(place)),
            place.numerator,
            of_whole(place.denominator, one_scheme),
            of_whole(uninsured(place), one_scheme) if place.denominator else Gap.NO_BASE,
            of_change(place.last_year_change),
            # the target is about all persons together
            Gap.NOT_SPLIT if one_scheme else of_change(place.completion),
        )
        for place in places
    )
    columns = (
        Column("县区" if view.region.level == "city" else "乡镇"),
        Column("参保率", "percent"),
        Column("参保人数", "count"),
        Column("户籍人口", "count"),
        Column("未参保", "count", help="户籍人口减参保人数；负数说明参保人数多于户籍人口", bar=True),
        Column("同比", "points"),
        Column("目标完成", "percent", help="参保率占目标参保率的百分比"),
    )
    target = next((place.target for place in places if place.target is not None), None)
    show(
        view,
        Block(
            "regions",
            f"{where}参保率（由低到高）",
            Table(columns, rows),
            _rate_bars(
                [(view.region_name(place.region_code), place.value) for place in places],
                None if one_scheme else target,
            ),
            codes=(code,),
            note=("" if one_scheme or target is None else "虚线为目标。")
            + ("点击一行，查看该地区各村未参保人数。" if view.region.level == "county" else ""),
            on_row=lambda line: view.go("participation", region=places[line].region_code),
        ),
    )


def of_whole(number: Decimal | None, one_scheme: bool) -> Content:
    """A figure of the whole population, which one scheme's row does not have."""
    if one_scheme:
        return Gap.NOT_SPLIT
    return Gap.NOT_REPORTED if number is None else number


def uninsured(value: Value) -> Decimal | None:
    """Population less insured persons; None where either is missing or there is no population to be insured."""
    if not value.denominator or value.numerator is None:
        return None
    return value.denominator - value.numerator


def show_villages(view: View) -> None:
    """The villages of the chosen township, lowest rate first, the unknown village last."""
    found = villages(view.figures, view.chosen.period, view.chosen.region_code)
    if not found:
        note("没有该乡镇的分村参保数。")
        return
    columns = (
        Column("村（社区）"),
        Column("参保率", "percent"),
        Column("参保人数", "count"),
        Column("户籍人口", "count"),
        Column("未参保", "count", help="户籍人口减参保人数；负数说明参保人数多于户籍人口", bar=True),
        Column("已登记未缴费", "count"),
    )
    told = ["分村数为全部险种合计。"] if view.chosen.insutype != "all" else []
    if any(village.registered is None for village in found):
        told.append("没有报送分村人口的村，参保率和未参保人数显示“未报”。")
    told.append("“未知村”是登记中没有写明村的人，以及分村人口与乡镇人口的差额。")
    show(
        view,
        Block(
            "villages",
            f"{view.region.name}各村参保情况（由低到高）",
            Table(columns, tuple(_village(village) for village in found)),
            _rate_bars([(village.name, village.rate) for village in found], None),
            codes=("part_rate",),
            note="".join(told),
        ),
    )


def _village(village: Village) -> tuple[Cell, ...]:
    missing = Gap.NO_BASE if village.is_unknown or village.registered == 0 else Gap.NOT_REPORTED
    return row(
        village.name,
        missing if village.rate is None else village.rate,
        reported(village.insured),
        reported(village.registered),
        missing if village.uninsured is None else village.uninsured,
        reported(village.unpaid),
    )


def reported(number: Decimal | int | None) -> Content:
    """A count, or that it was not reported."""
    return Gap.NOT_REPORTED if number is None else number


def _rate_bars(rates: Sequence[tuple[str, Decimal | None]], target: Decimal | None) -> Spec | None:
    points = [point(name, rate, "percent") for name, rate in rates if rate is not None]
    return bars(points, unit="参保率（%）", target=as_number(target, "percent")) if points else None
