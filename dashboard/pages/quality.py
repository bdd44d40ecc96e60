"""数据质量: what the last check found, what is missing, what does not agree, what was kept out, and what to do."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.components.quality_books import show_books
from dashboard.components.quality_checks import show_packages, show_unmet, show_verdict
from dashboard.components.quality_completeness import (
    show_conservation,
    show_months,
    show_scores,
    show_townships,
)
from dashboard.components.quality_drift import show_drift
from dashboard.components.quality_kept_out import show_quarantine, show_refused
from dashboard.components.show import note
from dashboard.view import View
from yibao import quality_page
from yibao.quality_page import labels as words


def render(view: View) -> None:
    """The verdict, and what is behind it."""
    report = view.figures.read(quality_page.read_tables, view.figures.generation)
    standing = words.STANDINGS[report.standing]
    st.html(
        f'<div class="findings"><b class="{standing.tone}">{standing.sign} {standing.word}</b>　'
        f"{escape(quality_page.sentence(report))}</div>"
    )
    if view.figures.scope.township is not None:
        note("质量检查按全县进行，乡镇账号只显示检查结论和本乡镇参保登记的完整程度。")
        show_townships(view, report)
        return
    show_verdict(view, report)
    note("质量检查针对整个版本的全部数据，不随上方的口径、地区和险种变化。")
    if view.is_consolidated:
        show_packages(view)
        show_unmet(view, report)
        note("逐行的检查由各县区在报送前完成，县区的数据质量页可查；本页是市级汇总时的核对。")
        return
    todo, complete, books, kept_out, drift = st.tabs(
        ["未通过的检查", "数据是否齐全", "对账", "隔离与拒收", "指标波动"]
    )
    with todo:
        show_unmet(view, report)
    with complete:
        show_months(view, report.months or ())
        show_scores(view, report)
        show_townships(view, report)
        show_conservation(view, report)
    with books:
        show_books(view, report)
    with kept_out:
        show_quarantine(view)
        show_refused(view)
    with drift:
        show_drift(view, report)
