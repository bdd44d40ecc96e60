"""Rules on what cannot be: more paid than it cost, a rate above 100, visits taken for institutions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yibao.reporting.check.finding import Fault
from yibao.reporting.check.quantity import (
    PERCENT,
    Quantity,
    clause,
    measured,
    paragraphs,
    quantities,
    sentences,
    short,
)

# what is wanted, not what was reached
_PLANNED = re.compile(r"坚持|要求|力求|力争|努力|尽快|争取|计划|推进|确保|逐步|目标")


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
    for at, paragraph in paragraphs(text):
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
    for at, paragraph in paragraphs(text):
        for one in quantities(paragraph):
            if (
                one.unit == PERCENT
                and one.value > 100
                and name.search(paragraph[: one.start])
                and not re.search(r"常住|口径", _sentence(paragraph, one))
                and not re.search(r"核实|核查|异常|超过100%|大于100%", paragraph)
            ):
                yield Fault(
                    f"“{short(paragraph, one.start - 6, one.end)}”超过100%，应作为数据异常处理",
                    "请核对分子、分母的口径和重复登记，并在文中说明原因。",
                    "warning",
                    at + one.start,
                )


def visits(text: str) -> Iterator[Fault]:
    """家次 counts visits, 家 counts institutions: visits are no part of a number of institutions."""
    for at, sentence, numbers in measured(text):
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


def _sentence(text: str, one: Quantity) -> str:
    start = max(text.rfind(mark, 0, one.start) for mark in "。；") + 1
    return text[start : one.end]
