"""Who an institution is: its entry in the register and what was settled there."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from dashboard.components.cards import Fact, show_facts
from dashboard.components.few import counted
from dashboard.components.show import note
from dashboard.view import View
from yibao.figures import Profile, Served
from yibao.labels import TIERS, label


def show_profile(view: View, found: Profile, served: Served | None) -> None:
    """A banner of the register's entry, and the sums of the selection."""
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
                Fact("门诊费用", served.op_cost, "wan", view.mode_zh, "不含门诊慢特病和药店购药"),
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
