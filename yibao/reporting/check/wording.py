"""Rules on words: does the sentence say what its own numbers say? Each rule reads a tidy text and yields faults.

A rule speaks only where the text itself holds what contradicts it; judging words without any number get a reminder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yibao.reporting.check import changes, judging, limits
from yibao.reporting.check.finding import Fault

Rule = Callable[[str], Iterator[Fault]]

# name of the rule for the clerk, and the rule
RULES: tuple[tuple[str, Rule], ...] = (
    ("增减与两数不符", changes.from_to),
    ("增减与去年同期不符", changes.against_last),
    ("增减词与正负", changes.sign),
    ("增减的单位", changes.change_unit),
    ("支付大于费用", limits.payment_over_cost),
    ("使用率超过100%", limits.use_rate),
    ("比率超过100%", limits.over_hundred),
    ("家次不是家", limits.visits),
    ("全覆盖", limits.coverage),
    ("略有结余", judging.slight_surplus),
    ("略多略少", judging.slightly),
    ("预计结余", judging.forecast_balance),
    ("评价用语", judging.judging),
)
