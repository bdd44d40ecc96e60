"""What was kept out: quarantined rows by rule with examples, and refused files."""

from __future__ import annotations

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Cell
from dashboard.components.show import note, show
from dashboard.view import View
from yibao import labels
from yibao.figures import quarantined_rows, quarantined_rules

_EXAMPLES = 50
_RULE = "quality_rule"
_STATUS = {
    "open": Cell("待更正", "warn"),
    "repeated": Cell("又报来仍有错，见最近一行"),
    "corrected": Cell("已更正", "good"),
}


def show_quarantine(view: View) -> None:
    """The rules that kept rows out; a click on one tells examples."""
    rules = quarantined_rules(view.figures)
    columns = (
        Column("数据"),
        Column("原因"),
        Column("隔离行数", "count"),
        Column("尚未更正", "count"),
        Column("怎么办", long=True),
    )
    rows = tuple(
        row(
            labels.dataset(rule.dataset),
            rule.name_zh,
            rule.rows,
            Cell(rule.open_rows, "warn" if rule.open_rows else ""),
            rule.advice_zh or "",
        )
        for rule in rules
    )

    def choose(line: int) -> None:
        st.session_state[_RULE] = (rules[line].dataset, rules[line].rule_code)

    show(
        view,
        Block(
            "quarantine",
            "隔离的行（不计入指标，等待更正）",
            Table(columns, rows),
            on_row=choose,
            note="一行有几处错误的，在各条原因下分别计数。点一行看例子。",
        ),
    )
    chosen = st.session_state.get(_RULE)
    rule = next((each for each in rules if (each.dataset, each.rule_code) == chosen), None)
    if rule is None:
        return
    found = quarantined_rows(view.figures, rule.dataset, rule.rule_code, _EXAMPLES)
    fields = (
        Column("文件"),
        Column("行号", "count"),
        Column("字段"),
        Column("值（已脱敏）"),
        Column("这一行是"),
        Column("说明", long=True),
        Column("状态"),
    )
    lines = tuple(
        row(
            each.file,
            each.row,
            labels.field(each.dataset, each.field),
            each.value_masked or "",
            each.record_key or "",
            each.message_zh,
            _STATUS[each.status],
        )
        for each in found
    )
    show(
        view,
        Block(
            "examples",
            f"{labels.dataset(rule.dataset)}：{rule.name_zh}",
            Table(fields, lines),
            note=f"列出前 {_EXAMPLES} 条。" if rule.rows > len(found) else "",
        ),
    )


def show_refused(view: View) -> None:
    """The files that were not taken, and why."""
    refused = view.figures.generation.manifest.provenance.refused
    if not refused:
        note("这一版没有拒收的文件。")
        return
    rows = tuple(row(each.file, each.message_zh) for each in refused)
    show(
        view,
        Block(
            "refused",
            "拒收的文件",
            Table((Column("文件"), Column("原因和处理办法", long=True)), rows),
        ),
    )
