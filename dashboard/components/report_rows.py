"""Reports to take along: a row for each, with what it is, how far it is, and a button for every file."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Cell
from dashboard.components.export import Exported
from dashboard.components.show import note, show_exports
from dashboard.issued import STATUS_ZH
from dashboard.report_files import ReportFile, ReportMade
from dashboard.view import View
from yibao import formatting
from yibao.issuing import History, Listing, moment_of, state_in
from yibao.problem import Problem
from yibao.reporting.products import name_zh

_KINDS = {".docx": "Word", ".pdf": "PDF", ".xlsx": "Excel", ".zip": "报送包"}
_WIDTHS = [5.4, *([1.3] * len(_KINDS))]
# enough to compare by eye
_SHORT = 8


def show_reports(view: View, reports: Sequence[ReportMade], ledger: History | Problem) -> None:
    """The rows, and the list of files with the whole sha256 to be exported."""
    with st.container(key="reports", gap=None):
        for report in reports:
            _show_report(view, report, standing_of(report.listing, ledger, view.figures.generation.run_id))
    show_exports(view, _as_block(view, reports, ledger))


def standing_of(listing: Listing, ledger: History | Problem, current: str) -> Cell:
    """How far a report is, from what is printed on it and from the ledger."""
    if isinstance(ledger, Problem):
        return Cell(f"印为{STATUS_ZH[listing.status]}，报送台账不可信", "bad")
    for issue in reversed(ledger.issues):
        same = (issue.run_id, issue.status) == (listing.run_id, listing.status)
        if same and dict(listing.files).items() <= dict(issue.files).items():
            day = formatting.clock(moment_of(issue))[:10]
            return Cell(f"{'已报送（初步数）' if issue.status == 'provisional' else '最终数'} {day}", "good")
    state = state_in(ledger.entries, listing.key, run_id=listing.run_id)
    if listing.run_id != current:
        return Cell("不是当前版，请重新生成", "warn")
    signed = "、".join(f"{entry.role.name_zh} {entry.display_name}" for entry in state.signed)
    if listing.status == "draft":
        return Cell(f"草稿（未报送）{'，已签：' + signed if signed else ''}")
    return Cell(f"签字已齐的{STATUS_ZH[listing.status]}，尚未报送", "warn")


def offer_files(view: View, what: str, files: Sequence[ReportFile], key: str) -> None:
    """A row of what they are and a button for each."""
    with st.container(key=f"report-{key.replace('/', '-')}", gap=None):
        columns = st.columns(_WIDTHS, gap="small", vertical_alignment="center")
        with columns[0]:
            note(what)
        _offer_all(view, what, files, columns[1:], key)


def _offer_all(
    view: View, what: str, files: Sequence[ReportFile], columns: Sequence[DeltaGenerator], key: str
) -> None:
    """Each file in the column of its kind; a kind that we do not know in the last."""
    for file in files:
        place = list(_KINDS).index(file.path.suffix) if file.path.suffix in _KINDS else -1
        with columns[place]:
            _offer(view, what, file, f"{key}-{file.path.name}")


def _show_report(view: View, report: ReportMade, standing: Cell) -> None:
    listing = report.listing
    key = "-".join(filter(None, (listing.product, listing.part, listing.region_code)))
    name = name_zh(listing.product, listing.part)
    with st.container(key=f"report-{key}", gap=None):
        columns = st.columns(_WIDTHS, gap="small", vertical_alignment="center")
        with columns[0]:
            is_current = listing.run_id == view.figures.generation.run_id
            run = f"版本 {listing.run_id}" + ("" if is_current else "（不是当前版）")
            st.html(
                f'<div class="report"><b>{escape(name)}</b>'
                f'<span class="{standing.tone}">{standing.sign} {escape(str(standing.content))}</span>'
                f"<div>{escape(listing.title)}</div>"
                f'<small class="{"" if is_current else "warn"}">报告日期 {escape(listing.dated)}　{escape(run)}</small></div>'
            )
        _offer_all(view, name, report.files, columns[1:], key)


def _offer(view: View, what: str, file: ReportFile, key: str) -> None:
    kind = _KINDS.get(file.path.suffix, file.path.suffix)
    if not file.whole:
        st.html(
            f'<div class="report-file bad" title="{escape(file.path.name)}">■ {kind} 被改动<small>不提供下载</small></div>'
        )
        return

    def handed_out() -> bytes:
        content = file.content()
        # a report is a document: it has no rows of its own
        view.log(what, Exported(file.path.name, content, 0))
        return content

    st.download_button(
        f"{kind} {_kilobytes(file.size)} KB",
        data=handed_out,
        file_name=file.path.name,
        key=f"file-{key}",
        help=f"{file.path.name}  \nSHA-256：{file.sha256}",
        on_click="ignore",
        type="secondary",
    )
    st.html(f'<div class="report-file" title="SHA-256：{file.sha256}">{file.sha256[:_SHORT]}…</div>')


def _as_block(view: View, reports: Sequence[ReportMade], ledger: History | Problem) -> Block:
    columns = (
        Column("报告"),
        Column("标题"),
        Column("状态"),
        Column("版本"),
        Column("报告日期"),
        Column("文件"),
        Column("大小（KB）", "count"),
        Column("校验值（SHA-256）"),
        Column("核对"),
    )
    rows = tuple(
        row(
            name_zh(report.listing.product, report.listing.part),
            report.listing.title,
            standing_of(report.listing, ledger, view.figures.generation.run_id),
            report.listing.run_id,
            report.listing.dated,
            file.path.name,
            _kilobytes(file.size),
            file.sha256,
            Cell("相符", "good") if file.whole else Cell("被改动", "bad"),
        )
        for report in reports
        for file in report.files
    )
    return Block("report-files", f"{view.chosen.period} 报告文件清单", Table(columns, rows))


def _kilobytes(size: int) -> int:
    # rounded up, so that a small file is not shown as empty
    return -(-size // 1024)
