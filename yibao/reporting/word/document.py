"""Puts a report into a template."""

from __future__ import annotations

import copy
import functools
import io
import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from docx.opc.packuri import PackURI
from docx.opc.part import Part, XmlPart
from docx.oxml import OxmlElement
from docx.shared import Pt
from lxml import etree

from yibao.problem import Problem
from yibao.reporting import ooxml_chart, trace
from yibao.reporting.content import Chart, Report
from yibao.reporting.letter import annex_names
from yibao.reporting.ooxml_zip import repacked
from yibao.reporting.word import filling, letter, sections, styles
from yibao.reporting.word.blocks import Piece, pieces
from yibao.reporting.word.markup import W, control, elements
from yibao.reporting.word.placed import placed_figure
from yibao.reporting.word.styles import Style

FIGURES_NAMESPACE = "urn:yibao:figures"
FIGURES_PART = "/customXml/item1.xml"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ITEM_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
# the id that Word would draw by lot
_ITEM_PROPERTIES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
    '<ds:datastoreItem ds:itemID="{7B1F0C52-6E0D-4B7A-9C39-5A1D5E0F9901}"'
    ' xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml">'
    f'<ds:schemaRefs><ds:schemaRef ds:uri="{FIGURES_NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
).encode()
_PARAGRAPH_PLACES = (letter.BODY_PLACE, letter.ANNEX_PLACE)
# nothing is left of their paragraph where there is nothing to say
_VANISHING = (letter.ANNEX_PLACE, "附注")


def document(report: Report, file: Path | None = None) -> bytes:
    """The report as .docx, in the template `file` (None: the project's own); the same bytes for the same report.

    Raises Problem where the template is no Word file, lacks a place or a style, or names a place that nothing fills.
    """
    chosen = file or styles.TEMPLATE
    opened = _opened(chosen)
    known = styles.read(opened.styles.element, str(chosen))
    stories = _stories(opened)
    _check(report, opened, stories, chosen)
    ids = _free_ids(stories)
    text, annexes = pieces(report, known, ids, lambda chart: _add_chart(opened, chart, report))
    for story in stories:
        for paragraph, names in filling.paragraphs(story):
            if names[0] not in _PARAGRAPH_PLACES:
                _fill_line(paragraph, names, report, known, ids)
            elif names[0] == letter.ANNEX_PLACE:
                _fill_annex_note(paragraph, report)
    _fill_body(opened, text, annexes)
    _carry_figures(report, opened)
    _tell_properties(report, opened)
    stream = io.BytesIO()
    opened.save(stream)
    return repacked(stream.getvalue())


def _opened(file: Path) -> Document:
    try:
        return docx.Document(io.BytesIO(file.read_bytes()))
    except (OSError, OpcError, BadZipFile, KeyError, ValueError, etree.XMLSyntaxError) as error:
        raise Problem(
            "Word 模板打不开",
            where=f"{file}（{type(error).__name__}）",
            todo="请用 Word 打开它，另存为 .docx；或者移走它，用系统自带的模板。",
        ) from error


def _stories(opened: Document) -> list[etree._Element]:
    """Body, headers and footers."""
    return [
        part.element
        for part in opened.part.package.iter_parts()
        if isinstance(part, XmlPart) and part.element.tag in (f"{W}document", f"{W}hdr", f"{W}ftr")
    ]


