"""结算明细: the settlement rows behind a figure, masked, down to the file and line they come from."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cards import Fact, show_facts
from dashboard.components.cell import Cell, Content, Gap
from dashboard.components.show import note, note_of_packages, show
from dashboard.view import View
from yibao import labels
from yibao.figures import Narrowing, Settlement, settlement_totals, settlements

PAGE_ROWS = 200
EXPORT_ROWS = 20_000

_COLUMNS = (
    Column("结算编号"),
    Column("结算日期", "date"),
    Column("人员"),
    Column("证件号码"),
    Column("参保乡镇"),
    Column("定点机构"),
    Column("类别"),
    Column("就医地"),
    Column("机构层级"),
    Column("入院日期", "date"),
    Column("出院日期", "date"),
    Column("天数", "count"),
    Column("总费用", "yuan"),
    Column("政策范围内", "yuan"),
    Column("统筹支付", "yuan"),
    Column("大病（含大额）", "yuan"),
    Column("医疗救助", "yuan"),
    Column("基金合计", "yuan"),
    Column("个人账户（含共济）", "yuan"),
    Column("个人现金", "yuan"),
    Column("标记"),
    Column("来源文件"),
    Column("行号", "count"),
)


def render(view: View) -> None:
    """What is filtered, the totals, a page of rows."""
    if view.is_consolidated:
        note_of_packages("结算明细")
        return
    narrowing = narrowing_of(view.parameters)
    _show_narrowing(view, narrowing)
    totals = settlement_totals(view.figures, view.chosen, narrowing, sees_rows=view.sees_rows)
    show_facts(
        [
            Fact("结算人次", totals.cases, "count", f"明细 {totals.rows:,} 行", "冲销一行减一人次"),
            Fact("总费用", _money(totals.total_cost), "wan"),
            Fact("政策范围内费用", _money(totals.in_scope), "wan"),
            Fact("基金支付合计", _money(totals.fund_total), "wan"),
        ]
    )
    note(
        "合计按冲销记负数计算，与同一口径各指标所用的人次、费用、基金支付一致；"
        "本年有月份没有送达的，指标为未报，这里是已送达部分的合计。人员信息已脱敏。"
    )
    start = _start(view.parameters.get("from"), totals.rows)

    def read(first: int, limit: int) -> Table:
        found = settlements(
            view.figures, view.chosen, narrowing, start=first, limit=limit, sees_rows=view.sees_rows
        )
        return Table(_COLUMNS, tuple(_line(settlement) for settlement in found))

    shown = read(start, PAGE_ROWS)
    _show_pages(view, start, len(shown.rows), totals.rows)
    show(
        view,
        Block(
            "settlements",
            "结算明细",
            shown,
            note=_of_export(totals.rows),
            whole=lambda: read(0, EXPORT_ROWS),
        ),
    )


def _of_export(rows: int) -> str:
    held_back = rows - EXPORT_ROWS
    if held_back <= 0:
        return f"导出的表格含筛选后的全部 {rows:,} 行，不只是本页。"
    return (
        f"导出的表格最多 {EXPORT_ROWS:,} 行：本次筛选后共 {rows:,} 行，最早的 {held_back:,} 行不在表中，"
        "请缩小范围后分次导出。"
    )


def narrowing_of(parameters: Mapping[str, str]) -> Narrowing:
    """What the address asks for; classes are parted by commas."""
    return Narrowing(
        inst_code=parameters.get("inst"),
        service_classes=tuple(filter(None, parameters.get("service_class", "").split(","))),
        location=parameters.get("location"),
        service_tier=parameters.get("tier"),
        outside=parameters.get("outside") == "1",
        unreferred=parameters.get("unreferred") == "1",
    )


def _show_narrowing(view: View, narrowing: Narrowing) -> None:
    """One button for each narrowing, which takes it away."""
    inst = view.institutions.get(narrowing.inst_code or "")
    classes = "、".join(labels.CLASSES.get(code, "未知类别") for code in narrowing.service_classes)
    told = {
        "inst": f"定点机构：{inst.name if inst else '不在机构目录中'}" if narrowing.inst_code else "",
        "service_class": f"类别：{classes}" if classes else "",
        "location": f"就医地：{labels.LOCATIONS.get(narrowing.location, '未知地点')}"
        if narrowing.location
        else "",
        "tier": f"机构层级：{labels.TIERS.get(narrowing.service_tier, '未知层级')}"
        if narrowing.service_tier
        else "",
        "outside": "只看县域外" if narrowing.outside else "",
        "unreferred": "只看未经转诊" if narrowing.unreferred else "",
    }
    active = {name: text for name, text in told.items() if text}
    if not active:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="narrowing"):
        st.html('<div class="crumbs">只列出</div>', width="content")
        for name, text in active.items():
            if st.button(f"{text}　✕", key=f"without-{name}", help="点击取消这一项筛选"):
                view.go(
                    "settlements",
                    **{each: value for each, value in view.parameters.items() if each not in (name, "from")},
                )


def _show_pages(view: View, start: int, shown: int, total: int) -> None:
    if total <= PAGE_ROWS:
        return
    kept = {name: value for name, value in view.parameters.items() if name != "from"}
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="pages"):
        if st.button("上一页", key="previous", disabled=start == 0):
            view.go("settlements", **kept, **{"from": str(max(0, start - PAGE_ROWS))})
        if st.button("下一页", key="next", disabled=start + shown >= total):
            view.go("settlements", **kept, **{"from": str(start + PAGE_ROWS)})
        st.html(
            f'<div class="crumbs">第 {start + 1:,}—{start + shown:,} 行，共 {total:,} 行，最近结算的在前</div>',
            width="content",
        )


def _start(asked: str | None, total: int) -> int:
    """The first row of the page asked for; the last page where there are fewer rows by now."""
    number = int(asked) if asked and asked.isascii() and asked.isdigit() else 0
    last = max(0, total - 1)
    return min(number, last) // PAGE_ROWS * PAGE_ROWS


def _money(amount: Content) -> Content:
    return Gap.NOT_REPORTED if amount is None else amount


def _line(settlement: Settlement) -> tuple[Cell, ...]:
    return row(
        settlement.setl_id,
        settlement.setl_time,
        settlement.psn_name_mask or Gap.NOT_REPORTED,
        settlement.certno_mask or Gap.NOT_REPORTED,
        settlement.township_name or settlement.township or "",
        settlement.inst_name or settlement.inst_code or "",
        labels.CLASSES.get(settlement.service_class, settlement.service_class),
        labels.LOCATIONS.get(settlement.location, settlement.location),
        labels.TIERS.get(settlement.service_tier or "", settlement.service_tier or ""),
        settlement.begin_date or Gap.NOT_REPORTED,
        settlement.end_date or Gap.NOT_REPORTED,
        _money(settlement.bed_days),
        _money(settlement.total_cost),
        _money(settlement.in_scope),
        _money(settlement.pool_pay),
        _money(_together(settlement.large_amount_pay, settlement.catastrophic_pay)),
        _money(settlement.aid_pay),
        _money(settlement.fund_total),
        _money(_together(settlement.account_pay, settlement.mutual_account_pay)),
        _money(settlement.cash_pay),
        Cell(marks(settlement), "warn" if settlement.warnings else ""),
        settlement.file,
        settlement.row,
    )


def _together(*amounts: Content) -> Content:
    """The sum of the parts that were delivered; None where none was."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None  # type: ignore[arg-type]


def marks(settlement: Settlement) -> str:
    """冲销, 未转诊, 再住院, 有提醒: what is special about a row."""
    told = {
        "冲销": settlement.sign < 0,
        "未转诊": bool(settlement.is_unreferred),
        "再住院": bool(settlement.is_readmitted),
        "有提醒": settlement.warnings > 0,
    }
    return "、".join(word for word, holds in told.items() if holds)
