"""定点机构: one institution: who it is, where it stands among its peers, who comes, what inspections found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from html import escape

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cards import Fact, show_facts
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
from dashboard.components.few import counted, guarded
from dashboard.components.indicators import note_coverage, note_of_county
from dashboard.components.show import note, note_of_packages, show
from dashboard.view import View
from yibao.figures import (
    Place,
    Profile,
    Selection,
    Served,
    Value,
    VisitedMonth,
    findings_of,
    part_series,
    parts,
    percent,
    placed,
    profile,
    served_by_institution,
    served_by_month,
    served_by_township,
    visited_months,
)
from yibao.labels import TIERS, label

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
_SERVED = (
    Column("住院人次", "count"),
    Column("占住院人次", "percent", bar=True),
    Column("住院费用", "wan"),
    Column("住院次均费用", "yuan"),
    Column("门诊人次", "count"),
    Column("门诊费用", "wan"),
)
_DIRECTIONS = {"higher": "高者在前", "lower": "低者在前"}


def render(view: View) -> None:
    """The choice, then everything about the chosen one."""
    served = {each.key: each for each in served_by_institution(view.figures, view.chosen)}
    code = _choose(view, served)
    found = profile(view.figures, code) if code else None
    if found is None:
        note("所选期间没有可以查看的机构。")
        return
    _show_profile(view, found, served.get(found.code))
    note_coverage(view)
    if view.region.level == "county":
        _show_indicators(view, found)
        _show_months(view, found)
    else:
        note_of_county(view, "机构的指标、位次和各月走势")
    if view.region.level == "township":
        _show_own_months(view, found)
    else:
        _show_townships(view, found)
    _show_inspections(view, found)


def _choose(view: View, served: dict[str, Served]) -> str | None:
    """Tier, then institution; the choice goes into the address.

    Of one township only those are offered where its people went: the others have nothing to show.
    """
    offered = [
        institution
        for institution in view.institutions.values()
        if institution.code in served or view.region.level != "township"
    ]
    if not offered:
        return None
    by_tier = {
        tier: [institution for institution in offered if institution.service_tier == tier] for tier in TIERS
    }
    tiers = [tier for tier in by_tier if by_tier[tier]]
    known = {institution.code: institution for institution in offered}
    busiest = next((code for code in served if code in known), offered[0].code)
    asked = view.parameters.get("inst", busiest)
    current = asked if asked in known else busiest
    rank = {code: number for number, code in enumerate(served)}
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        tier = st.selectbox(
            "机构层级",
            tiers,
            index=tiers.index(known[current].service_tier),
            format_func=TIERS.__getitem__,
            width=140,
            filter_mode=None,
            placeholder="请选择",
        )
        members = sorted(
            (institution.code for institution in by_tier[tier]),
            key=lambda code: (rank.get(code, len(rank)), code),
        )
        code = st.selectbox(
            "机构",
            members,
            index=members.index(current) if current in members else 0,
            format_func=lambda code: known[code].name,
            width=360,
            filter_mode=None,
            placeholder="请选择",
        )
        if view.sees_rows and st.button("查看结算明细", type="tertiary"):
            view.go("settlements", inst=code)
    if code != current:
        view.go("institution", inst=code)
    return code


def _show_profile(view: View, found: Profile, served: Served | None) -> None:
    told = [
        ("类型", label("institution", "inst_type", found.inst_type)),
        ("层级", TIERS.get(found.service_tier, found.service_tier)),
        ("医院等级", label("institution", "hosp_level", found.hosp_level)),
        ("经营性质", label("institution", "ownership", found.ownership)),
        ("所在地", _region(view, found.region_code)),
        ("协议期", _agreement(found.agreement_begin, found.agreement_end)),
        ("机构代码", found.code),
    ]
    text = "".join(
        f'<span><span class="muted">{name}</span> {escape(value)}</span>' for name, value in told if value
    )
    st.html(
        f'<div class="banner {_tone(view, found)}"><b>{escape(found.name)}</b><span>{_status(view, found)}</span>{text}</div>'
    )
    if served is not None:
        show_facts(
            [
                Fact("住院人次", counted(view, served.cases), "count", view.mode_zh),
                Fact("住院费用", served.ip_cost, "wan", view.mode_zh),
                Fact("住院统筹支付", served.ip_pool, "wan", view.mode_zh),
                Fact("门诊人次", counted(view, served.visits), "count", view.mode_zh),
                Fact("门诊费用", served.op_cost, "wan", view.mode_zh, "普通门诊，不含门诊慢特病和药店购药"),
            ]
        )
    else:
        note("所选地区、险种和期间在这家机构没有结算。")


def _status(view: View, found: Profile) -> str:
    """The agreement's state on the period's last day, told by a word and a sign."""
    if not found.is_registered:
        return "▲ 未登记：只在结算中出现"
    ended = found.agreement_end is not None and found.agreement_end < view.period.month_end
    sign = "●" if found.status == "1" and not ended else "■"
    return f"{sign} {label('institution', 'status', found.status) or '状态未填'}{'，协议已到期' if ended else ''}"


def _tone(view: View, found: Profile) -> str:
    status = _status(view, found)
    return {"●": "", "▲": "warn", "■": "bad"}[status[0]]


def _agreement(begin: date | None, end: date | None) -> str:
    if begin is None and end is None:
        return ""
    return f"{begin or '起始未填'} 至 {end or '长期'}"


def _region(view: View, code: str | None) -> str:
    """The township's name, or the county's, or the code as far as it is not ours."""
    if not code:
        return ""
    # a township's account knows no other region of its county by name
    elsewhere = "本县" if code[:6] == view.region.code[:6] else f"区划 {code}"
    return next((view.regions[part].name for part in (code[:9], code[:6]) if part in view.regions), elsewhere)


def _selection(view: View, code: str) -> Selection:
    return view.chosen if view.catalogue[code].has_month else view.chosen_ytd


def _show_indicators(view: View, found: Profile) -> None:
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


def _show_months(view: View, found: Profile) -> None:
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


def _show_townships(view: View, found: Profile) -> None:
    served = served_by_township(view.figures, view.chosen, found.code)
    cases = sum(each.cases for each in served)
    rows = tuple(_served(view, view.region_name(each.key), each, cases) for each in served)
    show(
        view,
        Block(
            "townships",
            "病人来自哪些乡镇",
            Table((Column("参保乡镇"), *_SERVED), rows),
            note="按参保乡镇计，费用由大到小；门诊为普通门诊。",
        ),
    )


def _show_own_months(view: View, found: Profile) -> None:
    """Of one township: its people at this institution in each month of the selection."""
    served = served_by_month(view.figures, view.chosen, found.code)
    cases = sum(each.cases for each in served)
    rows = tuple(_served(view, each.key, each, cases) for each in served)
    show(
        view,
        Block(
            "own-months",
            f"{view.region.name}病人在本机构的就医",
            Table((Column("月份"), *_SERVED), rows),
            note="只算本乡镇参保人；门诊为普通门诊。",
        ),
    )


def _served(view: View, name: str, each: Served, whole: int) -> tuple[Cell, ...]:
    share, cost, mean = guarded(
        view, each.cases, of_change(percent(each.cases, whole)), each.ip_cost, of_change(each.avg_cost)
    )
    (spent,) = guarded(view, each.visits, each.op_cost)
    return row(
        name,
        counted(view, each.cases),
        share,
        cost,
        mean,
        counted(view, each.visits),
        spent,
    )


def _show_inspections(view: View, found: Profile) -> None:
    visits = visited_months(view.figures, found.code, view.chosen.period)
    if view.user.region_code is not None:
        note("检查与问题由县医保局掌握，乡镇账号不显示。")
        return
    if not visits:
        note(f"截至 {view.chosen.period} 没有检查这家机构的记录。")
        return
    st.subheader(f"检查情况（截至 {view.chosen.period}）", anchor=False)
    show_facts(_summed(visits))
    if view.is_consolidated:
        note_of_packages("检查问题明细")
        return
    findings = findings_of(view.figures, found.code, view.chosen.period)
    heads = (
        Column("检查日期", "date"),
        Column("检查方式"),
        Column("问题类型"),
        Column("涉及例数", "count"),
        Column("违规金额", "yuan"),
        Column("追回金额", "yuan"),
        Column("罚款", "yuan"),
        Column("处理"),
        Column("处理日期", "date"),
        Column("办结"),
    )
    rows = tuple(
        row(
            finding.inspected_on,
            label("inspection", "method", finding.method),
            label("inspection_finding", "violation_type", finding.violation_type),
            _delivered(finding.case_count),
            _delivered(finding.violation_amount),
            _delivered(finding.recovered_amount),
            _delivered(finding.fine_amount),
            label("inspection_finding", "action", finding.action),
            finding.acted_on,
            Cell(
                label("inspection_finding", "status", finding.status),
                "" if finding.status == "closed" else "warn",
            ),
        )
        for finding in findings
    )
    show(view, Block("findings", "检查发现的问题", Table(heads, rows)))


def _summed(visits: Sequence[VisitedMonth]) -> list[Fact]:
    """Visits, findings and money of all inspections; money that no finding told is not 0."""
    findings = sum(visit.findings for visit in visits)
    recovered = [visit.recovered_amount for visit in visits if visit.recovered_amount is not None]
    fined = [visit.fine_amount for visit in visits if visit.fine_amount is not None]
    return [
        Fact("检查次数", sum(visit.visits for visit in visits), "count", f"最近一次 {visits[0].period}"),
        Fact("发现问题", findings, "count", f"已办结 {sum(visit.closed for visit in visits)}"),
        Fact("追回金额", sum(recovered, Decimal(0)) if recovered else Gap.NO_BASE, "yuan"),
        Fact("罚款", sum(fined, Decimal(0)) if fined else Gap.NO_BASE, "yuan"),
    ]


def _delivered(number: Decimal | int | None) -> Content:
    return Gap.NOT_REPORTED if number is None else number
