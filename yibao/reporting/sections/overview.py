"""总体情况: how the main indicators stand to their targets, and which lines they passed."""

from __future__ import annotations

from yibao.figures import Value, values
from yibao.labels import UNITS
from yibao.reporting import balance, few
from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Column, Content, Table
from yibao.reporting.scene import Scene, full_width, listed
from yibao.reporting.sections import problems
from yibao.reporting.sections.section import Section
from yibao.reporting.sentences import Clause
from yibao.reporting.targets import standing


def main_indicators(scene: Scene) -> tuple[str, ...]:
    """Those of the order, else the headline indicators of the catalogue."""
    return scene.order.indicators or _headline(scene)


def _headline(scene: Scene) -> tuple[str, ...]:
    known = [each for each in scene.numbers.catalogue.indicators.values() if each.headline is not None]
    return tuple(each.code for each in sorted(known, key=lambda each: each.headline or 0))


def body(scene: Scene) -> tuple[Block, ...]:
    """The main indicators against their targets, the headline ones against last year, and the alert lines."""
    held = values(scene.numbers.figures, _headline(scene), scene.selection)
    return (
        *say.paragraph(_targets(scene), _moves(scene, held), (f"主要指标完成情况见附件《{_TITLE}》。",)),
        *say.paragraph(_alerts(scene)),
    )


def _targets(scene: Scene) -> Clause:
    """Every indicator of the main form that meets or misses its target, as the published table says."""
    held: dict[str, list[Clause]] = {"met": [], "missed": []}
    for code in main_indicators(scene):
        status = standing(scene, code)
        if status is not None:
            few_made_it = scene.tells_few(code)
            name = scene.name(code)
            held[status].append((name,) if few_made_it else say.valued(name, scene.numbers.indicator(code)))
    met, missed = held["met"], held["missed"]
    return say.sentence(
        say.named("达到目标要求的主要指标有", met),
        say.named("未达到目标要求的有" if met else "未达到目标要求的主要指标有", missed),
        begin=f"{scene.until}，",
    )


def _moves(scene: Scene, held: dict[str, Value]) -> Clause:
    ways: dict[int, list[str]] = {1: [], -1: [], 0: []}
    for code in held:
        way = say.direction(scene.numbers.indicator(code, "last_year_change"))
        if way is not None:
            ways[way].append(scene.name(code))
    verbs = ((1, "上升"), (-1, "下降"), (0, "持平"))
    return say.sentence(
        *((f"{verb}的有{listed(ways[way])}",) for way, verb in verbs if ways[way]),
        begin=f"重点指标与{say.LAST_YEAR}相比，",
    )


def _alerts(scene: Scene) -> Clause:
    """Which lines the region itself has passed, and that its parts have."""
    passed: dict[str, list[str]] = {level: [] for level in problems.LEVELS}
    # an alarm of a part is told here too; its warnings only in their section
    alarms: list[str] = []
    partly = False
    for problem in problems.found(scene):
        if any(problems.is_whole(scene, cell) for cell in problem.cells):
            passed[problem.rule.level].append(problems.heading(scene, problem.rule))
        elif problem.rule.level == "alarm":
            alarms.append(problems.title(scene, problem))
        partly = partly or not all(problems.is_whole(scene, cell) for cell in problem.cells)
    said = [
        (f"达到{word}条件的有{listed(passed[level])}",)
        for level, word in problems.LEVELS.items()
        if passed[level]
    ] or [("已有数据的指标均未达到预警条件",)]
    parts = f"险种、{scene.below_noun}和机构"
    told_below = not scene.order.sections or "problems" in scene.order.sections
    return (
        *say.sentence(*said, begin=f"按指标目录的预警规则，{scene.whole}总体上"),
        *((f"分{parts}看，达到报警条件的有{listed(alarms)}。",) if alarms else ()),
        *((f"{parts}的预警情况见“{problems.PROBLEMS.title}”部分。",) if partly and told_below else ()),
    )


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
    indicator = scene.numbers.catalogue[code]
    month: tuple[Content, ...] = (None, None)
    if indicator.has_month:
        month = _cells(scene, code, "month", "value", previous_change=scene.month_before)
    before = scene.year_before
    year = _cells(scene, code, "ytd", "value", last_year_value=before, last_year_change=before)
    target, completion = _cells(scene, code, "ytd", "target_value", "completion")
    return (full_width(indicator.name_zh), UNITS[indicator.unit], *month, *year, target, completion)


def _cells(scene: Scene, code: str, mode: str, *columns: str, **compared: str) -> tuple[Content, ...]:
    """The columns of an indicator, none of them where few persons made it, nor one `compared` with a period of few."""
    if scene.tells_few(code, mode=mode):
        return (few.HIDDEN,) * (len(columns) + len(compared))
    cells: list[Content] = [scene.numbers.indicator(code, column, mode=mode) for column in columns]
    for column, period in compared.items():
        figure = scene.numbers.indicator(code, column, mode=mode)
        told = figure.value is not None and scene.tells_few(code, mode=mode, period=period)
        cells.append(few.HIDDEN if told else figure)
    return tuple(cells)


OVERVIEW = Section("总体情况", body, forms)
