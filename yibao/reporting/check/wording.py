"""Rules on words: does the sentence say what its own numbers say? Each rule reads a tidy text and yields faults.

A rule speaks only where the text itself holds what contradicts it; judging words without any number get a reminder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

from yibao.reporting.check.finding import Fault
from yibao.reporting.check.quantity import PERCENT, POINTS, TIMES, Quantity, clause, quantities, sentences

Rule = Callable[[str], Iterator[Fault]]

_UP = "提高|提升|上升|增加|增长|扩大|上涨|回升|增|升"
_DOWN = "下降|降低|减少|回落|缩小|下调|下滑|降|减"
_RISES = re.compile(_UP)
_REACHES = re.compile(rf"({_UP}|{_DOWN})(?:到|至|为)(?=[^，]{{0,8}}$)")
_BY = re.compile(rf"^[^，]{{0,12}}?，?(?:同比|环比)?[^，]{{0,12}}?({_UP}|{_DOWN})了?[^，]{{0,2}}$")
_CHANGED = re.compile(rf"({_UP}|{_DOWN})(?:了|约|近|超过)*$")
_THEN = re.compile(r"(?<![由从])(?:去年同期|上年同期|去年|上年|上月)(?:末|底)?(?:数)?(?:的|为|是)?$")
# between a number and its change: nothing but the base
CHANGED_DIRECTLY = re.compile(
    r"^[，（）]*(?:比|较|同比|环比|与)?(?:去年同期|上年同期|去年|上年|上月|同期|上期)*(?:相比)?，?"
    rf"(?:{_UP}|{_DOWN})(?:了|约|近)*$"
)
_RATIO_NAME = re.compile(r"(?:率|比|占比|比重|比例)(?:口径）|（[^）]*）)?(?:为|是|达到?|达|约|近)*$")
_AMOUNTS = ("元", "人", "人次", "家", "件", "例")

# how large a change must be, or how small, for the word (points, or per cent of the base)
_LARGE = Decimal(5)
_SMALL = Decimal(1)
_LARGE_WORDS = re.compile(r"大幅度?|显著|明显|成倍|突飞猛进")
_SMALL_WORDS = re.compile(r"小幅|略[有多少高低增降升超]|基本持平|平稳|稳中有")
_DONE_WORDS = re.compile(r"圆满|全面完成|超额完成|胜利完成")
# what is wanted, not what was reached
_PLANNED = re.compile(r"坚持|要求|力求|力争|努力|尽快|争取|计划|推进|确保|逐步|目标")
_PRAISE = re.compile(r"喜人|可观|成效突出|卓有成效|再创新高|运行良好|形势良好|良好态势|持续向好")


def from_to(text: str) -> Iterator[Fault]:
    """由X下降到Y，下降了Z个百分点: the word by X and Y, and Z by both."""
    for at, sentence in sentences(text):
        numbers = quantities(sentence)
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
    for at, sentence in sentences(text):
        numbers = quantities(sentence)
        for now, before, later in zip(numbers, numbers[1:], numbers[2:], strict=False):
            if before.unit != now.unit or not _THEN.search(sentence[now.end : before.start]):
                continue
            if "，" in sentence[now.end : before.start].strip("，（"):
                continue
            by = CHANGED_DIRECTLY.match(sentence[before.end : later.start])
            word = re.search(rf"{_UP}|{_DOWN}", sentence[before.end : later.start])
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
    for at, sentence in sentences(text):
        numbers = quantities(sentence)
        for one, changed in pairwise(numbers):
            if not CHANGED_DIRECTLY.match(sentence[one.end : changed.start]):
                continue
            if one.unit == PERCENT and changed.unit == PERCENT and _RATIO_NAME.search(sentence[: one.start]):
                yield Fault(
                    f"“{_short(sentence, one.start, changed.end)}”：比率的变化写成了“%”",
                    "比率的增减请写“个百分点”（现值减去基期值）。",
                    at=at + changed.start,
                )
            elif one.unit in _AMOUNTS and changed.unit == POINTS:
                yield Fault(
                    f"“{_short(sentence, one.start, changed.end)}”：金额、人数的变化写成了“个百分点”",
                    "金额和人数的增减请写“%”或写增减的数额。",
                    at=at + changed.start,
                )


def payment_over_cost(text: str) -> Iterator[Fault]:
    """What the fund paid is never more than what the treatment cost."""
    cost_name = re.compile(
        r"(?:医疗费用?|总费用|费用总额|医药费|住院费用|门诊费用)(?:总额|金额|合计|总计)?(?:为|达到?|共计?)*$"
    )
    paid_name = re.compile(r"(?:支付|补偿|报销)(?:金额|资金|基金|总额|费用)?(?:为|达到?|共计?|了)*$")
    for at, sentence in sentences(text):
        cost: Quantity | None = None
        for one in quantities(sentence):
            before = sentence[: one.start]
            if one.unit != "元":
                continue
            if re.search(r"次均|人均|日均|例均", clause(sentence, one)):
                cost = None
            elif cost_name.search(before):
                cost = one
            elif (
                cost is not None
                and paid_name.search(before)
                and one.value - one.slack > cost.value + cost.slack
            ):
                yield Fault(
                    f"支付“{one.text}”大于费用“{cost.text}”：基金支付不可能超过医疗费用",
                    "请核对两个数的单位和来源，改正后再报送。",
                    at=at + one.start,
                )


def use_rate(text: str) -> Iterator[Fault]:
    """A use rate above 100 is over-spending, and the report says so in the same paragraph."""
    for at, paragraph in _paragraphs(text):
        for one in quantities(paragraph):
            if (
                one.unit == PERCENT
                and one.value > 100
                and re.search(r"使用率(?:（[^）]*）)?[^，。；\d]{0,6}$", paragraph[: one.start])
                and not re.search(r"超支|透支|赤字|收不抵支|超出|当期亏", paragraph)
            ):
                yield Fault(
                    f"基金使用率{one.text}，超过100%，却没有说明超支",
                    "请写明当期超支（支出大于应筹资金）和超支数额。",
                    at=at + one.start,
                )


def over_hundred(text: str) -> Iterator[Fault]:
    """Participation and coverage above 100 per cent tell of the data, not of success."""
    name = re.compile(r"(?:参保率|参合率|覆盖率|检查率|就诊率|直接结算率)(?:（[^）]*）)?[^，。；\d]{0,6}$")
    for at, paragraph in _paragraphs(text):
        for one in quantities(paragraph):
            if (
                one.unit == PERCENT
                and one.value > 100
                and name.search(paragraph[: one.start])
                and not re.search(r"常住|口径", _sentence(paragraph, one))
                and not re.search(r"核实|核查|异常|超过100%|大于100%", paragraph)
            ):
                yield Fault(
                    f"“{_short(paragraph, one.start - 6, one.end)}”超过100%，应作为数据异常处理",
                    "请核对分子、分母的口径和重复登记，并在文中说明原因。",
                    "warning",
                    at + one.start,
                )


def visits(text: str) -> Iterator[Fault]:
    """家次 counts visits, 家 counts institutions: visits are no part of a number of institutions."""
    for at, sentence in sentences(text):
        numbers = quantities(sentence)
        for one in numbers:
            if one.unit != "家次":
                continue
            shares = [later for later in numbers if later.start > one.end and later.unit == PERCENT]
            for share in shares:
                named = re.search(
                    r"(?:覆盖率|检查率|检查面|占[^，。]{0,16})(?:为|达到?)*$", sentence[: share.start]
                )
                if named:
                    yield Fault(
                        f"用“{one.text}”算出“{share.text}”：家次是检查次数，同一家可能检查多次",
                        "计算覆盖率请用去重后的机构家数（指标“检查覆盖率”）。",
                        at=at + share.start,
                    )
                    break


def coverage(text: str) -> Iterator[Fault]:
    """全覆盖 needs as many distinct institutions inspected as there are; visits fewer than institutions disprove it."""
    kinds = {"药店": r"药店|药房", "医疗机构": r"医疗机构|医院"}
    for at, sentence in sentences(text):
        word = re.search(r"全覆盖|无死角|一家不漏", sentence)
        if word is None or _PLANNED.search(sentence):
            continue
        if not re.search(r"检查|稽核|监督|督查|巡查", sentence):
            yield Fault(
                f"“{word.group()}”没有数据支持",
                "请写出应覆盖数和已覆盖数，或删去这个词。",
                "warning",
                at + word.start(),
            )
            continue
        disproved = [
            (total, visited)
            for pattern in kinds.values()
            for total in _counted(text, pattern, "家", without=r"检查|处理|暂停|解除|约谈")
            for visited in _counted(text, pattern, "家次", without=r"处理|暂停|解除")
            if visited.value < total.value
        ]
        if disproved:
            total, visited = disproved[0]
            most = visited.value / total.value * 100
            yield Fault(
                f"写了“{word.group()}”，但{total.text}只检查{visited.text}，按一家一次算最多{most:.2f}%",
                "请按去重后的机构家数重算检查覆盖率，改正这句话。",
                at=at + word.start(),
            )
        elif not _covered(sentence):
            yield Fault(
                f"“{word.group()}”没有写出应检查和已检查的机构家数",
                "请写出去重后的机构家数（检查覆盖率为100%才能写全覆盖）。",
                "warning",
                at + word.start(),
            )


def slight_surplus(text: str) -> Iterator[Fault]:
    """略有结余 is to be borne out by the income and the expense of the same paragraph."""
    for at, paragraph in _paragraphs(text):
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
            if one.unit in (POINTS, PERCENT)
            and re.search(rf"(?:{_UP}|{_DOWN})[^，]*$", sentence[: one.start])
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


# name of the rule for the clerk, and the rule
RULES: tuple[tuple[str, Rule], ...] = (
    ("增减与两数不符", from_to),
    ("增减与去年同期不符", against_last),
    ("增减词与正负", sign),
    ("增减的单位", change_unit),
    ("支付大于费用", payment_over_cost),
    ("使用率超过100%", use_rate),
    ("比率超过100%", over_hundred),
    ("家次不是家", visits),
    ("全覆盖", coverage),
    ("略有结余", slight_surplus),
    ("略多略少", slightly),
    ("预计结余", forecast_balance),
    ("评价用语", judging),
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


def _counted(text: str, pattern: str, unit: str, without: str) -> list[Quantity]:
    """The quantities of a unit whose clause names the kind of institution (家次: the verb may stand a clause before)."""
    return [
        one
        for one in quantities(text)
        if one.unit == unit
        and re.search(rf"(?:{pattern})[^，、。；]*$", text[: one.start])
        and not (unit == "家" and re.search(without, clause(text, one)))
    ]


def _covered(sentence: str) -> bool:
    homes = [one.value for one in quantities(sentence) if one.unit == "家"]
    rate = re.search(r"(?:覆盖率|检查率)(?:为|达到?)?100(?:\.0+)?%", sentence)
    return rate is not None or len(homes) > len(set(homes))


def _still_to_spend(text: str) -> Decimal | None:
    """What the text before says: the whole year's expected expense less what was spent so far."""
    amounts = [one for one in quantities(text) if one.unit == "元"]
    spent = [one for one in amounts if re.search(r"已(?:经)?支出了?$", text[: one.start])]
    whole = [one for one in amounts if re.search(r"预计全年[^，。；]*支出$", text[: one.start])]
    return whole[-1].value - spent[-1].value if spent and whole else None


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    for found in re.finditer(r"[^\n]+", text):
        yield found.start(), found.group()


def _sentence(text: str, one: Quantity) -> str:
    start = max(text.rfind(mark, 0, one.start) for mark in "。；") + 1
    return text[start : one.end]


def _short(text: str, start: int, end: int) -> str:
    return text[max(start, 0) : end].strip("，。； ")


def _wan(value: Decimal) -> str:
    return f"{(value / 10**4).normalize():f}万元"
