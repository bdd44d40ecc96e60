"""基金监管: what is still open and how much money came back, then what was inspected and found."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cards import Card, Fact, show_cards, show_facts
from dashboard.components.cell import Cell, Content, Gap, of_value, tone_of
from dashboard.components.charts import columns_and_line, point
from dashboard.components.show import note, note_of_packages, show
from dashboard.view import View
from yibao.figures import (
    Inspected,
    OpenFinding,
    Value,
    actions,
    inspected,
    inspected_by_kind,
    inspected_by_month,
    open_findings,
    parts,
    series,
    values,
    violations,
)
from yibao.labels import label

_CARDS = ("inspect_coverage", "violation_rate", "finding_closed_rate")
_MONEY = (
    Column("违规金额", "wan"),
    Column("追回", "wan"),
    Column("拒付", "wan"),
    Column("罚款", "wan"),
)


def render(view: View) -> None:
    """Facts, open findings, money by month, kinds of violation, actions, coverage."""
    place = _place(view)
    whole = inspected(view.figures, view.chosen.period, place)
    still_open = open_findings(view.figures, view.chosen.period, place)
    if whole is None and not still_open:
        note(_nothing(view))
        return
    _show_facts(view, whole, still_open)
    told = _calibre_note(view)
    if told:
        note(told)
    if view.is_consolidated:
        note_of_packages("检查问题明细（未办结问题、问题类别、处理方式）")
    else:
        _show_open(view, still_open)
    if whole is None:
        note("本年没有检查记录。")
        return
    _show_months(view, place, whole)
    if not view.is_consolidated:
        _show_violations(view, place, whole)
    if view.region.level == "township":
        _show_actions(view, place)
        return
    if view.is_consolidated:
        _show_rates(view)
    else:
        left, right = st.columns([2, 3], gap="large")
        with left:
            _show_actions(view, place)
        with right:
            _show_rates(view)
    _show_kinds(view, place, whole)


def _show_rates(view: View) -> None:
    months = series(view.figures, _CARDS, view.chosen_ytd)
    now = values(view.figures, _CARDS, view.chosen_ytd)
    st.subheader("检查覆盖与办结（本年累计）", anchor=False)
    show_cards(
        [Card(view.catalogue[code], now.get(code), months[code][-13:]) for code in _CARDS], view.catalogue
    )


def _place(view: View) -> str:
    """Whose institutions: everybody's for the region at the top, else those in the region."""
    return view.region.code if view.region.parent_code else ""


def _nothing(view: View) -> str:
    if view.user.region_code:
        return "基金监管数据由县局掌握，乡镇用户不可查看。"
    if view.region.parent_code:
        told = "" if view.is_consolidated else "，也没有未办结问题"
        return f"本年没有检查{view.region.name}的定点机构{told}。"
    return "本期没有检查记录。"


def _calibre_note(view: View) -> str:
    told = []
    if view.chosen.mode == "month":
        told.append("本页按本年累计统计，单月数见“各月检查与资金处理”。")
    if view.chosen.insutype != "all":
        told.append("监管检查不分险种。")
    if view.region.parent_code:
        told.append(f"只统计位于{view.region.name}的定点机构。")
    if view.region.level == "township":
        told.append("检查覆盖率、违规机构率、问题办结率不分到乡镇。")
    else:
        closed = values(view.figures, ["finding_closed_rate"], view.chosen_ytd).get("finding_closed_rate")
        if closed is not None and closed.status == "no_data":
            told.append("本年有月份没有报送检查问题，累计数只含已报送的月份。")
    return "".join(told)


def _reported(amount: Decimal | int | None) -> Content:
    return Gap.NOT_REPORTED if amount is None else amount


def _show_facts(view: View, whole: Inspected | None, still_open: Sequence[OpenFinding]) -> None:
    """First what is open and what came back; visits (家次) and institutions (家) each by their name."""
    # without single findings nobody knows which are open
    facts = [] if view.is_consolidated else _open_facts(view, still_open)
    if whole is not None:
        facts += [
            Fact("追回金额", _reported(whole.recovered), "wan", "本年累计"),
            Fact("拒付金额", _reported(whole.refused), "wan", "本年累计"),
            Fact("罚款金额", _reported(whole.fine), "wan", "本年累计"),
            Fact("违规金额", _reported(whole.violation), "wan", "本年累计"),
            Fact(
                "检查（家次）",
                whole.visits,
                "count",
                "同一机构查几次计几家次",
                help="不含自查自纠",
            ),
            Fact("检查机构（家）", whole.institutions, "count", "同一机构只计一家", help="含没有协议的机构"),
            Fact("查出问题机构（家）", whole.with_findings, "count", "同一机构只计一家"),
            Fact(
                "查出问题（件）",
                whole.findings,
                "count",
                f"已办结 {whole.closed} 件",
                help="按检查日期归入本年",
            ),
        ]
    show_facts(facts)


