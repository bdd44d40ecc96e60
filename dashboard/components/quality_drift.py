"""Indicators that are far from their usual values."""

from __future__ import annotations

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Content, Gap, Kind, kind_of_unit, shown
from dashboard.components.quality_marks import marked
from dashboard.components.show import note, show
from dashboard.view import View
from yibao.quality_page import QualityReport
from yibao.quality_page import labels as words


def show_drift(view: View, report: QualityReport) -> None:
    """The values that left their usual range."""
    if report.drift is None or not report.drift.counts:
        note("没有可以比较的指标。")
        return
    columns = (
        Column("期间"),
        Column("地区"),
        Column("指标"),
        Column("本期值"),
        Column("通常值"),
        Column("偏离"),
        Column("结果"),
        Column("说明", long=True),
    )
    found = [each for each in report.drift.listed.shown if each.period <= view.chosen.period]
    rows = []
    for each in found:
        kind = kind_of_unit(each.unit)
        away: Kind = "points" if each.unit == "percent" else kind
        rows.append(
            row(
                f"{each.period} {words.MODES[each.period_mode]}",
                each.region_name,
                each.name_zh,
                _value(each.value, kind),
                _value(each.usual, kind),
                _value(each.deviation, away),
                marked(words.mark(words.DRIFTS, each.status)),
                each.reason_zh or "",
            )
        )
    counted = "，".join(
        f"{words.mark(words.DRIFTS, status).word} {number} 个"
        for status, number in report.drift.counts.items()
    )
    show(
        view,
        Block(
            "drift",
            "主要指标异常波动",
            Table(columns, tuple(rows)),
            note=f"与此前最多12个月的中位数相比，偏离超出平常范围的列出。全部比较：{counted}。",
        ),
    )


def _value(value: Content, kind: Kind) -> Content:
    return Gap.NO_BASE if value is None else shown(value, kind)
