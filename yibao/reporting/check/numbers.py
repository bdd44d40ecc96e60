"""Rules on the numbers in content controls: against their trace, and the trace against the generation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from yibao import formatting
from yibao.problem import Problem
from yibao.reporting import trace
from yibao.reporting.check.document import Control, Document, Passage
from yibao.reporting.check.finding import Finding
from yibao.reporting.content import Figure

TAG = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)#(\d+)")
_RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
# also 高于目标（95.00%）, then the number
_UP_TO = r"(?:了|(?:目标|任务|预警线|控制线)?（[^）]*）)?$"
_DIRECTION = re.compile(rf"(提高|提升|上升|增加|增长|高于){_UP_TO}|(下降|降低|减少|低于){_UP_TO}")
WAYS_ZH = {1: "提高（增加）", -1: "下降（减少）", 0: "持平"}
_PERIOD = re.compile(r"(\d{4})年(\d{1,2})月")

LookUp: TypeAlias = Callable[[Figure], Decimal | None]


@dataclass(frozen=True)
class Bound:
    """A content control of ours, with the figure that the file says it shows."""

    passage: Passage
    control: Control
    figure: Figure

    @property
    def shown(self) -> str:
        """What stands there now."""
        return self.passage.text[self.control.start : self.control.end].strip()


def carried(document: Document) -> tuple[Figure, ...]:
    """The figures that the file carries along; none for a file that is not ours, or whose list is broken."""
    try:
        return trace.from_json(document.figures or "[]")
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return ()


def bound(document: Document) -> tuple[tuple[Bound, ...], tuple[Finding, ...]]:
    """The controls that lead to a figure, and findings about those that do not."""
    figures = carried(document)
    told: list[Finding] = []
    found: list[Bound] = []
    if document.figures is None and any(_RUN_ID.search(foot.text) for foot in document.feet):
        told.append(
            Finding(
                "数据来源",
                "warning",
                "全文",
                "页脚有运行号，随带的数据清单却不在了：可能用别的软件另存过，每个数只能按文字核对",
                "请用 Word 或 WPS 编辑原文件；要逐个核对的，请用 yibao report 重新生成。",
            )
        )
    if document.figures is not None and not figures:
        told.append(
            Finding(
                "数据来源",
                "warning",
                "全文",
                "文件里随带的数据清单是空的或者已损坏",
                "请用 yibao report 重新生成这份文件。",
            )
        )
    for passage in document.everything() if figures else ():
        for control in passage.controls:
            tag = TAG.fullmatch(control.tag)
            if tag is None:
                continue
            number = int(tag[2])
            if number < len(figures) and figures[number].origin.code.startswith(tag[1]):
                found.append(Bound(passage, control, figures[number]))
            else:
                told.append(
                    Finding(
                        "数据来源",
                        "error",
                        passage.named,
                        f"“{passage.text[control.start : control.end]}”（{control.tag}）在随带的数据清单中没有",
                        "这个数可能从另一份文件粘贴而来，请用 yibao report 重新生成。",
                    )
                )
    return tuple(found), tuple(told)


def listed(place: str, figures: Sequence[Figure]) -> tuple[Bound, ...]:
    """The figures of a trace without its document, as if each stood there as it was printed."""
    return tuple(
        Bound(
            Passage(f"{place}第{row}行", text := one.text + one.unit),
            Control(one.origin.code, 0, len(text)),
            one,
        )
        for row, one in enumerate(figures, start=2)
    )


def changed_by_hand(numbers: Sequence[Bound]) -> Iterator[Finding]:
    """What is printed is what the trace says."""
    for one in numbers:
        wanted = one.figure.text + one.figure.unit
        if one.shown.replace(",", "") not in (one.figure.text, wanted):
            yield Finding(
                "手工改动",
                "error",
                one.passage.named,
                f"{one.figure.origin.name_zh}写的是“{one.shown}”，生成时是“{wanted}”",
                "请改回原数；数据有误的，请更正数据后重新生成。",
            )


def against_generation(numbers: Sequence[Bound], look_up: LookUp) -> Iterator[Finding]:
    """What the trace says is what is published now."""
    asked: dict[Figure, Finding | None] = {}
    for one in numbers:
        if one.figure in asked:
            continue
        asked[one.figure] = None
        try:
            published = look_up(one.figure)
        except Problem as problem:
            yield Finding("已发布的数", "error", one.passage.named, problem.what, problem.todo)
            continue
        if published != one.figure.value:
            now = Figure(one.figure.origin, published, one.figure.kind, one.figure.size_only)
            yield Finding(
                "已发布的数",
                "error",
                one.passage.named,
                f"{one.figure.origin.name_zh}写的是“{one.figure.text}{one.figure.unit}”，"
                f"已发布的是“{now.text}{now.unit}”",
                "报告之后数据重新发布过：请重新生成报告；已报送的按更正办理。",
            )


def other_run(document: Document, run_id: str) -> Iterator[Finding]:
    """The run in the foot is the one that is published."""
    texts = [foot.text for foot in document.feet] + [passage.text for passage in document.everything()]
    for other in dict.fromkeys(found for text in texts for found in _RUN_ID.findall(text)):
        if other != run_id:
            yield Finding(
                "运行号",
                "warning",
                "页脚",
                f"文件出自运行 {other}，现在已发布的是 {run_id}",
                "请确认要核对的是哪一次发布；需要最新数据的请重新生成。",
            )


def direction(numbers: Sequence[Bound]) -> Iterator[Finding]:
    """提高 and 增加 stand before a change above zero, 下降 and 减少 before one below, by its exact value."""
    for one in numbers:
        value = one.figure.value
        if one.figure.kind not in ("points", "change", "times") and one.figure.origin.minus is None:
            continue
        told = told_direction(one.passage.text[: one.control.start])
        if value is None or not told:
            continue
        rounded = formatting.half_up(value.scaleb(-4) if one.figure.kind == "wan" else value, 2)
        way = (rounded > 0) - (rounded < 0)
        if told != way:
            yield Finding(
                "增减方向",
                "error",
                one.passage.named,
                f"{one.figure.origin.name_zh}的变化是{rounded}，文中写的是{WAYS_ZH[told]}",
                f"请改为{WAYS_ZH[way]}。",
            )


def told_direction(before: str) -> int:
    """1 or -1 as the words just before a number say that something rose or fell; 0 where they do not."""
    word = _DIRECTION.search(before)
    return 0 if word is None else 1 if word[1] else -1


def period_of(document: Document) -> str:
    """The month (YYYY-MM) that the file is about: of most of its figures, else the first one named; empty where none is."""
    # of `2026-01..2026-09` the last month; a note on what was sent before tells of an earlier one
    keys = (
        key
        for one in carried(document)
        if not one.origin.table.startswith("mart_restatement")
        for key in one.origin.keys
    )
    periods = Counter(value.rpartition(".")[2] for name, value in keys if name == "period")
    if periods:
        return periods.most_common(1)[0][0]
    for passage in document.passages:
        found = _PERIOD.search(passage.text)
        if found:
            return f"{found[1]}-{int(found[2]):02}"
    return ""


def region_of(document: Document) -> str:
    """The region code of most figures, the shortest of them; empty (all that is published) for a file that is not ours."""
    regions = [value for one in carried(document) for name, value in one.origin.keys if name == "region_code"]
    return min(regions, key=len, default="")