def _open_facts(view: View, still_open: Sequence[OpenFinding]) -> list[Fact]:
    year = int(view.chosen.period[:4])
    earlier = sum(finding.inspected_on.year < year for finding in still_open)
    return [
        Fact(
            "未办结问题（件）",
            len(still_open),
            "count",
            f"其中往年 {earlier} 件" if earlier else "",
            help="截至本期检查发现、尚未办结的问题，含往年；办结状态以最近一次导出为准",
        ),
        Fact(
            "最长未办结（天）",
            still_open[0].days_open(view.period.month_end) if still_open else Gap.NO_BASE,
            "count",
            f"自{still_open[0].inspected_on.isoformat()}检查起" if still_open else "没有未办结问题",
        ),
    ]


def _show_open(view: View, still_open: Sequence[OpenFinding]) -> None:
    """The longest open first."""
    if not still_open:
        note("截至本期没有未办结问题。")
        return
    columns = (
        Column("定点机构"),
        Column("检查日期", "date"),
        Column("未办结天数", "count", help=f"检查日至{view.period.month_end.isoformat()}", bar=True),
        Column("问题类别"),
        Column("涉及人次", "count"),
        Column("违规金额", "yuan"),
        Column("已追回", "yuan"),
        Column("处理方式"),
        Column("问题编号"),
    )
    rows = tuple(
        row(
            finding.inst_name or finding.inst_code,
            finding.inspected_on,
            finding.days_open(view.period.month_end),
            label("inspection_finding", "violation_type", finding.violation_type),
            _reported(finding.cases),
            _reported(finding.violation),
            _reported(finding.recovered),
            label("inspection_finding", "action", finding.action) or Gap.NOT_REPORTED,
            finding.finding_id,
        )
        for finding in still_open
    )
    show(
        view,
        Block(
            "open",
            "未办结问题（按未办结时间由长到短）",
            Table(columns, rows),
            note="含往年检查发现的问题；办结状态以最近一次导出为准。点击一行，查看该机构。",
            on_row=lambda line: view.go("institution", inst=still_open[line].inst_code),
        ),
    )


def _show_months(view: View, place: str, whole: Inspected) -> None:
    """Money and inspections by month of inspection; a month without an inspection shows none."""
    months = inspected_by_month(view.figures, view.chosen.period, place)
    named = (("追回", "recovered"), ("拒付", "refused"), ("罚款", "fine"), ("违规金额", "violation"))
    points = {
        name: [point(str(month.at), _reported(getattr(month, field)), "wan", name) for month in months]
        for name, field in named
    }
    columns = (
        Column("检查月份"),
        Column("检查（家次）", "count"),
        Column("检查机构（家）", "count", help="当月家数；同一机构几个月都查的，合计只计一家"),
        Column("查出问题（件）", "count"),
        Column("已办结（件）", "count"),
        *_MONEY,
    )
    rows = [_inspected(str(month.at), month) for month in reversed(months)]
    rows.append(_inspected("合计", whole))
    show(
        view,
        Block(
            "months",
            f"{view.chosen.period[:4]}年各月检查与资金处理",
            Table(columns, tuple(rows), total=True),
            columns_and_line(
                [*points["追回"], *points["拒付"], *points["罚款"]],
                points["违规金额"],
                unit="万元",
                stacked=True,
            ),
            note="金额按检查月份归集，不是资金到账月份。检查机构合计按家去重，小于各月相加。只列有检查的月份。",
        ),
    )


def _inspected(name: str, found: Inspected) -> tuple[Cell, ...]:
    return row(
        name,
        found.visits,
        found.institutions,
        found.findings,
        found.closed,
        _reported(found.violation),
        _reported(found.recovered),
        _reported(found.refused),
        _reported(found.fine),
    )


