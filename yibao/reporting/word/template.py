"""Makes `yibao/reporting/forms/report.docx`, the template of the reports, as GB/T 9704-2012 sets a letter.

`python -m yibao.reporting.word.template` writes it anew; the file lies in the project, so that a bureau can take a
copy, change it and keep it as `DATA/config/report.docx`. Lengths are in twentieths of a point where not told otherwise.
"""

from __future__ import annotations

import io
import zipfile

from yibao.reporting.ooxml_zip import repacked
from yibao.reporting.word import styles
from yibao.reporting.word.markup import NAMESPACES, fonts, text

SONG_TITLE, FANGSONG, KAI, HEI, SONG = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
# of the fonts above only the last two come with Windows; what a machine without them may take instead. Word keeps
# the name and these in 65 letters
_STAND_INS = {
    SONG_TITLE: "FandolSong,Noto Serif CJK SC",
    FANGSONG: "仿宋,FandolFang",
    KAI: "楷体,FandolKai",
    HEI: "SimHei,Noto Sans CJK SC",
    SONG: "SimSun,Noto Serif CJK SC",
}
# 2号, 3号, 4号, 5号, 小5 and the letterhead's 初号, in half-points
SIZE_2, SIZE_3, SIZE_4, SIZE_5, SIZE_SMALL_5, SIZE_HEAD = 44, 32, 28, 21, 18, 84

_MM = 1440 / 25.4
_PAGE = (11906, 16838)
_TOP, _RIGHT, _BOTTOM, _LEFT = (int(side * _MM) for side in (37, 26, 35, 28))
# 22 lines in 225 mm; 28 characters in 156 mm, told as what each is narrower than 3号 (16 points), in 4096ths of a point
_LINE = (_PAGE[1] - _TOP - _BOTTOM) // 22
_NARROWER = -849
_NARROWED = f'<w:spacing w:val="{round(_NARROWER / 4096 * 20 - 0.5)}"/>'
_RED = "FF0000"
_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATION = NAMESPACES["r"]
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"

_NUMBER_STYLE = "发文字号"
_TITLE_STYLE = "公文标题"
_RECIPIENT_STYLE = "主送机关"
_ANNEX_STYLE = "附件说明"
_DATE_STYLE = "成文日期"
_REMARK_STYLE = "附注"
_PAGE_STYLE = "页码"
_IDENTITY_STYLE = "标识行"
_STATUS_STYLE = "状态行"

_FIRST_LINE = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'


def _spacing(before: int = 0, after: int = 0, line: int | None = None) -> str:
    """Distances in lines of the grid; `line` is the exact height of a line, None as high as its text."""
    height = f' w:line="{line}" w:lineRule="exact"' if line else ' w:line="240" w:lineRule="auto"'
    lines = "".join(
        f' w:{side}Lines="{count * 100}" w:{side}="{count * _LINE}"'
        for side, count in (("before", before), ("after", after))
    )
    return f"<w:spacing{lines}{height}/>"


def _style(
    id_: str,
    name: str,
    chinese: str,
    half_points: int,
    paragraph: str = "",
    letters: str = "",
    latin: str = "Times New Roman",
) -> str:
    """A paragraph style; `paragraph` and `letters` are further properties, these between fonts and size."""
    default = ' w:default="1"' if name == "Normal" else ""
    based = "" if default else '<w:basedOn w:val="Normal"/>'
    own = "" if default or name in styles.HEADINGS else ' w:customStyle="1"'
    # of the letter's text; what stands in tables is based on Normal
    if half_points == SIZE_3 and not default:
        letters += _NARROWED
    return (
        f'<w:style w:type="paragraph"{default}{own} w:styleId="{id_}"><w:name w:val="{name}"/>{based}<w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{fonts(chinese, latin)}{letters}"
        f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr></w:style>'
    )


