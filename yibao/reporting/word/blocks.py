"""The blocks of a report as WordprocessingML, in the order in which their figures are numbered."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from yibao.reporting import numbering, ooxml_chart
from yibao.reporting.content import Chart, Figure, Heading, Paragraph, Report, Table
from yibao.reporting.letter import annex_heads, form_facts, form_foot, form_head
from yibao.reporting.word import letter, styles
from yibao.reporting.word.markup import control, letters, paragraph, run
from yibao.reporting.word.styles import Style
from yibao.reporting.word.tables import ACROSS_WIDTH, UPRIGHT_WIDTH, is_wide, table_markup

# a half-width letter of 五号, in twentieths of a point, and how many fit into the head of a form at least
_HALF_WIDTH = 105
_FORM_HEAD_LETTERS = 26


@dataclass(frozen=True)
class Piece:
    """Some paragraphs and tables that stand on an upright page, or on a page across."""

    markup: str
    across: bool = False


def pieces(
    report: Report, known: Mapping[str, Style], ids: Iterator[int], add_chart: Callable[[Chart], str]
) -> tuple[list[Piece], list[Piece]]:
    """The text, and the annexes that follow the letter.

    `ids` gives numbers that nothing else in the file has; `add_chart` takes a chart into the file and gives the id of
    its relation.
    """
    setter = _Setter(report, known, ids, add_chart)
    return setter.body(), setter.annexes()


class _Setter:
    """Counts figures and headings while it sets one report."""

    def __init__(
        self,
        report: Report,
        known: Mapping[str, Style],
        ids: Iterator[int],
        add_chart: Callable[[Chart], str],
    ) -> None:
        self._report = report
        self._known = known
        self._ids = ids
        self._add_chart = add_chart
        self._numbers = itertools.count()
        self._headings = numbering.headings(report.body)

    def body(self) -> list[Piece]:
        return [self._block(block) for block in self._report.body]

    def annexes(self) -> list[Piece]:
        heads = annex_heads(self._report)
        return [self._annex(head, annex) for head, annex in zip(heads, self._report.annex, strict=True)]

    def _block(self, block: Heading | Paragraph | Table | Chart) -> Piece:
        if isinstance(block, Heading):
            style = self._known[styles.HEADINGS[block.level - 1]]
            return Piece(paragraph(style, run(next(self._headings), style)))
        if isinstance(block, Paragraph):
            return Piece(self._paragraph(block))
        caption = self._text(styles.CAPTION, block.title)
        if isinstance(block, Table):
            return Piece(caption + self._table(block, followed=False), is_wide(block))
        return Piece(caption + self._chart(block))

    def _annex(self, head: str, annex: Table | Chart) -> Piece:
        titled = self._text(styles.ANNEX_NUMBER, head) + self._text(styles.ANNEX_TITLE, annex.title)
        if isinstance(annex, Chart):
            return Piece(titled + self._chart(annex))
        form = self._form_head(annex) + self._table(annex, followed=True) + self._sign_foot()
        return Piece(titled + form, is_wide(annex))

    def _text(self, style_name: str, content: str, properties: str = "") -> str:
        style = self._known[style_name]
        return paragraph(style, run(content, style), properties)

    def _paragraph(self, block: Paragraph) -> str:
        style = self._known[styles.BODY]
        return paragraph(
            style,
            "".join(
                run(span, style)
                if isinstance(span, str)
                else self._control(span, span.text + span.unit, letters(style))
                for span in block.spans
            ),
        )

    def _control(self, figure: Figure, shown: str, run_properties: str) -> str:
        return control(next(self._numbers), figure, shown, run_properties, next(self._ids))

    def _table(self, table: Table, *, followed: bool) -> str:
        return table_markup(table, self._known, self._control, followed=followed)

    def _chart(self, chart: Chart) -> str:
        # they are numbered like all figures, though Word has no content control inside a chart
        for _ in itertools.chain.from_iterable(series.figures for series in chart.series):
            next(self._numbers)
        style = self._known[styles.CHART]
        drawing = ooxml_chart.inline(chart, self._add_chart(chart), next(self._ids))
        return paragraph(style, f"<w:r><w:rPr>{letters(style)}</w:rPr>{drawing}</w:r>")

    def _form_head(self, table: Table) -> str:
        """Who reports and for when at the left, 表号 and what belongs to it at the right; lines of their own where the
        page has no room for both."""
        facts, texts = form_facts(self._report), form_head(self._report, table)
        width = ACROSS_WIDTH if is_wide(table) else UPRIGHT_WIDTH
        across = max(_FORM_HEAD_LETTERS, *(letter.half_widths(text) + 2 for text in (*texts, "")))
        left = max(0, width - across * _HALF_WIDTH)
        fits = max(map(letter.half_widths, facts)) * _HALF_WIDTH < left
        beside = ("",) * (len(texts) - len(facts)) + facts if texts and fits else ("",) * len(texts)
        above = () if texts and fits else facts
        style = self._known[styles.FORM_HEAD]
        tab = f"<w:r><w:rPr>{letters(style)}</w:rPr><w:tab/></w:r>"
        stop = f'<w:tabs><w:tab w:val="left" w:pos="{left}"/></w:tabs>'
        return "".join(self._text(styles.FORM_HEAD, text) for text in above) + "".join(
            paragraph(style, run(fact, style) + tab + run(text, style), stop)
            for fact, text in zip(beside, texts, strict=True)
        )

    def _sign_foot(self) -> str:
        places = [f"{title}：{name}" for title, name in form_foot(self._report)]
        if not places:
            return ""
        style = self._known[styles.SIGN_FOOT]
        tab = f"<w:r><w:rPr>{letters(style)}</w:rPr><w:tab/></w:r>"
        return paragraph(style, tab.join(run(place, style) for place in places))
