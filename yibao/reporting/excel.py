"""A report as a workbook: its forms, its charts with their data, and where every number comes from."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter import utility

from yibao.formula import defused
from yibao.reporting import trace
from yibao.reporting.content import STATUS_ZH, UNITS, Chart, Figure, Paragraph, Report, Table
from yibao.reporting.excel_form import Form, write_form
from yibao.reporting.excel_style import (
    BODY,
    BODY_SIZE,
    HEAD,
    NUMBER_FORMATS,
    PORTRAIT_WIDTH,
    Styles,
    height,
    set_page,
    width,
    write_number,
    write_text,
)
from yibao.reporting.letter import span_zh

CONTENTS, CHARTS, CHART_DATA, SOURCES = "目录", "图", "图数据", "数据来源"

_COLORS = ("#1F4E79", "#C55A11", "#548235", "#7F6000", "#7030A0", "#7F7F7F")
# pixels and points; A4 holds 44 such rows between its margins
_CHART_WIDTH, _ROW, _ROW_POINTS = 640, 22, 16.5
_PAGE_ROWS, _CHART_COLUMNS = 44, 10
# that half a page holds
_BARS = 15
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_NAME_LENGTH = 31

_SOURCES = (
    # head, width
    ("序号", 6),
    ("位置", 22),
    ("代码", 20),
    ("名称", 16),
    ("表", 16),
    ("列", 16),
    ("减去", 10),
    ("取法", 6),
    ("键", 42),
    ("精确值", 18),
    ("种类", 9),
    ("印作", 14),
)


@dataclass(frozen=True)
class _Plan:
    """What stands where: a sheet for every form, the rows (from 0) of every chart's data on their sheet."""

    forms: dict[Table, str]
    charts: dict[Chart, int]


def workbook(report: Report) -> bytes:
    """The xlsx; the same report gives the same bytes."""
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_format_properties": {"font_name": BODY, "font_size": BODY_SIZE},
    }
    plan = _plan(report)
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": report.title, "created": datetime.fromisoformat(report.dated)})
        styles = Styles(book)
        _write_contents(book.add_worksheet(CONTENTS), styles, report, plan)
        for table, name in plan.forms.items():
            write_form(book.add_worksheet(name), styles, table, report)
        if plan.charts:
            drawn, data = book.add_worksheet(CHARTS), book.add_worksheet(CHART_DATA)
            _write_chart_data(data, styles, report, plan)
            _draw_charts(book, drawn, report, plan)
        sources = book.add_worksheet(SOURCES)
        _write_sources(sources, styles, report, plan)
        # dozens of pages, which nobody wants who prints the whole book; without a print area, that of the other sheets
        # keeps LibreOffice from printing a hidden one
        sources.hide()
    return stream.getvalue()


