"""A native chart for a Word file: DrawingML with the values it shows, and the workbook behind it.

python-docx has no charts. Word draws from the values cached in the chart's XML, and opens the embedded workbook when
somebody chooses 编辑数据; both are made from the same figures here.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Context, Decimal
from html import escape

import xlsxwriter

from yibao.reporting.content import UNITS, Chart, Figure, Kind, Series
from yibao.reporting.ooxml_zip import repacked

# nearly the type area of A4 upright
_CHART_WIDTH_MM = 154
_EMU_PER_MM = 36_000
_CHART_NS = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DRAWING_NS = "http://schemas.openxmlformats.org/drawingml/2006/main"
_RELATION_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

# told apart by the colour-blind (Okabe and Ito), and dark enough for print
_COLOURS = ("0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9", "666666", "8B6D00")
# and by those who print in black: each line has its own mark and dash
_MARKS = ("circle", "square", "triangle", "diamond", "x", "star", "dash", "plus")
_DASHES = ("solid", "sysDash", "dash", "dashDot", "lgDash", "sysDot", "lgDashDot", "sysDashDot")
# labels beside bars have a line each; above points they must not meet those of the next line
_MOST_LABELS, _FEW_POINTS = 30, 14
# a digit of the labels' 8 points, and what the axis and the margins take of the width; in points
_DIGIT, _BESIDE_PLOT, _POINTS_PER_MM = 4.6, 45, 72 / 25.4
_SHEET = "数据"
# a spreadsheet holds 15 digits
_SHEET_DIGITS = Context(prec=15)
_CATEGORY_AXIS, _VALUE_AXIS = 1, 2


def _shown(figure: Figure) -> Decimal | None:
    """What the text rounds, to the digits that a spreadsheet holds."""
    value = figure.in_unit
    return None if value is None else _SHEET_DIGITS.plus(value)


def workbook(chart: Chart, dated: datetime) -> bytes:
    """The data of the chart as .xlsx: categories down, series across; a missing value is an empty cell."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"title": chart.title, "created": dated})
    sheet = book.add_worksheet(_SHEET)
    number = book.add_format({"num_format": _number_format(chart.kind)})
    for row, category in enumerate(chart.categories, start=1):
        sheet.write_string(row, 0, category)
    for column, series in enumerate(chart.series, start=1):
        sheet.write_string(0, column, series.name)
        for row, figure in enumerate(series.figures, start=1):
            value = _shown(figure)
            if value is not None:
                sheet.write_number(row, column, float(value), number)
    book.close()
    return repacked(stream.getvalue())


