"""总览: where the county stands, in ten seconds."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.components.cell import (
    Cell,
    Tone,
    kind_of_unit,
    of_value,
    shown,
    tone_of,
)
from dashboard.components.indicators import show_indicators
from dashboard.components.regions import ranked_regions
from dashboard.components.show import show
from dashboard.view import View
from yibao import formatting
from yibao.figures import Value, alerts, below, values

# of which the sentence of findings speaks, in this order
_TOLD = ("part_rate", "ip_actual_ratio", "out_county_rate", "ip_avg_cost", "fund_use_rate")


def render(view: View) -> None:
    """Findings, cards, alerts, the townships by participation rate."""
    headline = sorted(
        (indicator for indicator in view.catalogue.indicators.values() if indicator.headline),
        key=lambda indicator: indicator.headline or 0,
    )
    codes = [indicator.code for indicator in headline]
    now = values(view.figures, codes, view.chosen)
    raised = alerts(view.figures, view.chosen)
    st.html(f'<div class="findings">{escape(findings(view, now, raised))}</div>')
    show_indicators(view, codes)
    places = below(view.figures, "part_rate", view.chosen_ytd)
    if not places:
        _show_alerts(view, raised)
        return
    left, right = st.columns(2, gap="large")
    with left:
        _show_alerts(view, raised)
    with right:
        show(view, ranked_regions(view, "part_rate", places, ("参保人数", "户籍人口"), "overview"))


def findings(view: View, now: dict[str, Value], raised: Sequence[Value]) -> str:
    """One sentence, made of figures only."""
    told = []
    for code in _TOLD:
        value = now.get(code)
        if value is None or value.value is None:
            continue
        indicator = view.catalogue[code]
        text = f"{indicator.name_zh}{shown(value.value, kind_of_unit(indicator.unit))}"
        if value.last_year_change is not None:
            text += f"，同比{_direction(value, indicator.unit)}"
        told.append(text)
    year, month = view.chosen.period.split("-")
    start = f"{year}年{int(month)}月（{view.mode_zh}），{view.region.name}"
    alarms = sum(value.alert_level == "alarm" for value in raised)
    ended = f"报警{alarms}项，预警{len(raised) - alarms}项。" if raised else "没有预警。"
    return f"{start}：{'；'.join(told) or '所选口径没有可用的数'}。{ended}"


def _direction(value: Value, unit: str) -> str:
    change = value.last_year_change
    assert change is not None
    word = formatting.trend(change)
    if word == "持平":
        return word
    return word + shown(abs(change), "percent" if unit != "percent" else "points").lstrip("+")


def _show_alerts(view: View, raised: Sequence[Value]) -> None:
    """One line for each rule that is broken; townships that break the same one stand together."""
    grouped: dict[tuple[str, str, bool], list[Value]] = {}
    for value in raised:
        here = value.region_code == view.chosen.region_code
        grouped.setdefault((value.indicator_code, value.alert_zh or "", here), []).append(value)
    lines = [_alert(view, found) for found in grouped.values()]
    st.subheader("需要关注", anchor=False)
    st.html(f'<ul class="alerts">{"".join(lines) or "<li>本期没有预警。</li>"}</ul>')


def _alert(view: View, found: Sequence[Value]) -> str:
    value = found[0]
    tone: Tone = tone_of(value)
    indicator = view.catalogue[value.indicator_code]
    kind = kind_of_unit(indicator.unit)
    numbers = [
        (f"{view.region_name(each.region_code)} " if value.region_code != view.chosen.region_code else "")
        + shown(of_value(each), kind)
        for each in found
    ]
    what = "县区" if view.region.level == "city" else "乡镇"
    places = f"{len(found)}个{what}" if len(found) > 1 else view.region_name(value.region_code)
    where = "" if value.region_code == view.chosen.region_code else f"{places}："
    target = f"；目标 {shown(value.target, kind)}" if value.target is not None else ""
    word = "报警" if tone == "bad" else "预警"
    return (
        f'<li><span class="{tone}">{Cell(None, tone).sign} {word}</span>　{escape(where)}{escape(value.alert_zh or "")}'
        f' <span class="muted">（{escape(indicator.name_zh)}：{escape("、".join(numbers))}{escape(target)}）</span></li>'
    )
