"""The PDF is the letter that GB/T 9704 asks for, prints what the report says as it is, and is the same tomorrow."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from tests.unit.reporting.kit import figure, sample_report
from yibao import fonts
from yibao.problem import Problem
from yibao.reporting import pdf
from yibao.reporting.content import Chart, Column, Figure, Heading, Paragraph, Report, Series, Table

MM = 72 / 25.4
HOSTILE = '#panic("x") $a$ *b* _c_ @d <e> \\f [g] `h` // i = j "k" ~ --- 1. -'


@cache
def sample() -> bytes:
    return pdf.document(sample_report())


def opened(report: Report) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.document(report)))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def words(reader: PdfReader) -> str:
    return squeezed("".join(page.extract_text() for page in reader.pages))


def with_body(*blocks: Any, annex: tuple[Any, ...] = ()) -> Report:
    return replace(sample_report(), body=blocks, annex=annex)


def wide_table(rows: int) -> Table:
    columns = (Column(("乡镇",)), *(Column(("住院", f"第{at}列"), "count") for at in range(1, 9)))
    return Table(
        code="wide",
        title="宽表",
        columns=columns,
        rows=tuple(
            (
                f"示例{row}乡",
                *(figure("part_rate", "参保率", str(10**8 + row * 100 + at), "count") for at in range(1, 9)),
            )
            for row in range(rows)
        ),
        unit_note="单位：人",
    )


def test_the_same_report_gives_the_same_bytes_and_bears_its_own_day() -> None:
    assert pdf.document(sample_report()) == sample()
    reader = PdfReader(io.BytesIO(sample()))
    assert reader.metadata is not None and reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date().isoformat() == "2026-10-05"
    assert reader.metadata.title == sample_report().title
    assert reader.metadata.author == "示例县医疗保障局"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_every_text_and_every_figure_can_be_taken_out_again() -> None:
    found = words(PdfReader(io.BytesIO(sample())))
    report = sample_report()
    for block in report.body:
        if isinstance(block, Paragraph):
            assert squeezed(block.text) in found
    for each in report.figures:
        assert each.text in found
    for expected in (
        "示医保〔2026〕9号",
        "签发人：张某",
        "示例市医疗保障局：",
        "一、参保征缴情况",
        "（一）参保",
        "（二）筹资",
        "二、存在问题",
        "1.示例二镇参保率偏低",
        "附件：各乡镇参保情况表",
        "2026年10月5日",
        "草稿（未报送）",
        "运行号20261005T010203Z-0123abcd数据截至2026-09-30",
        "—1—",
        "表号：制定机关：批准文号：有效期至：",
        "单位负责人：审核人：制表人：报出日期：",
    ):
        assert expected in found, expected


def test_no_font_is_left_to_the_reader() -> None:
    reader = PdfReader(io.BytesIO(sample()))
    faces = set()
    for page in reader.pages:
        for face in page["/Resources"]["/Font"].values():
            described = face.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert "/FontFile3" in described
            faces.add(re.sub(r"^[A-Z]{6}\+|-Identity-H$", "", face.get_object()["/BaseFont"].lstrip("/")))
    assert faces == {
        "YibaoFang-Regular",
        "YibaoHei-Regular",
        "YibaoKai-Regular",
        "YibaoSong-Bold",
        "YibaoSong-Regular",
    }


def letters(page: PageObject, sign: str) -> list[tuple[float, float]]:
    """Where runs of text with this sign begin: points from the left and from below."""
    found: list[tuple[float, float]] = []

    def visit(text: str, matrix: list[float], *_: object) -> None:
        if sign in text:
            found.append((matrix[4], matrix[5]))

    page.extract_text(visitor_text=visit)
    return found


def test_a_page_has_22_lines_of_28_characters_in_the_type_area() -> None:
    page = opened(with_body(Paragraph(("医" * 28 * 60,)), Paragraph(("完",)))).pages[1]
    size = (float(page.mediabox.width), float(page.mediabox.height))
    assert size == pytest.approx((210 * MM, 297 * MM), abs=0.1)
    lines = [line.strip() for line in page.extract_text().splitlines() if "医" in line]
    assert [len(line) for line in lines] == [28] * 22
    places = letters(page, "医")
    assert [x for x, _ in places] == pytest.approx([28 * MM] * len(places), abs=0.1)
    highest, lowest = max(y for _, y in places), min(y for _, y in places)
    assert highest - lowest == pytest.approx(21 * 225 / 22 * MM, abs=0.1)
    # the base line of the first line, which begins 37 mm under the edge
    assert 297 * MM - highest == pytest.approx(37 * MM + 0.86 * 15.79, abs=0.1)


def test_page_numbers_stand_on_the_outer_side() -> None:
    reader = opened(with_body(Paragraph(("医" * 28 * 60,)), Paragraph(("完",))))
    assert len(reader.pages) > 3
    assert reader.page_labels == [str(number) for number in range(1, len(reader.pages) + 1)]
    for number, page in enumerate(reader.pages, start=1):
        assert f"—{number}—" in squeezed(page.extract_text())
        right = [x > 105 * MM for x, _ in letters(page, "—")]
        assert right and set(right) == {number % 2 == 1}


def test_text_is_never_read_as_markup() -> None:
    table = replace(
        wide_table(1), title=HOSTILE, columns=(Column((HOSTILE,)),), rows=((HOSTILE,),), notes=(HOSTILE,)
    )
    reader = opened(with_body(Heading(1, HOSTILE), Paragraph((HOSTILE,)), table))
    assert words(reader).count(squeezed(HOSTILE)) == 6


def test_a_character_without_a_glyph_is_refused_where_it_stands() -> None:
    with pytest.raises(Problem) as stop:
        pdf.document(
            with_body(Paragraph(("全县",)), replace(wide_table(1), rows=(("\U00020bb7野乡",) + (None,) * 8,)))
        )
    assert "U+20BB7" in stop.value.what and "𠮷" in stop.value.what
    assert stop.value.where == "正文第2段：𠮷野乡"
    with pytest.raises(Problem, match="U\\+000A"):
        pdf.document(replace(sample_report(), title="两行\n标题"))


def test_a_rare_place_name_is_printed() -> None:
    # 通用规范汉字表, not in GB 2312, beyond the basic plane: Fang and Kai do not have it, Song stands in
    name = "\U0002b5af镇"
    reader = opened(with_body(Heading(2, name), Paragraph((name,))))
    assert words(reader).count(name) == 2


def test_a_wide_form_lies_across_and_repeats_its_head() -> None:
    reader = opened(with_body(Paragraph(("全县",)), annex=(wide_table(60),)))
    forms = [page for page in reader.pages if float(page.mediabox.width) > float(page.mediabox.height)]
    assert len(reader.pages) == len(forms) + 1
    assert len(forms) > 1
    assert all("第8列" in page.extract_text() for page in forms)
    assert sum(squeezed(page.extract_text()).count("单位负责人") for page in forms) == 1
    assert "—2—" in squeezed(forms[0].extract_text())


@pytest.mark.parametrize("shape", ["line", "column", "bar"])
def test_a_chart_tells_its_figures_and_a_missing_one(shape: Any) -> None:
    values: list[Figure] = [
        figure("part_rate", "参保率", value, "wan") for value in ("12345678", None, "-5000000")
    ]
    chart = Chart("c", "图名", shape, ("1月", "2月", "3月"), (Series("本年", tuple(values)),), "wan")
    found = words(opened(with_body(chart)))
    assert "图名" in found and "单位：万元" in found
    assert "1234.57" in found and "-500.00" in found


def test_a_title_is_broken_between_words() -> None:
    assert pdf.title_lines(sample_report().title) == [
        "示例县医疗保障局关于2026年9月",
        "医疗保障主要指标运行情况的报告",
    ]
    assert pdf.title_lines("医疗保障旬报") == ["医疗保障旬报"]


def test_the_fonts_have_what_official_documents_need() -> None:
    assert fonts.missing("—〔〕【】①⑳×÷≤≥%‰“”‘’…·《》（）：；，。、！？０９ＡＺａｚ㎡℃ⅠⅫ▲▼△▽→↑↓★〇") == ()
    assert fonts.missing("甲\U0001f600乙\t\U0001f600") == ("\U0001f600", "\t")
    everything = fonts.characters("YibaoSong-Regular.otf")
    for file in ("YibaoSong-Bold.otf", "YibaoHei-Regular.otf", "YibaoHei-Bold.otf"):
        assert fonts.characters(file) == everything
