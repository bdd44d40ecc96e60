"""表内平衡 and 表间校核 in running text: parts against their total, ratios against their two parts. Tidy text in, faults out.

A list is summed only where its labels say that it is complete (职工 and 居民, 住院 and 门诊 ...): 其中 alone does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, pairwise

from yibao import formatting
from yibao.reporting.check.finding import Fault
from yibao.reporting.check.quantity import (
    PERCENT,
    POINTS,
    TIMES,
    Quantity,
    clause,
    measured,
    quantities,
    sentences,
)
from yibao.reporting.check.wording import Rule

# labels that together leave nothing out; what else the list names may belong to the total or to one of the parts
_COMPLETE = (
    ("职工", "居民"),
    ("住院", "门诊"),
    ("个人", "财政"),
    ("三级", "二级", "一级"),
    ("县(?:域)?内", "县(?:域)?外"),
    ("县(?:域)?外", "县级", "[乡镇]村?级"),
    ("统筹", "(?:家庭|个人)账户"),
)
# exactly 100 per cent: what the shares are rounded from adds up
_WHOLE = Quantity("100%", Decimal(100), 9, 1, PERCENT, "", 0, 0)
_CHANGED = re.compile(r"(?:提高|提升|上升|增加|增长|下降|降低|减少|多|少|高|低)(?:了|约|近)*$")
_AIMED = re.compile(r"任务|目标|计划")
# rate, words of its numerator, words of its denominator, both within the clause of the number
_RATES = (
    (r"到位率", r"(?<!应)(?<!应当)到位", r"应(?:筹|到位|收)"),
    (
        r"(?<!政策范围内)(?<!政策内)(?:补偿|报销)比(?:例)?",
        r"补偿|报销|支付",
        r"(?:医疗|总)费用|费用总额|医疗费",
    ),
    (r"参保率|参合率", r"(?<!应)(?:参保|参合|参加|参蔘)", r"应参保|户籍|人口|应参合"),
    (r"使用率", r"支出|补偿|使用", r"应筹|筹集|收入|到位"),
)


def parts_of(text: str) -> Iterator[Fault]:
    """T，其中：a，b: complete parts make the total; no part is more than it."""
    for at, sentence in sentences(text):
        for found in re.finditer(r"其中", sentence):
            behind = sentence[found.end() :]
            inside = sentence[: found.start()].count("（") > sentence[: found.start()].count("）")
            listed = _without_brackets(behind.split("）")[0] if inside else behind)
            parts = _parts(listed)
            if not parts:
                continue
            total = _total(sentence[: found.start()], parts[0])
            if total is not None:
                yield from _summed(total, parts, listed, at + found.start())


def respectively(text: str) -> Iterator[Fault]:
    """T，其中甲、乙分别为a、b: complete parts make the total; their shares (占比) make 100."""
    for at, sentence in sentences(text):
        for found in re.finditer(r"([^，；]*)分别(?:为|是|达到?)", sentence):
            behind = sentence[found.end() :].split("，")[0]
            parts = quantities(behind)
            complete = [
                labels for labels in _COMPLETE if all(re.search(one, found.group(1)) for one in labels)
            ]
            if (
                not any(len(labels) == len(parts) for labels in complete)
                or len({one.unit for one in parts}) > 1
            ):
                continue
            if parts[0].unit == PERCENT:
                if re.search(r"占比|比重|分配|构成", found.group(1)) and not _makes(_WHOLE, parts):
                    yield _not_whole(parts, at + found.end())
            elif "其中" in sentence[: found.end()]:
                total = _total(sentence[: found.start()], parts[0])
                if total is not None:
                    yield from _unequal(total, parts, at + found.end())


def parts_in_brackets(text: str) -> Iterator[Fault]:
    """T（a，b): as above; what the sentence calls 其他 behind the brackets may belong into them."""
    for at, sentence in sentences(text):
        for found in re.finditer(r"（([^（）]*)）", sentence):
            if "其中" in found.group(1):
                continue
            parts = _parts(found.group(1))
            before = quantities(sentence[: found.start()])
            if len(parts) < 2 or not before or found.start() - before[-1].end > 6:
                continue
            others = [
                one
                for one in _parts(sentence[found.end() :])
                if "其他" in clause(sentence[found.end() :], one)
            ]
            if before[-1].unit == parts[0].unit and _required(parts, found.group(1)):
                yield from _summed(before[-1], parts, found.group(1), at + found.start(), others)


def plus(text: str) -> Iterator[Fault]:
    """a+b=T, written out."""
    for at, sentence, numbers in measured(text):
        for start in range(len(numbers)):
            parts = [numbers[start]]
            for one in numbers[start + 1 :]:
                sign = sentence[parts[-1].end : one.start].strip()
                if re.fullmatch(r"[+＋][^，=＝]{0,8}", sign):
                    parts.append(one)
                    continue
                if len(parts) > 1 and re.fullmatch(r"[=＝][^，]{0,8}", sign):
                    if start and re.fullmatch(
                        r"[+＋][^，=＝]{0,8}", sentence[numbers[start - 1].end : parts[0].start]
                    ):
                        break  # the same sum, without its first part
                    yield from _unequal(one, parts, at + one.start)
                break


def altogether(text: str) -> Iterator[Fault]:
    """a，b，合计T: complete parts make the total."""
    for at, sentence in sentences(text):
        for found in re.finditer(r"合计|共计", sentence):
            listed = sentence[: found.start()]
            after = quantities(sentence[found.end() :])
            if not after or "，" in sentence[found.end() : found.end() + after[0].start]:
                continue
            parts = [one for one in _parts(_without_brackets(listed)) if one.unit == after[0].unit]
            if parts and "其中" not in listed and len(_required(parts, listed)) == len(parts):
                yield from _unequal(after[0], parts, at + found.start())


def shares(text: str) -> Iterator[Fault]:
    """构成: 甲占40%，乙占21% ...: the shares of a whole make 100."""
    share = re.compile(r"(?:占(?:比)?|比例|比重)(?:为|达到?|了|是)*$")
    for at, sentence in sentences(text):
        if not re.search(r"构成|组成|分布", sentence) or re.search(r"其余|其他|其它|主要", sentence):
            continue
        found = [
            one for one in quantities(sentence) if one.unit == PERCENT and share.search(sentence[: one.start])
        ]
        if len(found) > 2 and not _makes(_WHOLE, found):
            yield _not_whole(found, at + found[0].start)


def completion(text: str) -> Iterator[Fault]:
    """X，完成任务数Y的Z%: Z is X / Y."""
    for at, sentence, numbers in measured(text):
        for task, rate in pairwise(numbers):
            if rate.unit != PERCENT or not re.search(
                r"任务数?[^，]{0,6}$|目标数?[^，]{0,4}$", sentence[: task.start]
            ):
                continue
            if sentence[task.end : rate.start].strip() != "的":
                continue
            done = [
                one
                for one in quantities(_without_brackets(sentence[: task.start]))
                if one.unit == task.unit and not _CHANGED.search(sentence[: one.start])
            ]
            if done and not any(_ratio_agrees(some, task, rate) for some in (*done, *_added(done))):
                yield Fault(
                    f"{done[-1].text}÷{task.text}={_percent(done[-1], task)}%，文中写{rate.text}",
                    "请重算完成率（完成数÷任务数）。",
                    at=at + rate.start,
                )


def ratios(text: str) -> Iterator[Fault]:
    """应筹集X，到位Y，到位率Z%: Z by the two numbers of the same sentence."""
    for at, sentence, numbers in measured(text):
        for rate in numbers:
            for name, top, bottom in _RATES:
                if rate.unit != PERCENT or not re.search(
                    rf"(?:{name})(?:为|达到?|是|了)*$", sentence[: rate.start]
                ):
                    continue
                before = [
                    one
                    for one in numbers
                    if one.start < rate.start
                    and one.unit in ("元", "人")
                    and not _CHANGED.search(sentence[: one.start])
                ]
                tops = [one for one in before if re.search(top, clause(sentence, one))]
                bottoms = [
                    one for one in before if re.search(bottom, clause(sentence, one)) and one.value > 0
                ]
                pairs = [(n, d) for n in tops for d in bottoms if n != d and n.unit == d.unit]
                if pairs and not any(_ratio_agrees(n, d, rate) for n, d in pairs):
                    n, d = pairs[-1]
                    yield Fault(
                        f"{n.text}÷{d.text}={_percent(n, d)}%，文中写{rate.text}",
                        "请核对分子、分母和比率；口径不同的请在文中写明。",
                        at=at + rate.start,
                    )


def per_head(text: str) -> Iterator[Fault]:
    """N人，每人P元，资金A: A is N times P."""
    for at, sentence in sentences(text):
        numbers = [one for one in quantities(sentence) if not _CHANGED.search(sentence[: one.start])]
        heads = [one for one in numbers if one.unit == "人"]
        each = [
            one
            for one in numbers
            if one.unit == "元/人"
            or (one.unit == "元" and one.scale == 1 and re.search(r"人均|每人|人平", clause(sentence, one)))
        ]
        if not each:
            each = [
                one for one in numbers if one.unit == "元" and one.scale == 1 and _told_before(sentence, one)
            ]
        money = [
            one
            for one in numbers
            if one.unit == "元"
            and one.scale > 1
            and re.search(r"(?:补助|资金|应筹集?|筹集)[^，]{0,6}$", sentence[: one.start])
            and not re.search(r"到位", clause(sentence, one))
        ]
        if len(heads) == len(each) == len(money) == 1:
            exact = heads[0].value * each[0].value
            rounded = each[0].slack * heads[0].value if each[0].decimals else Decimal(0)
            if not money[0].allows(exact, rounded + heads[0].slack * each[0].value):
                yield Fault(
                    f"{heads[0].text}×{each[0].text}={exact:f}元，文中写{money[0].text}",
                    "请重算按人头计算的资金（人数×标准）。",
                    at=at + money[0].start,
                )


def carried_forward(text: str) -> Iterator[Fault]:
    """上年结余A，收入B，支出C，期末结余D: D is A + B - C."""
    for at, sentence in sentences(text):
        amounts = [one for one in quantities(_without_brackets(sentence)) if one.unit == "元"]
        roles = [
            [one for one in amounts if re.search(pattern + r"[^，]{0,6}$", sentence[: one.start])]
            for pattern in (
                r"(?:上年|上期|年初|期初)[^，]{0,4}结(?:余|转)",
                r"收入",
                r"支出",
                r"(?:期末|(?<!上)年末|累计|滚存)[^，]{0,4}结余",
            )
        ]
        if [len(found) for found in roles] != [1, 1, 1, 1]:
            continue
        opening, income, expense, closing = (found[0] for found in roles)
        exact = opening.value + income.value - expense.value
        if not closing.allows(exact, opening.slack + income.slack + expense.slack):
            yield Fault(
                f"{opening.text}+{income.text}-{expense.text}={exact:f}元，文中写{closing.text}",
                "请核对结余（上期结余+收入-支出）。",
                at=at + closing.start,
            )


RULES: tuple[tuple[str, Rule], ...] = (
    ("其中各项与合计", parts_of),
    ("分别为", respectively),
    ("括号内各项与合计", parts_in_brackets),
    ("算式不等", plus),
    ("合计", altogether),
    ("占比合计", shares),
    ("任务完成率", completion),
    ("比率与分子分母", ratios),
    ("人数乘标准", per_head),
    ("结余结转", carried_forward),
)


def _parts(listed: str) -> list[Quantity]:
    """The amounts of a list in the unit of its first; changes, shares, tasks and averages are no parts."""
    found = [
        one
        for one in quantities(listed)
        if one.unit not in ("", PERCENT, POINTS, TIMES)
        and not _CHANGED.search(listed[: one.start])
        and not _AIMED.search(clause(listed, one))
        and not re.search(r"人均|次均|日均", clause(listed, one))
    ]
    return [one for one in found if one.unit == found[0].unit]


def _total(before: str, part: Quantity) -> Quantity | None:
    """The last number before 其中 that the parts can be parts of."""
    text = _without_brackets(before)
    found = [
        one
        for one in quantities(text)
        if one.unit == part.unit
        and not _CHANGED.search(text[: one.start])
        and not _AIMED.search(clause(text, one))
    ]
    return found[-1] if found else None


def _required(parts: Sequence[Quantity], listed: str) -> list[Quantity]:
    """The parts whose labels together make a complete list; none where no such labels are there."""
    for labels in _COMPLETE:
        named = [[one for one in parts if re.search(label, clause(listed, one))] for label in labels]
        if all(named):
            return [one for one in parts if any(one in group for group in named)]
    return []


def _summed(
    total: Quantity, parts: Sequence[Quantity], listed: str, at: int, more: Sequence[Quantity] = ()
) -> Iterator[Fault]:
    required = _required(parts, listed)
    if not required:
        for part in parts:
            if part.value - part.slack > total.value + total.slack:
                yield Fault(
                    f"其中一项{part.text}大于合计{total.text}", "请核对这一项和合计的数、单位和口径。", at=at
                )
        return
    others = [*(one for one in parts if one not in required), *more]
    for size in range(len(others) + 1):
        if any(_makes(total, (*required, *some)) for some in combinations(others, size)):
            return
    yield from _unequal(total, parts, at)


def _makes(total: Quantity, parts: Sequence[Quantity]) -> bool:
    slack = sum((one.slack for one in parts), Decimal(0))
    return total.allows(sum((one.value for one in parts), Decimal(0)), slack)


def _unequal(total: Quantity, parts: Sequence[Quantity], at: int) -> Iterator[Fault]:
    if _makes(total, parts):
        return
    added = sum((one.value for one in parts), Decimal(0)) / total.scale
    yield Fault(
        f"{'+'.join(one.text for one in parts)}={added:f}，与合计{total.text}相差{abs(added - total.number):f}",
        "请核对各项和合计；各项不全的，请写明其余是什么。",
        at=at,
    )


def _not_whole(parts: Sequence[Quantity], at: int) -> Fault:
    total = sum((one.value for one in parts), Decimal(0))
    return Fault(
        f"各部分占比合计{total}%，不是100%（{'、'.join(one.text for one in parts)}）",
        "请核对各占比，或写明其余部分是什么。",
        at=at,
    )


def _ratio_agrees(top: Quantity, bottom: Quantity, rate: Quantity) -> bool:
    """Whether some exact values that print as `top` and `bottom` give a ratio that prints as `rate`."""
    if bottom.value - bottom.slack <= 0:
        return True
    low = (top.value - top.slack) / (bottom.value + bottom.slack) * 100
    high = (top.value + top.slack) / (bottom.value - bottom.slack) * 100
    return rate.allows((low + high) / 2, (high - low) / 2)


def _added(done: Sequence[Quantity]) -> Iterator[Quantity]:
    """The last two, last three ... as one: 核定A，补缴B，完成任务数C的Z% means A + B."""
    for start in range(len(done) - 2, -1, -1):
        total = sum((one.value for one in done[start:]), Decimal(0)) / done[-1].scale
        yield replace(done[-1], number=total)


def _percent(top: Quantity, bottom: Quantity) -> str:
    return formatting.number(top.value / bottom.value * 100)


def _told_before(sentence: str, one: Quantity) -> bool:
    return re.search(r"人均|每人|人平|标准", sentence[max(one.start - 25, 0) : one.start]) is not None


def _without_brackets(text: str) -> str:
    """The text, as long as before, with what stands in brackets blanked."""
    return re.sub(r"（[^（）]*）?", lambda found: "□" * len(found.group()), text)
