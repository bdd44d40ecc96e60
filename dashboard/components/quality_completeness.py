"""Whether everything is there: rows by month, scores, townships, and where every landed row went."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Cell, Gap, Tone, shown
from dashboard.components.show import note, show
from dashboard.view import View
from yibao import labels
from yibao.quality_page import DatasetMonth, QualityReport

_MONTHS = 13


def show_months(view: View, months: Sequence[DatasetMonth]) -> None:
    """Rows of each dataset by month, those far from their usual number marked."""
    known = sorted({each.month for each in months if each.month <= view.chosen.period})[-_MONTHS:]
    if not known:
        note("没有按月报送的数据。")
        return
    cells = {(each.dataset, each.month): each for each in months}
    columns = (
        Column("数据"),
        *(Column(f"{int(month[5:])}月", "count", group=f"{month[:4]}年") for month in known),
    )
    rows = tuple(
        row(labels.dataset(dataset), *(_month_cell(cells.get((dataset, month))) for month in known))
        for dataset in dict.fromkeys(each.dataset for each in months)
    )
    show(
        view,
        Block(
            "months",
            "各类数据按月到位行数",
            Table(columns, rows),
            note="与此前最多12个月的中位数相比：■ 没有数据，▲ 明显偏少或明显偏多；空白为不在报送范围。",
        ),
    )


def _month_cell(month: DatasetMonth | None) -> Cell:
    if month is None:
        return Cell(None)
    tones: dict[str, Tone] = {"missing": "bad", "low": "warn", "high": "warn"}
    return Cell(month.rows, tones.get(month.status, ""))


def show_scores(view: View, report: QualityReport) -> None:
    """The share of rows without a fault, the lowest first."""
    columns = (
        Column("数据"),
        Column("得分", "percent", bar=True),
        Column("导入行数", "count"),
        Column("隔离行数", "count"),
        Column("有提醒的行数", "count"),
    )
    scores = sorted(report.scores or (), key=lambda each: (each.score is None, each.score or 0, each.dataset))
    rows = tuple(
        row(
            labels.dataset(each.dataset),
            Gap.NOT_REPORTED if each.score is None else each.score,
            each.landed_rows,
            each.quarantined_rows,
            each.warned_rows,
        )
        for each in scores
    )
    show(
        view,
        Block(
            "scores",
            "各类数据得分",
            Table(columns, rows),
            note="得分是导入的行中，没有被隔离、也没有提醒的所占的比例；得分低的在前。",
        ),
    )


def show_townships(view: View, report: QualityReport) -> None:
    """How complete the register is, by township."""
    columns = (
        Column("乡镇"),
        Column("完整率", "percent", bar=True),
        Column("参保登记人数", "count"),
        Column("有证件号码", "count"),
        Column("有出生日期", "count"),
        Column("有户号", "count"),
    )
    townships = sorted(
        report.townships or (), key=lambda each: (each.score is None, each.score or 0, each.region_code)
    )
    rows = tuple(
        row(
            each.region_name,
            Gap.NO_BASE if each.score is None else each.score,
            each.persons,
            each.with_certificate,
            each.with_birth_date,
            each.with_household,
        )
        for each in townships
    )
    year = f"（{townships[0].year}年）" if townships else ""
    show(view, Block("townships", f"各乡镇参保登记完整程度{year}", Table(columns, rows)))


def show_conservation(view: View, report: QualityReport) -> None:
    """Landed rows and amounts against where they went."""
    columns = (
        Column("数据"),
        Column("文件", "count"),
        Column("导入", "count", group="行数"),
        Column("采用", "count", group="行数"),
        Column("隔离", "count", group="行数"),
        Column("重复", "count", group="行数"),
        Column("被替代", "count", group="行数"),
        Column("导入金额", "wan"),
        Column("采用金额", "wan"),
        Column("核对"),
    )
    rows = tuple(
        row(
            labels.dataset(each.dataset),
            each.files,
            each.landed_rows,
            each.accepted_rows,
            each.quarantined_rows,
            each.duplicate_rows,
            each.superseded_rows,
            each.landed_amount or None,
            each.accepted_amount or None,
            Cell("平", "good")
            if each.rows_off == 0 and each.amount_off == 0
            else Cell(f"差 {each.rows_off} 行、{shown(each.amount_off, 'yuan')}", "bad"),
        )
        for each in report.conservation or ()
    )
    show(
        view,
        Block(
            "conservation",
            "导入的每一行都有去处",
            Table(columns, rows),
            note="导入 = 采用 + 隔离 + 重复 + 被替代，行数和金额都要平。金额是该类数据的主要金额，没有金额的数据留空。",
        ),
    )
