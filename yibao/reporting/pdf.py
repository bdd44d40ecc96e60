"""A report as PDF, set by typst in the form of `forms/report.typ` with the fonts we carry (yibao/fonts)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import typst

from yibao import fonts
from yibao.problem import Problem
from yibao.reporting import chart_axis
from yibao.reporting.content import (
    STATUS_ZH,
    UNITS,
    Block,
    Chart,
    Content,
    Figure,
    Heading,
    Paragraph,
    Report,
    Table,
)
from yibao.reporting.letter import day_zh, form_facts, form_foot, form_head, identity_line
from yibao.reporting.table_head import head_cells, head_rows
from yibao.reporting.word.tables import is_wide

_FORM = Path(__file__).parent / "forms" / "report.typ"
# a form lies across where it does in the Word file; a table in the text keeps its page as long as it can
_WIDEST_IN_TEXT = 10
# more points than these cannot each bear their figure
_MOST_LABELS = 26
# characters of 2号 (22 points) in a line of 156 mm, in half-widths
_TITLE_LINE = 40


def document(report: Report) -> bytes:
    """The PDF; the same report gives the same bytes on every day and machine.

    Raises Problem (exit 2) where a text holds a character that the fonts do not have.
    """
    _refuse_missing(report)
    day = date.fromisoformat(report.dated)
    compiler = typst.Compiler(
        input=_FORM,
        root=_FORM.parent,
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.folder()]
        ),
        sys_inputs={"report": json.dumps(_told(report), ensure_ascii=False)},
    )
    made = compiler.compile(
        format="pdf",
        # archives ask for it: all fonts inside, nothing from outside
        pdf_standards=["a-2a"],
        timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made).__name__} instead of a PDF")
    return made


def _refuse_missing(report: Report) -> None:
    for where, text in _texts(report):
        for character in fonts.missing(text):
            shown = character if character.isprintable() else "不可见字符"
            raise Problem(
                f"PDF 的字库里没有“{shown}”（U+{ord(character):04X}）",
                where=f"{where}：{text}",
                todo="请在来源数据或配置里改用通用规范汉字；确需此字的，请联系维护人员补字库。",
            )


def _texts(report: Report) -> Iterator[tuple[str, str]]:
    """Every text that is printed, and where it stands."""
    head, sign, identity = report.letterhead, report.sign_off, report.identity
    yield "标题", report.title
    for text in (head.issuer, head.recipient, head.red_head, head.document_number, head.signer, head.contact):
        yield "文头和落款（配置）", text
    for text in (
        *(number for _, number in head.form_numbers),
        head.form_authority,
        head.form_approval,
        head.form_valid_until,
    ):
        yield "表头（配置）", text
    for text in (sign.prepared, sign.reviewed, sign.approved, sign.responsible):
        yield "签字", text
    yield "页脚", f"{identity.run_id}{identity.as_of}"
    for number, block in enumerate((*report.body, *report.annex), start=1):
        part = f"正文第{number}段" if number <= len(report.body) else f"附件{number - len(report.body)}"
        yield from ((part, text) for text in _block_texts(block))


def _block_texts(block: Block) -> Iterator[str]:
    if isinstance(block, Heading | Paragraph):
        yield block.text
        return
    yield block.title
    if isinstance(block, Chart):
        yield from block.categories
        yield from (series.name for series in block.series)
        return
    yield block.unit_note
    yield from block.notes
    for column in block.columns:
        yield from column.head
    for row in block.rows:
        yield from map(_shown, row)


def _told(report: Report) -> dict[str, Any]:
    """What the form reads: texts as they are printed, lengths as parts of 1."""
    head, identity = report.letterhead, report.identity
    day = date.fromisoformat(report.dated)
    return {
        "title": report.title,
        "title-lines": title_lines(report.title),
        "author": head.issuer,
        "dated": (day.year, day.month, day.day),
        "date-text": day_zh(report.dated),
        "facts": form_facts(report),
        "identity": identity_line(identity),
        "status": STATUS_ZH["draft"] if identity.status == "draft" else "",
        "letter": {
            "issuer": head.issuer,
            "recipient": head.recipient,
            "red-head": head.red_head,
            "number": head.document_number,
            "signer": head.signer if report.reader == "superior" else None,
            "contact": head.contact,
        },
        "sign": [f"{title}：{name}" for title, name in form_foot(report)],
        "annex-names": [annex.title for annex in report.annex],
        "body": [_block(block, report, in_text=True) for block in report.body],
        "annex": [_block(block, report, in_text=False) for block in report.annex],
    }


def _block(block: Block, report: Report, *, in_text: bool) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"t": "heading", "level": block.level, "text": block.text}
    if isinstance(block, Paragraph):
        return {"t": "paragraph", "text": block.text}
    return _chart(block) if isinstance(block, Chart) else _table(block, report, in_text=in_text)


def _table(table: Table, report: Report, *, in_text: bool) -> dict[str, Any]:
    totals = {total.total for total in table.sums}
    return {
        "t": "table",
        "title": table.title,
        "unit": table.unit_note,
        "form-head": form_head(report, table),
        "wide": len(table.columns) > _WIDEST_IN_TEXT if in_text else is_wide(table),
        "depth": head_rows(table.columns),
        "head": [
            {"text": cell.text, "x": cell.column, "y": cell.row, "columns": cell.columns, "rows": cell.rows}
            for cell in head_cells(table.columns)
        ],
        "columns": [{"head": column.head[-1], "number": column.kind is not None} for column in table.columns],
        "rows": [
            {"cells": [_shown(content) for content in row], "total": at in totals}
            for at, row in enumerate(table.rows)
        ],
        "notes": table.notes,
    }


def _chart(chart: Chart) -> dict[str, Any]:
    axis = chart_axis.axis(chart)
    unit = UNITS[chart.kind]

    def part(value: Decimal) -> float:
        # a place on paper, not a figure
        return float(axis.part(value))

    return {
        "t": "chart",
        "title": chart.title,
        "alt": f"{chart.title}：{'、'.join(series.name for series in chart.series)}，{'、'.join(chart.categories)}",
        "shape": chart.shape,
        "unit": f"单位：{unit}" if unit else "",
        "categories": chart.categories,
        "labels": len(chart.series) * len(chart.categories) <= _MOST_LABELS,
        "base": part(axis.base),
        "ticks": [
            {"text": axis.label(tick), "at": part(tick), "base": tick == axis.base} for tick in axis.ticks
        ],
        "series": [
            {
                "name": series.name,
                "points": [
                    {
                        "text": figure.text,
                        "at": None if value is None else part(value),
                        "above": _is_highest(chart, at, value),
                    }
                    for at, figure in enumerate(series.figures)
                    for value in (figure.in_unit,)
                ],
            }
            for series in chart.series
        ],
    }


def _is_highest(chart: Chart, at: int, value: Decimal | None) -> bool:
    """Whether no line of the chart is higher at this category: its figure then stands above it."""
    others = (series.figures[at].in_unit for series in chart.series)
    return value is not None and all(other is None or other <= value for other in others)


def _shown(content: Content) -> str:
    return content.text if isinstance(content, Figure) else content or ""


# a title is broken between words (GB/T 9704: 不得割裂词意): after these
_TITLE_BREAK = re.compile(r"(?=（)|关于|季度|[年月日](?=[^\d度])|局(?!部|长|势)|省|情况|指标|的(?=.{3})|、")


def title_lines(title: str) -> list[str]:
    """As few lines as hold the title, broken between words and as even as may be; one line where no break serves."""
    count = -(-_width(title) // _TITLE_LINE)
    places = sorted({found.end() for found in _TITLE_BREAK.finditer(title)} - {len(title)})
    best: list[str] | None = None
    for lines in range(count, count + 2):
        for chosen in combinations(places, lines - 1):
            ends = (0, *chosen, len(title))
            parts = [title[start:end] for start, end in pairwise(ends)]
            widths = [_width(part) for part in parts]
            if max(widths) <= _TITLE_LINE and (best is None or _unevenness(parts) < _unevenness(best)):
                best = parts
        if best is not None:
            return best
    return [title]


def _unevenness(parts: list[str]) -> int:
    widths = [_width(part) for part in parts]
    return max(widths) - min(widths)


def _width(text: str) -> int:
    """In half-widths, as Latin letters and digits are."""
    return sum(1 if ord(character) < 0x2000 else 2 for character in text)
