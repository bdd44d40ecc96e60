"""What the last check found: its verdict in figures, and every expectation that was not met with what to do."""

from __future__ import annotations

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cards import Fact, show_facts
from dashboard.components.cell import shown
from dashboard.components.quality_file import offer_quality_file
from dashboard.components.quality_marks import known, marked
from dashboard.components.show import show
from dashboard.view import View
from yibao import quality_page
from yibao.figures import quarantined_open
from yibao.quality_page import QualityReport


def show_verdict(view: View, report: QualityReport) -> None:
    """How many expectations were met, what was kept out, and the report as a file."""
    check = report.check
    provenance = view.figures.generation.manifest.provenance
    if view.is_consolidated:
        facts = [
            Fact("县区数据包", len(provenance.packages), "count", "计入全市数"),
            Fact("缺报县区", len(provenance.left_out), "count", "、".join(provenance.left_out)),
        ]
    else:
        facts = [
            Fact("待更正的隔离行", quarantined_open(view.figures), "count", "未计入任何指标"),
            Fact("拒收文件", len(provenance.refused), "count", "没有进入这一版"),
        ]
    if check is not None:
        facts = [
            Fact("检查项", check.expectations, "count", f"检查时间 {quality_page.moment(check.checked_at)}"),
            Fact("通过", check.passed, "count", shown(check.score, "percent")),
            Fact("提醒", check.failed_warning, "count", f"其中有书面理由 {report.tolerated}"),
            Fact("参考意见", check.failed_info, "count"),
            *facts,
        ]
    show_facts(facts)
    offer_quality_file(view)


def show_packages(view: View) -> None:
    """What the city's figures were added up from."""
    packages = view.figures.generation.manifest.provenance.packages
    rows = tuple(row(sheet.file, sheet.rows, sheet.batch, sheet.sha256) for sheet in packages)
    columns = (
        Column("县区数据包"),
        Column("行数", "count"),
        Column("县区的版本"),
        Column("校验值（SHA-256）"),
    )
    show(view, Block("packages", "汇总所用的县区数据包", Table(columns, rows)))


def show_unmet(view: View, report: QualityReport) -> None:
    """Every expectation that was not met, and what to do."""
    columns = (
        Column("结果"),
        Column("检查项", long=True),
        Column("数据"),
        Column("不符", "count"),
        Column("总数", "count"),
        Column("责任科室"),
        Column("怎么办", long=True),
        Column("书面理由"),
    )
    rows = tuple(
        row(
            marked(quality_page.result_mark(result)),
            result.name_zh,
            result.suite_zh,
            known(result.unexpected_count),
            known(result.element_count),
            result.owner or "",
            (result.message_zh if result.status == "error" else result.todo_zh) or "",
            result.tolerance_zh or "",
        )
        for result in report.unmet
    )
    show(
        view,
        Block(
            "unmet",
            "没有通过的检查和处理办法",
            Table(columns, rows),
            note="关键项不通过不会发布；提醒和参考项不影响发布，请按“怎么办”核对。每一行的例子见数据质量报告。",
        ),
    )
