"""The Word file: its page, its letters, its figures, its tables and charts, and templates that people have edited."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Literal

import docx
import openpyxl
import pytest
from lxml import etree

from tests.unit.reporting.kit import figure, sample_report
from yibao.problem import Problem
from yibao.reporting import numbering, trace
from yibao.reporting.content import (
    Chart,
    Column,
    Content,
    Figure,
    Heading,
    Origin,
    Paragraph,
    Report,
    Series,
    Status,
    Table,
)
from yibao.reporting.word import document
from yibao.reporting.word.styles import TEMPLATE
from yibao.reporting.word.template import template

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
TWIPS_PER_MM = 1440 / 25.4


def parts(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def part(file: bytes, name: str = "word/document.xml") -> etree._Element:
    return etree.fromstring(parts(file)[name])


def texts(root: etree._Element) -> list[str]:
    return ["".join(node.text or "" for node in p.iter(f"{W}t")) for p in root.iter(f"{W}p")]


def body(*blocks: Heading | Paragraph | Table | Chart, annex: tuple[Table | Chart, ...] = ()) -> Report:
    return dataclasses.replace(sample_report(), body=blocks, annex=annex)


def wide_table(value: str = "123456789") -> Table:
    row: tuple[Content, ...] = ("示例一乡", *(figure("part_rate", "参保率", value, "count"),) * 7)
    heads = (Column(("乡镇",)), *(Column((f"第{at}列",), "count") for at in range(7)))
    return Table("wide", "宽表", heads, (row,), "单位：人")


@pytest.fixture(scope="module")
def sample() -> bytes:
    return document(sample_report())


def test_the_template_in_the_project_is_what_its_program_makes() -> None:
    assert TEMPLATE.read_bytes() == template()


def test_same_report_same_bytes_and_nobodys_name(sample: bytes) -> None:
    assert document(sample_report()) == sample
    with zipfile.ZipFile(io.BytesIO(sample)) as archive:
        assert {
            (entry.date_time, entry.compress_type, entry.create_system) for entry in archive.infolist()
        } == {((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, 0)}
    told = docx.Document(io.BytesIO(sample)).core_properties
    assert (told.title, told.author, told.last_modified_by) == (
        sample_report().title,
        "示例县医疗保障局",
        "示例县医疗保障局",
    )
    assert str(told.created) == str(told.modified) == "2026-10-05 00:00:00+00:00"


def test_page_of_gb_t_9704() -> None:
    wide = wide_table()
    made = part(document(body(Heading(1, "一"), wide, Paragraph(("完",)), annex=(wide,))))
    pages = []
    for section in made.iter(f"{W}sectPr"):
        size, margins, grid = (section.find(f"{W}{name}") for name in ("pgSz", "pgMar", "docGrid"))
        mm = [
            round(int(node.get(f"{W}{side}")) / TWIPS_PER_MM)
            for node, side in (
                *((size, side) for side in "wh"),
                *((margins, side) for side in ("top", "bottom", "left", "right")),
            )
        ]
        pages.append(mm)
        assert (grid.get(f"{W}type"), len(section.findall(f"{W}footerReference"))) == ("linesAndChars", 2)
    upright, across = [210, 297, 37, 35, 28, 26], [297, 210, 28, 26, 35, 37]
    # text, wide table, text and letter's end, wide annex
    assert pages == [upright, across, upright, across]
    # eight columns of short numbers stay upright
    assert len(list(part(document(body(wide_table("1")))).iter(f"{W}sectPr"))) == 1
    # 225 mm hold 22 lines, not 23, and 156 mm 28 characters of 16 points, not 29
    line, narrower = int(grid.get(f"{W}linePitch")), int(grid.get(f"{W}charSpace"))
    assert int((297 - 37 - 35) * TWIPS_PER_MM / line) == 22
    # and as many off the grid, whose letters LibreOffice would spread
    text = next(
        style
        for style in part(template(), "word/styles.xml").iter(f"{W}style")
        if style.get(f"{W}styleId") == "LetterText"
    )
    for pitch in (narrower / 4096, int(text.find(f"{W}rPr/{W}spacing").get(f"{W}val")) / 20):
        assert int((210 - 28 - 26) / 25.4 * 72 / (16 + pitch)) == 28


def test_every_style_and_every_run_names_its_chinese_font(sample: bytes) -> None:
    named = {
        "".join(run.itertext()): run.find(f"{W}rPr/{W}rFonts")
        for name in parts(sample)
        if name.startswith("word/") and name.endswith(".xml") and "/charts/" not in name
        for run in part(sample, name).iter(f"{W}r")
    }
    assert [told for told, fonts in named.items() if fonts is None or not fonts.get(f"{W}eastAsia")] == []
    assert named["一、参保征缴情况"].get(f"{W}eastAsia") == "黑体"
    assert named["（一）参保"].get(f"{W}eastAsia") == "楷体_GB2312"
    assert named["99561"].get(f"{W}ascii") == "Times New Roman"
    assert named[sample_report().title].get(f"{W}eastAsia") == "方正小标宋简体"
    for style in part(sample, "word/styles.xml").iter(f"{W}style"):
        assert style.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia"), style.get(f"{W}styleId")


def test_every_figure_is_a_control_that_leads_back_to_it(sample: bytes) -> None:
    report = sample_report()
    charted = {
        id(one)
        for block in report.body
        if isinstance(block, Chart)
        for s in block.series
        for one in s.figures
    }
    written = {
        f"{one.origin.code}#{number}": one
        for number, one in enumerate(report.figures)
        if id(one) not in charted
    }
    controls = list(part(sample).iter(f"{W}sdt"))
    found = {
        control.find(f"{W}sdtPr/{W}tag").get(f"{W}val"): (
            control.find(f"{W}sdtPr/{W}alias").get(f"{W}val"),
            "".join(control.itertext()),
        )
        for control in controls
    }
    assert len(found) == len(controls) == len(written)
    # in a table the unit stands in the head, in a sentence behind the number
    for tag, one in written.items():
        assert found[tag] in ((one.origin.name_zh, one.text), (one.origin.name_zh, one.text + one.unit))
    assert found["part_rate#2"] == ("参保率", "1.21个百分点")
    assert found["fund_arrival_rate#3"] == ("资金到位率", "16296.22万元")
    ids = [control.find(f"{W}sdtPr/{W}id").get(f"{W}val") for control in controls]
    assert len(set(ids)) == len(ids)

    carried = part(sample, "customXml/item1.xml")
    assert carried.tag == "{urn:yibao:figures}figures"
    assert dict(carried.attrib) == {
        "run_id": "20261005T010203Z-0123abcd",
        "period": "2026-09",
        "part": "",
        "region_code": "990101",
        "product": "monthly",
        "status": "draft",
    }
    assert trace.from_json(carried.text) == report.figures


def test_a_tag_is_never_longer_than_word_takes_and_keeps_its_number() -> None:
    long = Figure(Origin("t", "c", (), "x" * 80, "很长" * 40), Decimal(1), "count")
    made = part(document(body(Paragraph((long,) * 11))))
    tags = [node.get(f"{W}val") for node in made.iter(f"{W}tag")]
    assert tags[10] == "x" * 61 + "#10" and tags[9] == "x" * 62 + "#9"
    assert {len(node.get(f"{W}val")) for node in made.iter(f"{W}alias")} == {64}


@pytest.mark.parametrize("shape", ["line", "column", "bar"])
def test_a_chart_shows_its_figures_and_carries_them(shape: Literal["line", "column", "bar"]) -> None:
    values = ("162962160.25", None, "-3")
    figures = tuple(figure("fund_income", "收入", value, "wan") for value in values)
    chart = Chart("income", "收入", shape, ("一月", "二月", "三月"), (Series("收入", figures),), "wan")
    made = parts(document(body(chart)))
    root = etree.fromstring(made["word/charts/chart1.xml"])
    cache = root.find(f".//{C}val/{C}numRef/{C}numCache")
    # in 万元; no point where there is no value, and a gap is drawn for it
    assert cache.find(f"{C}ptCount").get("val") == "3"
    assert {point.get("idx"): point.find(f"{C}v").text for point in cache.iter(f"{C}pt")} == {
        "0": "16296.216025",
        "2": "-0.0003",
    }
    assert root.find(f".//{C}dispBlanksAs").get("val") == "gap"
    sheet = openpyxl.load_workbook(io.BytesIO(made["word/embeddings/Microsoft_Excel_Sheet1.xlsx"]))["数据"]
    assert list(sheet.iter_rows(values_only=True)) == [
        (None, "收入"),
        ("一月", 16296.216025),
        ("二月", None),
        ("三月", -0.0003),
    ]
    assert root.find(f".//{C}val/{C}numRef/{C}f").text == "数据!$B$2:$B$4"


def test_a_head_of_three_levels_merges_across_and_down() -> None:
    heads = (
        Column(("乡镇",)),
        Column(("参保", "去年"), "count"),
        Column(("参保", "本年", "人数"), "count"),
        Column(("参保", "本年", "率"), "percent"),
        # 本年 under another head is another cell
        Column(("筹资", "本年", "到位"), "wan"),
    )
    table = Table("t", "表", heads, (("合计", None, None, None, None),), "")
    made = next(part(document(body(table))).iter(f"{W}tbl"))
    rows = []
    for row in made.findall(f"{W}tr"):
        cells = []
        for cell in row.findall(f"{W}tc"):
            properties = cell.find(f"{W}tcPr")
            span, merge = properties.find(f"{W}gridSpan"), properties.find(f"{W}vMerge")
            cells.append(
                (
                    "".join(cell.itertext()),
                    1 if span is None else int(span.get(f"{W}val")),
                    None if merge is None else merge.get(f"{W}val", "continue"),
                )
            )
        rows.append(cells)
    assert rows[0] == [("乡镇", 1, "restart"), ("参保", 3, None), ("筹资", 1, None)]
    assert rows[1] == [("", 1, "continue"), ("去年", 1, "restart"), ("本年", 2, None), ("本年", 1, None)]
    assert rows[2] == [
        ("", 1, "continue"),
        ("", 1, "continue"),
        ("人数", 1, None),
        ("率", 1, None),
        ("到位", 1, None),
    ]
    marks = [[child.tag.removeprefix(W) for child in row.find(f"{W}trPr")] for row in made.findall(f"{W}tr")]
    assert marks == [["cantSplit", "tblHeader"]] * 3 + [["cantSplit"]]


def test_headings_are_numbered_anew_under_each_heading_above() -> None:
    levels = (1, 2, 3, 4, 4, 3, 2, 3, 1, 3)
    blocks = tuple(Heading(level, "") for level in levels)
    told = ["一、", "（一）", "1.", "（1）", "（2）", "2.", "（二）", "1.", "二、", "1."]
    assert list(numbering.headings(blocks)) == told
    assert [numbering.chinese(number) for number in (10, 11, 20, 21, 99)] == [
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
    ]


def test_letter_and_forms_show_what_is_configured_and_leave_the_rest_blank() -> None:
    report = sample_report()
    second = dataclasses.replace(report.annex[0], code="second", title="第二张表")
    head = dataclasses.replace(
        report.letterhead, form_numbers=(("second", "医保示1表"),), form_authority="示例局"
    )
    told = texts(part(document(dataclasses.replace(report, annex=(*report.annex, second), letterhead=head))))
    at = told.index("附件：1. 各乡镇参保情况表")
    assert told[at : at + 4] == [
        "附件：1. 各乡镇参保情况表",
        "2. 第二张表",
        "示例县医疗保障局",
        "2026年10月5日",
    ]
    assert "　示医保〔2026〕9号签发人：张某" in told and "示例市医疗保障局：" in told
    first, second_at = told.index("附件1"), told.index("附件2")
    assert told[first + 2 : first + 7] == [
        "表　　号：",
        "制定机关：示例局",
        "填报单位：示例县医疗保障局批准文号：",
        "期　　间：2026年9月有效期至：",
        "单位：人，%",
    ]
    assert told[second_at + 2] == "表　　号：医保示1表"
    assert told[-1] == "单位负责人：审核人：制表人：报出日期："


@pytest.mark.parametrize(("status", "shown"), [("draft", "草稿（未报送）"), ("final", "")])
def test_a_draft_is_seen_to_be_one_and_every_page_tells_its_run(status: Status, shown: str) -> None:
    report = sample_report()
    made = document(dataclasses.replace(report, identity=dataclasses.replace(report.identity, status=status)))
    for at in (1, 2):
        assert texts(part(made, f"word/header{at}.xml")) == [shown]
        number, identity = texts(part(made, f"word/footer{at}.xml"))
        assert number == "— 1 —"
        assert identity.startswith("运行号 20261005T010203Z-0123abcd　数据截至 2026-09-30　")


def edited(path: Path, change: Callable[[docx.document.Document], None]) -> Path:
    """The project's template as somebody left it after an hour in Word."""
    opened = docx.Document(str(TEMPLATE))
    change(opened)
    opened.core_properties.author = "李某"
    opened.save(str(path))
    return path


