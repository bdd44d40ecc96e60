"""Rules on judging words: they stand only beside numbers that bear them out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from yibao.reporting.check.changes import DOWN, UP
from yibao.reporting.check.finding import Fault
from yibao.reporting.check.quantity import (
    PERCENT,
    POINTS,
    clause,
    paragraphs,
    quantities,
    sentences,
)

# how large a change must be, or how small, for the word (points, or per cent of the base)
_LARGE = Decimal(5)
_SMALL = Decimal(1)
_LARGE_WORDS = re.compile(r"大幅度?|显著|明显|成倍|突飞猛进")
_SMALL_WORDS = re.compile(r"小幅|略[有多少高低增降升超]|基本持平|平稳|稳中有")
_DONE_WORDS = re.compile(r"圆满|全面完成|超额完成|胜利完成")
_PRAISE = re.compile(r"喜人|可观|成效突出|卓有成效|再创新高|运行良好|形势良好|良好态势|持续向好")


def slight_surplus(text: str) -> Iterator[Fault]:
    """略有结余 is to be borne out by the income and the expense of the same paragraph."""
    for at, paragraph in paragraphs(text):
        word = re.search(r"略有结余|略有盈余", paragraph)
        if word is None or re.search(r"原则|“[^”]*略有", paragraph):
            continue
        amounts = [one for one in quantities(paragraph) if one.unit == "元"]
        income = [one for one in amounts if re.search(r"征缴|收入|筹集", clause(paragraph, one))]
        expense = [one for one in amounts if re.search(r"支出", clause(paragraph, one))]
        if not income or not expense:
            what = f"“{word.group()}”：同一段里没有收入和支出的数支持它"
        else:
            left = sum((one.value for one in income), Decimal(0)) - sum(
                (one.value for one in expense), Decimal(0)
            )
            total = sum((one.value for one in income), Decimal(0))
            if 0 <= left <= total / 20:
                continue
            what = (
                f"“{word.group()}”：文中收入合计减去支出合计为{(left / 10**4).normalize():f}万元，不支持这句话"
                "（若另有其他收入，文中没有写出）"
            )
        yield Fault(
            what, "请写出全部收入、支出和当期结余的数额，或删去这句话。", "warning", at + word.start()
        )


def slightly(text: str) -> Iterator[Fault]:
    """比X略多: the two amounts differ by no more than 5 per cent."""
    for at, sentence in sentences(text):
        word = re.search(r"略[多少高低]", sentence)
        if word is None:
            continue
        amounts = [one for one in quantities(sentence[: word.start()]) if one.unit == "元"]
        if len(amounts) < 2 or "比" not in sentence[amounts[-2].end : amounts[-1].start]:
            continue
        now, base = amounts[-2:]
        if base.value == 0:
            continue
        apart = (now.value / base.value - 1) * 100
        if abs(apart) > 5 or (apart > 0) != (word.group()[1] in "多高"):
            yield Fault(
                f"“{now.text}”与“{base.text}”相差{abs(apart):.2f}%，不能说“{word.group()}”",
                "请删去这个词，直接写出相差的数额和比例；超过控制线的要作为问题写明。",
                at=at + word.start(),
            )


def forecast_balance(text: str) -> Iterator[Fault]:
    """The balance expected at the end is today's less what is still to be spent."""
    for at, sentence in sentences(text):
        amounts = [one for one in quantities(sentence) if one.unit == "元"]
        balances = [
            one
            for one in amounts
            if re.search(r"(?:结余|结存)(?:资金|基金)?(?:为|是|达到?|约|在)*$", sentence[: one.start])
        ]
        if len(balances) != 2 or not re.search(
            r"预计|预测|年底", sentence[balances[0].end : balances[1].start]
        ):
            continue
        now, end = balances
        told = [
            one
            for one in amounts
            if now.end < one.start < end.start and re.search(r"支出", sentence[now.end : one.start])
        ]
        spending = told[0].value if told else _still_to_spend(text[:at])
        if spending is None or end.allows(now.value - spending):
            continue
        yield Fault(
            f"现结余{now.text}，还要支出{_wan(spending)}，期末应为{_wan(now.value - spending)}，文中写{end.text}",
            "请重算预计结余，或写明其他收入。",
            at=at + end.start,
        )


def judging(text: str) -> Iterator[Fault]:
    """A judging word stands only beside a number of the same sentence that bears it out."""
    for at, sentence in sentences(text):
        changes = [
            abs(one.number)
            for one in quantities(sentence)
            if one.unit in (POINTS, PERCENT) and re.search(rf"(?:{UP}|{DOWN})[^，]*$", sentence[: one.start])
        ]
        reached = [one for one in quantities(sentence) if one.unit == PERCENT and one.value >= 100]
        for pattern, supported, need in (
            (_LARGE_WORDS, any(change >= _LARGE for change in changes), "增减达到5个百分点（或5%）以上"),
            (_SMALL_WORDS, any(change <= _SMALL for change in changes), "增减不超过1个百分点（或1%）"),
            (_DONE_WORDS, "完成" in sentence and bool(reached), "完成率达到100%"),
            (_PRAISE, False, "指标目录中的目标或控制线"),
        ):
            for word in pattern.finditer(sentence):
                if supported or sentence[word.start() :].startswith("略有结余"):
                    continue
                if re.match(r"略[多少高低]", word.group()) and "元" in sentence[: word.start()]:
                    continue  # `slightly` has the two amounts
                yield Fault(
                    f"“{word.group()}”是评价用语，同一句里没有数据支持（需要{need}）",
                    "请换成具体的数和增减，或删去这个词。",
                    "warning",
                    at + word.start(),
                )


def _still_to_spend(text: str) -> Decimal | None:
    """What the text before says: the whole year's expected expense less what was spent so far."""
    amounts = [one for one in quantities(text) if one.unit == "元"]
    spent = [one for one in amounts if re.search(r"已(?:经)?支出了?$", text[: one.start])]
    whole = [one for one in amounts if re.search(r"预计全年[^，。；]*支出$", text[: one.start])]
    return whole[-1].value - spent[-1].value if spent and whole else None


def _wan(value: Decimal) -> str:
    return f"{(value / 10**4).normalize():f}万元"
