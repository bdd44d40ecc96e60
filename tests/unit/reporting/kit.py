"""A small report with every kind of block; its figures are made up and add up."""

from __future__ import annotations

from decimal import Decimal

from yibao.reporting.content import (
    Chart,
    Column,
    Figure,
    Heading,
    Identity,
    Kind,
    Letterhead,
    Origin,
    Paragraph,
    Report,
    Series,
    SignOff,
    Sum,
    Table,
)

COUNTY = "990101"
_CELL = (("period", "2026-09"), ("period_mode", "ytd"), ("insutype", "all"), ("breakdown", "none"))


def figure(
    code: str,
    name: str,
    value: str | None,
    kind: Kind,
    *,
    column: str = "value",
    region: str = COUNTY,
    size: bool = False,
) -> Figure:
    origin = Origin(
        "indicator_trend", column, (*_CELL, ("region_code", region), ("indicator_code", code)), code, name
    )
    return Figure(origin, None if value is None else Decimal(value), kind, size_only=size)


def sample_report() -> Report:
    """A letter with two sections, one table in the text, one chart, and one form as annex."""
    rate = figure("part_rate", "参保率", "96.0745", "percent")
    rose = figure("part_rate", "参保率", "-1.205", "points", column="last_year_change", size=True)
    insured = figure("part_rate", "参保率", "99561", "count", column="numerator")
    due = figure("fund_arrival_rate", "资金到位率", "162962160", "wan", column="denominator")
    towns = [
        ("示例一乡", "60000", "61000", "98.3607"),
        ("示例二镇", "39561", "42629", "92.8030"),
    ]
    table = Table(
        code="participation",
        title="各乡镇参保情况表",
        columns=(
            Column(("乡镇",)),
            Column(("参保", "参保人数"), "count"),
            Column(("参保", "应参保人口"), "count"),
            Column(("参保率",), "percent"),
        ),
        rows=(
            *(
                (
                    name,
                    figure("part_rate", "参保率", top, "count", column="numerator", region=f"99010100{at}"),
                    figure(
                        "part_rate", "参保率", bottom, "count", column="denominator", region=f"99010100{at}"
                    ),
                    figure("part_rate", "参保率", value, "percent", region=f"99010100{at}"),
                )
                for at, (name, top, bottom, value) in enumerate(towns, start=1)
            ),
            (
                "合计",
                insured,
                figure("part_rate", "参保率", "103629", "count", column="denominator"),
                rate,
            ),
            ("其中：未报", None, figure("part_rate", "参保率", None, "count", column="denominator"), None),
        ),
        unit_note="单位：人，%",
        sums=(Sum(2, (0, 1), (1, 2)),),
        notes=("参保率以户籍人口为分母。",),
    )
    chart = Chart(
        code="part_rate_by_town",
        title="各乡镇参保率",
        shape="column",
        categories=tuple(name for name, *_ in towns),
        series=(
            Series(
                "参保率",
                tuple(
                    figure("part_rate", "参保率", value, "percent", region=f"99010100{at}")
                    for at, (*_, value) in enumerate(towns, start=1)
                ),
            ),
        ),
        kind="percent",
    )
    return Report(
        identity=Identity(
            product="monthly",
            period="2026-09",
            region_code=COUNTY,
            region_name="示例县",
            run_id="20261005T010203Z-0123abcd",
            as_of="2026-09-30",
            status="draft",
            catalogue_hash="0" * 64,
            code_version="0.1.0",
        ),
        title="示例县医疗保障局关于2026年9月医疗保障主要指标运行情况的报告",
        dated="2026-10-05",
        letterhead=Letterhead(
            issuer="示例县医疗保障局",
            recipient="示例市医疗保障局",
            red_head="示例县医疗保障局文件",
            document_number="示医保〔2026〕9号",
            signer="张某",
            contact="",
        ),
        sign_off=SignOff(),
        body=(
            Heading(1, "参保征缴情况"),
            Heading(2, "参保"),
            Paragraph(("截至9月底，全县参保", insured, "人，参保率", rate, "，比去年同期下降", rose, "。")),
            Heading(2, "筹资"),
            Paragraph(("应筹集资金", due, "。")),
            table,
            chart,
            Heading(1, "存在问题"),
            Heading(3, "示例二镇参保率偏低"),
            Paragraph(
                (
                    "示例二镇参保率",
                    figure("part_rate", "参保率", "92.8030", "percent", region="990101002"),
                    "。",
                )
            ),
        ),
        annex=(table,),
    )
