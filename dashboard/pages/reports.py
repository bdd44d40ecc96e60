"""报表下载: what lies ready to be taken along, each with its size and its sha256."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Cell, Content, Gap, kind_of_change, of_change, of_value, tone_of
from dashboard.components.export import Exported
from dashboard.components.quality_file import offer_quality_file
from dashboard.components.show import note, show
from dashboard.view import View
from yibao import formatting, labels
from yibao.figures import Value, values

_PERIOD = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class ReportFile:
    """A file in the reports' folder; `size` in bytes."""

    path: Path
    size: int
    made_at: datetime
    sha256: str


def render(view: View) -> None:
    """The quality report, the reports of the period, the table of all indicators."""
    if view.figures.scope.township is None:
        st.subheader("数据质量报告", anchor=False)
        offer_quality_file(view)
        _show_reports(view)
    _show_indicators(view)


def report_files(folder: Path, period: str) -> tuple[ReportFile, ...]:
    """The files of a period's reports by name; none where there is no such folder, or where `period` is no month."""
    if not _PERIOD.fullmatch(period) or not (folder / period).is_dir():
        return ()
    found = []
    for path in sorted((folder / period).iterdir()):
        # what begins with a dot is still being written
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            told = path.stat()
            found.append(
                ReportFile(
                    path,
                    told.st_size,
                    datetime.fromtimestamp(told.st_mtime, UTC),
                    hashlib.sha256(path.read_bytes()).hexdigest(),
                )
            )
    return tuple(found)


def _show_reports(view: View) -> None:
    found = report_files(view.paths.reports, view.chosen.period)
    if not found:
        st.subheader("月度报告", anchor=False)
        note(f"{view.chosen.period} 还没有生成报告文件。")
        return
    columns = (
        Column("文件"),
        Column("大小（KB）", "number"),
        Column("生成时间"),
        Column("校验值（SHA-256）"),
    )
    rows = tuple(
        row(
            each.path.name,
            _kilobytes(each.size),
            formatting.clock(each.made_at),
            each.sha256,
        )
        for each in found
    )
    show(view, Block("files", "月度报告", Table(columns, rows)))
    with st.container(horizontal=True, gap="small"):
        for number, each in enumerate(found):
            _offer(view, each, number)


def _offer(view: View, report: ReportFile, number: int) -> None:
    def handed_out() -> bytes:
        content = report.path.read_bytes()
        # a report is a document: it has no rows of its own
        view.log("月度报告", Exported(report.path.name, content, 0))
        return content

    st.download_button(
        f"下载 {report.path.name}",
        data=handed_out,
        file_name=report.path.name,
        key=f"report-{number}",
        on_click="ignore",
        type="tertiary",
    )


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
                _of(year, "numerator"),
                _of(year, "denominator"),
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


def _kilobytes(size: int) -> Content:
    # rounded up, so that a small file is not shown as empty
    return -(-size // 1024)
