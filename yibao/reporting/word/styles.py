"""The template and its paragraph styles: these are found by name, because Word renames their ids when it saves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from yibao.problem import Problem

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

# made by yibao.reporting.word.template
TEMPLATE = Path(__file__).parent.parent / "forms" / "report.docx"

# what the writer sets its text in, or measures; the template's other styles are the template's own business
RED_HEAD = "发文机关标志"
ISSUER = "发文机关署名"
HEADINGS = ("heading 1", "heading 2", "heading 3", "heading 4")
BODY = "公文正文"
CAPTION = "图表标题"
CHART = "图表"
UNIT_NOTE = "单位说明"
CELL_HEAD = "表头"
CELL_TEXT = "表内文字"
CELL_NUMBER = "表内数字"
TABLE_NOTE = "表注"
ANNEX_NUMBER = "附件序号"
ANNEX_TITLE = "附件标题"
FORM_HEAD = "表号栏"
SIGN_FOOT = "签署栏"
USED = (
    RED_HEAD,
    ISSUER,
    *HEADINGS,
    BODY,
    CAPTION,
    CHART,
    UNIT_NOTE,
    CELL_HEAD,
    CELL_TEXT,
    CELL_NUMBER,
    TABLE_NOTE,
    ANNEX_NUMBER,
    ANNEX_TITLE,
    FORM_HEAD,
    SIGN_FOOT,
)


@dataclass(frozen=True)
class Style:
    """A paragraph style: its id in this template, and the fonts it gives to Chinese and to Latin letters."""

    id: str
    chinese: str
    latin: str
    half_points: int


def read(styles: etree._Element, file: str) -> Mapping[str, Style]:
    """The styles that the writer needs, by name. Raises Problem where the template lacks one."""
    elements = {style.get(f"{_W}styleId"): style for style in styles.findall(f"{_W}style")}
    # other programs write Heading 1
    ids = {
        style.find(f"{_W}name").get(f"{_W}val").lower(): id_
        for id_, style in elements.items()
        if style.get(f"{_W}type") == "paragraph"
    }
    missing = [name for name in USED if name not in ids]
    if missing:
        raise Problem(
            f"Word 模板中没有样式：{'、'.join(missing)}",
            where=file,
            todo="请从原来的模板另存一份再改，不要删除其中的样式。",
        )
    defaults = styles.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr")

    def inherited(id_: str, element: str, attribute: str) -> str | None:
        style: etree._Element | None = elements[id_]
        while style is not None:
            found = style.find(f"{_W}rPr/{_W}{element}")
            if found is not None and found.get(f"{_W}{attribute}"):
                return str(found.get(f"{_W}{attribute}"))
            based = style.find(f"{_W}basedOn")
            style = None if based is None else elements.get(based.get(f"{_W}val"))
        found = None if defaults is None else defaults.find(f"{_W}{element}")
        return None if found is None else found.get(f"{_W}{attribute}")

    def style(id_: str) -> Style:
        # what Word takes where nobody says anything
        return Style(
            id_,
            inherited(id_, "rFonts", "eastAsia") or "宋体",
            inherited(id_, "rFonts", "ascii") or "Times New Roman",
            int(inherited(id_, "sz", "val") or 20),
        )

    return {name: style(ids[name]) for name in USED}