def chart_xml(chart: Chart, workbook_relation: str) -> bytes:
    """The chart part; `workbook_relation` is the id of its relation to the embedded workbook."""
    plot = _lines(chart) if chart.shape == "line" else _bars(chart)
    legend = (
        '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>' if len(chart.series) > 1 else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<c:chartSpace xmlns:c="{_CHART_NS}" xmlns:a="{_DRAWING_NS}" xmlns:r="{_RELATION_NS}">'
        '<c:date1904 val="0"/><c:lang val="zh-CN"/><c:roundedCorners val="0"/>'
        f'<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>{plot}{_axes(chart)}</c:plotArea>'
        # a missing value is a gap, never zero
        f'{legend}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        '<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>'
        f"{_text_properties(900)}"
        f'<c:externalData r:id="{workbook_relation}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    ).encode()


def inline(chart: Chart, relation: str, number: int) -> str:
    """The `w:drawing` that places the chart in a line of text; `relation` leads from the document to the chart part.

    `number` is the drawing's id, unlike every other in the file. The text for those who cannot see it has all values.
    """
    size = f'cx="{_CHART_WIDTH_MM * _EMU_PER_MM}" cy="{_height_mm(chart) * _EMU_PER_MM}"'
    spoken = escape(f"{chart.title}：" + "；".join(_spoken(chart, series) for series in chart.series))
    return (
        '<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        f'<wp:docPr id="{number}" name="图 {number}" descr="{spoken}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic xmlns:a="{_DRAWING_NS}"><a:graphicData uri="{_CHART_NS}">'
        f'<c:chart xmlns:c="{_CHART_NS}" r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def _spoken(chart: Chart, series: Series) -> str:
    return f"{series.name}，" + "、".join(
        f"{category}{figure.text}{figure.unit}"
        for category, figure in zip(chart.categories, series.figures, strict=True)
    )


def _height_mm(chart: Chart) -> int:
    if chart.shape != "bar":
        return 80
    # a line of text for each bar, and no higher than the page
    return min(200, max(60, 25 + 5 * len(chart.categories) * len(chart.series)))


def _lines(chart: Chart) -> str:
    drawn = "".join(_series(chart, at, series) for at, series in enumerate(chart.series))
    return (
        f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{drawn}'
        f'<c:marker val="1"/>{_axis_ids()}</c:lineChart>'
    )


def _bars(chart: Chart) -> str:
    drawn = "".join(_series(chart, at, series) for at, series in enumerate(chart.series))
    direction = "bar" if chart.shape == "bar" else "col"
    return (
        f'<c:barChart><c:barDir val="{direction}"/><c:grouping val="clustered"/><c:varyColors val="0"/>{drawn}'
        f'<c:gapWidth val="60"/>{_axis_ids()}</c:barChart>'
    )


def _axis_ids() -> str:
    return f'<c:axId val="{_CATEGORY_AXIS}"/><c:axId val="{_VALUE_AXIS}"/>'


def _series(chart: Chart, at: int, series: Series) -> str:
    colour = f'<a:solidFill><a:srgbClr val="{_COLOURS[at % len(_COLOURS)]}"/></a:solidFill>'
    column = _column(at + 1)
    last = len(chart.categories) + 1
    smooth = ""
    if chart.shape == "line":
        smooth = '<c:smooth val="0"/>'
        dash = f'<a:prstDash val="{_DASHES[at % len(_DASHES)]}"/>'
        looks = (
            f'<c:spPr><a:ln w="22225">{colour}{dash}<a:round/></a:ln></c:spPr>'
            f'<c:marker><c:symbol val="{_MARKS[at % len(_MARKS)]}"/><c:size val="6"/>'
            f"<c:spPr>{colour}<a:ln>{colour}</a:ln></c:spPr></c:marker>"
        )
    else:
        looks = f'<c:spPr>{colour}</c:spPr><c:invertIfNegative val="0"/>'
    categories = "".join(
        f'<c:pt idx="{row}"><c:v>{escape(category)}</c:v></c:pt>'
        for row, category in enumerate(chart.categories)
    )
    return (
        f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/>'
        f'<c:tx><c:strRef><c:f>{_SHEET}!${column}$1</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>{escape(series.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f"{looks}{_labels(chart)}"
        f"<c:cat><c:strRef><c:f>{_SHEET}!$A$2:$A${last}</c:f><c:strCache>"
        f'<c:ptCount val="{len(chart.categories)}"/>{categories}</c:strCache></c:strRef></c:cat>'
        f"<c:val><c:numRef><c:f>{_SHEET}!${column}$2:${column}${last}</c:f><c:numCache>"
        f"<c:formatCode>{_number_format(chart.kind)}</c:formatCode>"
        f'<c:ptCount val="{len(series.figures)}"/>{_points(series.figures)}</c:numCache></c:numRef></c:val>'
        f"{smooth}</c:ser>"
    )


def _points(figures: Sequence[Figure]) -> str:
    values = ((row, _shown(figure)) for row, figure in enumerate(figures))
    return "".join(
        f'<c:pt idx="{row}"><c:v>{value:f}</c:v></c:pt>' for row, value in values if value is not None
    )


def _has_labels(chart: Chart) -> bool:
    """Whether the values fit beside their bars or above their points without running into each other."""
    points = len(chart.categories) * len(chart.series)
    if chart.shape == "bar":
        return points <= _MOST_LABELS
    if chart.shape == "line" and points > _FEW_POINTS:
        return False
    # a group of columns, and as much as half of one between two groups
    side_by_side = 1.0 if chart.shape == "line" else len(chart.series) + 0.6
    place = (_CHART_WIDTH_MM * _POINTS_PER_MM - _BESIDE_PLOT) / max(1, len(chart.categories)) / side_by_side
    longest = max((len(figure.text) for series in chart.series for figure in series.figures), default=0)
    return longest * _DIGIT <= place


def _labels(chart: Chart) -> str:
    few = _has_labels(chart)
    place = f'<c:dLblPos val="{"t" if chart.shape == "line" else "outEnd"}"/>' if few else ""
    shown_parts = "".join(
        f'<c:{part} val="{int(few and part == "showVal")}"/>'
        for part in (
            "showLegendKey",
            "showVal",
            "showCatName",
            "showSerName",
            "showPercent",
            "showBubbleSize",
        )
    )
    number = (
        f'<c:numFmt formatCode="{_number_format(chart.kind)}" sourceLinked="0"/>{_text_properties(800)}'
        if few
        else ""
    )
    return f"<c:dLbls>{number}{place}{shown_parts}</c:dLbls>"


def _axes(chart: Chart) -> str:
    across = chart.shape == "bar"
    values = [value for series in chart.series for figure in series.figures if (value := _shown(figure))]
    # the length of a bar is its value, so bars begin at zero; a line may begin elsewhere
    zero = '<c:min val="0"/>' if chart.shape != "line" and all(value > 0 for value in values) else ""
    thin = '<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="{}"/></a:solidFill></a:ln></c:spPr>'
    return (
        f'<c:catAx><c:axId val="{_CATEGORY_AXIS}"/>'
        # the first category on top, as in a table
        f'<c:scaling><c:orientation val="{"maxMin" if across else "minMax"}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{"l" if across else "b"}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>{thin.format("808080")}'
        f'<c:crossAx val="{_VALUE_AXIS}"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="{_VALUE_AXIS}"/><c:scaling><c:orientation val="minMax"/>{zero}</c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{"b" if across else "l"}"/>'
        f"<c:majorGridlines>{thin.format('D9D9D9')}</c:majorGridlines>{_axis_title(chart.kind)}"
        f'<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="{_CATEGORY_AXIS}"/>'
        f'<c:crosses val="{"max" if across else "autoZero"}"/><c:crossBetween val="between"/></c:valAx>'
    )


def _axis_title(kind: Kind) -> str:
    """The unit, upright; the unit of a count is told by the chart's own title."""
    if not UNITS[kind]:
        return ""
    return (
        '<c:title><c:tx><c:rich><a:bodyPr rot="0" vert="horz"/><a:lstStyle/><a:p><a:pPr>'
        f"{_letters('defRPr', 900)}</a:pPr><a:r>{_letters('rPr', 900)}<a:t>{escape(UNITS[kind])}</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title>'
    )


def _text_properties(size: int) -> str:
    return (
        f"<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>{_letters('defRPr', size)}</a:pPr>"
        '<a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def _letters(element: str, size: int) -> str:
    """`size` in hundredths of a point."""
    language = ' lang="zh-CN"' if element == "rPr" else ""
    return (
        f'<a:{element}{language} sz="{size}" b="0"><a:latin typeface="Times New Roman"/>'
        f'<a:ea typeface="宋体"/></a:{element}>'
    )


def _number_format(kind: Kind) -> str:
    return "0" if kind == "count" else "0.00"


def _column(number: int) -> str:
    """A to Z: a chart of more series than that cannot be read."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number]