def _styles() -> str:
    # LibreOffice spreads the letters of a line that keeps to the grid; 3号 keeps the 28 in 156 mm by itself
    off_grid = '<w:snapToGrid w:val="0"/>'
    flat = _spacing(line=None)
    text_line = _spacing(line=_LINE)
    # Word would put a gap between a Chinese character and a digit
    no_gaps = '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    width = _PAGE[0] - _LEFT - _RIGHT
    number_tab = f'<w:tabs><w:tab w:val="right" w:pos="{width - 320}"/></w:tabs>'
    # the red line: 4 mm under the document number, as wide as the type area
    red_line = f'<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="11" w:color="{_RED}"/></w:pBdr>'
    red = f'<w:color w:val="{_RED}"/>'
    quarter = width // 4
    foot_tabs = "".join(f'<w:tab w:val="left" w:pos="{quarter * at}"/>' for at in (1, 2, 3))
    headings = "".join(
        _style(
            f"Heading{level}",
            styles.HEADINGS[level - 1],
            chinese,
            SIZE_3,
            f'<w:keepNext/>{text_line}{_FIRST_LINE}<w:outlineLvl w:val="{level - 1}"/>',
        )
        for level, chinese in enumerate((HEI, KAI, FANGSONG, FANGSONG), start=1)
    )
    return (
        f"{_XML}<w:styles {_DECLARED}><w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANGSONG)}"
        f'<w:kern w:val="2"/><w:sz w:val="{SIZE_3}"/><w:szCs w:val="{SIZE_3}"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
        + _style(
            "Normal",
            "Normal",
            FANGSONG,
            SIZE_3,
            f'<w:widowControl w:val="0"/>{no_gaps}{off_grid}{text_line}<w:jc w:val="both"/>',
        )
        + headings
        # the upper edge of the red head is 35 mm under the upper edge of the type area
        + _style(
            "RedHead",
            styles.RED_HEAD,
            SONG_TITLE,
            SIZE_HEAD,
            '<w:spacing w:before="1800" w:after="0" w:line="960" w:lineRule="exact"/><w:jc w:val="center"/>',
            red,
        )
        + _style(
            "DocumentNumber",
            _NUMBER_STYLE,
            FANGSONG,
            SIZE_3,
            f'{red_line}{number_tab}{_spacing(before=2, line=_LINE)}<w:jc w:val="left"/>',
        )
        + _style(
            "LetterTitle",
            _TITLE_STYLE,
            SONG_TITLE,
            SIZE_2,
            f'<w:keepNext/><w:keepLines/>{_spacing(before=2, after=1, line=680)}<w:jc w:val="center"/>',
        )
        + _style("Recipient", _RECIPIENT_STYLE, FANGSONG, SIZE_3, text_line)
        + _style("LetterText", styles.BODY, FANGSONG, SIZE_3, f"{text_line}{_FIRST_LINE}")
        + _style("AnnexNote", _ANNEX_STYLE, FANGSONG, SIZE_3, f"<w:keepNext/>{text_line}")
        + _style(
            "Issuer",
            styles.ISSUER,
            FANGSONG,
            SIZE_3,
            f'<w:keepNext/>{_spacing(before=2, line=_LINE)}<w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>',
        )
        + _style(
            "LetterDate",
            _DATE_STYLE,
            FANGSONG,
            SIZE_3,
            f'{text_line}<w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>',
        )
        + _style("Remark", _REMARK_STYLE, FANGSONG, SIZE_3, f"{text_line}{_FIRST_LINE}")
        + _style(
            "FigureTitle",
            styles.CAPTION,
            HEI,
            SIZE_4,
            f'<w:keepNext/><w:keepLines/>{_spacing(before=1, line=_LINE)}<w:jc w:val="center"/>',
        )
        + _style("Chart", styles.CHART, FANGSONG, SIZE_5, f'{flat}<w:jc w:val="center"/>')
        + _style("UnitNote", styles.UNIT_NOTE, SONG, SIZE_5, f'<w:keepNext/>{flat}<w:jc w:val="right"/>')
        + _style("CellHead", styles.CELL_HEAD, HEI, SIZE_5, f'<w:keepNext/>{flat}<w:jc w:val="center"/>')
        + _style("CellText", styles.CELL_TEXT, SONG, SIZE_5, f'{flat}<w:jc w:val="left"/>')
        + _style("CellNumber", styles.CELL_NUMBER, SONG, SIZE_5, f'{flat}<w:jc w:val="right"/>')
        + _style("TableNote", styles.TABLE_NOTE, SONG, SIZE_SMALL_5, f'{flat}<w:jc w:val="left"/>')
        + _style(
            "AnnexNumber", styles.ANNEX_NUMBER, HEI, SIZE_3, f"<w:keepNext/><w:pageBreakBefore/>{text_line}"
        )
        + _style(
            "AnnexTitle",
            styles.ANNEX_TITLE,
            SONG_TITLE,
            SIZE_2,
            f'<w:keepNext/><w:keepLines/>{_spacing(before=1, line=680)}<w:jc w:val="center"/>',
        )
        + _style("FormHead", styles.FORM_HEAD, SONG, SIZE_5, f"<w:keepNext/>{flat}")
        + _style(
            "SignFoot",
            styles.SIGN_FOOT,
            SONG,
            SIZE_5,
            f'<w:tabs>{foot_tabs}</w:tabs><w:spacing w:before="200" w:line="240" w:lineRule="auto"/><w:jc w:val="left"/>',
        )
        # half-width digits of the same Song face
        + _style("FootNumber", _PAGE_STYLE, SONG, SIZE_4, f"{flat}", latin=SONG)
        + _style(
            "IdentityLine",
            _IDENTITY_STYLE,
            SONG,
            15,
            f'{flat}<w:jc w:val="center"/>',
            '<w:color w:val="595959"/>',
        )
        + _style("StatusLine", _STATUS_STYLE, HEI, SIZE_3, f'{flat}<w:jc w:val="center"/>', red)
        + '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        f'<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:rPr>{fonts(FANGSONG)}</w:rPr></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        f'<w:uiPriority w:val="99"/><w:rPr>{fonts(SONG)}</w:rPr><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        "</w:styles>"
    )


