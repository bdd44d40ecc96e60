"""Rules on numbers: those in content controls against their trace and the generation, all others against what is published."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from yibao import formatting
from yibao.figures import Figures, alert_rules, catalogue
from yibao.problem import Problem
from yibao.reporting import trace
from yibao.reporting.check.document import Control, Document, Passage
from yibao.reporting.check.finding import Finding
from yibao.reporting.check.quantity import PERCENT, POINTS, TIMES, Quantity, quantities, sentences, tidy
from yibao.reporting.content import Figure

_TAG = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)#(\d+)")
_RUN_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
# 高于目标（95.00%）, then the number
_UP_TO = r"(?:了|(?:目标|任务|预警线)?（[^）]*）)?$"
_PERIOD = re.compile(r"(\d{4})年(\d{1,2})月")
# from here on the words of the clause before still say what the number is
_GOES_ON = re.compile(r"^，?(?:比|较|同比|环比|与|去年|上年|上月|完成|高于|低于|目标)")

_TOLD_UNITS = frozenset(
    (PERCENT, POINTS, TIMES, "元", "元/人", "人", "人次", "例次", "家次", "家", "天", "个月")
)
_SENTENCE_SHOWN = 40

# what was inspected and paid back is in no indicator, but in every report
_SUPERVISED = """
    select [
        sum(inspection_visits), count(distinct inst_code), sum(findings_total), sum(findings_closed), sum(cases),
        sum(violation_amount), sum(recovered_amount), sum(refused_amount), sum(fine_amount), sum(actions_interview),
        sum(actions_suspend), sum(actions_terminate), sum(actions_fine)
    ]
    from mart_supervision
    where period between ? and ? and coalesce(starts_with(region_code, ?), true)