def _check(report: Report, opened: Document, stories: list[etree._Element], file: Path) -> None:
    """Every place is known, what must be there is, and places of whole paragraphs stand alone in the letter."""
    found = [entry for story in stories for entry in filling.paragraphs(story)]
    names = [name for _, names in found for name in names]
    texts = letter.places(report)

    def refuse(what: str) -> Problem:
        return Problem(
            what,
            where=str(file),
            todo="请在 Word 里改正模板；可用的占位符见系统自带的模板和手册，指标用指标代码，如 {{part_rate}}。",
        )

    unknown = sorted(
        {
            name
            for name in names
            if name not in texts and name not in _PARAGRAPH_PLACES and placed_figure(report, name) is None
        }
    )
    if unknown:
        raise refuse("Word 模板里有认不出的占位符：" + "、".join(f"{{{{{name}}}}}" for name in unknown))
    missing = [name for name in letter.REQUIRED if name not in names]
    if missing:
        raise refuse("Word 模板里缺少占位符：" + "、".join(f"{{{{{name}}}}}" for name in missing))
    for name in _PARAGRAPH_PLACES:
        holders = [paragraph for paragraph, names in found if name in names]
        alone = all(
            filling.stands_alone(holder) and holder.getparent() is opened.element.body for holder in holders
        )
        if len(holders) > 1 or not alone:
            raise refuse(f"Word 模板里的占位符 {{{{{name}}}}} 只能有一个，并且要在正文里独占一段")


def _free_ids(stories: list[etree._Element]) -> Iterator[int]:
    """Ids for content controls and drawings that the template has not used."""
    used = {
        int(value) for story in stories for value in story.xpath("//w:sdtPr/w:id/@w:val | //wp:docPr/@id")
    }
    return (number for number in itertools.count(1) if number not in used)


def _fill_line(
    paragraph: etree._Element,
    names: list[str],
    report: Report,
    known: Mapping[str, Style],
    ids: Iterator[int],
) -> None:
    texts = letter.places(report)
    alone = filling.stands_alone(paragraph)
    if alone and names[0] in _VANISHING and not texts[names[0]] and paragraph.find(f".//{W}sectPr") is None:
        paragraph.getparent().remove(paragraph)
        return

    def replacement(name: str, properties: etree._Element | None) -> list[etree._Element]:
        number = None if name in texts else placed_figure(report, name)
        if number is None:
            return [filling.text_run(texts[name], properties)] if texts[name] else []
        figure = report.figures[number]
        made = control(number, figure, figure.text + figure.unit, _inside(properties), next(ids))
        return elements([made])

    filling.fill(paragraph, replacement)
    style = paragraph.style
    if alone and names[0] == letter.ISSUER_PLACE and style == known[styles.ISSUER].id:
        indent = letter.issuer_indent(texts[letter.ISSUER_PLACE], texts["日期"])
        _indent(paragraph, right=indent)
    if alone and style == known[styles.RED_HEAD].id:
        _narrow(paragraph, texts["红头"], known[styles.RED_HEAD].half_points / 2)


def _inside(properties: etree._Element | None) -> str:
    """What stands in a `w:rPr`, as text."""
    if properties is None:
        return ""
    return "".join(etree.tostring(child, encoding="unicode", with_tail=False) for child in properties)


def _narrow(paragraph: etree._Element, red_head: str, points: float) -> None:
    """Keeps a long red head on one line, as printed letterheads do, by narrower letters."""
    section = next(paragraph.iterancestors(f"{W}document")).find(f"{W}body/{W}sectPr")
    width = section.page_width - section.left_margin - section.right_margin
    scale = letter.red_head_scale(red_head, width / Pt(1), points)
    for run in paragraph.findall(f"{W}r") if scale < 100 else []:
        properties = run.get_or_add_rPr()
        narrower = OxmlElement("w:w")
        narrower.set(f"{W}val", str(scale))
        properties.insert_element_before(narrower, "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")


def _fill_annex_note(paragraph: etree._Element, report: Report) -> None:
    """A paragraph for each annex, two characters in; the second line of a title stands under its first character."""
    names = annex_names(report)
    lines = [paragraph, *(copy.deepcopy(paragraph) for _ in names[1:])]
    for before, line in itertools.pairwise(lines):
        before.addnext(line)
    for at, (line, name) in enumerate(zip(lines, names, strict=False)):
        filling.fill(line, functools.partial(_named, name))
        # 附件： is three characters wide, a number one
        number = 0 if len(names) == 1 else 100
        _indent(line, left=500 + number, hanging=number + (300 if at == 0 else 0))
        if at == 0:
            line.pPr.get_or_add_spacing().set(f"{W}beforeLines", "100")
    if not names:
        paragraph.getparent().remove(paragraph)


