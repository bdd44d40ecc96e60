"""The checker on whole documents: form, content controls against their trace, numbers without one, tables."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
import xlsxwriter

from tests.unit.reporting.kit import figure
from tests.unit.reporting.letter_kit import letter, paragraph, table
from yibao.problem import Problem
from yibao.reporting import trace
from yibao.reporting.check import balance, form, free_numbers, numbers, sheet_file, sheet_numbers, word_file
from yibao.reporting.check.document import Document
from yibao.reporting.check.file import sentences
from yibao.reporting.check.published import Published
from yibao.reporting.content import Figure, Origin

TEXT = (
    paragraph("一、参保征缴情况", "One"),
    paragraph("（一）参保", "Two"),
    paragraph("截至9月底，全县参保99561人。"),
    paragraph("（二）筹资", "Two"),
    paragraph("二、存在问题", "One"),
    paragraph("1.参保率偏低。"),
)


def read(
    *body: str, figures: str | None = None, change: Callable[[str, str], str] = lambda name, part: part
) -> Document:
    return word_file.read(letter(*body, figures=figures, change=change), "月报.docx")


def replaced(part: str, old: str, new: str) -> Callable[[str, str], str]:
    def change(name: str, content: str) -> str:
        if name != part:
            return content
        assert old in content
        return content.replace(old, new)

    return change


def test_a_letter_in_its_form_is_left_alone() -> None:
    assert form.findings(read(*TEXT)) == ()
    assert form.findings(read(*TEXT, paragraph("注：1. 期末数。"), paragraph("　　2. 户籍口径。"))) == ()
    bulletin = replaced("word/document.xml", "情况的报告", "周报（2026年第39周）")
    assert form.findings(read(*TEXT, change=bulletin)) == ()
    # LibreOffice writes -849 so
    unsigned = replaced("word/document.xml", 'charSpace="-849"', 'charSpace="4294966447"')
    assert form.findings(read(*TEXT, change=unsigned)) == ()


@pytest.mark.parametrize(
    ("part", "old", "new", "rule", "what"),
    [
        ("document", 'w:w="11906"', 'w:w="12240"', "纸张", "216×297"),
        ("document", 'w:top="2098"', 'w:top="1440"', "页边距", "上边距为25.4毫米，应为37毫米"),
        ("document", 'w:linePitch="579"', 'w:linePitch="312"', "文档网格", "每页40行"),
        ("document", 'w:charSpace="-849"', 'w:charSpace="-4096"', "文档网格", "每行29字"),
        ("document", '<w:docGrid w:type="linesAndChars"', "<w:docGrid", "文档网格", "没有设"),
        ("settings", "<w:evenAndOddHeaders/>", "", "页码", "没有分开"),
        ("footer2", 'w:val="left"', 'w:val="center"', "页码", "双页码不在外侧"),
        ("footer1", " PAGE ", " NUMPAGES ", "页码", "没有页码"),
        ("styles", 'w:eastAsia="方正小标宋简体"', 'w:eastAsia="宋体"', "字体", "标题应为2号小标宋体"),
        ("styles", 'w:eastAsia="黑体"', 'w:eastAsia="仿宋"', "字体", "“一、”应为3号黑体，这里是仿宋16磅（共2处）"),
        ("styles", 'w:eastAsia="楷体_GB2312"', 'w:ascii="Arial"', "字体", "没有指定中文字体"),
        ("styles", '仿宋_GB2312"/><w:sz w:val="32"/>', '仿宋_GB2312"/><w:sz w:val="28"/>', "字体", "正文应为3号仿宋"),
        ("document", "二、存在", "三、存在", "层次", "上一个是第1，这里是第3"),
        ("document", "一、参保", "参保", "层次", "上面没有“一、”一级"),
        ("document", "99561人", "XX人", "未填写", "“XX”"),
        ("document", "99561人", "{{参保人数}}人", "未填写", "{{"),
        ("document", "示例市医疗保障局：", "示例市医疗保障局:", "主送机关", "半角冒号"),
        ("document", "示例市医疗保障局：", "", "主送机关", "没有主送机关"),
        ("document", "示例市医疗保障局：", "现将有关情况报告如下：", "主送机关", "没有主送机关"),
        ("document", "2026年10月5日", "2026年10月05日", "日期", "前面有0"),
        ("document", "2026年10月5日", "2026-10-05", "成文日期", "形式不对"),
        ("document", "2026年10月5日", "", "成文日期", "没有成文日期"),
    ],
)  # fmt: skip
def test_what_departs_from_the_form_is_named(part: str, old: str, new: str, rule: str, what: str) -> None:
    found = form.findings(read(*TEXT, change=replaced(f"word/{part}.xml", old, new)))
    assert any(one.rule == rule and what in one.what for one in found), found
    assert all(one.todo and one.place for one in found)


def test_annexes_are_those_of_the_note() -> None:
    note = (paragraph("附件：1. 参保情况表"), paragraph("2. 基金情况表"))
    annexes = (paragraph("附件1"), paragraph("参保情况表"))
    # the kit puts the date last: behind the annexes it dates nothing
    assert {one.rule for one in form.findings(read(*TEXT, *note, *annexes))} == {"附件说明", "成文日期"}
    assert any("没有附件说明" in one.what for one in form.findings(read(*TEXT, *annexes)))


RATE = figure("part_rate", "参保率", "96.0745", "percent")
FELL = figure("part_rate", "参保率", "-1.205", "points", column="last_year_change", size=True)
INSURED = figure("part_rate", "参保率", "99561", "count", column="numerator")
ALL = (RATE, FELL, INSURED)
SAID = "截至9月底，全县参保[[part_rate#2|99561]]人，参保率[[part_rate#0|96.07%]]，比去年同期下降[[part_rate#1|1.21个百分点]]。"


def told(text: str, published: Sequence[Figure] = ALL) -> list[str]:
    document = read(paragraph(text), figures=trace.to_json(ALL))
    found, lost = numbers.bound(document)
    values = {one.origin: one.value for one in published}
    return [
        one.rule
        for one in (
            *lost,
            *numbers.changed_by_hand(found),
            *numbers.against_generation(found, lambda asked: values[asked.origin]),
            *numbers.direction(found),
            *balance.one_figure_twice(found),
        )
    ]


def test_numbers_are_those_of_their_trace_and_of_the_generation() -> None:
    assert told(SAID) == []
    assert told(SAID.replace("96.07%", "96.70%")) == ["手工改动"]
    assert told(SAID.replace("part_rate#2", "part_rate#7")) == ["数据来源"]
    assert told(SAID.replace("下降", "提高")) == ["增减方向"]
    assert told(SAID + "参保率[[part_rate#0|96.06%]]。") == ["手工改动", "表间校核"]
    restated = figure("part_rate", "参保率", "96.0746", "percent")
    assert told(SAID, (restated, FELL, INSURED)) == ["已发布的数"]


def test_a_cell_that_is_no_longer_published_is_named() -> None:
    def gone(asked: Figure) -> Decimal | None:
        raise Problem("没有这个数", where="indicator_trend", todo="请确认期间。")

    found, _ = numbers.bound(read(paragraph(SAID), figures=trace.to_json(ALL)))
    assert {one.what for one in numbers.against_generation(found, gone)} == {"没有这个数"}


def test_numbers_without_a_control_are_found_among_those_published() -> None:
    known = Published(
        [
            (
                "part_rate",
                (("percent", Decimal("96.0745")), ("points", Decimal("-1.205")), ("amount", Decimal(99561))),
            ),
            ("part_rate", (("percent", Decimal("92.8")), ("points", Decimal("1.205")))),
            ("fund_use_rate", (("percent", Decimal("72.8549")),)),
            ("fund_arrival_rate", (("amount", Decimal(154582900)),)),
        ],
        {"参保率": "part_rate", "特殊人群参保率": "part_rate_priority", "基金使用率": "fund_use_rate"},
    )

    def unaccounted(text: str) -> list[tuple[str, str]]:
        return [(one.rule, one.level) for one in free_numbers.unaccounted(read(paragraph(text)), known)]

    text = "截至9月底，全县参保9.96万人，参保率96.07%，比去年同期下降1.21个百分点，到位15458.29万元（1.55亿元）。"
    assert unaccounted("一、2026年1-9月，2027参保年度，示医保〔2026〕9号，附件2，3个方面。" + text) == []
    assert unaccounted("基金使用率72.85%，参保率72.85%。") == [("张冠李戴", "error")]
    assert unaccounted("特殊人群参保率96.07%。") == [("张冠李戴", "error")]
    assert unaccounted("参保率96.07%，比去年同期提高1.21个百分点。") == [("增减方向", "error")]
    assert unaccounted("参保率92.80%，比去年同期提高1.21个百分点。") == []
    assert unaccounted("参保率96.08%。") == [("数字无来源", "error")]
    assert unaccounted("到位15458.92万元。") == [("数字无来源", "warning")]


def test_tables_add_up() -> None:
    head = ("乡镇", "参保人数", "占比（%）", "参保率（%）")
    rows = [head, ("示例一乡", "60000", "60.26", "98.36"), ("示例二镇", "39561", "39.74", "92.80")]

    def unequal(*total: str, note: str = "") -> list[str]:
        document = read(table([*rows, total]), paragraph(note))
        return [one.what for one in balance.totals(document, ())]

    assert unequal("合计", "99561", "100.00", "96.07") == []
    assert unequal("合计", "99651", "100.00", "96.07") == ["参保人数各行相加是99561，合计写99651，相差90"]
    assert unequal("合计", "99651", "100.00", "96.07", note="注：合计单独上报，与各行之和不一致。") == []


def test_changes_in_a_table_are_differences_or_shares() -> None:
    head = ("指标", "本年累计", "去年同期", "增减")
    rows = [head, ("参保率（%）", "96.07", "97.28", "-1.21"), ("次均费用（元）", "110.00", "100.00", "10.00")]
    assert list(balance.changes(read(table(rows)))) == []
    found = list(balance.changes(read(table([*rows, ("住院人次", "120", "100", "25.00")]))))
    assert [one.what for one in found] == ["住院人次：120减去100是20，表中写25.00"]


def test_a_sheet_adds_up_between_its_head_and_its_notes() -> None:
    def found(total: int) -> list[str]:
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream) as book:
            sheet = book.add_worksheet("参保")
            sheet.merge_range(0, 0, 0, 1, "各乡镇参保率及参保人数表")
            sheet.write(1, 1, "单位：人，%")
            rows = [["乡镇", "参保人数"], ["示例一乡", 60000], ["示例二镇", 39561]]
            for number, row in enumerate(rows, start=2):
                sheet.write_row(number, 0, row)
            sheet.write(5, 0, "合计")
            sheet.write_formula(5, 1, "=SUM(B4:B5)", None, total)
            sheet.write_column(6, 0, ["注：1. 期末数。", "2. 户籍口径。", "单位负责人："])
        stream.seek(0)
        return [one.place for one in balance.totals(sheet_file.read(stream, "附表.xlsx"), ())]

    assert found(99561) == []
    assert found(99651) == ["参保 第6行第2列“99651”"]


def test_the_cells_of_our_workbook_are_those_of_its_list_of_sources() -> None:
    due = figure("fund_arrival_rate", "资金到位率", "162962160", "wan", column="denominator")
    nothing = figure("part_rate", "参保率", None, "percent")

    def found(*cells: float | str) -> list[str]:
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream) as book:
            form, list_ = book.add_worksheet("表1 参保"), book.add_worksheet("数据来源")
            form.write_row(8, 1, cells)
            list_.write_row(0, 0, ["序号", "位置", *trace.HEAD[1:]])
            told = json.loads(trace.to_json((RATE, due, nothing)))
            for row, (at, one) in enumerate(zip("BCD", told, strict=True), start=1):
                list_.write_row(
                    row, 0, [str(row), f"'表1 参保'!{at}9", *(one[name] for name in trace.HEAD[1:])]
                )
        stream.seek(0)
        numbers_ = sheet_numbers.sources(sheet_file.read(stream, "附表.xlsx"))
        return [one.place for one in sheet_numbers.changed_by_hand(numbers_)]

    assert found(96.0745, 16296.216, "—") == []
    assert found(96.1745, 16296.22, 0) == [
        "表1 参保 第9行第2列“96.1745”",
        "表1 参保 第9行第3列“16296.22”",
        "表1 参保 第9行第4列“0”",
    ]


def test_a_sentence_is_found_in_its_paragraph() -> None:
    found = list(sentences(read(paragraph("前一段。"), paragraph("转出率由15.62%下降到19.18%。"))))
    assert [one.place for one in found] == ["第4段“转出率由15.62%下降…”"]


def test_what_cannot_be_read_is_a_problem() -> None:
    with pytest.raises(Problem, match=r"不是能读的 Word 文档"):
        word_file.read(io.BytesIO(b"PK"), "月报.docx")
    with pytest.raises(Problem, match=r"不是能读的 Excel 工作簿"):
        sheet_file.read(io.BytesIO(b"PK"), "附表.xlsx")


def test_a_note_on_an_earlier_report_does_not_make_the_document_one_of_its_period() -> None:
    own = figure("part_rate", "参保率", "95.24", "percent")
    before = Figure(
        Origin("mart_restatement", "value", (("period", "2026-08"),), "part_rate", "参保率"),
        Decimal("95.28"),
        "percent",
    )
    told = Document((), figures=trace.to_json([before, own, before]))
    assert numbers.period_of(told) == dict(own.origin.keys)["period"] != "2026-08"
