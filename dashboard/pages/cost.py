"""次均费用: what an admission costs, what it is made of, and who stands far from his peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import (
    Cell,
    Content,
    Gap,
    Tone,
    as_number,
    of_change,
    of_value,
    shown,
)
from dashboard.components.charts import columns, point
from dashboard.components.few import counted, guarded
from dashboard.components.indicators import note_coverage, note_of_county, show_indicators
from dashboard.components.show import note, show
from dashboard.components.strip import Dot, strip
from dashboard.components.years import beside_last_year
from dashboard.view import View
from yibao.figures import (
    CASES_NEEDED,
    PEERS_NEEDED,
    Standing,
    TierCost,
    Value,
    costs_by_tier,
    parts,
    series,
    standings,
    values,
)
from yibao.labels import TIERS

_CARDS = (
    "ip_avg_cost",
    "ip_avg_cost_in_county",
    "ip_avg_cost_out_county",
    "ip_avg_days",
    "ip_cost_per_day",
    "op_avg_cost",
    "drug_share",
    "material_share",
    "ip_selfpay_share",
    "admission_rate",
)
_COST = "ip_avg_cost"
_TOLD: dict[Standing, tuple[str, Tone]] = {
    Standing.USUAL: ("正常范围", ""),
    Standing.HIGH: ("明显偏高", "warn"),
    Standing.LOW: ("明显偏低", "warn"),
    Standing.FEW_CASES: ("人次太少，不评判", "muted"),
    Standing.FEW_PEERS: ("同级机构太少，不评判", "muted"),
}


def render(view: View) -> None:
    """Cards, months, structure by tier, peers."""
    show_indicators(view, _CARDS)
    note_coverage(view)
    left, right = st.columns(2, gap="large")
    with left:
        _show_level(view)
    with right:
        _show_growth(view)
    _show_tiers(view)
    _show_peers(view)


def _show_level(view: View) -> None:
    table, chart = beside_last_year(
        view.catalogue[_COST],
        series(view.figures, [_COST], view.chosen)[_COST],
        int(view.chosen.period[:4]),
    )
    show(
        view,
        Block(
            "level",
            f"住院次均费用各月（{view.mode_zh}）",
            table,
            chart,
            chart_only=chart is not None,
            codes=(_COST,),
        ),
    )


def _show_growth(view: View) -> None:
    codes = (_COST, "op_avg_cost")
    found = series(view.figures, codes, view.chosen)
    year = view.chosen.period[:4]
    names = {code: view.catalogue[code].name_zh for code in codes}
    points = [
        point(f"{int(value.period[5:])}月", of_change(value.last_year_change), "change", names[code])
        for code in codes
        for value in found[code]
        if value.period.startswith(year)
    ]
    by_key = {(code, value.period): value for code in codes for value in found[code]}
    periods = sorted({period for _, period in by_key if period.startswith(year)}, reverse=True)
    rows = tuple(
        row(period, *(of_change(_change(by_key.get((code, period)))) for code in codes)) for period in periods
    )
    show(
        view,
        Block(
            "growth",
            f"次均费用同比增幅（{view.mode_zh}）",
            Table((Column("月份"), *(Column(names[code], "change") for code in codes)), rows),
            columns(points, unit="同比（%）") if any(point.value is not None for point in points) else None,
            chart_only=any(point.value is not None for point in points),
            note="" if any(point.value is not None for point in points) else "没有上年同期数，无法计算同比。",
            codes=codes,
        ),
    )


def _change(value: Value | None) -> Decimal | None:
    return value.last_year_change if value else None


def _show_tiers(view: View) -> None:
    order = list(TIERS)
    found = sorted(
        costs_by_tier(view.figures, view.chosen),
        key=lambda tier: (order.index(tier.tier) if tier.tier in order else len(order), tier.tier),
    )
    drugs = values(view.figures, ["drug_share"], view.chosen).get("drug_share")
    itemised = drugs is None or drugs.status != "no_data"
    heads = (
        Column("层级"),
        Column("人次", "count", group="住院"),
        Column("次均费用", "yuan", group="住院"),
        Column("平均住院日", "days", group="住院"),
        Column("自费占比", "percent", group="住院"),
        Column("15日再住院率", "percent", group="住院"),
        Column("明细费用", "wan", group="费用明细"),
        Column("药品", "percent", group="费用明细"),
        Column("耗材", "percent", group="费用明细"),
        Column("其他", "percent", group="费用明细"),
    )
    rows = tuple(_tier(view, tier, itemised) for tier in found)
    points = [
        point(_name(tier.tier), share, "percent", what)
        for what, shares in (
            ("药品", [tier.drug_share for tier in found]),
            ("耗材", [tier.material_share for tier in found]),
            ("其他", [tier.other_share for tier in found]),
        )
        for tier, share in zip(found, shares, strict=True)
        if share is not None
    ]
    show(
        view,
        Block(
            "tiers",
            "各层级费用水平与构成",
            Table(heads, rows),
            columns(points, unit="占明细费用（%）", stacked=True) if points and itemised else None,
            note="次均费用、住院日、自费占比、再住院率只算住院；费用构成按已报送的费用明细计算，含门诊和药店。"
            "比例由各层级的数相加后计算。",
            codes=(_COST, "drug_share", "material_share", "ip_selfpay_share", "readmission_rate_15d"),
        ),
    )


def _name(tier: str) -> str:
    return TIERS.get(tier, tier)


def _tier(view: View, tier: TierCost, itemised: bool) -> tuple[Cell, ...]:
    def share(content: Decimal | None) -> Content:
        return of_change(content) if itemised else Gap.NOT_REPORTED

    return row(
        _name(tier.tier),
        counted(view, tier.cases),
        *guarded(
            view,
            tier.cases,
            of_change(tier.avg_cost),
            of_change(tier.avg_days),
            of_change(tier.selfpay_share),
            of_change(tier.readmission_rate),
        ),
        tier.items if itemised and tier.items is not None else Gap.NOT_REPORTED,
        share(tier.drug_share),
        share(tier.material_share),
        share(tier.other_share),
    )


def _show_peers(view: View) -> None:
    if view.region.level != "county":
        note_of_county(view, "同级机构比较")
        return
    found = [
        value
        for value in parts(view.figures, _COST, view.chosen, "inst")
        if value.value is not None and value.breakdown_value in view.institutions
    ]
    if not found:
        note("所选期间没有按机构计算的次均费用。")
        return
    tiers = {value.breakdown_value: view.institutions[value.breakdown_value].service_tier for value in found}
    own = {value.breakdown_value: value for value in parts(view.figures, _COST, view.chosen, "service_tier")}
    judged = standings(found, tiers)
    order = list(TIERS)
    found.sort(key=lambda value: (order.index(tiers[value.breakdown_value]), -(value.value or 0)))
    dots = [
        Dot(
            _name(tiers[value.breakdown_value]),
            view.institutions[value.breakdown_value].name,
            float(value.value or 0),
            f"{shown(value.value, 'yuan')}（{shown(value.denominator, 'count')}人次）",
            judged[value.breakdown_value] in (Standing.HIGH, Standing.LOW),
        )
        for value in found
        if counted(view, value.denominator) is not Gap.SUPPRESSED
    ]
    groups = {
        _name(tier): as_number(own[tier].value if tier in own else None, "yuan")
        for tier in order
        if tier in tiers.values()
    }
    heads = (
        Column("机构"),
        Column("层级"),
        Column("住院次均费用", "yuan"),
        Column("本层级", "yuan"),
        Column("与本层级相差", "yuan"),
        Column("住院人次", "count"),
        Column("同比", "change"),
        Column("评判"),
    )
    rows = tuple(
        _peer(view, value, tiers[value.breakdown_value], own, judged[value.breakdown_value])
        for value in found
    )
    show(
        view,
        Block(
            "peers",
            "同级机构住院次均费用",
            Table(heads, rows),
            strip(dots, groups, unit="住院次均费用（元）", marked_zh="明显偏离") if dots else None,
            note=_rule(judged, view),
            codes=(_COST,),
            on_row=lambda line: view.go("institution", inst=found[line].breakdown_value),
        ),
    )


def _peer(
    view: View, value: Value, tier: str, own: Mapping[str, Value], standing: Standing
) -> tuple[Cell, ...]:
    base = own[tier].value if tier in own else None
    told, tone = _TOLD[standing]
    difference = value.value - base if value.value is not None and base is not None else None
    price, apart, growth = guarded(
        view, value.denominator, of_value(value), of_change(difference), of_change(value.last_year_change)
    )
    return row(
        view.institutions[value.breakdown_value].name,
        _name(tier),
        price,
        of_change(base),
        apart,
        counted(view, value.denominator),
        growth,
        Cell(told, tone),
    )


def _rule(judged: Mapping[str, Standing], view: View) -> str:
    def named(standing: Standing) -> Sequence[str]:
        return [view.institutions[code].name for code, each in judged.items() if each is standing]

    rule = (
        f"竖线是本层级全部机构合计的次均费用。评判规则：在同一层级内，住院满{CASES_NEEDED}人次的机构不少于{PEERS_NEEDED}家时才评判；"
        "次均费用与本层级各机构中位数之差，超过绝对偏差中位数（MAD）的3.5倍，为明显偏高或偏低。偏离不等于违规，须看病种结构。"
    )
    few = named(Standing.FEW_CASES)
    peerless = named(Standing.FEW_PEERS)
    told = f"不足{CASES_NEEDED}人次未评判：{'、'.join(few)}。" if few else ""
    return (
        rule + told + (f"同级可比机构不足{PEERS_NEEDED}家未评判：{'、'.join(peerless)}。" if peerless else "")
    )
