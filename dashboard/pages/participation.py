"""参保征缴: who is insured by which calibre, where the uninsured live, how the collection goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cards import Card, Fact, show_cards, show_facts
from dashboard.components.cell import (
    Cell,
    Content,
    Gap,
    as_number,
    of_change,
    of_value,
    shown,
    suppressed,
    tone_of,
)
from dashboard.components.charts import Point, Spec, bars, lines, point
from dashboard.components.show import note, show
from dashboard.components.years import side_by_side
from dashboard.view import View
from yibao.figures import (
    TenDay,
    Value,
    Village,
    below,
    collection,
    coverage_by_scheme,
    last_ten_day,
    parts,
    series,
    ten_day_name,
    values,
    villages,
)
from yibao.labels import label

_CALIBRES = ("part_rate", "part_rate_resident", "part_rate_net", "part_rate_agricultural")
_CARDS = (*_CALIBRES, "part_target_rate", "collect_rate", "part_rate_priority", "double_cover_rate")
_PRIORITY, _PRIORITY_STRICT = "part_rate_priority", "part_rate_priority_strict"
_MONTHS = 24
# collection for the next year begins then
_AUTUMN = 9


def render(view: View) -> None:
    """Cards, townships or villages, calibres over months, collection, priority groups, schemes."""
    months = series(view.figures, _CARDS, view.chosen_ytd)
    now = values(view.figures, _CARDS, view.chosen_ytd)
    cumulated = "累计" if view.chosen.mode == "month" else ""
    show_cards(
        [Card(view.catalogue[code], now.get(code), months[code][-13:], cumulated) for code in _CARDS],
        view.catalogue,
    )
    if view.chosen.mode == "month" or view.chosen.insutype != "all":
        note(_calibre_note(view))
    _show_persons(view, now.get("part_rate"))
    if view.region.level == "township":
        _show_villages(view)
    else:
        _show_regions(view)
    left, right = st.columns([1, 1], gap="large")
    with left:
        _show_calibres(view)
    with right:
        _show_schemes(view)
    _show_collection(view)
    _show_priority(view)


def _calibre_note(view: View) -> str:
    told = []
    if view.chosen.mode == "month":
        told.append("参保按期末日时点统计，征缴按参保年度累计，没有单月数。")
    if view.chosen.insutype != "all":
        told.append(
            "人口、任务和重点人群名单不分险种：选定险种时，参保率是该险种参保人数占全部户籍人口的比例，"
            "其他不分险种的指标显示“／”。"
        )
    return "".join(told)


def _show_persons(view: View, rate: Value | None) -> None:
    """How many persons the rates are made of."""
    one_scheme = view.chosen.insutype != "all"
    by_scheme = {each.insutype: each for each in coverage_by_scheme(view.figures, view.chosen)}
    found = by_scheme.get(view.chosen.insutype)
    if rate is None or found is None:
        return
    day = f"{view.period.month_end.isoformat()}时点"
    show_facts(
        [
            Fact("参保人数", _reported(found.insured), "count", day),
            Fact(
                "未参保人数",
                _of_whole(_uninsured(rate), one_scheme),
                "count",
                "不分险种"
                if one_scheme
                else f"户籍人口 {shown(_reported(rate.denominator), 'count')}－参保人数",
            ),
            Fact("已登记未缴费", _reported(found.unpaid), "count", "不计入参保人数"),
            Fact("缴费人数", _reported(found.payers), "count", f"{view.chosen.period[:4]}参保年度累计"),
            Fact("缴费金额", _reported(found.amount), "wan", f"{view.chosen.period[:4]}参保年度累计"),
        ]
    )


def _show_regions(view: View) -> None:
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
            _of_whole(place.denominator, one_scheme),
            _of_whole(_uninsured(place), one_scheme) if place.denominator else Gap.NO_BASE,
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


def _of_whole(number: Decimal | None, one_scheme: bool) -> Content:
    """A figure of the whole population, which one scheme's row does not have."""
    if one_scheme:
        return Gap.NOT_SPLIT
    return Gap.NOT_REPORTED if number is None else number


def _uninsured(value: Value) -> Decimal | None:
    """Population less insured persons; None where either is missing or there is no population to be insured."""
    if not value.denominator or value.numerator is None:
        return None
    return value.denominator - value.numerator


def _show_villages(view: View) -> None:
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
        _reported(village.insured),
        _reported(village.registered),
        missing if village.uninsured is None else village.uninsured,
        _reported(village.unpaid),
    )


def _reported(number: Decimal | int | None) -> Content:
    return Gap.NOT_REPORTED if number is None else number


