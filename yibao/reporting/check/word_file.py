"""Reads a .docx (ours, edited in Word, or written by hand) into a `Document`."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from yibao.problem import Problem
from yibao.reporting.check.document import Control, Document, Foot, Page, Passage, Run, Table

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_FIGURES = "{urn:yibao:figures}figures"
_TWIPS_PER_MM = Decimal(1440) / Decimal("25.4")
# three sizes of 16 points, in twips: what a character is where an indent is told in twips
_CHARACTER = Decimal(320)
# removed by a tracked change, or drawn over the page
_NOT_READ = {
    f"{_W}{name}" for name in ("del", "moveFrom", "drawing", "pict", "object", "instrText", "rPr", "pPr")
}


def read(stream: IO[bytes], name: str) -> Document:
    """The document. Raises Problem (exit 2) for a file that is none; `name` is what the problem calls it."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = {
                part: archive.read(part) for part in archive.namelist() if part.endswith((".xml", ".rels"))
            }
        body = _xml(parts, "word/document.xml")
        if body is None:
            raise KeyError("word/document.xml")
        return _document(parts, body)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, ArithmeticError) as error:
        raise Problem(
            "这个文件不是能读的 Word 文档（.docx）",
            where=name,
            todo="请在 Word 或 WPS 中打开，另存为 .docx 后再检查。",
        ) from error


@dataclass(frozen=True)
class _Style:
    based_on: str
    paragraph: Element | None
    letters: Element | None


@dataclass
class _Reading:
    """One passage while it is read."""

    styles: dict[str, _Style]
    style: str
    text: str = ""
    controls: list[Control] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def walk(self, node: Element) -> None:
        for child in node:
            if child.tag in _NOT_READ:
                continue
            if child.tag == f"{_W}r":
                self._run(child)
            elif child.tag == f"{_W}sdt":
                start = len(self.text)
                for content in child.findall(f"{_W}sdtContent"):
                    self.walk(content)
                tag = _value(child.find(f"{_W}sdtPr/{_W}tag"))
                if tag:
                    self.controls.append(Control(tag, start, len(self.text)))
            else:
                if child.tag == f"{_W}p" and self.text:
                    self.text += "\n"
                self.walk(child)

    def _run(self, run: Element) -> None:
        words = ""
        for node in run:
            if node.tag == f"{_W}t":
                words += node.text or ""
            elif node.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
                words += "\t" if node.tag == f"{_W}tab" else "\n"
            elif node.tag == f"{_W}noBreakHyphen":
                words += "-"
        if words:
            self.text += words
            chain = [*_named(self.styles, run, f"{_W}rPr/{_W}rStyle"), *_chain(self.styles, self.style)]
            looks = [run.find(f"{_W}rPr"), *(style.letters for style in chain)]
            size = _first(looks, f"{_W}sz", f"{_W}val")
            self.runs.append(
                Run(words, _first(looks, f"{_W}rFonts", f"{_W}eastAsia"), Decimal(size) / 2 if size else None)
            )


def _document(parts: dict[str, bytes], root: Element) -> Document:
    body = root.find(f"{_W}body")
    if body is None:
        raise KeyError("body")
    styles = _styles(_xml(parts, "word/styles.xml"))
    blocks: list[Passage | Table] = []
    paragraphs = tables = 0
    for node in _blocks(body):
        if node.tag == f"{_W}tbl":
            tables += 1
            blocks.append(_table(node, f"表{tables}", styles))
        else:
            passage = _passage(node, f"第{paragraphs + 1}段", styles)
            # a clerk does not count empty lines
            paragraphs += bool(passage.text.strip())
            blocks.append(passage)
    sections = list(body.iter(f"{_W}sectPr"))
    settings = _xml(parts, "word/settings.xml")
    return Document(
        blocks=tuple(blocks),
        pages=tuple(_page(section) for section in sections),
        feet=tuple(_feet(parts, sections, styles)),
        even_and_odd=settings is not None and _on(settings.find(f"{_W}evenAndOddHeaders")),
        figures=_figures(parts),
    )


