"""Where an institution stands among its peers, now and over the months."""

from __future__ import annotations

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import (
    UNITS,
    Cell,
    Content,
    Gap,
    Kind,
    kind_of_change,
    kind_of_unit,
    of_change,
    of_value,
    shown,
    tone_of,
)
from dashboard.components.charts import Point, lines, point
from dashboard.components.few import counted
from dashboard.components.show import show
from dashboard.view import View
from yibao.figures import Place, Profile, Selection, Value, part_series, parts, placed
from yibao.labels import TIERS

_INDICATORS = (
    "ip_avg_cost",
    "ip_actual_ratio",
    "ip_policy_ratio",
    "ip_avg_days",
    "drug_share",
    "material_share",
    "ip_selfpay_share",
    "readmission_rate_15d",
    "single_disease_share",
    "budget_exec_rate",
)


# inst_type of the contract
_PHARMACY = "2"


_DRAWN = ("ip_avg_cost", "ip_actual_ratio")


_DIRECTIONS = {"higher": "高者在前", "lower": "低者在前"}


def show_indicators_among_peers(view: View, found: Profile) -> None:
    """Main indicators beside those of its tier, with its place."""
    rows = []
    for code in _INDICATORS:
        indicator = view.catalogue[code]
        chosen = _selection(view, code)
        every = parts(view.figures, code, chosen, "inst")
        own = next((value for value in every if value.breakdown_value == found.code), None)
        place = placed(found.code, indicator, [value for value in every if _is_peer(view, value, found)])
        kind = kind_of_unit(indicator.unit)
        # one column holds several units, so its numbers are told as text
        rows.append(
            row(
                indicator.name_zh + ("（累计）" if chosen.mode != view.chosen.mode else ""),
                Cell(_said(_own(view, own), kind), tone_of(own)),
                _said(of_change(place.together), kind),
                _ranked(place),
                _DIRECTIONS.get(indicator.direction, "从高到低排"),
                _said(of_change(own.last_year_change if own else None), kind_of_change(indicator.unit)),
                _said(of_change(own.target), kind) if own and own.target is not None else "未设",
            )
        )
    heads = (
        Column("指标"),
        Column("本机构"),
        Column("同级全部"),
        Column("同级位次", help="在同一层级、有这个指标数的机构中的位次，数相同的并列"),
        Column("排法"),
        Column("同比"),
        Column("目标"),
    )
    show(
        view,
        Block(
            "indicators",
            f"主要指标与同级位次（{view.mode_zh}）",
            Table(heads, tuple(rows)),
            note="同级指同一层级的医疗机构（药店只同药店比）。“同级全部”由各机构的分子、分母相加后计算，不是平均数。没有规定方向的指标只按数值从高到低排，不表示好坏。",
            codes=_INDICATORS,
        ),
    )


def _selection(view: View, code: str) -> Selection:
    return view.chosen if view.catalogue[code].has_month else view.chosen_ytd


def _own(view: View, value: Value | None) -> Content:
    """The institution's value; hidden from those who may not see rows where it comes from very few cases."""
    if value is not None and view.catalogue[value.indicator_code].denominator == "ip_cases":
        cases = counted(view, value.denominator)
        return of_value(value) if cases is not Gap.SUPPRESSED else cases
    return of_value(value)


def _said(content: Content, kind: Kind) -> Content:
    return content if isinstance(content, Gap) else shown(content, kind)


def _ranked(place: Place) -> Content:
    return Gap.NO_BASE if place.place is None else f"第 {place.place} / {place.of}"


def _is_peer(view: View, value: Value, found: Profile) -> bool:
    """Of the same tier, and a pharmacy only beside pharmacies."""
    peer = view.institutions.get(value.breakdown_value)
    if peer is None or peer.service_tier != found.service_tier:
        return False
    return (peer.inst_type == _PHARMACY) == (found.inst_type == _PHARMACY)


def show_months_among_peers(view: View, found: Profile) -> None:
    """Cost and compensation over the months, beside the whole tier."""
    series = part_series(view.figures, _DRAWN, view.chosen, "inst", found.code)
    tiers = part_series(view.figures, _DRAWN, view.chosen, "service_tier", found.service_tier)
    tier_name = f"{TIERS.get(found.service_tier, found.service_tier)}全部"
    for column, code in zip(st.columns(len(_DRAWN), gap="large"), _DRAWN, strict=True):
        kind = kind_of_unit(view.catalogue[code].unit)
        by_series = {found.name: series[code], tier_name: tiers[code]}
        if not any(value.value is not None for value in series[code]):
            continue
        by_period = {name: {value.period: value for value in each} for name, each in by_series.items()}
        points = [_point(name, value, kind) for name, each in by_series.items() for value in each]
        rows = tuple(
            row(value.period, *(of_value(by_period[name].get(value.period)) for name in by_series))
            for value in reversed(series[code])
        )
        with column:
            show(
                view,
                Block(
                    f"months-{code}",
                    f"{view.catalogue[code].name_zh}各月（{view.mode_zh}）",
                    Table((Column("月份"), *(Column(name, kind) for name in by_series)), rows),
                    lines(points, unit=UNITS[kind]),
                    chart_only=True,
                    codes=(code,),
                ),
            )


def _point(name: str, value: Value, kind: Kind) -> Point:
    return point(value.period, of_value(value), kind, name)
