"""What was issued, and what has become of its values since."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Cell, Content, Gap, shown
from dashboard.components.report_rows import offer_files
from dashboard.components.show import note, show
from dashboard.issued import STATUS_ZH
from dashboard.report_files import files_in
from dashboard.view import MODES_ZH, View
from yibao import formatting, labels
from yibao.figures import Restatement, restated_periods, restated_row_counts, restatements
from yibao.issuing import (
    LISTING,
    History,
    Issued,
    SigningRole,
    compared_issue,
    moment_of,
    restated_paragraph,
    state_in,
)
from yibao.reporting.products import name_zh

_CHOSEN = "issue_chosen"


def show_issues(view: View, ledger: History) -> None:
    """Every issue, the newest first; a click on one offers the files as they were issued."""
    issues = tuple(reversed(ledger.issues))
    if not issues:
        st.subheader("报送记录", anchor=False)
        note("还没有报送过报告。三人用 yibao sign 签齐后，用 yibao issue 报送。")
        return
    columns = (
        Column("报送时间"),
        Column("期间"),
        Column("报告"),
        Column("状态"),
        *(Column(role.name_zh, group="签字") for role in SigningRole),
        Column("版本"),
        Column("再次报送的原因", long=True),
    )
    current = view.figures.generation.run_id

    def choose(line: int) -> None:
        st.session_state[_CHOSEN] = issues[line].issue

    show(
        view,
        Block(
            "issues",
            "报送记录",
            Table(columns, tuple(_issue(each, ledger, current) for each in issues)),
            note="点一行，下载报送时留存的文件。台账和全部留存用 yibao issued 核对。",
            on_row=choose,
        ),
    )
    for each in issues:
        if each.issue == st.session_state.get(_CHOSEN):
            named = {name: sha256 for name, sha256 in each.files.items() if name != LISTING}
            what = f"报送留存 {each.period} {name_zh(each.product, each.part)}（{STATUS_ZH[each.status]} {_day(each)}）"
            offer_files(view, what, files_in(view.paths.issued / each.issue, named), each.issue)


def show_restated(view: View, ledger: History) -> None:
    """Issued against recomputed values of the chosen period and region, and the rows behind; nothing when there are none."""
    others = [period for period in restated_periods(view.figures) if period != view.chosen.period]
    changed = _compared(view, ledger)
    if changed:
        issue = next(each for each in ledger.issues if each.issue == changed[0].issue)
        _show_values(view, changed, issue)
        _show_rows(view)
    if others:
        note(f"其他期间报送后也有变化：{'、'.join(others)}，请在上方“期间”中选择。")


def _compared(view: View, ledger: History) -> tuple[Restatement, ...]:
    """None where the figures were issued again since the comparison."""
    compared = compared_issue(ledger.issues, view.chosen.period)
    if compared is None or compared.run_id == view.figures.generation.run_id:
        return ()
    return tuple(
        each
        for each in restatements(view.figures, view.chosen.period)
        if each.issue == compared.issue and each.region_code == view.chosen.region_code
    )


def _show_values(view: View, changed: Sequence[Restatement], issue: Issued) -> None:
    listed = [each for each in changed if each.insutype == view.chosen.insutype and each.breakdown == "none"]
    columns = (
        Column("指标"),
        Column("口径"),
        Column("险种"),
        Column("拆分"),
        Column("报送值", "number"),
        Column("现在计算", "number"),
        Column("差额", "number"),
        Column("单位"),
        Column("原因"),
    )

    def table(values: Sequence[Restatement]) -> Table:
        return Table(columns, tuple(_value(view, each) for each in values))

    status = STATUS_ZH[issue.status]
    # the rows behind are told of the whole only
    of_whole = view.chosen.region_code == issue.region_code
    told = restated_paragraph(view.figures, issue.period, issue.region_code).text if of_whole else ""
    show(
        view,
        Block(
            "restated",
            f"报送后的变化（{view.region.name}，{view.chosen.period} {status}，{_day(issue)} 报送）",
            table(listed),
            note=f"已报送的数不改，变化写进下一期报告的说明{f'：“{told}”' if told else '。'}这里列出所选险种的合计，{len(listed):,} 个；"
            f"本地区各险种、各类拆分共 {len(changed):,} 个，都在导出的表格里。",
            whole=lambda: table(changed),
        ),
    )


def _value(view: View, each: Restatement) -> tuple[Cell, ...]:
    known = view.catalogue.indicators.get(each.indicator_code)
    scheme = view.schemes.get(each.insutype)
    part = labels.BREAKDOWNS.get(each.breakdown, each.breakdown)
    return row(
        known.name_zh if known else each.indicator_code,
        MODES_ZH.get(each.mode, each.mode),
        scheme.name if scheme else each.insutype,
        "合计" if each.breakdown == "none" else f"{part}：{each.breakdown_value}",
        _number(each.issued_value),
        _number(each.value),
        # with its sign; the unit stands beside it
        Gap.NO_BASE if each.difference is None else shown(each.difference, "change", with_unit=False),
        labels.UNITS[known.unit] if known else "",
        "、".join(labels.RESTATED.get(cause, cause) for cause in each.causes),
    )


def _show_rows(view: View) -> None:
    found = restated_row_counts(view.figures, view.chosen.period)
    if not found:
        return
    columns = (
        Column("数据"),
        Column("原因"),
        Column("行数", "count"),
        Column("金额变化", "wan"),
        Column("其中基金支付变化", "wan"),
    )
    rows = tuple(
        row(
            labels.dataset(each.dataset),
            labels.RESTATED.get(each.cause, each.cause),
            each.rows,
            each.difference,
            each.fund_difference,
        )
        for each in found
    )
    show(
        view,
        Block(
            "restated-rows",
            "变化的来源",
            Table(columns, rows),
            note="按全县统计；没有改变指标值的行也在内。",
        ),
    )


def _issue(issue: Issued, ledger: History, current: str) -> tuple[Cell, ...]:
    signed = state_in(ledger.entries, issue.key, issue.run_id)
    names = [signature.display_name if (signature := signed.signature(role)) else "" for role in SigningRole]
    return row(
        formatting.clock(moment_of(issue)),
        issue.period,
        name_zh(issue.product, issue.part),
        Cell("已报送（初步数）" if issue.status == "provisional" else "最终数", "good"),
        *names,
        issue.run_id + ("（当前版）" if issue.run_id == current else ""),
        issue.reason,
    )


def _number(value: Content) -> Content:
    return Gap.NO_BASE if value is None else value


def _day(issue: Issued) -> str:
    return formatting.clock(moment_of(issue))[:10]