def _blocks(node: Element) -> Iterator[Element]:
    """Paragraphs and tables, also those inside a content control that holds whole paragraphs."""
    for child in node:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _blocks(child)


def _passage(node: Element, place: str, styles: dict[str, _Style]) -> Passage:
    paragraph = node if node.tag == f"{_W}p" else next(node.iter(f"{_W}p"), node)
    own = paragraph.find(f"{_W}pPr")
    name = _value(own.find(f"{_W}pStyle")) if own is not None else ""
    reading = _Reading(styles, name or _default(styles))
    reading.walk(node)
    looks = [own, *(style.paragraph for style in _chain(styles, reading.style))]
    return Passage(
        place,
        reading.text,
        tuple(reading.controls),
        tuple(reading.runs),
        {"end": "right", "start": "left", "both": "left"}.get(
            jc := _first(looks, f"{_W}jc", f"{_W}val") or "", jc
        ),
        _indent(looks, "firstLine"),
        _indent(looks, "right"),
    )


def _indent(looks: list[Element | None], side: str) -> Decimal:
    told = _first(looks, f"{_W}ind", f"{_W}{side}Chars")
    if told and Decimal(told):
        return Decimal(told)
    twips = _first(looks, f"{_W}ind", f"{_W}{side}")
    return Decimal(twips) / _CHARACTER * 100 if twips else Decimal(0)


def _table(node: Element, place: str, styles: dict[str, _Style]) -> Table:
    rows: list[tuple[Passage, ...]] = []
    for number, row in enumerate(_rows(node), start=1):
        cells: list[Passage] = []
        for cell in _cells(row):
            properties = cell.find(f"{_W}tcPr")
            span = _value(properties.find(f"{_W}gridSpan")) if properties is not None else ""
            merged = properties.find(f"{_W}vMerge") if properties is not None else None
            passage = _passage(cell, f"{place}第{number}行第{len(cells) + 1}列", styles)
            if merged is not None and _value(merged) != "restart" and rows and len(cells) < len(rows[-1]):
                passage = rows[-1][len(cells)]
            cells += [passage] * int(span or 1)
        rows.append(tuple(cells))
    width = max((len(row) for row in rows), default=0)
    return Table(place, tuple((*row, *(Passage(place, "") for _ in range(width - len(row)))) for row in rows))


def _rows(node: Element) -> Iterator[Element]:
    for child in node:
        if child.tag == f"{_W}tr":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _rows(child)


def _cells(row: Element) -> Iterator[Element]:
    for child in row:
        if child.tag == f"{_W}tc":
            yield child
        elif child.tag == f"{_W}sdt":
            # the control of a whole cell: kept around it, so that its tag is read
            if child.find(f"{_W}sdtContent/{_W}tc") is not None:
                wrapped = Element(f"{_W}tc")
                properties = child.find(f"{_W}sdtContent/{_W}tc/{_W}tcPr")
                wrapped.extend([child] if properties is None else [properties, child])
                yield wrapped
        elif child.tag in (f"{_W}ins", f"{_W}customXml"):
            yield from _cells(child)


def _page(section: Element) -> Page:
    size, margins, grid = (section.find(f"{_W}{name}") for name in ("pgSz", "pgMar", "docGrid"))

    def mm(node: Element | None, name: str) -> Decimal:
        return Decimal(node.get(f"{_W}{name}", "0")) / _TWIPS_PER_MM if node is not None else Decimal(0)

    on_grid = grid is not None and grid.get(f"{_W}type") in ("lines", "linesAndChars", "snapToChars")
    pitch = grid.get(f"{_W}linePitch") if grid is not None and on_grid else None
    spaced = grid.get(f"{_W}charSpace", "0") if grid is not None and on_grid else None
    return Page(
        mm(size, "w"),
        mm(size, "h"),
        mm(margins, "top"),
        mm(margins, "bottom"),
        mm(margins, "left"),
        mm(margins, "right"),
        Decimal(pitch) / 20 if pitch else None,
        _signed(spaced)
        if spaced is not None and grid is not None and grid.get(f"{_W}type") != "lines"
        else None,
    )