"""

LookUp: TypeAlias = Callable[[Figure], Decimal | None]
Measured: TypeAlias = Literal["percent", "points", "amount"]


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
            tag = _TAG.fullmatch(control.tag)
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
        before = one.passage.text[: one.control.start]
        word = re.search(rf"(提高|提升|上升|增加|增长|高于){_UP_TO}|(下降|降低|减少|低于){_UP_TO}", before)
        if value is None or word is None:
            continue
        rounded = formatting.half_up(value.scaleb(-4) if one.figure.kind == "wan" else value, 2)
        right = {1: "提高（增加）", -1: "下降（减少）", 0: "持平"}[(rounded > 0) - (rounded < 0)]
        if (rounded > 0, rounded < 0) != (bool(word[1]), bool(word[2])):
            yield Finding(
                "增减方向",
                "error",
                one.passage.named,
                f"{one.figure.origin.name_zh}的变化是{rounded}，文中写“{word[1] or word[2]}”",
                f"请把“{word[1] or word[2]}”改为{right}。",
            )


class Published:
    """What the published cells of a period print as, by their kind: per cent, points, or an amount (yuan, persons, days)."""

    def __init__(self, cells: Iterable[tuple[Measured, Decimal, str]], names: Mapping[str, str]) -> None:
        """`cells`: kind, exact value and code (empty: of no indicator); `names`: code by Chinese name."""
        self._values: dict[Measured, dict[Decimal, set[str]]] = {"percent": {}, "points": {}, "amount": {}}
        for kind, value, code in cells:
            self._values[kind].setdefault(abs(value), set()).add(code)
        self.names = {
            tidy(name): code for name, code in sorted(names.items(), key=lambda item: -len(item[0]))
        }
        self._rounded: dict[tuple[Measured, int, int], dict[Decimal, set[str]]] = {}

    def codes(self, one: Quantity) -> set[str]:
        """The codes under which this number is published, whichever way it is rounded; none where it is not."""
        kinds: tuple[Measured, ...] = ("amount",)
        scale = one.scale
        if one.unit == PERCENT:
            kinds = ("percent",)
        elif one.unit == POINTS:
            kinds = ("points",)
        elif one.unit == TIMES:
            kinds, scale = ("percent",), 100
        elif not one.unit and one.scale == 1:
            kinds = ("amount", "percent", "points")
        found: set[str] = set()
        for kind in kinds:
            printed = self._printed(kind, scale, one.decimals)
            if one.hedge:
                for shown, codes in printed.items():
                    if one.allows(shown * one.scale):
                        found |= codes
            else:
                found |= printed.get(abs(one.number), set())
        return found

    def family(self, code: str) -> set[str]:
        """The code and its calibres: 参保率（常住口径） may be told as 参保率, its calibre before it."""
        stem = self.name(code).partition("（")[0]
        return {known for name, known in self.names.items() if name.partition("（")[0] == stem}

    def name(self, code: str) -> str:
        """The Chinese name of a code."""
        return next((name for name, known in self.names.items() if known == code), code)

    def _printed(self, kind: Measured, scale: int, decimals: int) -> dict[Decimal, set[str]]:
        key = (kind, scale, decimals)
        if key not in self._rounded:
            printed: dict[Decimal, set[str]] = {}
            for value, codes in self._values[kind].items():
                printed.setdefault(formatting.half_up(value / scale, decimals), set()).update(codes)
            self._rounded[key] = printed
        return self._rounded[key]


def published(
    figures: Figures, period: str, region_code: str, carried_figures: Sequence[Figure] = ()
) -> Published:
    """The cells of the period in the region and below it, the limits of the alert rules, and what the file carries."""
    known = catalogue(figures)
    cells: list[tuple[Measured, Decimal, str]] = []
    for row in figures.rows(
        _Cell,
        """
        select distinct
            trend.indicator_code, trend.value, trend.last_year_value, trend.last_year_change, trend.previous_value,
            trend.previous_change, trend.target_value, trend.completion, value.numerator, value.denominator,
            last.numerator, last.denominator
        from indicator_trend as trend
        inner join indicator_value as value
            using (period, period_mode, region_code, insutype, breakdown, breakdown_value, indicator_code)
        inner join dim_period on trend.period = dim_period.period
        left join indicator_value as last
            on
                last.period = dim_period.last_year_period
                and last.period_mode = trend.period_mode
                and last.region_code = trend.region_code
                and last.insutype = trend.insutype
                and last.breakdown = trend.breakdown
                and last.breakdown_value = trend.breakdown_value
                and last.indicator_code = trend.indicator_code
        where trend.period = ? and starts_with(trend.region_code, ?)
        """,
        (period, region_code),
        kept=False,
    ):
        ratio = known[row.code].unit == "percent"
        own: Measured = "percent" if ratio else "amount"
        told: tuple[tuple[Measured, Decimal | None], ...] = (
            *(
                (own, value)
                for value in (row.value, row.last_year_value, row.previous_value, row.target_value)
            ),
            *(
                ("points" if ratio else "percent", value)
                for value in (row.last_year_change, row.previous_change)
            ),
            ("percent", row.completion),
            ("amount", row.last_numerator),
            ("amount", row.last_denominator),
            # differences are told, though not published: 高于目标0.24个百分点, 比去年同期减少60.32元, 尚有未参保117人
            ("points" if ratio else "amount", _less(row.value, row.target_value)),
            ("points" if ratio else "amount", _less(row.value, row.last_year_value)),
            ("amount", _less(row.numerator, row.last_numerator)),
            ("amount", _less(row.denominator, row.last_denominator)),
            ("amount", _less(row.denominator, row.numerator)),
            ("amount", row.numerator),
            ("amount", row.denominator),
        )
        cells += [(kind, value, row.code) for kind, value in told if value is not None]
    for month in (f"{period[:4]}-01", period):
        for supervised in figures.rows(_Supervised, _SUPERVISED, (month, period, region_code), kept=False):
            cells += [("amount", Decimal(value), "") for value in supervised.numbers if value is not None]
    for rules in alert_rules(figures).values():
        cells += [("percent", rule.threshold, "") for rule in rules if rule.threshold is not None]
    for one in carried_figures:
        if one.value is not None:
            kind: Measured = "amount"
            if one.kind in ("percent", "change", "times"):
                kind = "percent"
            elif one.kind == "points":
                kind = "points"
            cells.append((kind, one.value, one.origin.code))
    return Published(cells, {indicator.name_zh: code for code, indicator in known.indicators.items()})


def unaccounted(document: Document, known: Published) -> Iterator[Finding]:
    """Numbers in the text outside content controls: each is published, and under the indicator whose name stands by it."""
    for passage in document.passages:
        text = tidy(passage.text)
        free = "".join(
            "□"
            if any(
                control.start <= at < control.end and _TAG.fullmatch(control.tag)
                for control in passage.controls
            )
            else letter
            for at, letter in enumerate(text)
        )
        for start, sentence in sentences(free):
            named = _names(text[start : start + len(sentence)], known)
            for one in quantities(sentence):
                if one.scale > 1 or one.decimals or one.unit in _TOLD_UNITS or one.number >= 100:
                    yield from _accounted(passage, sentence, one, named(one), known)


def period_of(document: Document) -> str:
    """The month (YYYY-MM) that the file is about: of most of its figures, else the first one named; empty where none is."""
    # of `2026-01..2026-09` the last month
    keys = (key for one in carried(document) for key in one.origin.keys)
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


@dataclass(frozen=True)
class _Cell:
    code: str
    value: Decimal | None
    last_year_value: Decimal | None
    last_year_change: Decimal | None
    previous_value: Decimal | None
    previous_change: Decimal | None
    target_value: Decimal | None
    completion: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    last_numerator: Decimal | None
    last_denominator: Decimal | None


@dataclass(frozen=True)
class _Supervised:
    numbers: list[Decimal | None]


def _less(value: Decimal | None, base: Decimal | None) -> Decimal | None:
    return None if value is None or base is None else value - base


def _accounted(
    passage: Passage, sentence: str, one: Quantity, code: str | None, known: Published
) -> Iterator[Finding]:
    codes = known.codes(one)
    said = passage.text.strip() if len(passage.text) < _SENTENCE_SHOWN else sentence.strip().replace("□", "")
    if code is not None and codes and not codes & {"", *known.family(code)}:
        others = "、".join(sorted(known.name(other) for other in codes)[:3])
        yield Finding(
            "张冠李戴",
            "error",
            passage.named,
            f"“{one.text}”写成{known.name(code)}，已发布的数中它是{others}的数：{said}",
            "请核对指标名称和数，改正其中一个。",
        )
    elif not codes:
        name = f"{known.name(code)}" if code is not None else "各指标"
        yield Finding(
            "数字无来源",
            "error" if code is not None else "warning",
            passage.named,
            f"“{one.text}”在本期已发布的{name}中没有：{said}",
            "请核对这个数；引自其他材料的，请注明来源。",
        )


def _names(sentence: str, known: Published) -> Callable[[Quantity], str | None]:
    """For a number of the sentence: the indicator named before it, in its clause or in one that it goes on from."""
    found: list[tuple[int, int, str]] = []
    for name, code in known.names.items():  # the longest first: 特殊人群参保率 is no 参保率
        for at in (match.start() for match in re.finditer(re.escape(name), sentence)):
            if not any(start <= at < end for start, end, _ in found):
                found.append((at, at + len(name), code))

    def named(one: Quantity) -> str | None:
        if one.unit not in (PERCENT, POINTS, "天", "个月"):
            return None
        before = [(end, code) for _, end, code in found if end <= one.start]
        if not before:
            return None
        end, code = max(before)
        parts = sentence[end : one.start].split("，")
        return code if all(_GOES_ON.match(part) for part in parts[1:]) else None

    return named