def _plan(report: Report) -> _Plan:
    """A form or chart that stands in the text and in the annex has one place."""
    blocks = (*report.body, *report.annex)
    tables = dict.fromkeys(block for block in blocks if isinstance(block, Table))
    taken = {CONTENTS, CHARTS, CHART_DATA, SOURCES}
    forms = {}
    for number, table in enumerate(tables, start=1):
        forms[table] = _sheet_name(f"表{number} {table.title}", taken)
    charts: dict[Chart, int] = {}
    row = 0
    for block in blocks:
        if isinstance(block, Chart) and block not in charts:
            charts[block] = row
            # title, head, categories, an empty line
            row += len(block.categories) + 3
    return _Plan(forms, charts)


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes and no other sheet has; `taken` learns it."""
    name = _NOT_IN_NAMES.sub("", title)[:_NAME_LENGTH].strip()
    taken.add(name)
    return name


def _write_contents(sheet: Any, styles: Styles, report: Report, plan: _Plan) -> None:
    identity = report.identity
    widths = (8, 64, 20)
    set_page(sheet, report, landscape=False)
    for column, one in enumerate(widths):
        sheet.set_column(column, column, one)
    title = styles(font_name=HEAD, font_size=16, align="center", text_wrap=True)
    sheet.set_row(0, max(36.0, height(report.title, sum(widths), 16) + 8))
    write_text(sheet, 0, 0, 0, 2, report.title, title)
    label = styles(border=1, font_name=HEAD)
    value = styles(border=1, text_wrap=True)
    line = 2
    for name, text in (
        ("期间", span_zh(report)),
        ("地区", f"{identity.region_name}（{identity.region_code}）"),
        ("状态", STATUS_ZH[identity.status]),
        ("落款日期", report.dated),
        ("数据截至", identity.as_of),
        ("数据版本", identity.run_id),
        ("指标目录", identity.catalogue_hash),
        ("程序版本", identity.code_version),
    ):
        sheet.set_row(line, 18)
        write_text(sheet, line, 0, line, 0, name, label)
        write_text(sheet, line, 1, line, 2, text, value)
        line += 1
    line += 1
    head = styles(border=1, font_name=HEAD, align="center")
    for column, text in enumerate(("序号", "名称", "表号")):
        write_text(sheet, line, column, line, column, text, head)
    numbers = dict(report.letterhead.form_numbers)
    listed = [
        *((table.title, numbers.get(table.code, ""), name) for table, name in plan.forms.items()),
        *((f"图：{chart.title}", "", CHARTS) for chart in plan.charts),
    ]
    if plan.charts:
        listed.append((CHART_DATA, "", CHART_DATA))
    link = styles(border=1, font_color="#1F4E79", underline=1, text_wrap=True)
    for number, (text, form_number, name) in enumerate(listed, start=1):
        line += 1
        sheet.set_row(line, max(18.0, height(text, widths[1])))
        write_text(sheet, line, 0, line, 0, str(number), styles(border=1, align="center"))
        sheet.write_url(line, 1, f"internal:'{name}'!A1", link, defused(text))
        write_text(sheet, line, 2, line, 2, form_number, value)
    line += 1
    write_text(
        sheet, line, 0, line, 2, f"每个数的来源和精确值见隐藏的工作表“{SOURCES}”。", styles(font_size=9)
    )
    sheet.print_area(0, 0, line, 2)


def _write_chart_data(sheet: Any, styles: Styles, report: Report, plan: _Plan) -> None:
    set_page(sheet, report, landscape=False)
    columns = 1 + max(len(chart.series) for chart in plan.charts)
    sheet.set_column(0, 0, max(16, *(width(text) + 2 for chart in plan.charts for text in chart.categories)))
    sheet.set_column(1, columns - 1, max(12.0, (PORTRAIT_WIDTH - 16) / columns))
    head = styles(border=1, font_name=HEAD, align="center", text_wrap=True)
    text = styles(border=1)
    for chart, top in plan.charts.items():
        unit = UNITS[chart.kind]
        titled = f"{chart.title}（单位：{unit}）" if unit else chart.title
        write_text(sheet, top, 0, top, columns - 1, titled, styles(font_name=HEAD))
        for column, name in enumerate(("", *(series.name for series in chart.series))):
            write_text(sheet, top + 1, column, top + 1, column, name, head)
        number = styles(border=1, align="right", num_format=NUMBER_FORMATS[chart.kind])
        for row, category in enumerate(chart.categories):
            write_text(sheet, top + 2 + row, 0, top + 2 + row, 0, category, text)
            for column, series in enumerate(chart.series, start=1):
                # what is missing gets no cell at all: a chart takes a text for zero, and xlsxwriter a blank
                if (value := series.figures[row].in_unit) is not None:
                    write_number(sheet, top + 2 + row, column, value, number)


def _draw_charts(book: Any, sheet: Any, report: Report, plan: _Plan) -> None:
    """Two charts to a page, or one that needs it all."""
    set_page(sheet, report, landscape=False)
    # a chart hangs on cells: their sizes must be told, else every program takes its own
    sheet.set_default_row(_ROW_POINTS)
    sheet.set_column_pixels(0, _CHART_COLUMNS - 1, _CHART_WIDTH // _CHART_COLUMNS + 1)
    row = 0
    for chart, top in plan.charts.items():
        bars = len(chart.categories) * len(chart.series) if chart.shape == "bar" else 0
        rows = _PAGE_ROWS if bars > _BARS else _PAGE_ROWS // 2
        # a page ends by itself after so many rows: Excel, once told to fit the width, heeds no break set by hand
        if row % _PAGE_ROWS + rows > _PAGE_ROWS:
            row += _PAGE_ROWS // 2
        drawn = _drawn(book, chart, top)
        drawn.set_size({"width": _CHART_WIDTH, "height": (rows - 2) * _ROW})
        sheet.insert_chart(row, 0, drawn, {"description": chart.title, "y_offset": 4})
        row += rows
    sheet.set_h_pagebreaks(range(_PAGE_ROWS, row, _PAGE_ROWS))
    sheet.print_area(0, 0, row - 1, _CHART_COLUMNS - 1)


def _drawn(book: Any, chart: Chart, top: int) -> Any:
    """A native chart over its cells of 图数据."""
    drawn = book.add_chart({"type": chart.shape})
    first, last = top + 2, top + 1 + len(chart.categories)
    few = len(chart.series) == 1 and len(chart.categories) <= 15
    small = {"name": BODY, "size": 9}
    number_format = NUMBER_FORMATS[chart.kind]
    for column in range(1, len(chart.series) + 1):
        color = _COLORS[(column - 1) % len(_COLORS)]
        settings: dict[str, Any] = {
            "name": [CHART_DATA, top + 1, column],
            "categories": [CHART_DATA, first, 0, last, 0],
            "values": [CHART_DATA, first, column, last, column],
        }
        if chart.shape == "line":
            settings["line"] = {"color": color, "width": 2}
            settings["marker"] = {"type": "circle", "size": 5, "fill": {"color": color}}
        else:
            settings["fill"] = {"color": color}
            settings["gap"] = 60
        if few:
            settings["data_labels"] = {"value": True, "font": small, "num_format": number_format}
        drawn.add_series(settings)
    drawn.set_title({"name": chart.title, "name_font": {"name": HEAD, "size": 14, "bold": False}})
    values: dict[str, Any] = {
        "num_font": small,
        "num_format": "General",
        "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}},
    }
    if unit := UNITS[chart.kind]:
        values |= {"name": unit, "name_font": {**small, "bold": False}}
    numbers = [value for series in chart.series for one in series.figures if (value := one.in_unit)]
    if chart.shape != "line" and all(value >= 0 for value in numbers):
        # a bar that does not begin at zero exaggerates
        values["min"] = 0
    categories: dict[str, Any] = {"num_font": small}
    if chart.shape == "bar":
        # its categories stand upright; else the first were at the bottom
        drawn.set_x_axis(values)
        drawn.set_y_axis({**categories, "reverse": True})
    else:
        drawn.set_x_axis(categories)
        drawn.set_y_axis(values)
    if len(chart.series) == 1:
        drawn.set_legend({"none": True})
    else:
        drawn.set_legend({"position": "bottom", "font": small})
    return drawn


def _write_sources(sheet: Any, styles: Styles, report: Report, plan: _Plan) -> None:
    set_page(sheet, report, landscape=True)
    head = styles(border=1, font_name=HEAD, align="center", text_wrap=True)
    style = styles(border=1, text_wrap=True, font_size=9)
    for column, (name, one) in enumerate(_SOURCES):
        sheet.set_column(column, column, one)
        write_text(sheet, 0, column, 0, column, name, head)
    sheet.set_row(0, 20)
    line = 0
    places = _places(report, plan)
    for line, (place, told) in enumerate(zip(places, trace.lines(report.figures), strict=True), start=1):
        texts = (told[0], place, *told[1:])
        sheet.set_row(line, max(height(text, one, 9) for text, (_, one) in zip(texts, _SOURCES, strict=True)))
        for column, text in enumerate(texts):
            write_text(sheet, line, column, line, column, text, style)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.autofilter(0, 0, line, len(_SOURCES) - 1)


def _places(report: Report, plan: _Plan) -> Iterator[str]:
    """Where every figure stands in this book, in the report's order; empty for those of the running text."""
    for block in (*report.body, *report.annex):
        if isinstance(block, Paragraph):
            yield from ("" for span in block.spans if isinstance(span, Figure))
        elif isinstance(block, Table):
            form = Form(block)
            yield from (
                f"{plan.forms[block]}!{form.cell(row, column)}"
                for row, contents in enumerate(block.rows)
                for column, content in enumerate(contents)
                if isinstance(content, Figure)
            )
        elif isinstance(block, Chart):
            top = plan.charts[block] + 2
            yield from (
                f"{CHART_DATA}!{utility.xl_rowcol_to_cell(top + row, column)}"
                for column, series in enumerate(block.series, start=1)
                for row in range(len(series.figures))
            )