def _rate_bars(rates: Sequence[tuple[str, Decimal | None]], target: Decimal | None) -> Spec | None:
    points = [point(name, rate, "percent") for name, rate in rates if rate is not None]
    return bars(points, unit="参保率（%）", target=as_number(target, "percent")) if points else None


def _show_calibres(view: View) -> None:
    """The rate by calibre over months, for all schemes together: the population knows no scheme."""
    found = series(view.figures, _CALIBRES, replace(view.chosen_ytd, insutype="all"))
    table, points = side_by_side({code: view.catalogue[code] for code in _CALIBRES}, found, _MONTHS)
    show(
        view,
        Block(
            "calibres",
            "各口径参保率走势",
            table,
            lines(points, unit="%"),
            note="全部险种合计。户籍口径为默认口径；常住口径超过100%，多为户籍外人口在本地参保或人口外流。",
            chart_only=True,
            codes=_CALIBRES,
        ),
    )


def _show_schemes(view: View) -> None:
    found = coverage_by_scheme(view.figures, view.chosen)
    if not found:
        return
    columns = (
        Column("险种"),
        Column("参保人数", "count"),
        Column("已登记未缴费", "count", help="有有效登记、没有有效缴费、也不免缴的人数，不计入参保人数"),
        Column("缴费人数", "count", help="本参保年度净缴费大于0的人数"),
        Column("缴费金额", "wan"),
    )
    rows = tuple(
        row(
            "合计" if each.insutype == "all" else view.schemes[each.insutype].name,
            _reported(each.insured),
            _reported(each.unpaid),
            _reported(each.payers),
            _reported(each.amount),
        )
        for each in found
    )
    show(
        view,
        Block(
            "schemes",
            "分险种参保缴费",
            Table(columns, rows, total=found[-1].insutype == "all"),
            note=f"参保为{view.period.month_end.isoformat()}时点数，缴费为{view.chosen.period[:4]}参保年度截至当日的累计数。",
        ),
    )


def _show_collection(view: View) -> None:
    """Payers and money since the collection began, this insurance year against the one before."""
    year = _insurance_year(view)
    now = collection(view.figures, year, view.chosen)
    if not now:
        note(f"截至本期没有{year}参保年度的缴费记录。")
        return
    before = collection(view.figures, year - 1, view.chosen, last_ten_day(year, f"{year}-12"))
    first = min(ten_day.number for ten_day in (*now, *before))
    end = max(ten_day.number for ten_day in (*now, *before))
    this = _carried(now, first, min(end, last_ten_day(year, view.chosen.period)))
    last = _carried(before, first, end)
    names = {number: ten_day_name(year, number) for number in range(first, end + 1)}
    points = [
        Point(name, _persons(found.get(number)), series_name, _persons_text(found.get(number)))
        for found, series_name in ((this, f"{year}参保年度"), (last, f"{year - 1}参保年度"))
        if found
        for number, name in names.items()
    ]
    rows = tuple(
        _ten_day_row(names[number], ten_day, last.get(number)) for number, ten_day in reversed(this.items())
    )
    columns = (
        Column("旬"),
        Column("本旬净增", "count", "缴费人数", help="本旬新缴费人数减退费人数"),
        Column("累计", "count", "缴费人数"),
        Column("上年同旬", "count", "缴费人数"),
        Column("同比", "change", "缴费人数"),
        Column("本旬", "wan", "缴费金额"),
        Column("累计", "wan", "缴费金额"),
        Column("上年同旬", "wan", "缴费金额"),
        Column("同比", "change", "缴费金额"),
    )
    show(
        view,
        Block(
            "collection",
            f"{year}参保年度征缴进度（按旬累计缴费人数）",
            Table(columns, rows),
            lines(points, unit="人"),
            note=f"含上一年集中征缴期，截至{view.period.month_end.isoformat()}；退费为负。上旬1至10日，中旬11至20日，"
            "下旬21日至月末。" + ("" if before else f"没有{year - 1}参保年度的记录，不能同比。"),
            codes=("collect_rate",),
        ),
    )


def _insurance_year(view: View) -> int:
    """That of the period, or the next one when its collection has begun and the user asks for it."""
    year, month = (int(part) for part in view.chosen.period.split("-"))
    if month < _AUTUMN or not collection(view.figures, year + 1, view.chosen):
        return year
    return int(
        st.segmented_control(
            "参保年度",
            [year, year + 1],
            format_func=lambda each: f"{each}参保年度",
            key="insurance_year",
            default=year,
            required=True,
        )
    )


