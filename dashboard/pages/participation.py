"""参保征缴: who is insured by which calibre, where the uninsured live, how the collection goes."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cards import Card, Fact, show_cards, show_facts
from dashboard.components.cell import shown
from dashboard.components.charts import lines
from dashboard.components.collection_progress import show_collection
from dashboard.components.insured_places import of_whole, reported, show_regions, show_villages, uninsured
from dashboard.components.priority_groups import show_priority
from dashboard.components.show import note, show
from dashboard.components.years import side_by_side
from dashboard.view import View
from yibao.figures import Value, coverage_by_scheme, series, values

_CALIBRES = ("part_rate", "part_rate_resident", "part_rate_net", "part_rate_agricultural")
_CARDS = (*_CALIBRES, "part_target_rate", "collect_rate", "part_rate_priority", "double_cover_rate")
_MONTHS = 24


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
        show_villages(view)
    else:
        show_regions(view)
    left, right = st.columns([1, 1], gap="large")
    with left:
        _show_calibres(view)
    with right:
        _show_schemes(view)
    show_collection(view)
    show_priority(view)


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
            Fact("参保人数", reported(found.insured), "count", day),
            Fact(
                "未参保人数",
                of_whole(uninsured(rate), one_scheme),
                "count",
                "不分险种"
                if one_scheme
                else f"户籍人口 {shown(reported(rate.denominator), 'count')}－参保人数",
            ),
            Fact("已登记未缴费", reported(found.unpaid), "count", "不计入参保人数"),
            Fact("缴费人数", reported(found.payers), "count", f"{view.chosen.period[:4]}参保年度累计"),
            Fact("缴费金额", reported(found.amount), "wan", f"{view.chosen.period[:4]}参保年度累计"),
        ]
    )


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
            reported(each.insured),
            reported(each.unpaid),
            reported(each.payers),
            reported(each.amount),
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
