"""Rules on what rose or fell: the word by the two numbers, the size by both, the unit by what is measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from yibao.reporting.check.finding import Fault
from yibao.reporting.check.quantity import (
    PERCENT,
    POINTS,
    TIMES,
    Quantity,
    measured,
    quantities,
    sentences,
    short,
)

UP = "提高|提升|上升|增加|增长|扩大|上涨|回升|增|升"
DOWN = "下降|降低|减少|回落|缩小|下调|下滑|降|减"
_RISES = re.compile(UP)
_REACHES = re.compile(rf"({UP}|{DOWN})(?:到|至|为)(?=[^，]{{0,8}}$)")
_BY = re.compile(rf"^[^，]{{0,12}}?，?(?:同比|环比)?[^，]{{0,12}}?({UP}|{DOWN})了?[^，]{{0,2}}$")
_CHANGED = re.compile(rf"({UP}|{DOWN})(?:了|约|近|超过)*$")
_THEN = re.compile(r"(?<![由从])(?:去年同期|上年同期|去年|上年|上月)(?:末|底)?(?:数)?(?:的|为|是)?$")
# between a number and its change: nothing but the base
CHANGED_DIRECTLY = re.compile(
    r"^[，（）]*(?:比|较|同比|环比|与)?(?:去年同期|上年同期|去年|上年|上月|同期|上期)*(?:相比)?，?"
    rf"(?:{UP}|{DOWN})(?:了|约|近)*$"
)
_RATIO_NAME = re.compile(r"(?:率|比|占比|比重|比例)(?:口径）|（[^）]*）)?(?:为|是|达到?|达|约|近)*$")
_AMOUNTS = ("元", "人", "人次", "家", "件", "例")


def from_to(text: str) -> Iterator[Fault]:
    """由X下降到Y，下降了Z个百分点: the word by X and Y, and Z by both."""
    for at, sentence, numbers in measured(text):
        for before, now, later in zip(numbers, numbers[1:], (*numbers[2:], None), strict=False):
            between = sentence[before.end : now.start]
            word = _REACHES.search(between)
            origin = sentence[: before.start]
            if word is None or before.unit != now.unit or not re.search(r"[由从][^由从]{0,30}$", origin):
                continue
            yield from _direction(word.group(1), before, now, at + now.start)
            by = _BY.match(sentence[now.end : later.start]) if later is not None else None
            if later is not None and by is not None:
                yield from _size(by.group(1), before, now, later, at + later.start)


def against_last(text: str) -> Iterator[Fault]:
    """X，去年同期Y，下降Z: the word by X and Y, and Z by both."""
    for at, sentence, numbers in measured(text):
        for now, before, later in zip(numbers, numbers[1:], numbers[2:], strict=False):
            if before.unit != now.unit or not _THEN.search(sentence[now.end : before.start]):
                continue
            if "，" in sentence[now.end : before.start].strip("，（"):
                continue
            by = CHANGED_DIRECTLY.match(sentence[before.end : later.start])
            word = re.search(rf"{UP}|{DOWN}", sentence[before.end : later.start])
            if by is None or word is None:
                continue
            yield from _size(word.group(), before, now, later, at + later.start)


def sign(text: str) -> Iterator[Fault]:
    """提高 and 下降 carry the sign: the number behind them is above zero, and a rounded zero is 持平."""
    for at, sentence in sentences(text):
        for one in quantities(sentence):
            word = _CHANGED.search(sentence[: one.start])
            if word is None or one.value > 0:
                continue
            if one.value < 0:
                yield Fault(
                    f"“{word.group(1)}{one.text}”：增减词后面跟着负数，方向说不清",
                    "请去掉负号，并按数的正负改用“提高”或“下降”。",
                    at=at + one.start,
                )
            elif one.unit in (POINTS, PERCENT):
                yield Fault(
                    f"“{word.group(1)}{one.text}”：四舍五入后没有变化",
                    "变化为零时请写“持平”。",
                    at=at + one.start,
                )


def change_unit(text: str) -> Iterator[Fault]:
    """A ratio changes by 个百分点, an amount by % (or in its own unit)."""
    for at, sentence, numbers in measured(text):
        for one, changed in pairwise(numbers):
            if not CHANGED_DIRECTLY.match(sentence[one.end : changed.start]):
                continue
            if one.unit == PERCENT and changed.unit == PERCENT and _RATIO_NAME.search(sentence[: one.start]):
                yield Fault(
                    f"“{short(sentence, one.start, changed.end)}”：比率的变化写成了“%”",
                    "比率的增减请写“个百分点”（现值减去基期值）。",
                    at=at + changed.start,
                )
            elif one.unit in _AMOUNTS and changed.unit == POINTS:
                yield Fault(
                    f"“{short(sentence, one.start, changed.end)}”：金额、人数的变化写成了“个百分点”",
                    "金额和人数的增减请写“%”或写增减的数额。",
                    at=at + changed.start,
                )


def _direction(word: str, before: Quantity, now: Quantity, at: int) -> Iterator[Fault]:
    rises = bool(_RISES.match(word))
    if before.value == now.value or rises == (now.value > before.value):
        return
    right = "提高（增加）" if now.value > before.value else "下降（减少）"
    yield Fault(f"由{before.text}到{now.text}是{right}，文中写“{word}”", f"请把“{word}”改为{right}。", at=at)


def _size(word: str, before: Quantity, now: Quantity, by: Quantity, at: int) -> Iterator[Fault]:
    """Whether `by` is the change from `before` to `now`, in whatever unit it is told."""
    moved = now.value - before.value
    slack = now.slack + before.slack
    yield from _direction(word, before, now, at)
    if by.unit == TIMES and before.value:
        growth, level = moved / before.value, now.value / before.value
        if not by.allows(abs(growth), slack / before.value):
            more = f"现值是基数的{level:.2f}倍，不是增长{level:.2f}倍；" if by.allows(level) else ""
            yield Fault(
                f"由{before.text}到{now.text}，增长{growth:.2f}倍，文中写“{by.text}”",
                f"{more}增长倍数=（现值-基数）÷基数，请改为增长{growth:.2f}倍或增长{growth * 100:.2f}%。",
                at=at,
            )
    elif by.unit == PERCENT and before.unit != PERCENT and before.value:
        share = moved / before.value * 100
        if not by.allows(abs(share), slack / before.value * 200):
            yield Fault(
                f"由{before.text}到{now.text}，变化{share:.2f}%，文中写{by.text}", "请重算增减百分比。", at=at
            )
    elif by.unit == PERCENT:
        yield Fault(
            f"由{before.text}到{now.text}，变化{abs(moved)}个百分点，文中写“{by.text}”",
            "比率的增减请写“个百分点”（现值减去基期值）。",
            at=at,
        )
    elif by.unit == POINTS and before.unit != PERCENT:
        yield Fault(
            f"由{before.text}到{now.text}不是比率，增减写成了“个百分点”",
            "金额和人数的增减请写“%”或写增减的数额。",
            at=at,
        )
    elif (by.unit == POINTS or by.unit == before.unit) and not by.allows(abs(moved), slack):
        shown = abs(moved) / before.scale
        yield Fault(
            f"由{before.text}到{now.text}，相差{shown}，文中写{by.text}",
            "请重算增减数（现值减去基期值）。",
            at=at,
        )
