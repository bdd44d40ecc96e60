"""The bureau's sentences (report.md, "Text"): clauses made of figures, sentences made of clauses.

A clause is a row of spans; an empty one says nothing and falls out of its sentence. What goes up or down is told by the
rounded figure, so that no reader sees 提高0.00个百分点. No function judges: 高于目标 is arithmetic, 运行平稳 is not said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from yibao import formatting
from yibao.reporting.content import Figure, Paragraph, Span

Clause: TypeAlias = tuple[Span, ...]

NOTHING: Clause = ()
UNREPORTED = "未报"
LAST_YEAR = "去年同期"
# from twice the base on, the growth is told in 倍: (now - base) / base, never now / base
_ONE_TIME = Decimal(100)


def told(before: str, figure: Figure, after: str = "") -> Clause:
    """`统筹基金支付107.82万元`; nothing where the figure is missing. `after`: the measure word of a count (人, 人次, 家)."""
    return NOTHING if figure.value is None else (before, figure, after)


def told_or_unreported(name: str, figure: Figure, after: str = "", *, verb: str = "") -> Clause:
    """The same, for a figure that every report has: `参保率95.24%`, `参保率未报` where it is missing."""
    return (name + UNREPORTED,) if figure.value is None else (name + verb, figure, after)


def moved(change: Figure, than: str = LAST_YEAR) -> Clause:
    """A change of a ratio (points), or of any average or count in per cent: `比去年同期提高1.16个百分点`."""
    return _compared(change, than, "提高", "下降")


def grew(change: Figure, than: str = LAST_YEAR) -> Clause:
    """The growth of an amount or a count in per cent of its base: `比去年同期增长3.46%`; from 100 on `增长1.25倍`."""
    if change.value is not None and formatting.half_up(change.value, 2) >= _ONE_TIME:
        return (f"比{than}增长", replace(change, kind="times"))
    return _compared(change, than, "增长", "下降")


def more_or_less(difference: Figure, than: str = LAST_YEAR, after: str = "") -> Clause:
    """The difference of two amounts in their own unit: `比去年同期减少60.32元`. `after`: the measure word of a count."""
    clause = _compared(difference, than, "增加", "减少")
    return (*clause, after) if len(clause) > 1 else clause


def from_to(name: str, then: Figure, now: Figure, change: Figure) -> Clause:
    """`县域外转出率由去年同期的16.38%下降到9.28%，下降了7.10个百分点`; without a base `县域外转出率为9.28%`."""
    if now.value is None:
        return (name + UNREPORTED,)
    way = direction(change)
    if then.value is None or way is None:
        return (f"{name}为", now)
    if way == 0:
        return (f"{name}为", now, f"，与{LAST_YEAR}持平")
    verb = "提高" if way > 0 else "下降"
    return (f"{name}由{LAST_YEAR}的", then, f"{verb}到", now, f"，{verb}了", _size(change))


def beside_target(difference: Figure, target: Figure, called: str = "目标") -> Clause:
    """`低于目标（70.00%）0.55个百分点`, `与目标（70.00%）持平`; `difference` is the value less the target."""
    way = direction(difference)
    if way is None or target.value is None:
        return NOTHING
    if way == 0:
        return (f"与{called}（", target, "）持平")
    return (f"{'高于' if way > 0 else '低于'}{called}（", target, "）", _size(difference))


def completed(task: Figure, completion: Figure, called: str = "年度任务", after: str = "") -> Clause:
    """`完成年度任务123.84万元的100.18%`; nothing where no task was set."""
    if task.value is None or completion.value is None:
        return NOTHING
    return (f"完成{called}", task, f"{after}的", completion)


def direction(change: Figure) -> int | None:
    """1, 0 or -1 as the figure is printed; None where there is none."""
    if change.value is None:
        return None
    places = 0 if change.kind == "count" else 2
    value = change.value.scaleb(-4) if change.kind == "wan" else change.value
    rounded = formatting.half_up(value, places)
    return (rounded > 0) - (rounded < 0)


def named(before: str, parts: Sequence[Clause], after: str = "") -> Clause:
    """A list inside a clause: `低于目标的有西沟乡（84.93%）、青石镇（90.10%）`; nothing where the list is empty."""
    said = [part for part in parts if part]
    if not said:
        return NOTHING
    spans: list[Span] = [before]
    for at, part in enumerate(said):
        spans += ["、", *part] if at else part
    return (*spans, after) if after else tuple(spans)


def valued(name: str, figure: Figure, after: str = "") -> Clause:
    """A name with its figure in brackets, for lists; the name alone where the figure is missing."""
    return (name,) if figure.value is None else (f"{name}（", figure, f"{after}）")


def sentence(*clauses: Clause, begin: str = "", end: str = "。") -> Clause:
    """The clauses with commas between and an end; nothing where none of them says anything."""
    said = [clause for clause in clauses if clause]
    if not said:
        return NOTHING
    spans: list[Span] = [begin] if begin else []
    for at, clause in enumerate(said):
        spans += ["，", *clause] if at else clause
    return (*spans, end)


def chain(*parts: Sequence[Clause], begin: str = "") -> Clause:
    """Sentences about one thing with semicolons between: `县级占53.26%；乡级占35.74%。`"""
    said = [each for each in (sentence(*part, end="") for part in parts) if each]
    spans: list[Span] = [begin] if begin else []
    for at, each in enumerate(said):
        spans += ["；", *each] if at else each
    return (*spans, "。") if said else NOTHING


def paragraph(*sentences: Clause) -> tuple[Paragraph, ...]:
    """One paragraph, neighbouring texts joined; none where no sentence says anything."""
    spans: list[Span] = []
    for span in (span for each in sentences for span in each):
        if isinstance(span, str) and spans and isinstance(spans[-1], str):
            spans[-1] += span
        elif span != "":
            spans.append(span)
    return (Paragraph(tuple(spans)),) if spans else ()


def _compared(change: Figure, than: str, up: str, down: str) -> Clause:
    way = direction(change)
    if way is None:
        return NOTHING
    if way == 0:
        return (f"与{than}持平",)
    return (f"比{than}{up if way > 0 else down}", _size(change))


def _size(change: Figure) -> Figure:
    return replace(change, size_only=True)
