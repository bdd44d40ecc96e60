"""存在问题: what the alert rules of the catalogue found, alarms first, with the townships and institutions named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yibao.figures import AlertRule, Value, alert_rules, alerts, open_findings, parts
from yibao.labels import TIERS
from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Figure, Heading, Paragraph
from yibao.reporting.scene import Scene, listed
from yibao.reporting.sections.section import Section
from yibao.reporting.sentences import Clause

LEVELS = {"alarm": "报警", "warning": "预警"}
# two sides of one thing: where both are alerted, the first is told and the second only by its number
_MIRRORED = {"out_county_rate": "in_county_rate"}
_COMPARED = {">": "高于", "<": "低于"}


@dataclass(frozen=True)
class Problem:
    """One indicator past one line, and every cell in which it is: of the region, its schemes, the regions below, its parts."""

    rule: AlertRule
    cells: tuple[tuple[str, Value], ...]


def found(scene: Scene) -> tuple[Problem, ...]:
    """The problems: alarms first, then in the order of the alerts (the whole region before its parts)."""
    cells: dict[AlertRule, list[tuple[str, Value]]] = {}
    for scheme in ("all", *scene.schemes):
        for value in alerts(scene.numbers.figures, replace(scene.selection, insutype=scheme)):
            # below the whole region only all schemes together: one scheme of one township is a handful of cases
            if scheme != "all" and value.region_code != scene.order.region_code:
                continue
            rule = _rule(scene, value)
            if rule is not None:
                cells.setdefault(rule, []).append((scheme, value))
    for rule, value in _budgets(scene):
        cells.setdefault(rule, []).append(("all", value))
    problems = [Problem(rule, tuple(held)) for rule, held in cells.items()]
    order = list(LEVELS)
    return tuple(sorted(_unmirrored(problems), key=lambda problem: order.index(problem.rule.level)))


def _rule(scene: Scene, value: Value) -> AlertRule | None:
    """The rule that raised an alert; the published alert holds its message."""
    rules = alert_rules(scene.numbers.figures).get(value.indicator_code, ())
    return next(
        (rule for rule in rules if rule.level == value.alert_level and rule.message_zh == value.alert_zh),
        None,
    )


def _budgets(scene: Scene) -> list[tuple[AlertRule, Value]]:
    """Institutions ahead of their budget: the one indicator about each institution's own limit."""
    return [
        (rule, value)
        for value in parts(scene.numbers.figures, "budget_exec_rate", scene.selection, "inst")
        if value.alert_level is not None and (rule := _rule(scene, value)) is not None
    ]


def _unmirrored(problems: Sequence[Problem]) -> list[Problem]:
    regions = {problem.rule.indicator_code: {_place(each) for each in problem.cells} for problem in problems}
    mirrored = {
        other
        for code, other in _MIRRORED.items()
        if other in regions and regions[other] <= regions.get(code, set())
    }
    return [problem for problem in problems if problem.rule.indicator_code not in mirrored]


def _place(cell: tuple[str, Value]) -> tuple[str, str, str]:
    scheme, value = cell
    return scheme, value.region_code, value.breakdown_value


def body(scene: Scene) -> tuple[Block, ...]:
    """One heading and one paragraph for each problem, then what inspections left open."""
    blocks: list[Block] = []
    for problem in found(scene):
        blocks += [Heading(2, heading(scene, problem.rule)), *_told(scene, problem)]
    blocks += _open(scene)
    return tuple(blocks) or say.paragraph(("按指标目录的预警规则，本期没有需要报告的问题。",))


def heading(scene: Scene, rule: AlertRule) -> str:
    """What is wrong, without a number: `参保率低于目标`."""
    name = scene.name(rule.indicator_code)
    compared = _COMPARED[rule.comparator]
    if rule.threshold_kind == "target":
        return f"{name}{compared}目标"
    if rule.threshold_kind == "elapsed_share":
        return f"{name}{compared}时间进度"
    if rule.metric == "last_year_change":
        return f"{name}增长较快" if rule.comparator == ">" else f"{name}下降较快"
    if rule.threshold == 0 and rule.comparator == ">":
        return f"存在{name.removesuffix('占比')}"
    if rule.threshold == 0:
        return f"{name}为负"
    tier = f"{TIERS.get(rule.breakdown_value, '')}机构" if rule.breakdown_value else ""
    line = LEVELS[rule.level]
    return f"{tier}{name}{compared}{line}线"


def _told(scene: Scene, problem: Problem) -> tuple[Paragraph, ...]:
    whole, schemes, townships, insts = [], [], [], []
    for scheme, value in problem.cells:
        if value.breakdown_value != "all" and problem.rule.breakdown is None:
            insts.append(_named(scene, problem.rule, value, scene.institution(value.breakdown_value)))
        elif value.region_code != scene.order.region_code:
            townships.append(_named(scene, problem.rule, value, scene.region_names[value.region_code]))
        elif scheme != "all":
            schemes.append(_named(scene, problem.rule, value, scene.schemes[scheme], scheme))
        else:
            whole.append(_whole(scene, problem.rule, value))
    mirror = _MIRRORED.get(problem.rule.indicator_code)
    aside = (
        say.sentence((f"上述地区的{scene.name(mirror)}相应低于目标",))
        if mirror and all(_low(scene, mirror, value) for _, value in problem.cells)
        else ()
    )
    return say.paragraph(
        *whole,
        say.sentence(say.named("涉及的险种有", schemes)),
        say.sentence(say.named(f"涉及的{scene.below_noun}有", townships)),
        say.sentence(say.named("涉及的定点医药机构有", insts)),
        aside,
        _line(scene, problem.rule),
    )