def _show_violations(view: View, place: str, whole: Inspected) -> None:
    found = violations(view.figures, view.chosen.period, place)
    if not found:
        note("本年没有查出问题。")
        return
    columns = (
        Column("问题类别"),
        Column("问题（件）", "count"),
        Column("未办结（件）", "count"),
        Column("机构（家）", "count", help="同一机构只计一家"),
        *_MONEY,
    )
    rows = [
        row(
            label("inspection_finding", "violation_type", each.violation_type),
            each.findings,
            each.open,
            each.institutions,
            _reported(each.violation),
            _reported(each.recovered),
            _reported(each.refused),
            _reported(each.fine),
        )
        for each in found
    ]
    rows.append(
        row(
            "合计",
            whole.findings,
            whole.findings - whole.closed,
            whole.with_findings,
            _reported(whole.violation),
            _reported(whole.recovered),
            _reported(whole.refused),
            _reported(whole.fine),
        )
    )
    show(
        view,
        Block(
            "violations",
            "按问题类别（本年累计）",
            Table(columns, tuple(rows), total=True),
            note="一家机构可以有几类问题，机构数相加大于合计。",
        ),
    )


def _show_actions(view: View, place: str) -> None:
    found = actions(view.figures, view.chosen.period, place)
    if not found:
        return
    columns = (
        Column("处理方式"),
        Column("问题（件）", "count", bar=True),
        Column("机构（家）", "count", help="同一机构只计一家"),
    )
    rows = tuple(
        row(
            label("inspection_finding", "action", each.action) or Gap.NOT_REPORTED,
            each.findings,
            each.institutions,
        )
        for each in found
    )
    show(
        view,
        Block(
            "actions",
            "处理情况（本年累计）",
            Table(columns, rows),
            note="约谈、暂停服务、解除协议、行政处罚等，按问题的处理方式统计。",
        ),
    )


def _show_kinds(view: View, place: str, whole: Inspected) -> None:
    """Coverage by the kind of institution: institutions under agreement, not visits."""
    coverage, violating = _by_kind(view, "inspect_coverage"), _by_kind(view, "violation_rate")
    visited = {each.at or "": each for each in inspected_by_kind(view.figures, view.chosen.period, place)}
    visited["all"] = whole
    kinds = [kind for kind in dict.fromkeys([*visited, *coverage]) if kind != "all"]
    columns = (
        Column("机构类别"),
        Column("检查（家次）", "count"),
        Column("检查机构（家）", "count", help="同一机构只计一家，含没有协议的机构"),
        Column("协议机构（家）", "count"),
        Column("其中已检查（家）", "count"),
        Column("检查覆盖率", "percent", help="协议机构中已检查的家数÷协议机构家数"),
        Column("其中查出问题（家）", "count"),
        Column("违规机构率", "percent", help="查出问题的家数÷协议机构中已检查的家数"),
    )
    rows = tuple(
        _kind(_kind_name(kind), visited.get(kind), coverage.get(kind), violating.get(kind))
        for kind in [*kinds, "all"]
    )
    show(
        view,
        Block(
            "kinds",
            "按机构类别的检查覆盖",
            Table(columns, rows, total=True),
            note="家次和家数不同：一家机构查三次是3家次、1家。覆盖率按家数计算。",
            codes=("inspect_coverage", "violation_rate"),
        ),
    )


def _by_kind(view: View, code: str) -> dict[str, Value]:
    """The indicator by inst_type, and for `all`."""
    found = {part.breakdown_value: part for part in parts(view.figures, code, view.chosen_ytd, "inst_type")}
    whole = values(view.figures, [code], view.chosen_ytd).get(code)
    return found | ({"all": whole} if whole else {})


def _kind_name(kind: str) -> str:
    if kind == "all":
        return "合计"
    return label("institution", "inst_type", kind) or "类别不明"


def _kind(
    name: str, visited: Inspected | None, coverage: Value | None, violating: Value | None
) -> tuple[Cell, ...]:
    return row(
        name,
        visited.visits if visited else 0,
        visited.institutions if visited else 0,
        _reported(coverage.denominator) if coverage else Gap.NO_BASE,
        _reported(coverage.numerator) if coverage else Gap.NO_BASE,
        Cell(of_value(coverage) if coverage else Gap.NO_BASE, tone_of(coverage)),
        _reported(violating.numerator) if violating else Gap.NO_BASE,
        of_value(violating) if violating else Gap.NO_BASE,
    )
