"""数据质量: what the last check found, what is missing, what does not agree, what was kept out, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cards import Fact, show_facts
from dashboard.components.cell import Cell, Content, Gap, Kind, Tone, kind_of_unit, shown
from dashboard.components.quality_file import offer_quality_file
from dashboard.components.show import note, show
from dashboard.view import View
from yibao import labels, quality_page
from yibao.figures import quarantined_open, quarantined_rows, quarantined_rules
from yibao.quality_page import Agreement, DatasetMonth, QualityReport
from yibao.quality_page import labels as words

_MONTHS = 13
_EXAMPLES = 50
_KEYS = 200
_AGREEMENT, _RULE, _BOOK = "quality_agreement", "quality_rule", "quality_book"
# tones of the quality page in those of the cells
_TONES: dict[str, Tone] = {"good": "good", "bad": "bad", "broken": "bad", "warn": "warn", "plain": "muted"}


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
        _show_townships(view, report)
        return
    _show_verdict(view, report)
    note("质量检查针对整个版本的全部数据，不随上方的口径、地区和险种变化。")
    if view.is_consolidated:
        _show_packages(view)
        _show_unmet(view, report)
        note("逐行的检查由各县区在报送前完成，县区的数据质量页可查；本页是市级汇总时的核对。")
        return
    todo, complete, books, kept_out, drift = st.tabs(
        ["未通过的检查", "数据是否齐全", "对账", "隔离与拒收", "指标波动"]
    )
    with todo:
        _show_unmet(view, report)
    with complete:
        _show_months(view, report.months or ())
        _show_scores(view, report)
        _show_townships(view, report)
        _show_conservation(view, report)
    with books:
        _show_books(view, report)
    with kept_out:
        _show_quarantine(view)
        _show_refused(view)
    with drift:
        _show_drift(view, report)


def _show_packages(view: View) -> None:
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


def _show_verdict(view: View, report: QualityReport) -> None:
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


def _show_unmet(view: View, report: QualityReport) -> None:
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
            _marked(quality_page.result_mark(result)),
            result.name_zh,
            result.suite_zh,
            _count(result.unexpected_count),
            _count(result.element_count),
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


def _show_months(view: View, months: Sequence[DatasetMonth]) -> None:
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


def _show_scores(view: View, report: QualityReport) -> None:
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


def _show_townships(view: View, report: QualityReport) -> None:
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


def _show_conservation(view: View, report: QualityReport) -> None:
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


def _show_books(view: View, report: QualityReport) -> None:
    books = {book.kind: book for book in report.reconciliation or ()}
    kinds = [kind for kind in words.KINDS if kind in books]
    if not kinds:
        note("没有可以互相核对的数据。")
        return
    columns = (
        Column("核对"),
        Column("比什么"),
        *(Column(mark.word, "count") for mark in words.AGREEMENTS.values()),
    )
    rows = tuple(
        row(*words.KINDS[kind], *(books[kind].counts.get(status, 0) for status in words.AGREEMENTS))
        for kind in kinds
    )

    def choose(line: int) -> None:
        st.session_state[_BOOK] = kinds[line]
        st.session_state.pop(_AGREEMENT, None)

    show(
        view,
        Block(
            "books",
            "对账结果（人票款、账账、账实）",
            Table(columns, rows),
            on_row=choose,
            note="点一行看各笔核对。",
        ),
    )
    kind = st.session_state.get(_BOOK)
    _show_agreements(view, report, kind if kind in kinds else kinds[0])


def _show_agreements(view: View, report: QualityReport, kind: str) -> None:
    found = view.figures.read(quality_page.read_agreements, kind)
    kind_shown = _kind_of({each.measure for each in found})
    columns = (
        Column("期间"),
        Column("对象"),
        Column("核对内容"),
        Column("左方"),
        Column("左方数", kind_shown),
        Column("右方"),
        Column("右方数", kind_shown),
        Column("差额", kind_shown),
        Column("结果"),
        Column("说明", long=True),
    )
    rows = tuple(
        row(
            each.period or "",
            _subject(report, each.subject, each.insutype),
            words.MEASURES.get(each.measure, (each.measure, 2))[0],
            each.left_name_zh,
            _number(each.left_value),
            each.right_name_zh,
            _number(each.right_value),
            _number(each.difference),
            _marked(words.mark(words.AGREEMENTS, each.status)),
            each.note_zh or "",
        )
        for each in found
    )

    def choose(line: int) -> None:
        st.session_state[_AGREEMENT] = found[line]

    title = "：".join(words.KINDS[kind])
    show(
        view,
        Block(
            f"agreements-{kind}",
            title,
            Table(columns, rows),
            on_row=choose,
            note="不相符的在前，差额大的在前；点一行看差在哪些号码。",
        ),
    )
    chosen = st.session_state.get(_AGREEMENT)
    if isinstance(chosen, Agreement) and chosen.kind == kind:
        _show_differing(view, report, chosen)


def _show_differing(view: View, report: QualityReport, agreement: Agreement) -> None:
    found = view.figures.read(quality_page.read_differing, agreement, _KEYS)
    subject = _subject(report, agreement.subject, agreement.insutype)
    measure = words.MEASURES.get(agreement.measure, (agreement.measure, 2))[0]
    title = f"差在哪里：{agreement.period or ''} {subject} {measure}"
    if not found.total:
        st.subheader(title, anchor=False)
        note("这一笔没有记录到逐个号码的差异，只比较了合计。")
        return
    kind_shown = _kind_of({agreement.measure})
    columns = (
        Column("号码"),
        Column("数据"),
        Column("左方数", kind_shown),
        Column("右方数", kind_shown),
        Column("差额", kind_shown),
        Column("原因", long=True),
    )
    rows = tuple(
        row(
            each.key,
            labels.dataset(each.dataset),
            _number(each.left_value),
            _number(each.right_value),
            _number(each.difference),
            each.cause_zh,
        )
        for each in found.shown
    )
    show(
        view,
        Block(
            "differing",
            title,
            Table(columns, rows),
            note=f"共 {found.total:,} 个"
            + (f"，这里列出差额最大的 {len(found.shown):,} 个。" if found.hidden else "。"),
        ),
    )


def _show_quarantine(view: View) -> None:
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
            Cell("已更正", "good") if each.status == "corrected" else Cell("待更正", "warn"),
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


def _show_refused(view: View) -> None:
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


def _show_drift(view: View, report: QualityReport) -> None:
    if report.drift is None or not report.drift.counts:
        note("没有可以比较的指标。")
        return
    columns = (
        Column("期间"),
        Column("地区"),
        Column("指标"),
        Column("本期值"),
        Column("通常值"),
        Column("偏离"),
        Column("结果"),
        Column("说明", long=True),
    )
    found = [each for each in report.drift.listed.shown if each.period <= view.chosen.period]
    rows = []
    for each in found:
        kind = kind_of_unit(each.unit)
        away: Kind = "points" if each.unit == "percent" else kind
        rows.append(
            row(
                f"{each.period} {words.MODES[each.period_mode]}",
                each.region_name,
                each.name_zh,
                _value(each.value, kind),
                _value(each.usual, kind),
                _value(each.deviation, away),
                _marked(words.mark(words.DRIFTS, each.status)),
                each.reason_zh or "",
            )
        )
    counted = "，".join(
        f"{words.mark(words.DRIFTS, status).word} {number} 个"
        for status, number in report.drift.counts.items()
    )
    show(
        view,
        Block(
            "drift",
            "主要指标异常波动",
            Table(columns, tuple(rows)),
            note=f"与此前最多12个月的中位数相比，偏离超出平常范围的列出。全部比较：{counted}。",
        ),
    )


def _marked(mark: words.Mark) -> Cell:
    return Cell(mark.word, _TONES.get(mark.tone, ""))


def _subject(report: QualityReport, subject: str, insutype: str | None) -> str:
    name = report.schemes.get(subject, subject)
    if insutype in (None, "all", subject):
        return name
    return f"{name}，{report.schemes.get(insutype or '', insutype)}"


def _kind_of(measures: set[str]) -> Kind:
    """Whole numbers where nothing but persons, rows and receipts is compared."""
    return "count" if all(words.MEASURES.get(each, (each, 2))[1] == 0 for each in measures) else "number"


def _count(rows: int | None) -> Content:
    return Gap.NO_BASE if rows is None else rows


def _number(value: Content) -> Content:
    return Gap.NO_BASE if value is None else value


def _value(value: Content, kind: Kind) -> Content:
    return Gap.NO_BASE if value is None else shown(value, kind)
