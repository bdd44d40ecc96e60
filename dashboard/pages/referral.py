"""就医流向: where inpatients go, who leaves the county and where to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import (
    Cell,
    Gap,
    as_number,
    of_change,
    shown,
)
from dashboard.components.few import counted, guarded
from dashboard.components.indicators import note_coverage, note_of_county, show_indicators
from dashboard.components.regions import ranked_regions
from dashboard.components.ribbons import Ribbon, ribbons
from dashboard.components.show import note, show
from dashboard.components.years import beside_last_year
from dashboard.view import View
from yibao.figures import (
    Flow,
    Treated,
    below,
    flows,
    joined,
    outside,
    percent,
    series,
    treated_by_location,
    values,
)
from yibao.labels import LOCATIONS, TIERS

_CARDS = (
    "out_county_rate",
    "in_county_rate",
    "above_county_tier_rate",
    "county_tier_share",
    "township_tier_share",
    "unreferred_share",
    "direct_settle_rate",
    "in_county_fund_share",
)
_RATE = "out_county_rate"
_ORIGINS_DRAWN = 12
_INSTITUTIONS_SHOWN = 20
_REST = "rest"


def render(view: View) -> None:
    """Cards, flow, places, institutions outside, townships, months."""
    show_indicators(view, _CARDS)
    note_coverage(view)
    _show_flow(view)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _show_places(view)
    with right:
        _show_months(view)
    _show_townships(view)
    _show_outside(view)


def _show_flow(view: View) -> None:
    by_county = view.region.level == "city"
    what = "县区" if by_county else "乡镇"
    every = flows(view.figures, view.chosen, by_county=by_county)
    if not every:
        note("所选期间没有住院结算。")
        return
    found = joined(every, _ORIGINS_DRAWN, _REST)
    origins = sorted(
        {flow.region_code for flow in found},
        key=lambda code: (code == _REST, -_sum(found, origin=code), code),
    )
    tiers = _ordered({flow.service_tier for flow in found})
    others = len({flow.region_code for flow in every}) - len(origins) + 1
    names = {code: f"其余{others}个{what}" if code == _REST else view.region_name(code) for code in origins}
    cases = {(flow.region_code, flow.service_tier): flow.cases for flow in found}
    columns = (
        Column(f"参保{what}"),
        *(Column(TIERS.get(tier, tier), "count", group="就医机构层级（人次）") for tier in tiers),
        Column("合计", "count"),
    )
    rows = [
        row(
            names[code],
            *(counted(view, cases.get((code, tier), 0)) for tier in tiers),
            counted(view, _sum(found, origin=code)),
        )
        for code in origins
    ]
    total = row(
        "合计", *(counted(view, _sum(found, tier=tier)) for tier in tiers), counted(view, _sum(found))
    )
    chart = ribbons(
        [
            Ribbon(
                names[flow.region_code],
                TIERS.get(flow.service_tier, flow.service_tier),
                float(flow.cases),
                shown(counted(view, flow.cases), "count"),
            )
            for flow in found
        ],
        [(names[code], shown(counted(view, _sum(found, origin=code)), "count")) for code in origins],
        [(TIERS.get(tier, tier), _told(view, _sum(found, tier=tier), _sum(found))) for tier in tiers],
    )
    show(
        view,
        Block(
            "wide-flow",
            f"住院病人从哪里来、到哪一级去（{what}到机构层级）",
            Table(columns, (*rows, total), total=True),
            chart,
            note="按参保地和就医机构层级计住院人次，冲销的已扣除；带宽与人次成正比。市级医院设在本县的院区按市级计。",
        ),
    )


def _sum(found: Sequence[Flow], *, origin: str | None = None, tier: str | None = None) -> int:
    return sum(
        flow.cases
        for flow in found
        if origin in (None, flow.region_code) and tier in (None, flow.service_tier)
    )


def _ordered(tiers: set[str]) -> list[str]:
    order = list(TIERS)
    return sorted(tiers, key=lambda tier: (order.index(tier) if tier in order else len(order), tier))


def _told(view: View, cases: int, all_cases: int) -> str:
    told = shown(counted(view, cases), "count")
    share = percent(cases, all_cases)
    return told if share is None or told == Gap.SUPPRESSED.sign else f"{told}　{shown(share, 'percent')}"


def _show_places(view: View) -> None:
    found = {treated.location: treated for treated in treated_by_location(view.figures, view.chosen)}
    order = [location for location in LOCATIONS if location in found]
    order += [location for location in found if location not in LOCATIONS]
    whole = sum(treated.cases for treated in found.values())
    columns = (
        Column("就医地"),
        Column("住院人次", "count"),
        Column("占比", "percent", bar=True, help="占全部住院人次"),
        Column("住院费用", "wan"),
        Column("次均费用", "yuan"),
        Column("未经转诊", "count"),
    )
    together = Treated(
        "",
        whole,
        sum(treated.unreferred for treated in found.values()),
        sum((treated.cost for treated in found.values()), Decimal(0)),
    )
    rows = [_place(view, LOCATIONS.get(code, code), found[code], whole) for code in order]
    rows.append(_place(view, "合计", together, whole))
    show(
        view,
        Block(
            "locations",
            "按就医地",
            Table(columns, tuple(rows), total=True),
            note="就医地按机构所在地划分，地点不明的不算县域外。未经转诊只对县域外住院计算，急诊视同转诊。",
            codes=(_RATE,),
        ),
    )


def _place(view: View, name: str, treated: Treated, whole: int) -> tuple[Cell, ...]:
    return row(
        name,
        counted(view, treated.cases),
        *guarded(
            view,
            treated.cases,
            of_change(percent(treated.cases, whole)),
            treated.cost,
            of_change(treated.avg_cost),
            counted(view, treated.unreferred),
        ),
    )


def _show_months(view: View) -> None:
    indicator = view.catalogue[_RATE]
    now = values(view.figures, [_RATE], view.chosen).get(_RATE)
    table, chart = beside_last_year(
        indicator,
        series(view.figures, [_RATE], view.chosen)[_RATE],
        int(view.chosen.period[:4]),
        target=as_number(now.target if now else None, "percent"),
    )
    show(
        view,
        Block(
            "months",
            f"县域外转出率各月（{view.mode_zh}）",
            table,
            chart,
            chart_only=chart is not None,
            codes=(_RATE,),
        ),
    )


def _show_townships(view: View) -> None:
    if view.region.level == "township":
        note_of_county(view, "乡镇之间的比较")
        return
    found = below(view.figures, _RATE, view.chosen)
    if found:
        show(view, ranked_regions(view, _RATE, found, ("县域外人次", "住院人次"), "referral"))


def _show_outside(view: View) -> None:
    found = outside(view.figures, view.chosen)
    whole = sum(each.cases for each in found)
    shown_ones = found[:_INSTITUTIONS_SHOWN]
    columns = (
        Column("机构"),
        Column("层级"),
        Column("住院人次", "count"),
        Column("占县域外", "percent", bar=True),
        Column("住院费用", "wan"),
        Column("次均费用", "yuan"),
        Column("未经转诊", "count"),
        Column("未经转诊占比", "percent"),
    )
    rows = []
    for each in shown_ones:
        institution = view.institutions.get(each.inst_code)
        tier = institution.service_tier if institution else "unknown"
        rows.append(
            row(
                institution.name if institution else each.inst_code,
                TIERS.get(tier, tier),
                counted(view, each.cases),
                *guarded(
                    view,
                    each.cases,
                    of_change(percent(each.cases, whole)),
                    each.cost,
                    of_change(each.avg_cost),
                    # the share would tell the count
                    *guarded(
                        view,
                        each.unreferred,
                        each.unreferred,
                        of_change(percent(each.unreferred, each.cases)),
                    ),
                ),
            )
        )
    more = (
        f"县域外共{len(found)}家机构，列出人次最多的{len(shown_ones)}家。"
        if len(found) > len(shown_ones)
        else ""
    )
    show(
        view,
        Block(
            "outside",
            "县域外住院去了哪些机构",
            Table(columns, tuple(rows)),
            note=f"{more}按人次由多到少；点机构名查看该机构。",
            on_row=lambda line: view.go("institution", inst=shown_ones[line].inst_code),
        ),
    )
