"""What inspections found at an institution."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cards import Fact, show_facts
from dashboard.components.cell import Cell, Content, Gap
from dashboard.components.show import note, note_of_packages, show
from dashboard.view import View
from yibao.figures import Profile, VisitedMonth, findings_of, visited_months
from yibao.labels import label


def show_inspections(view: View, found: Profile) -> None:
    """Its inspections up to the chosen month, and the findings; not for a township's account."""
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
