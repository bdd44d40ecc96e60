"""A Word letter as GB/T 9704 asks, built by hand: the tests take one thing after another away from it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from html import escape

_SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TITLE = "示例县医疗保障局关于2026年9月医疗保障主要指标运行情况的报告"


def styles() -> str:
    fonts = {
        "Text": ("仿宋_GB2312", 32, ""),
        "Title": ("方正小标宋简体", 44, '<w:jc w:val="center"/>'),
        "One": ("黑体", 32, ""),
        "Two": ("楷体_GB2312", 32, ""),
        "Date": ("仿宋_GB2312", 32, '<w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>'),
    }
    listed = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:pPr>{look}</w:pPr>'
        f'<w:rPr><w:rFonts w:eastAsia="{font}"/><w:sz w:val="{size}"/></w:rPr></w:style>'
        for name, (font, size, look) in fonts.items()
    )
    return f"<w:styles {_SPACES}>{listed}</w:styles>"


def paragraph(content: str, style: str = "Text") -> str:
    """`[[tag|text]]` is a content control."""
    runs = ""
    for part in re.split(r"(\[\[.*?\]\])", content):
        control = re.fullmatch(r"\[\[(.*?)\|(.*?)\]\]", part)
        text = control[2] if control else part
        run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
        runs += (
            f'<w:sdt><w:sdtPr><w:tag w:val="{control[1]}"/></w:sdtPr><w:sdtContent>{run}</w:sdtContent></w:sdt>'
            if control
            else run
        )
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def table(rows: Sequence[Sequence[str]]) -> str:
    return (
        "<w:tbl>"
        + "".join(
            "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows
        )
        + "</w:tbl>"
    )


def letter(
    *body: str, figures: str | None = None, change: Callable[[str, str], str] = lambda name, part: part
) -> io.BytesIO:
    """The file; `body` stands between recipient and date, `change` may alter each part before it is written."""
    foot = (
        '<w:ftr {spaces}><w:p><w:pPr><w:jc w:val="{side}"/></w:pPr><w:r><w:t>— </w:t></w:r>'
        '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple><w:r><w:t> —</w:t></w:r></w:p></w:ftr>'
    )
    section = (
        '<w:sectPr><w:footerReference w:type="default" r:id="rId1"/><w:footerReference w:type="even" r:id="rId2"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"/>'
        '<w:docGrid w:type="linesAndChars" w:linePitch="579" w:charSpace="-849"/></w:sectPr>'
    )
    parts = {
        "word/document.xml": f"<w:document {_SPACES}><w:body>{paragraph(TITLE, 'Title')}{paragraph('示例市医疗保障局：')}"
        f"{''.join(body)}{paragraph('2026年10月5日', 'Date')}{section}</w:body></w:document>",
        "word/styles.xml": styles(),
        "word/settings.xml": f"<w:settings {_SPACES}><w:evenAndOddHeaders/></w:settings>",
        "word/footer1.xml": foot.format(spaces=_SPACES, side="right"),
        "word/footer2.xml": foot.format(spaces=_SPACES, side="left"),
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/footer" Target="footer1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/footer" Target="footer2.xml"/></Relationships>',
    }
    if figures is not None:
        parts["customXml/item3.xml"] = f'<figures xmlns="urn:yibao:figures">{escape(figures)}</figures>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, change(name, part))
    stream.seek(0)
    return stream
