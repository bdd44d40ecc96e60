"""Books against books: a kind of comparison, its pairs of numbers, and the keys that differ."""

from __future__ import annotations

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Kind
from dashboard.components.quality_marks import known, marked
from dashboard.components.show import note, show
from dashboard.view import View
from yibao import labels, quality_page
from yibao.quality_page import Agreement, QualityReport
from yibao.quality_page import labels as words

_KEYS = 200


_AGREEMENT, _BOOK = "quality_agreement", "quality_book"


def show_books(view: View, report: QualityReport) -> None:
    """The kinds of comparison; a click on one tells its pairs, a click on a pair the keys."""
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
            known(each.left_value),
            each.right_name_zh,
            known(each.right_value),
            known(each.difference),
            marked(words.mark(words.AGREEMENTS, each.status)),
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
            known(each.left_value),
            known(each.right_value),
            known(each.difference),
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


def _subject(report: QualityReport, subject: str, insutype: str | None) -> str:
    name = report.schemes.get(subject, subject)
    if insutype in (None, "all", subject):
        return name
    return f"{name}，{report.schemes.get(insutype or '', insutype)}"


def _kind_of(measures: set[str]) -> Kind:
    """Whole numbers where nothing but persons, rows and receipts is compared."""
    return "count" if all(words.MEASURES.get(each, (each, 2))[1] == 0 for each in measures) else "number"