def test_a_bureaus_template_places_figures_though_word_split_them(tmp_path: Path) -> None:
    def change(opened: docx.document.Document) -> None:
        added = opened.paragraphs[3].insert_paragraph_before()
        for piece in (
            "全县参保率{",
            "{ part_",
            "rate }}，降",
            "{{part_rate.last_year",
            "_change",
            "}}；",
            "{{part_rate.denominator}}",
        ):
            added.add_run(piece).bold = piece.startswith("{")
        style = opened.styles["heading 1"].element
        style.rPr.rFonts.set(f"{W}eastAsia", "微软雅黑")
        # Word gives styles other ids when it saves
        style.set(f"{W}styleId", "1")

    made = document(sample_report(), edited(tmp_path / "own.docx", change))
    root = part(made)
    paragraph = next(p for p in root.iter(f"{W}p") if "全县参保率" in "".join(p.itertext()))
    assert "".join(paragraph.itertext()) == "全县参保率96.07%，降1.21个百分点；103629"
    # the very figures of the report: the county's, though those of townships come before it
    tags = [node.get(f"{W}val") for node in paragraph.iter(f"{W}tag")]
    assert tags == ["part_rate#1", "part_rate#2", "part_rate#11"]
    heading = next(p for p in root.iter(f"{W}p") if "".join(p.itertext()) == "一、参保征缴情况")
    assert heading.find(f"{W}pPr/{W}pStyle").get(f"{W}val") == "1"
    assert heading.find(f"{W}r/{W}rPr/{W}rFonts").get(f"{W}eastAsia") == "微软雅黑"
    assert "李某" not in parts(made)["docProps/core.xml"].decode()
    assert not re.search(rb"[{}]{2}", parts(made)["word/document.xml"])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{{主送}}", "{{主送单位}}", r"认不出的占位符：\{\{主送单位\}\}"),
        ("{{主送}}", "{{part_rate.goal}}", r"认不出的占位符：\{\{part_rate\.goal\}\}"),
        ("{{正文}}", "", r"缺少占位符：\{\{正文\}\}"),
        ("{{正文}}", "正文如下：{{正文}}", r"\{\{正文\}\} 只能有一个，并且要在正文里独占一段"),
    ],
)
def test_a_template_that_cannot_be_filled_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    def change(opened: docx.document.Document) -> None:
        for paragraph in opened.paragraphs:
            for run in paragraph.runs:
                run.text = run.text.replace(old, new)

    file = edited(tmp_path / "own.docx", change)
    with pytest.raises(Problem, match=told) as problem:
        document(sample_report(), file)
    assert problem.value.where == str(file)


def test_a_file_that_is_no_word_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "report.docx"
    file.write_bytes(b"PK\x03\x04 not a document")
    with pytest.raises(Problem, match="打不开"):
        document(sample_report(), file)