def _named(name: str, _: str, properties: etree._Element | None) -> list[etree._Element]:
    return [filling.text_run(name, properties)]


def _indent(paragraph: etree._Element, **hundredths: int) -> None:
    """Sets indents in hundredths of a character; in points for 3号 too, for readers that know no characters."""
    indent = paragraph.get_or_add_pPr().get_or_add_ind()
    for side, value in hundredths.items():
        indent.set(f"{W}{side}Chars", str(value))
        indent.set(f"{W}{side}", str(value * 32 // 10))


def _fill_body(opened: Document, text: list[Piece], annexes: list[Piece]) -> None:
    """The text in its place, the annexes at the end of the letter, and the sections that wide tables need."""
    body = opened.element.body
    place = next(paragraph for paragraph, names in filling.paragraphs(body) if names == [letter.BODY_PLACE])
    across: set[etree._Element] = set()
    for piece in text:
        for element in _parsed(piece, across):
            place.addprevious(element)
    last = place.getprevious()
    if last is not None and last.tag == f"{W}p":
        # signature and date do not stand on a page without text
        last.get_or_add_pPr().keepNext_val = True
    body.remove(place)
    for piece in annexes:
        for element in _parsed(piece, across):
            body[-1].addprevious(element)
    sections.part(body, across)


def _parsed(piece: Piece, across: set[etree._Element]) -> list[etree._Element]:
    made = elements([piece.markup])
    if piece.across:
        across.update(made)
    return made


def _add_chart(opened: Document, chart: Chart, report: Report) -> str:
    """Takes the chart and its workbook into the file; gives the id of the chart's relation."""
    package = opened.part.package
    book = Part(
        package.next_partname("/word/embeddings/Microsoft_Excel_Sheet%d.xlsx"),
        _WORKBOOK_TYPE,
        ooxml_chart.workbook(chart, _dated(report)),
        package,
    )
    # its relations hold one target, the workbook: rId1
    part = Part(
        package.next_partname("/word/charts/chart%d.xml"),
        _CHART_TYPE,
        ooxml_chart.chart_xml(chart, "rId1"),
        package,
    )
    part.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
    return opened.part.relate_to(part, RELATIONSHIP_TYPE.CHART)


def _carry_figures(report: Report, opened: Document) -> None:
    """The figures with their origins, as a custom XML part that Word keeps when somebody edits the file."""
    package = opened.part.package
    for id_, relation in list(opened.part.rels.items()):
        if relation.reltype != RELATIONSHIP_TYPE.CUSTOM_XML:
            continue
        part = relation.target_part
        if FIGURES_NAMESPACE.encode() in part.blob:
            # the template was a report once
            del opened.part.rels[id_]
        elif part.partname == FIGURES_PART:
            part.partname = package.next_partname("/customXml/item%d.xml")
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in report.identity.names.items())
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<figures xmlns="{FIGURES_NAMESPACE}"{attributes}>{escape(trace.to_json(report.figures), quote=False)}</figures>'
    )
    carried = Part(PackURI(FIGURES_PART), "application/xml", content.encode(), package)
    properties = Part(
        package.next_partname("/customXml/itemProps%d.xml"), _ITEM_PROPERTIES_TYPE, _ITEM_PROPERTIES, package
    )
    carried.relate_to(properties, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
    opened.part.relate_to(carried, RELATIONSHIP_TYPE.CUSTOM_XML)


def _tell_properties(report: Report, opened: Document) -> None:
    """Title, bureau and day; nobody's name, and nothing that the template's author left in it."""
    package = opened.part.package
    for id_, relation in list(package.rels.items()):
        if relation.reltype != RELATIONSHIP_TYPE.OFFICE_DOCUMENT:
            del package.rels[id_]
    properties = opened.core_properties
    properties.title = report.title
    properties.author = report.letterhead.issuer
    properties.last_modified_by = report.letterhead.issuer
    properties.created = properties.modified = _dated(report)
    properties.revision = 1
    properties.language = "zh-CN"


def _dated(report: Report) -> datetime:
    return datetime.fromisoformat(report.dated)
