"""Small pieces of WordprocessingML as text: runs, paragraphs, and the content control of a figure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from docx.oxml import parse_xml
from lxml import etree

from yibao.reporting.content import Figure
from yibao.reporting.word.styles import Style

WORD_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{WORD_NS}}}"
NAMESPACES = {
    "w": WORD_NS,
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
}
# Word calls a file broken whose tags or titles are longer
_LONGEST = 64
# what XML cannot hold
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def letters(style: Style) -> str:
    """The fonts of a run. The hint: quotation marks and dashes, which are in both alphabets, are Chinese here."""
    return fonts(style.chinese, style.latin)


def fonts(chinese: str, latin: str = "Times New Roman") -> str:
    """`w:rFonts` for all four kinds of letters."""
    return (
        f'<w:rFonts w:hint="eastAsia" w:ascii="{escape(latin)}" w:eastAsia="{escape(chinese)}"'
        f' w:hAnsi="{escape(latin)}" w:cs="{escape(latin)}"/>'
    )


def text(content: str) -> str:
    """`w:t`."""
    return f'<w:t xml:space="preserve">{escape(_CONTROL.sub("", content), quote=False)}</w:t>'


def run(content: str, style: Style) -> str:
    """Text in the style's fonts; nothing for no text."""
    return f"<w:r><w:rPr>{letters(style)}</w:rPr>{text(content)}</w:r>" if content else ""


def paragraph(style: Style, content: str = "", properties: str = "") -> str:
    """A paragraph; `properties` are what follows `w:pStyle`, in the schema's order."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style.id}"/>{properties}</w:pPr>{content}</w:p>'


def tag(number: int, figure: Figure) -> str:
    """`<code>#<number>`, by which the checker finds the figure again; a long code is cut, its number never."""
    end = f"#{number}"
    return figure.origin.code[: _LONGEST - len(end)] + end


def control(number: int, figure: Figure, shown: str, run_properties: str, id_: int) -> str:
    """A figure as an inline content control; `id_` is unlike that of every other control of the file."""
    return (
        f"<w:sdt><w:sdtPr><w:rPr>{run_properties}</w:rPr>"
        f'<w:alias w:val="{escape(figure.origin.name_zh[:_LONGEST])}"/>'
        f'<w:tag w:val="{escape(tag(number, figure))}"/><w:id w:val="{id_}"/><w:text/></w:sdtPr>'
        f"<w:sdtContent><w:r><w:rPr>{run_properties}</w:rPr>{text(shown)}</w:r></w:sdtContent></w:sdt>"
    )


def elements(markup: Iterable[str]) -> list[etree._Element]:
    """The pieces, parsed."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    root = parse_xml(f"<w:body {declared}>{''.join(markup)}</w:body>")
    return list(root)