def _carried(found: Sequence[TenDay], first: int, until: int) -> dict[int, TenDay]:
    """Every ten-day from the first one to the last: where nothing was paid, the sums so far stand."""
    if not found:
        return {}
    by_number = {ten_day.number: ten_day for ten_day in found}
    carried: dict[int, TenDay] = {}
    so_far = TenDay(first, 0, Decimal(0), 0, Decimal(0))
    for number in range(first, until + 1):
        so_far = by_number.get(number, replace(so_far, number=number, persons=0, amount=Decimal(0)))
        carried[number] = so_far
    return carried


def _persons(ten_day: TenDay | None) -> float | None:
    return None if ten_day is None else float(ten_day.persons_so_far)


def _persons_text(ten_day: TenDay | None) -> str:
    return "" if ten_day is None else shown(ten_day.persons_so_far, "count")


def _ten_day_row(name: str, this: TenDay, last: TenDay | None) -> tuple[Cell, ...]:
    return row(
        name,
        this.persons,
        this.persons_so_far,
        Gap.NO_BASE if last is None else last.persons_so_far,
        _growth(this.persons_so_far, last.persons_so_far if last else None),
        this.amount,
        this.amount_so_far,
        Gap.NO_BASE if last is None else last.amount_so_far,
        _growth(this.amount_so_far, last.amount_so_far if last else None),
    )


def _growth(now: Decimal | int, base: Decimal | int | None) -> Content:
    """The change in per cent of its base; a dash without a base above 0."""
    if base is None or base <= 0:
        return Gap.NO_BASE
    return (Decimal(now) - Decimal(base)) * 100 / Decimal(base)


def _show_priority(view: View) -> None:
    """The groups of the priority roster: lowest rate first, the most persons first among equals."""
    chosen = replace(view.chosen_ytd, insutype="all")
    strict = {part.breakdown_value: part for part in parts(view.figures, _PRIORITY_STRICT, chosen, "group")}
    groups = sorted(
        parts(view.figures, _PRIORITY, chosen, "group"),
        key=lambda part: (
            part.value is None,
            part.value or 0,
            -(part.denominator or 0),
            part.breakdown_value,
        ),
    )
    groups = [group for group in groups if group.denominator or group.value is not None]
    whole = values(view.figures, [_PRIORITY, _PRIORITY_STRICT], chosen)
    if not groups or _PRIORITY not in whole:
        note("本期没有报送重点人群名单。" if view.region.level != "township" else "该乡镇没有重点人群名单。")
        return
    rows = [
        _group(
            label("priority_roster", "group_code", group.breakdown_value),
            group,
            strict.get(group.breakdown_value),
            view.sees_rows,
        )
        for group in groups
    ]
    # the place in the order would tell a rate that is not shown
    rows.sort(key=lambda cells: Gap.SUPPRESSED in (cell.content for cell in cells))
    rows.append(_group("合计（去重）", whole[_PRIORITY], whole.get(_PRIORITY_STRICT), True))
    columns = (
        Column("人群"),
        Column("名单人数", "count"),
        Column("已参保", "count"),
        Column("免参保", "count", help="异地参保、参军、服刑、死亡、失联，视同完成"),
        Column("未参保", "count"),
        Column("参保率", "percent", help="（已参保＋免参保）÷名单人数"),
        Column("剔除免参保后参保率", "percent", help="已参保÷（名单人数－免参保）"),
    )
    told = "同一人可以属于几类人群，各类相加大于合计。"
    if not view.sees_rows:
        told += "“＊”：该行有1至4人的数，为防止认出或推算出个人，同行的数一并不显示。"
    if view.chosen.insutype != "all":
        told += "名单不分险种。"
    show(
        view,
        Block(
            "priority",
            "特殊人群参保",
            Table(columns, tuple(rows), total=True),
            note=told,
            codes=(_PRIORITY, _PRIORITY_STRICT),
        ),
    )


def _group(name: str, value: Value, strict: Value | None, rows_allowed: bool) -> tuple[Cell, ...]:
    """One group; to those who may not see persons no number from which one to four persons could be told."""
    listed, done = value.denominator, value.numerator
    insured = strict.numerator if strict else None
    missing = None if listed is None or done is None else listed - done
    exempt = None if done is None or insured is None else done - insured
    counts = [suppressed(each, rows_allowed=rows_allowed) for each in (listed, insured, exempt, missing)]
    rates: list[Cell] = [Cell(of_value(value), tone_of(value)), Cell(of_value(strict))]
    if Gap.SUPPRESSED in counts:
        # the size of a large group tells of nobody; the rest could be worked out from each other
        counts = [counts[0], *[Gap.SUPPRESSED] * 3]
        rates = [Cell(Gap.SUPPRESSED)] * 2
    return row(name, *counts, *rates)