def _feet(parts: dict[str, bytes], sections: list[Element], styles: dict[str, _Style]) -> Iterator[Foot]:
    relations = _xml(parts, "word/_rels/document.xml.rels")
    targets = (
        {one.get("Id", ""): one.get("Target", "") for one in relations.iter(_RELATION)}
        if relations is not None
        else {}
    )
    seen: set[tuple[str, str]] = set()
    for section in sections:
        for reference in section.findall(f"{_W}footerReference"):
            kind, target = (
                reference.get(f"{_W}type", "default"),
                targets.get(reference.get(f"{_R}id", ""), ""),
            )
            root = _xml(parts, target.lstrip("/") if target.startswith("/") else f"word/{target}")
            if root is None or (kind, target) in seen:
                continue
            seen.add((kind, target))
            passages = [(_passage(node, "页脚", styles), node) for node in root.iter(f"{_W}p")]
            numbered = [passage for passage, node in passages if _has_page_number(node)]
            text = "\n".join(passage.text for passage, _ in passages)
            align = numbered[0].align or "left" if numbered else ""
            yield Foot(kind, text, align, numbered[0].text if numbered else "")


def _has_page_number(node: Element) -> bool:
    told = [one.text or "" for one in node.iter(f"{_W}instrText")]
    told += [one.get(f"{_W}instr", "") for one in node.iter(f"{_W}fldSimple")]
    return "PAGE" in " ".join(told).upper().replace("NUMPAGES", "").replace("PAGEREF", "").split()


def _figures(parts: dict[str, bytes]) -> str | None:
    """Word may number the custom parts anew when it saves: ours is known by its name space."""
    for name in sorted(parts):
        if name.startswith("customXml/item") and name.endswith(".xml"):
            root = _xml(parts, name)
            if root is not None and root.tag == _FIGURES:
                return root.text or "[]"
    return None


def _styles(root: Element | None) -> dict[str, _Style]:
    """The styles by id; "" has the document's defaults, and under "default" is told which style a bare paragraph has."""
    if root is None:
        return {}
    found = {
        "": _Style(
            "",
            root.find(f"{_W}docDefaults/{_W}pPrDefault/{_W}pPr"),
            root.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr"),
        )
    }
    for style in root.findall(f"{_W}style"):
        one = _Style(_value(style.find(f"{_W}basedOn")), style.find(f"{_W}pPr"), style.find(f"{_W}rPr"))
        found[style.get(f"{_W}styleId", "")] = one
        if style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in ("1", "true"):
            found["default"] = _Style(style.get(f"{_W}styleId", ""), None, None)
    return found


def _default(styles: dict[str, _Style]) -> str:
    return styles["default"].based_on if "default" in styles else ""


def _chain(styles: dict[str, _Style], name: str) -> list[_Style]:
    """The style, those it is based on, and the document's defaults last."""
    found: list[str] = []
    while name and name in styles and name not in found:
        found.append(name)
        name = styles[name].based_on
    return [styles[one] for one in (*found, "") if one in styles]


def _named(styles: dict[str, _Style], node: Element, path: str) -> list[_Style]:
    name = _value(node.find(path))
    return [one for one in _chain(styles, name) if one is not styles.get("")] if name else []


def _first(looks: list[Element | None], path: str, attribute: str) -> str | None:
    for look in looks:
        node = look.find(path) if look is not None else None
        told = node.get(attribute) if node is not None else None
        if told is not None:
            return told
    return None


def _signed(told: str) -> Decimal:
    """Some programs write a negative number as the unsigned one of 32 bits."""
    number = int(told)
    return Decimal(number - 2**32 if number >= 2**31 else number)


def _value(node: Element | None) -> str:
    return node.get(f"{_W}val", "") if node is not None else ""


def _on(node: Element | None) -> bool:
    return node is not None and node.get(f"{_W}val", "1") not in ("0", "false", "off")


def _xml(parts: dict[str, bytes], name: str) -> Element | None:
    return ElementTree.fromstring(parts[name]) if name in parts else None