def _paragraph(style: str, *runs: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{"".join(runs)}</w:p>'


def _run(content: str, chinese: str = FANGSONG, latin: str = "Times New Roman") -> str:
    return f"<w:r><w:rPr>{fonts(chinese, latin)}</w:rPr>{content}</w:r>"


def _document() -> str:
    references = "".join(
        f'<w:{part}Reference w:type="{pages}" r:id="{part}_{pages}"/>'
        for part in ("header", "footer")
        for pages in ("default", "even")
    )
    return (
        f"{_XML}<w:document {_DECLARED}><w:body>"
        + _paragraph("RedHead", _run(text("{{红头}}"), SONG_TITLE))
        + _paragraph(
            "DocumentNumber",
            _run(text("　{{发文字号}}")),
            _run("<w:tab/>"),
            _run(text("{{签发人标题}}")),
            _run(text("{{签发人}}"), KAI),
        )
        + _paragraph("LetterTitle", _run(text("{{标题}}"), SONG_TITLE))
        + _paragraph("Recipient", _run(text("{{主送}}")))
        + _paragraph("LetterText", _run(text("{{正文}}")))
        + _paragraph("AnnexNote", _run(text("{{附件说明}}")))
        + _paragraph("Issuer", _run(text("{{署名}}")))
        + _paragraph("LetterDate", _run(text("{{日期}}")))
        + _paragraph("Remark", _run(text("{{附注}}")))
        + f'<w:sectPr>{references}<w:pgSz w:w="{_PAGE[0]}" w:h="{_PAGE[1]}"/>'
        f'<w:pgMar w:top="{_TOP}" w:right="{_RIGHT}" w:bottom="{_BOTTOM}" w:left="{_LEFT}"'
        # the page number stands 7 mm under the type area
        f' w:header="{int(20 * _MM)}" w:footer="{int(19 * _MM)}" w:gutter="0"/>'
        f'<w:docGrid w:type="linesAndChars" w:linePitch="{_LINE}" w:charSpace="{_NARROWER}"/></w:sectPr>'
        "</w:body></w:document>"
    )


def _footer(*, even: bool) -> str:
    """Page number on the outer side, one character in: right on odd pages, left on even ones."""
    side = "left" if even else "right"

    def song(content: str) -> str:
        return _run(content, SONG, SONG)

    number = _paragraph(
        "FootNumber",
        song(text("— ")),
        song('<w:fldChar w:fldCharType="begin"/>'),
        song('<w:instrText xml:space="preserve"> PAGE </w:instrText>'),
        song('<w:fldChar w:fldCharType="separate"/>'),
        song(text("1")),
        song('<w:fldChar w:fldCharType="end"/>'),
        song(text(" —")),
        properties=f'<w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/>',
    )
    identity = _paragraph("IdentityLine", _run(text("{{标识}}"), SONG))
    return f"{_XML}<w:ftr {_DECLARED}>{number}{identity}</w:ftr>"


def _header() -> str:
    return f"{_XML}<w:hdr {_DECLARED}>{_paragraph('StatusLine', _run(text('{{状态}}'), HEI))}</w:hdr>"


def _font_table() -> str:
    """In the order of the schema; the stand-ins are what Word and LibreOffice look for when a font is not there."""
    chinese = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in _STAND_INS.items()
    )
    return (
        f"{_XML}<w:fonts {_DECLARED}>{chinese}"
        '<w:font w:name="Times New Roman"><w:altName w:val="Liberation Serif"/><w:charset w:val="00"/>'
        '<w:family w:val="roman"/><w:pitch w:val="variable"/></w:font></w:fonts>'
    )


def _settings() -> str:
    return (
        f'{_XML}<w:settings {_DECLARED}><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/>'
        '<w:bordersDoNotSurroundFooter/><w:defaultTabStop w:val="640"/><w:evenAndOddHeaders/>'
        '<w:drawingGridHorizontalSpacing w:val="160"/><w:drawingGridVerticalSpacing w:val="289"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        "<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/>"
        "<w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>"
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )


def template() -> bytes:
    """The template as .docx; the same bytes each time."""
    stories = {
        "header_default": ("header1.xml", "header", _header()),
        "header_even": ("header2.xml", "header", _header()),
        "footer_default": ("footer1.xml", "footer", _footer(even=False)),
        "footer_even": ("footer2.xml", "footer", _footer(even=True)),
        "styles": ("styles.xml", "styles", _styles()),
        "settings": ("settings.xml", "settings", _settings()),
        "fonts": ("fontTable.xml", "fontTable", _font_table()),
    }
    overrides = "".join(
        f'<Override PartName="/word/{file}" ContentType="{_OFFICE}.{kind}+xml"/>'
        for file, kind, _ in stories.values()
    )
    relations = "".join(
        f'<Relationship Id="{id_}" Type="{_RELATION}/{kind}" Target="{file}"/>'
        for id_, (file, kind, _) in stories.items()
    )
    files = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_OFFICE}.document.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": _document(),
        "word/_rels/document.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE_RELATIONS}">{relations}</Relationships>',
        **{f"word/{file}": content for file, _, content in stories.values()},
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return repacked(stream.getvalue())


if __name__ == "__main__":
    styles.TEMPLATE.write_bytes(template())
