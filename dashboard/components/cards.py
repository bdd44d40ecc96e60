"""Cards of main indicators: value, target and completion, 同比, 环比, a small line of its months, a light."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard.components import palette
from dashboard.components.cell import (
    UNITS,
    Cell,
    Content,
    Gap,
    Kind,
    kind_of_change,
    kind_of_unit,
    of_change,
    of_value,
    shown,
    tone_of,
)
from yibao.figures import Catalogue, Indicator, Value

_LIGHTS = {"good": "达标", "warn": "预警", "bad": "报警", "": "", "muted": ""}
_WIDTH, _HEIGHT = 120, 28


@dataclass(frozen=True)
class Card:
    """An indicator in one cell, with the same cell's earlier months, the oldest first."""

    indicator: Indicator
    value: Value | None
    months: Sequence[Value] = ()
    mode_zh: str = ""


def show_cards(cards: Sequence[Card], catalogue: Catalogue) -> None:
    """The cards in rows that fold on a narrow screen."""
    st.html(f'<div class="cards">{"".join(_card(card, catalogue) for card in cards)}</div>')


@dataclass(frozen=True)
class Fact:
    """A number without a target; `remark` stands small below it, `help` is told on hover."""

    label: str
    content: Content
    kind: Kind
    remark: str = ""
    help: str = ""


def show_facts(facts: Sequence[Fact]) -> None:
    """Small boxes in rows that fold on a narrow screen."""
    st.html(f'<div class="facts">{"".join(_fact(fact) for fact in facts)}</div>')


def _fact(fact: Fact) -> str:
    gap = fact.content.meaning if isinstance(fact.content, Gap) else ""
    unit = "" if gap else escape(UNITS.get(fact.kind, ""))
    return (
        f'<div class="fact" title="{escape(gap or fact.help)}"><span>{escape(fact.label)}</span>'
        f"<b>{escape(shown(fact.content, fact.kind, with_unit=False))}</b><small>{unit}</small>"
        f"<em>{escape(fact.remark)}</em></div>"
    )


def explained(indicator: Indicator, catalogue: Catalogue) -> str:
    """Definition, formula and source of an indicator in plain lines, for hovering."""
    lines = [
        indicator.name_zh,
        f"定义：{indicator.definition_zh}",
        f"公式：{catalogue.formula(indicator.code)}",
        f"依据：{indicator.source_zh}" if indicator.source_zh else "",
        f"指标代码：{indicator.code}",
    ]
    return "\n".join(line for line in lines if line)


def _card(card: Card, catalogue: Catalogue) -> str:
    indicator, value = card.indicator, card.value
    kind = kind_of_unit(indicator.unit)
    content = of_value(value)
    cell = Cell(content, tone_of(value))
    gap = content.meaning if isinstance(content, Gap) else ""
    light = (
        f'<span class="light {cell.tone}">{cell.sign} {_LIGHTS[cell.tone]}</span>'
        if _LIGHTS[cell.tone]
        else ""
    )
    number = escape(shown(content, kind, with_unit=False))
    unit = "" if gap else escape(_unit(indicator.unit))
    mode = f'<span class="mode">{escape(card.mode_zh)}</span>' if card.mode_zh else ""
    return f"""
    <div class="card {cell.tone}" tabindex="0" data-code="{indicator.code}">
      <div class="name">{escape(indicator.name_zh)}{mode}{light}</div>
      <div class="figure {"gap" if gap else ""}" title="{escape(gap)}"><b>{number}</b><small>{unit}</small></div>
      <div class="target">{_target(card)}</div>
      <div class="changes">
        {_change("同比", value.last_year_change if value else None, indicator)}
        {_change("环比", value.previous_change if value else None, indicator)}
        {sparkline([month.value for month in card.months])}
      </div>
      <div class="hover">{escape(explained(indicator, catalogue))}</div>
    </div>"""


def _unit(unit: str) -> str:
    return {"percent": "%", "yuan": "元", "days": "天", "months": "个月"}[unit]


def _target(card: Card) -> str:
    value = card.value
    if value is None or value.target is None:
        return "未设目标"
    text = f"目标 {shown(value.target, kind_of_unit(card.indicator.unit))}"
    return text if value.completion is None else f"{text}　完成 {shown(value.completion, 'percent')}"


def _change(label: str, change: object, indicator: Indicator) -> str:
    content = of_change(change)  # type: ignore[arg-type]
    text = shown(content, kind_of_change(indicator.unit))
    arrow = (
        ""
        if isinstance(content, Gap)
        else "↑"
        if text.startswith("+")
        else "↓"
        if text.startswith("-")
        else "→"
    )
    return f'<span class="change"><i>{label}</i> {arrow}{escape(text.lstrip("+-"))}</span>'


def sparkline(numbers: Sequence[object]) -> str:
    """A small line as SVG; a missing month breaks it. Empty with fewer than two numbers."""
    known = [float(number) for number in numbers if number is not None]  # type: ignore[arg-type]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    spread = (high - low) or 1.0
    step = _WIDTH / (len(numbers) - 1)
    strokes: list[str] = []
    pen = "M"
    last = (0.0, 0.0)
    for position, number in enumerate(numbers):
        if number is None:
            pen = "M"
            continue
        y = _HEIGHT - 3 - (float(number) - low) / spread * (_HEIGHT - 6)  # type: ignore[arg-type]
        last = (position * step, y)
        strokes.append(f"{pen}{last[0]:.1f} {y:.1f}")
        pen = "L"
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 0 {_WIDTH + 6} {_HEIGHT}">'
        f'<path d="{" ".join(strokes)}" fill="none" stroke="{palette.LIGHT_BLUE}" stroke-width="1.8"/>'
        f'<circle cx="{last[0]:.1f}" cy="{last[1]:.1f}" r="2.6" fill="{palette.BLUE}"/></svg>'
    )
    # as a picture: Streamlit strips drawings from HTML
    data = base64.b64encode(drawing.encode()).decode()
    return f'<img class="spark" alt="各月走势" src="data:image/svg+xml;base64,{data}">'
