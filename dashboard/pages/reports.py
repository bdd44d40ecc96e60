"""报表下载: what lies ready to be taken along, what was issued, and what has changed since."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import (
    Cell,
    Content,
    Gap,
    kind_of_change,
    kind_of_part,
    of_change,
    of_value,
    tone_of,
)
from dashboard.components.issue_list import show_issues, show_restated
from dashboard.components.quality_file import offer_quality_file
from dashboard.components.report_rows import show_reports
from dashboard.components.show import note, show
from dashboard.issued import ledger_of
from dashboard.report_files import reports_of
from dashboard.view import View
from yibao import labels
from yibao.figures import Value, values
from yibao.issuing import History
from yibao.problem import Problem


def render(view: View) -> None:
    """The reports of the period, what was issued and what changed since, the quality report, the table of all indicators.

    Reports tell of the whole county: a user of one township gets his own figures only.
    """
    if view.figures.scope.township is None:
        ledger = ledger_of(view.paths)
        _show_made(view, ledger)
        if isinstance(ledger, Problem):
            st.subheader("报送记录", anchor=False)
            note(f"报送台账不可信，不列出报送记录：{ledger.what}（{ledger.where}）。{ledger.todo}")
        else:
            show_issues(view, ledger)
            show_restated(view, ledger)
        st.subheader("数据质量报告", anchor=False)
        offer_quality_file(view)
    _show_indicators(view)


def _show_made(view: View, ledger: History | Problem) -> None:
    reports, unreadable = reports_of(view.paths, view.chosen.period)
    st.subheader(f"{view.chosen.period} 报告", anchor=False)
    for problem in unreadable:
        note(f"■ {problem.what}：{problem.where}。{problem.todo}")
    if not reports:
        note("还没有生成报告。请在服务器上用 yibao report 生成这个期间的报告。")
        return
    show_reports(view, reports, ledger)
    if any(not file.whole for report in reports for file in report.files):
        note("■ 有文件在生成之后被改动或删除，不提供下载；请用 yibao report 重新生成。")
    note("文件下面是校验值（SHA-256）的开头，停在上面看全文。报送包含内部数据，只报上级，不要转发。")


def _show_indicators(view: View) -> None:
    codes = list(view.catalogue.indicators)
    months = values(view.figures, codes, replace(view.chosen, mode="month"))
    years = values(view.figures, codes, view.chosen_ytd)
    columns = (
        Column("指标"),
        Column("领域"),
        Column("单位"),
        Column("本月", "number"),
        Column("本年累计", "number"),
        Column("上年同期累计", "number"),
        Column("同比", "number", help="单位为%的指标是百分点之差，其他指标是变化的百分比"),
        Column("同比单位"),
        Column("目标", "number"),
        Column("目标完成率", "percent"),
        Column("分子", "number"),
        Column("分母", "number"),
    )
    rows = []
    for code, indicator in view.catalogue.indicators.items():
        month = months.get(code) if indicator.has_month else None
        year = years.get(code)
        rows.append(
            row(
                indicator.name_zh,
                labels.DOMAINS.get(indicator.domain, indicator.domain),
                labels.UNITS[indicator.unit],
                of_value(month),
                Cell(of_value(year), tone_of(year)),
                _of(year, "last_year_value"),
                of_change(year.last_year_change) if year else Gap.NO_BASE,
                {"points": "个百分点", "change": "%"}[kind_of_change(indicator.unit)],
                _of(year, "target"),
                _of(year, "completion"),
                *(
                    Cell(_of(year, part), kind=kind_of_part(unit))
                    for part, unit in zip(
                        ("numerator", "denominator"), view.catalogue.units_of(code), strict=True
                    )
                ),
            )
        )
    show(
        view,
        Block(
            "all-indicators",
            f"全部指标表（{view.region.name}，{view.chosen.period}）",
            Table(columns, tuple(rows)),
            note="按上方所选期间、地区和险种列出；同比、目标、分子、分母都是本年累计口径，金额单位为元。"
            "点“导出表格”得到同一张表的Excel文件。",
        ),
    )


def _of(value: Value | None, name: str) -> Content:
    content: Content = getattr(value, name) if value is not None else None
    return Gap.NO_BASE if content is None else content
