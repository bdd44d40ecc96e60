"""存在问题: what the alert rules of the catalogue found, alarms first, with the townships and institutions named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from yibao.figures import AlertRule, Value, alert_rules, alerts, open_findings, parts
from yibao.labels import TIERS
from yibao.problem import Problem
from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Figure, Heading, Kind, Paragraph
from yibao.reporting.numbers import UNIT_KINDS
from yibao.reporting.scene import Scene, listed
from yibao.reporting.sections.fund import overspent
from yibao.reporting.sections.section import Section
from yibao.reporting.sentences import Clause

LEVELS = {"alarm": "报警", "warning": "预警"}
# two sides of one thing: where both are alerted, the first is told and the second only by its number
_MIRRORED = {"out_county_rate": "in_county_rate"}
# what an institution answers for itself
_OF_INSTITUTIONS = ("budget_exec_rate", "ip_avg_cost")
_COMPARED = {">": "高于", "<": "低于"}


@dataclass(frozen=True)
class Raised:
    """One rule, and every cell that raised it: of the region, its schemes, the regions below, its parts."""

    rule: AlertRule
    cells: tuple[tuple[str, Value], ...]


def found(scene: Scene) -> tuple[Raised, ...]:
    """The problems: alarms first, then in the order of the alerts (the whole region before its parts)."""
    cells: dict[AlertRule, list[tuple[str, Value]]] = {}
    for scheme in ("all", *scene.schemes):
        for value in alerts(scene.numbers.figures, replace(scene.selection, insutype=scheme)):
            # below the whole region only all schemes together: one scheme of one township is a handful of cases
            if scheme != "all" and value.region_code != scene.order.region_code:
                continue
            cells.setdefault(_rule(scene, value), []).append((scheme, value))
    for rule, value in _institutions(scene):
        cells.setdefault(rule, []).append(("all", value))
    problems = [Raised(rule, tuple(held)) for rule, held in cells.items()]
    order = list(LEVELS)
    return tuple(sorted(_unmirrored(problems), key=lambda problem: order.index(problem.rule.level)))


def _rule(scene: Scene, value: Value) -> AlertRule:
    """The rule that raised an alert; the published alert holds its message."""
    for rule in alert_rules(scene.numbers.figures).get(value.indicator_code, ()):
        if rule.level == value.alert_level and rule.message_zh == value.alert_zh:
            return rule
    raise Problem(
        f"已发布的预警找不到它的规则：{value.alert_zh}",
        where=f"alert_rule {value.indicator_code}",
        todo="发布的数据前后不一致，请重新执行 yibao run；仍不行请联系维护人员。",
    )


def _institutions(scene: Scene) -> list[tuple[AlertRule, Value]]:
    """The region's own institutions that are ahead of their budget, or whose stays cost more than the line allows.

    Not where few persons were treated: one dear stay says nothing.
    """
    return [
        (_rule(scene, value), value)
        for code in _OF_INSTITUTIONS
        for value in parts(scene.numbers.figures, code, scene.selection, "inst")
        if value.alert_level is not None
        and scene.own_institution(value.breakdown_value)
        and not _is_small(scene, value)
    ]


def _is_small(scene: Scene, value: Value) -> bool:
    cell = {"breakdown": ("inst", value.breakdown_value)}
    return scene.tells_few(value.indicator_code, **cell) or scene.told_few(value.indicator_code, **cell)


def _unmirrored(problems: Sequence[Raised]) -> list[Raised]:
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
        blocks += [Heading(2, title(scene, problem)), *_told(scene, problem)]
    blocks += _open(scene)
    return tuple(blocks) or say.paragraph(("按指标目录的预警规则，本期没有需要报告的问题。",))


def is_whole(scene: Scene, cell: tuple[str, Value]) -> bool:
    """Whether it is the region itself, all schemes together."""
    scheme, value = cell
    return scheme == "all" and value.region_code == scene.order.region_code and value.breakdown_value == "all"


def title(scene: Scene, problem: Raised) -> str:
    """The heading, with the name of the scheme, township or institution that has the problem alone."""
    subject = _tier(problem.rule)
    if len(problem.cells) == 1 and not is_whole(scene, problem.cells[0]):
        subject = _subject(scene, problem.rule, *problem.cells[0])
    return subject + heading(scene, problem.rule)


def _tier(rule: AlertRule) -> str:
    """The tier of institutions that a rule is about: `乡级机构`."""
    code = rule.breakdown_value
    return f"{TIERS.get(code, code)}机构" if code is not None else ""


def heading(scene: Scene, rule: AlertRule) -> str:
    """What is wrong, without a number: `参保率低于目标`."""
    name = scene.name(rule.indicator_code)
    compared = _COMPARED[rule.comparator]
    if rule.threshold_kind == "target":
        return f"{name}{compared}目标"
    if rule.threshold_kind == "elapsed_share":
        return f"{name}{compared}时间进度"
    if rule.threshold == 0:
        return f"存在{name.removesuffix('占比')}" if rule.comparator == ">" else f"{name}为负"
    growth = "同比增幅" if rule.metric == "last_year_change" else ""
    return f"{name}{growth}{compared}{LEVELS[rule.level]}线"


def _told(scene: Scene, problem: Raised) -> tuple[Paragraph, ...]:
    """The whole region in a sentence of its own, then the schemes, townships and institutions, the worst first."""
    rule = problem.rule
    if len(problem.cells) == 1:
        alone = _alone(scene, rule, *problem.cells[0])
        return say.paragraph(alone, _mirror(scene, problem), _line(scene, rule))
    lists: dict[str, list[Clause]] = {"险种": [], scene.below_noun: [], "定点医药机构": []}
    whole: list[Clause] = []
    for scheme, value in sorted(problem.cells, key=lambda cell: _badness(scene, rule, *cell)):
        if value.breakdown_value != "all" and rule.breakdown is None:
            named = _named(scene, rule, value, scene.institution(value.breakdown_value))
            lists["定点医药机构"].append(named)
        elif value.region_code != scene.order.region_code:
            lists[scene.below_noun].append(_named(scene, rule, value, scene.region_names[value.region_code]))
        elif scheme != "all":
            lists["险种"].append(_named(scene, rule, value, scene.schemes[scheme], scheme))
        else:
            whole.append(_alone(scene, rule, scheme, value))
    return say.paragraph(
        *whole,
        *(say.sentence(say.named(f"涉及的{noun}有", parts)) for noun, parts in lists.items()),
        _mirror(scene, problem),
        _line(scene, rule),
    )


def _badness(scene: Scene, rule: AlertRule, scheme: str, value: Value) -> tuple[bool, Decimal]:
    """The worst first; those without a number at the end, since their place among the others would bound it."""
    measured = value.last_year_change if rule.metric == "last_year_change" else value.value
    return (
        scene.tells_few(rule.indicator_code, **_cell(scene, rule, value, scheme)),
        (measured or Decimal(0)) * (-1 if rule.comparator == ">" else 1),
    )


def _mirror(scene: Scene, problem: Raised) -> Clause:
    """That the other side of the same thing misses its target too, where it does in all these places."""
    mirror = _MIRRORED.get(problem.rule.indicator_code)
    if mirror is None:
        return ()
    others = [
        scene.numbers.indicator(mirror, region=value.region_code, insutype=scheme, minus="target_value")
        for scheme, value in problem.cells
    ]
    if any(say.direction(other) != -1 for other in others):
        return ()
    return say.sentence((f"其{scene.name(mirror)}相应低于目标",))


def _cell(scene: Scene, rule: AlertRule, value: Value, scheme: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"region": value.region_code, "insutype": scheme}
    if value.breakdown_value != "all":
        cell["breakdown"] = (rule.breakdown or "inst", value.breakdown_value)
    return cell


def _alone(scene: Scene, rule: AlertRule, scheme: str, value: Value) -> Clause:
    """A sentence about one cell: the region itself, or the only one of its parts."""
    code = rule.indicator_code
    cell = _cell(scene, rule, value, scheme)
    subject = _subject(scene, rule, scheme, value)
    if scene.tells_few(code, **cell):
        return say.sentence((f"{subject}涉及人数较少，按保护隐私的规定不列示数值",))
    return say.sentence(
        say.told(f"{subject}{scene.name(code)}为", scene.numbers.indicator(code, **cell)),
        _since_last_year(scene, code, cell),
        scene.beside_target(code, **cell) if rule.threshold_kind == "target" else (),
        overspent(scene, code, **cell),
    )


def _since_last_year(scene: Scene, code: str, cell: Mapping[str, Any]) -> Clause:
    """Of a ratio in points, of money in per cent, of days and months in their own unit."""
    unit = scene.numbers.catalogue[code].unit
    if scene.told_few(code, **cell):
        return ()
    if unit in ("days", "months"):
        return say.more_or_less(scene.numbers.indicator(code, minus="last_year_value", **cell))
    change = scene.numbers.indicator(code, "last_year_change", **cell)
    return say.moved(change) if unit == "percent" else say.grew(change)


def _subject(scene: Scene, rule: AlertRule, scheme: str, value: Value) -> str:
    if value.breakdown_value != "all":
        if rule.breakdown is None:
            return scene.institution(value.breakdown_value)
        return f"{scene.whole}{_tier(rule)}"
    if value.region_code != scene.order.region_code:
        return scene.region_names[value.region_code]
    return scene.whole if scheme == "all" else scene.schemes[scheme]


def _named(scene: Scene, rule: AlertRule, value: Value, name: str, scheme: str = "all") -> Clause:
    """A part with its figure; by its name only where the figure would tell of few persons."""
    cell = _cell(scene, rule, value, scheme)
    if scene.tells_few(rule.indicator_code, **cell):
        return (name,)
    if rule.metric == "last_year_change" and scene.told_few(rule.indicator_code, **cell):
        return (name,)
    figure = scene.numbers.indicator(rule.indicator_code, rule.metric, **cell)
    beyond = overspent(scene, rule.indicator_code, **cell)
    return (f"{name}（", figure, "，", *beyond, "）") if beyond else say.valued(name, figure)


def _line(scene: Scene, rule: AlertRule) -> Clause:
    """The rule in plain words; its number is that of the published rule."""
    begin = f"{LEVELS[rule.level]}条件为"
    compared = _COMPARED[rule.comparator]
    if rule.threshold_kind == "target":
        return (f"{begin}{compared}当地目标。",)
    keys = [("indicator_code", rule.indicator_code), ("level", rule.level), ("comparator", rule.comparator)]
    if rule.breakdown is not None and rule.breakdown_value is not None:
        keys += [("breakdown", rule.breakdown), ("breakdown_value", rule.breakdown_value)]

    def limit(kind: Kind) -> Figure:
        return scene.numbers.cell("alert_rule", "threshold", kind, "预警线", keys)

    unit = scene.numbers.catalogue[rule.indicator_code].unit
    # its heading says that there is some, not of what
    name = scene.name(rule.indicator_code) if rule.threshold == 0 and rule.comparator == ">" else ""
    if rule.threshold_kind == "elapsed_share":
        return (f"{begin}{compared}时间进度", limit("points"), "以上。")
    if rule.metric == "last_year_change":
        return (f"{begin}同比增幅{compared}", limit("points" if unit == "percent" else "change"), "。")
    return (f"{begin}{name}{compared}", limit(UNIT_KINDS[unit]), "。")


def _open(scene: Scene) -> list[Block]:
    held = open_findings(scene.numbers.figures, scene.order.period, scene.prefix)
    names = list(dict.fromkeys(finding.inst_name or finding.inst_code for finding in held))
    if not names:
        return []
    keys = (("period", f"..{scene.order.period}"), *scene.place, ("is_open", "true"))
    number = scene.numbers.cell("mart_finding", "finding_id", "count", "未办结问题", keys, how="count")
    return [
        Heading(2, "检查发现的问题尚未全部办结"),
        *say.paragraph(
            say.sentence(("尚未办结的问题", number, "个"), (f"涉及的机构有{listed(names)}",)),
        ),
    ]


PROBLEMS = Section("存在问题", body)