def _low(scene: Scene, code: str, value: Value) -> bool:
    figure = scene.numbers.indicator(code, region=value.region_code, minus="target_value")
    return say.direction(figure) == -1


def _cell(scene: Scene, rule: AlertRule, value: Value, scheme: str) -> dict[str, object]:
    if value.breakdown_value == "all":
        return {"region": value.region_code, "insutype": scheme}
    return {
        "region": value.region_code,
        "insutype": scheme,
        "breakdown": (rule.breakdown or "inst", value.breakdown_value),
    }


def _metric(scene: Scene, rule: AlertRule, value: Value, scheme: str) -> Figure:
    cell = _cell(scene, rule, value, scheme)
    return scene.numbers.indicator(rule.indicator_code, rule.metric, **cell)  # type: ignore[arg-type]


def _whole(scene: Scene, rule: AlertRule, value: Value) -> Clause:
    """The region itself, or one of its tiers."""
    cell = _cell(scene, rule, value, "all")
    if scene.tells_few(rule.indicator_code, **cell):
        return say.sentence(
            (f"{scene.whole}已达到{LEVELS[rule.level]}条件，因人数较少，按保护隐私的规定不列示数值",)
        )
    subject = TIERS.get(value.breakdown_value, "") if rule.breakdown else ""
    clauses: list[Clause] = [
        say.told(
            f"{scene.span}{scene.whole}{subject}{scene.name(rule.indicator_code)}为",
            scene.numbers.indicator(rule.indicator_code, **cell),  # type: ignore[arg-type]
        )
    ]
    if rule.metric == "last_year_change":
        clauses.append(say.grew(_metric(scene, rule, value, "all")))
    if rule.threshold_kind == "target":
        clauses.append(
            say.beside_target(
                scene.numbers.indicator(rule.indicator_code, minus="target_value", **cell),  # type: ignore[arg-type]
                scene.numbers.indicator(rule.indicator_code, "target_value", **cell),  # type: ignore[arg-type]
            )
        )
    return say.sentence(*clauses)


def _named(scene: Scene, rule: AlertRule, value: Value, name: str, scheme: str = "all") -> Clause:
    """A part with its figure; by its name only where the figure would tell of few persons."""
    cell = _cell(scene, rule, value, scheme)
    if scene.tells_few(rule.indicator_code, **cell):
        return (name,)
    return say.valued(name, _metric(scene, rule, value, scheme))


def _line(scene: Scene, rule: AlertRule) -> Clause:
    """The rule in plain words; its number is that of the published rule."""
    code, compared, level = rule.indicator_code, _COMPARED[rule.comparator], LEVELS[rule.level]
    if rule.threshold_kind == "target":
        return (f"（{level}规则：{compared}当地目标。）",)
    keys = [("indicator_code", code), ("level", rule.level), ("comparator", rule.comparator)]
    if rule.breakdown is not None and rule.breakdown_value is not None:
        keys += [("breakdown", rule.breakdown), ("breakdown_value", rule.breakdown_value)]
    unit = scene.numbers.catalogue[code].unit
    if rule.threshold_kind == "elapsed_share":
        margin = scene.numbers.cell("alert_rule", "threshold", "points", "预警线", keys)
        return (f"（{level}规则：{compared}时间进度", margin, "以上。）")
    if rule.metric == "last_year_change":
        percent = scene.numbers.cell(
            "alert_rule", "threshold", "points" if unit == "percent" else "change", "预警线", keys
        )
        return (
            f"（{level}规则：比去年同期{'增长' if rule.comparator == '>' else '下降'}超过",
            percent,
            "。）",
        )
    kinds = {"percent": "percent", "yuan": "yuan", "days": "days", "months": "months"}
    limit = scene.numbers.cell("alert_rule", "threshold", kinds[unit], "预警线", keys)  # type: ignore[arg-type]
    return (f"（{level}规则：{compared}", limit, "。）")


def _open(scene: Scene) -> list[Block]:
    prefix = scene.place[0][1].partition("..")[0] if scene.place else ""
    held = open_findings(scene.numbers.figures, scene.order.period, prefix)
    names = list(dict.fromkeys(finding.inst_name or finding.inst_code for finding in held))
    if not names:
        return []
    keys = (("period", f"..{scene.order.period}"), *scene.place, ("is_open", "true"))
    number = scene.numbers.cell("mart_finding", "finding_id", "count", "未办结问题", keys, how="count")
    return [
        Heading(2, "检查发现的问题尚未全部办结"),
        *say.paragraph(
            say.sentence(("尚未办结的问题", number, "个"), (f"涉及{listed(names)}",)),
        ),
    ]


PROBLEMS = Section("存在问题", body)
