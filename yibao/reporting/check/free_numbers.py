"""Rules on the numbers outside content controls: each is published, under the indicator that the words beside it name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from yibao.reporting.check.document import Document, Passage
from yibao.reporting.check.finding import Finding
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
            named = _names(text[start : start + len(sentence)], known)
            for one in quantities(sentence):
                if one.scale > 1 or one.decimals or one.unit in _TOLD_UNITS or one.number >= 100:
                    way = told_direction(text[start : start + one.start])
                    yield from _accounted(passage, sentence, one, named(one), known, way)


def _accounted(
    passage: Passage, sentence: str, one: Quantity, code: str | None, known: Published, way: int
) -> Iterator[Finding]:
    codes = known.codes(one)
    own = {"", *known.family(code)} if code is not None else set()
    said = passage.text.strip() if len(passage.text) < _SENTENCE_SHOWN else sentence.strip().replace("□", "")
    if code is not None and codes and not codes & own:
        others = "、".join(sorted(known.name(other) for other in codes)[:3])
        yield Finding(
            "张冠李戴",
            "error",
            passage.named,
            f"“{one.text}”写成{known.name(code)}，已发布的数中它是{others}的数：{said}",
            "请核对指标名称和数，改正其中一个。",
        )
    elif code is not None and codes and not known.codes(one, way) & own:
        yield Finding(
            "增减方向",
            "error",
            passage.named,
            f"{known.name(code)}的变化“{one.text}”，已发布的是{WAYS_ZH[-way]}，文中写的是{WAYS_ZH[way]}：{said}",
            f"请改为{WAYS_ZH[-way]}。",
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
