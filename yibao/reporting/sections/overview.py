"""总体情况: how the main indicators stand to their targets, and which lines they passed."""

from __future__ import annotations

from yibao.figures import Value, values
from yibao.reporting import balance
from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Column, Content, Table
from yibao.reporting.scene import Scene, full_width, listed
from yibao.reporting.sections import problems
from yibao.reporting.sections.section import Section
from yibao.reporting.sentences import Clause

_UNITS = {"percent": "%", "yuan": "元", "days": "天", "months": "个月"}


def main_indicators(scene: Scene) -> tuple[str, ...]:
    """Those of the order, else the headline indicators of the catalogue."""
    if scene.order.indicators:
        return scene.order.indicators
    known = scene.numbers.catalogue.indicators.values()
    headline = [indicator for indicator in known if indicator.headline is not None]
    return tuple(
        indicator.code for indicator in sorted(headline, key=lambda indicator: indicator.headline or 0)
    )


def body(scene: Scene) -> tuple[Block, ...]:
    """Against the targets, against last year, against the lines."""
    held = values(scene.numbers.figures, main_indicators(scene), scene.selection)
    return (
        *say.paragraph(
            say.sentence(
                (f"{scene.until}，{scene.whole}医疗保障主要指标累计完成情况见附件《{_TITLE}》",),
            ),
            _targets(scene, held),
            _moves(scene, held),
        ),
        *say.paragraph(_alerts(scene)),
    )


def _targets(scene: Scene, held: dict[str, Value]) -> Clause:
    met: list[str] = []
    missed: list[str] = []
    for code in held:
        higher = {"higher": 1, "lower": -1}.get(scene.numbers.catalogue[code].direction)
        beside = say.direction(scene.numbers.indicator(code, minus="target_value"))
        if higher is not None and beside is not None and not scene.tells_few(code):
            (met if beside * higher >= 0 else missed).append(scene.name(code))
    return say.sentence(
        (f"达到目标的有{listed(met)}",) if met else (),
        (f"未达到目标的有{listed(missed)}",) if missed else (),
        begin="与目标相比，",
    )


def _moves(scene: Scene, held: dict[str, Value]) -> Clause:
    ways: dict[int, list[str]] = {1: [], -1: [], 0: []}
    for code in held:
        way = say.direction(scene.numbers.indicator(code, "last_year_change"))
        if way is not None:
            ways[way].append(scene.name(code))
    said = [
        (f"{verb}的有{listed(ways[way])}",)
        for way, verb in ((1, "上升"), (-1, "下降"), (0, "持平"))
        if ways[way]
    ]
    return say.sentence(*said, begin="与去年同期相比，")


def _alerts(scene: Scene) -> Clause:
    """Which lines the region itself has passed."""
    passed: dict[str, list[str]] = {level: [] for level in problems.LEVELS}
    for problem in problems.found(scene):
        if any(
            scheme == "all"
            and value.region_code == scene.order.region_code
            and value.breakdown_value == "all"
            for scheme, value in problem.cells
        ):
            passed[problem.rule.level].append(problems.heading(scene, problem.rule))
    said = [
        (f"达到{word}条件的有：{listed(passed[level])}",)
        for level, word in problems.LEVELS.items()
        if passed[level]
    ]
    if not said:
        return (f"按指标目录的预警规则，{scene.whole}各项指标均未达到预警条件。",)
    return say.sentence(*said, begin=f"按指标目录的预警规则，{scene.whole}")


_TITLE = "医疗保障主要指标完成情况表"


def forms(scene: Scene) -> tuple[Table, ...]:
    """附表: the main indicators of the month and of the year to date."""
    held = values(scene.numbers.figures, main_indicators(scene), scene.selection)
    columns = (
        Column(("指标",)),
        Column(("计量单位",)),
        Column(("本月", "数值"), "percent"),
        Column(("本月", "比上月"), "points"),
        Column(("本年累计", "数值"), "percent"),
        Column(("本年累计", "去年同期"), "percent"),
        Column(("本年累计", "增减"), "points"),
        Column(("目标", "目标值"), "percent"),
        Column(("目标", "完成率"), "percent"),
    )
    return (
        balance.table(
            "main",
            _TITLE,
            columns,
            [_row(scene, code) for code in held],
            "单位：见“计量单位”栏",
            notes=(
                "增减：计量单位为%的指标按个百分点计，其他指标按%计；基数为零或缺失的以“—”表示。",
                "只按本年累计统计的指标，本月栏不填；未设目标或目标为上限的指标，完成率以“—”表示。",
            ),
        ),
    )


def _row(scene: Scene, code: str) -> tuple[Content, ...]:
    figure = scene.numbers.indicator
    indicator = scene.numbers.catalogue[code]
    month: tuple[Content, ...] = (None, None)
    if indicator.has_month:
        month = (figure(code, mode="month"), figure(code, "previous_change", mode="month"))
    return (
        full_width(indicator.name_zh),
        _UNITS[indicator.unit],
        *month,
        figure(code),
        figure(code, "last_year_value"),
        figure(code, "last_year_change"),
        figure(code, "target_value"),
        figure(code, "completion"),
    )


OVERVIEW = Section("总体情况", body, forms)
