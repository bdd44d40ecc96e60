"""指标口径: what every indicator means, how it is computed, when it alerts, and its value in the chosen cell."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Cell, Kind, kind_of_change, kind_of_unit, of_value, shown, tone_of
from dashboard.components.show import show
from dashboard.view import MODES_ZH, View
from yibao import labels
from yibao.figures import AlertRule, Indicator, alert_rules, values

_LEVELS = {"alarm": "报警", "warning": "预警"}
_COMPARATORS = {">": "高于", "<": "低于", ">=": "不低于", "<=": "不高于"}
_DIRECTIONS = {"higher": "越高越好", "lower": "越低越好"}


def render(view: View) -> None:
    """The indicators that are searched for, and the measures they are made of."""
    searched = st.text_input(
        "查找指标", placeholder="按名称、公式或代码查找，例如：参保率", key="catalogue_search", width=360
    ).strip()
    every = view.catalogue.indicators.values()
    found = [indicator for indicator in every if _matches(view, indicator, searched)]
    _show_indicators(view, found, len(every))
    _show_measures(view, found)


def _matches(view: View, indicator: Indicator, searched: str) -> bool:
    if not searched:
        return True
    told = (
        indicator.name_zh,
        indicator.code,
        view.catalogue.formula(indicator.code),
        labels.DOMAINS.get(indicator.domain, ""),
    )
    return any(searched.lower() in text.lower() for text in told)


def _show_indicators(view: View, found: Sequence[Indicator], of: int) -> None:
    now = values(view.figures, [indicator.code for indicator in found], view.chosen)
    rules = alert_rules(view.figures)
    columns = (
        Column("指标"),
        Column("领域"),
        Column("本期值", help="上方所选期间、口径、地区和险种下的值"),
        Column("目标"),
        Column("方向"),
        Column("公式", long=True),
        Column("定义", long=True),
        Column("预警规则", long=True),
        Column("统计口径"),
        Column("可拆分到"),
        Column("数据与依据", long=True),
        Column("指标代码"),
    )
    rows = []
    for indicator in found:
        kind = kind_of_unit(indicator.unit)
        value = now.get(indicator.code)
        content = of_value(value)
        target = value.target if value is not None and value.target is not None else indicator.default_target
        rows.append(
            row(
                indicator.name_zh,
                labels.DOMAINS.get(indicator.domain, indicator.domain),
                Cell(shown(content, kind) if not hasattr(content, "sign") else content, tone_of(value)),
                shown(target, kind) or "未设目标",
                _DIRECTIONS.get(indicator.direction, "—"),
                view.catalogue.formula(indicator.code),
                indicator.definition_zh,
                "；".join(rule_zh(rule, indicator) for rule in rules.get(indicator.code, ())) or "不预警",
                "、".join(MODES_ZH[mode] for mode in MODES_ZH if mode in indicator.modes.split("|")),
                _breakdowns(indicator),
                indicator.source_zh,
                indicator.code,
            )
        )
    show(
        view,
        Block(
            "indicators",
            f"指标口径（{len(found)}项）" if len(found) == of else f"指标口径（{of}项中的{len(found)}项）",
            Table(columns, tuple(rows)),
            note="没有本月口径的指标，所列为本年累计值。",
        ),
    )


def rule_zh(rule: AlertRule, indicator: Indicator) -> str:
    """`预警：本期值低于目标（参保率低于目标）`."""
    metric = "同比变化" if rule.metric == "last_year_change" else "本期值"
    kind: Kind = (
        kind_of_change(indicator.unit) if rule.metric == "last_year_change" else kind_of_unit(indicator.unit)
    )
    limit = {
        "target": "目标",
        "elapsed_share": f"序时进度加{shown(rule.threshold, 'points').lstrip('+')}",
    }.get(rule.threshold_kind, shown(rule.threshold, kind).lstrip("+"))
    part = ""
    if rule.breakdown:
        value = rule.breakdown_value or ""
        part = f"（{labels.TIERS.get(value, value)}机构）"
    comparator = _COMPARATORS.get(rule.comparator, rule.comparator)
    return f"{_LEVELS.get(rule.level, rule.level)}：{metric}{part}{comparator}{limit}"


def _breakdowns(indicator: Indicator) -> str:
    codes = (indicator.breakdowns or "").split("|")
    return "、".join(labels.BREAKDOWNS.get(code, code) for code in codes if code) or "不拆分"


def _show_measures(view: View, found: Sequence[Indicator]) -> None:
    used: dict[str, list[str]] = {}
    for indicator in found:
        for measure in view.catalogue.measures_of(indicator.code):
            used.setdefault(measure.code, []).append(indicator.name_zh)
    columns = (
        Column("基础数"),
        Column("单位"),
        Column("定义", long=True),
        Column("用于指标", long=True),
        Column("代码"),
    )
    rows = tuple(
        row(
            measure.name_zh,
            labels.UNITS.get(measure.unit or "", "随所对比的数"),
            measure.definition_zh,
            "、".join(used[measure.code]),
            measure.code,
        )
        for measure in view.catalogue.measures.values()
        if measure.code in used
    )
    show(view, Block("measures", "公式中的基础数", Table(columns, rows)))
