"""Rules on the numbers outside content controls: each is published, under the indicator that the words beside it name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from yibao.reporting.check.changes import CHANGED_DIRECTLY
from yibao.reporting.check.document import Document, Passage
from yibao.reporting.check.finding import Finding, Level
from yibao.reporting.check.numbers import TAG, WAYS_ZH, told_direction
from yibao.reporting.check.published import Published
from yibao.reporting.check.quantity import PERCENT, POINTS, TIMES, Quantity, quantities, sentences, tidy

_TOLD_UNITS = frozenset(
    (PERCENT, POINTS, TIMES, "元", "元/人", "人", "人次", "例次", "家次", "家", "天", "个月")
)
_SENTENCE_SHOWN = 40
# from here on the words of the clause before still say what the number is
_GOES_ON = re.compile(r"^，?(?:比|较|同比|环比|与|去年|上年|上月|完成|高于|低于|目标)")


def unaccounted(document: Document, known: Published) -> Iterator[Finding]:
    """Numbers in the text outside content controls: each is published, and under the indicator whose name stands by it."""
    for passage in document.passages:
        text = tidy(passage.text)
        free = "".join(
            "□"
            if any(
                control.start <= at < control.end and TAG.fullmatch(control.tag)
                for control in passage.controls
            )
            else letter
            for at, letter in enumerate(text)
        )
        for start, sentence in sentences(free):
            yield from _Sentence(passage, sentence, text[start : start + len(sentence)], known).findings()


@dataclass(frozen=True)
class _Sentence:
    """A sentence with (`text`) and without the numbers in content controls (`free`)."""

    passage: Passage
    free: str
    text: str
    known: Published

    def findings(self) -> Iterator[Finding]:
        named = _names(self.text, self.known)
        # the number that the changes behind it belong to, and the rows it may stand for
        anchor: Quantity | None = None
        anchored: set[int] = set()
        for one in quantities(self.free):
            if not (one.scale > 1 or one.decimals or one.unit in _TOLD_UNITS or one.number >= 100):
                continue
            code, way = named(one), told_direction(self.text[: one.start])
            own = {"", *self.known.family(code, self.text[: one.start])} if code is not None else set()
            rows = {row for row in self.known.rows(one) if code is None or self.known.codes((row,)) & own}
            if not way and not (anchor and code and code == named(anchor)):
                anchor, anchored = one, rows
            belongs = anchor is not None and (
                self._follows(anchor, one) or (code is not None and code == named(anchor))
            )
            yield from self._accounted(one, code, way, rows, anchored if belongs else set())

    def _follows(self, anchor: Quantity, one: Quantity) -> bool:
        """Whether the change is that of the number before it: nothing but 比去年同期 and the like between them."""
        return CHANGED_DIRECTLY.match(self.text[anchor.end : one.start]) is not None

    def _accounted(
        self, one: Quantity, code: str | None, way: int, rows: set[int], anchored: set[int]
    ) -> Iterator[Finding]:
        """`rows`: where the number is published under the name; `anchored`: the rows it has to be one of, if any."""
        name = self.known.name(code) if code is not None else "各指标"
        anywhere = self.known.codes(self.known.rows(one))
        in_way = self.known.rows(one, way)
        if code is not None and anywhere and not rows:
            others = "、".join(sorted(self.known.name(other) for other in anywhere)[:3])
            yield self._finding(
                "张冠李戴",
                "error",
                f"“{one.text}”写成{name}，已发布的数中它是{others}的数",
                "请核对指标名称和数，改正其中一个。",
            )
        elif not anywhere:
            yield self._finding(
                "数字无来源",
                "error" if code is not None else "warning",
                f"“{one.text}”在本期已发布的{name}中没有",
                "请核对这个数；引自其他材料的，请注明来源。",
            )
        elif way and (anchored and anchored & self.known.rows(one, -way) and not anchored & in_way):
            yield self._finding(
                "增减方向",
                "error",
                f"“{one.text}”已发布的是{WAYS_ZH[-way]}，文中写的是{WAYS_ZH[way]}",
                f"请改为{WAYS_ZH[-way]}。",
            )
        elif way and ((anchored and not anchored & in_way) or (code is not None and not rows & in_way)):
            yield self._finding(
                "增减与本数不符",
                "error",
                f"变化“{WAYS_ZH[way]}{one.text}”与前面的数不是已发布的同一个数的",
                "请核对基期和增减数。",
            )

    def _finding(self, rule: str, level: Level, what: str, todo: str) -> Finding:
        text = self.passage.text.strip()
        said = text if len(text) < _SENTENCE_SHOWN else self.text.strip()
        return Finding(rule, level, self.passage.named, f"{what}：{said}", todo)


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
