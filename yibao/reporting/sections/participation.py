"""参保征缴: who is insured, by scheme and township, and what was collected."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yibao.figures import Value, below
from yibao.reporting import balance, few
from yibao.reporting import sentences as say
from yibao.reporting.bulletin import covered
from yibao.reporting.content import Block, Column, Content, Figure, Heading, Paragraph, Table
from yibao.reporting.ranking import most_and_least
from yibao.reporting.scene import Scene
from yibao.reporting.sections.charts import by_month
from yibao.reporting.sections.section import Section
from yibao.reporting.sentences import Clause


def body(scene: Scene) -> tuple[Block, ...]:
    """Participation, then collection."""
    townships = _ranked(scene)
    return (
        Heading(2, "参保情况"),
        *_insured(scene),
        *_by_township(scene, townships),
        *_ranking(scene, townships),
        *by_month(scene, "part_rate"),
        *_special(scene),
        Heading(2, "征缴情况"),
        *_collected(scene),
    )


def _insured(scene: Scene) -> tuple[Paragraph, ...]:
    here = scene.order.region_code
    held = _held(scene)
    by_scheme = [
        (name, _persons(scene, code)) for code, name in scene.schemes.items() if (here, code) in held
    ]
    hidden = few.hidden([figure.value for _, figure in by_scheme])
    shown = [
        (name, figure, "人")
        for at, (name, figure) in enumerate(by_scheme)
        if at not in hidden and figure.value is not None
    ]
    first = say.sentence(
        say.told_or_unreported(f"{scene.until}，{scene.whole}参保", scene.count("part_rate"), "人"),
        say.named("其中", shown),
    )
    return say.paragraph(
        first,
        _task(scene),
        say.sentence(
            say.told("户籍人口", scene.count("part_rate", "denominator"), "人"),
            *scene.ratio("part_rate", expected=True),
            _uninsured(scene),
        ),
        say.sentence(
            say.told("按常住人口计算，参保率为", scene.numbers.indicator("part_rate_resident")),
            _without_the_absent(scene),
        ),
        _unpaid(scene),
    )


def _without_the_absent(scene: Scene) -> Clause:
    """Nothing where nobody was reported as long absent: it is the participation rate again then."""
    counted = scene.count("part_rate_net", "denominator")
    if counted.value == scene.count("part_rate", "denominator").value:
        return ()
    return say.told("剔除长期外出人员后参保率为", scene.numbers.indicator("part_rate_net"))


def _task(scene: Scene) -> Clause:
    """The year's task of persons to be insured, where one was set."""
    code = "part_target_rate"
    if scene.tells_few(code):
        return ()
    done = say.completed(
        scene.count(code, "denominator"), scene.numbers.indicator(code), "年度参保任务", after="人"
    )
    moved = () if scene.told_few(code) else _moved(scene.numbers.indicator(code, "last_year_change"))
    return say.sentence(done, moved) if done else ()


def _persons(scene: Scene, insutype: str) -> Figure:
    return _cell(scene, "insured_persons", "参保人数", insutype=insutype)


def _cell(
    scene: Scene,
    column: str,
    name: str,
    *,
    region: str | None = None,
    insutype: str = "all",
    minus: str | None = None,
) -> Figure:
    keys = (
        ("period", scene.order.period),
        ("region_code", region or scene.order.region_code),
        ("insutype", insutype),
    )
    return scene.numbers.cell("mart_participation", column, "count", name, keys, minus=minus)


def _uninsured(scene: Scene) -> Clause:
    left = _cell(scene, "population_registered", "未参保人数", minus="insured_persons")
    return say.told("未参保", left, "人") if left.value is not None and left.value >= few.FEWEST else ()


def _unpaid(scene: Scene) -> Clause:
    unpaid = _cell(scene, "insured_unpaid_persons", "已登记未缴费人数")
    if unpaid.value is None or unpaid.value < few.FEWEST:
        return ()
    return say.sentence(say.told("已办理参保登记但当年尚未缴费的", unpaid, "人，未计入参保人数"))


def _ranked(scene: Scene) -> tuple[Value, ...]:
    """The regions below with a participation rate, the highest first."""
    found = [
        value
        for value in below(scene.numbers.figures, "part_rate", scene.selection)
        if value.value is not None
    ]
    return tuple(sorted(found, key=lambda value: (-(value.value or Decimal(0)), value.region_code)))


def _by_township(scene: Scene, ranked: tuple[Value, ...]) -> tuple[Paragraph, ...]:
    """The highest and the lowest, all that share these places; only the table where all are equal."""
    if len(ranked) < 2:
        return ()
    held = {
        value.region_code: scene.numbers.indicator("part_rate", region=value.region_code) for value in ranked
    }
    return say.paragraph(
        say.sentence(
            *(most_and_least(held, scene.region_names) or ((f"各{scene.below_noun}相同",),)),
            ("排序见下表",),
            begin=f"分{scene.below_noun}看，参保率",
        )
    )


def _ranking(scene: Scene, ranked: tuple[Value, ...]) -> tuple[Table, ...]:
    if len(ranked) < 2:
        return ()
    rows = [
        (
            scene.region_names[value.region_code],
            scene.numbers.indicator("part_rate", region=value.region_code),
            scene.numbers.indicator("part_rate", "last_year_change", region=value.region_code),
            scene.numbers.indicator("part_rate", region=value.region_code, minus="target_value"),
        )
        for value in ranked
    ]
    columns = (
        Column((scene.below_noun,)),
        Column(("参保率",), "percent"),
        Column(("比去年同期",), "points"),
        Column(("比目标",), "points"),
    )
    return (
        balance.table(
            "participation_ranking",
            f"各{scene.below_noun}参保率排序表",
            columns,
            rows,
            "单位：%，个百分点",
        ),
    )


def _special(scene: Scene) -> tuple[Paragraph, ...]:
    priority = "part_rate_priority"
    doubled = scene.count("double_cover_rate")
    if few.is_few(doubled.value):
        double: Clause = (f"存在重复参保，人数不足{few.FEWEST}人，按保护隐私的规定不列示",)
    else:
        double = say.told("重复参保", doubled, "人")
    return say.paragraph(
        say.sentence(
            scene.counted("特殊人群名单在册", scene.count(priority, "denominator"), "人"),
            *(
                [("参保或未参保的人数较少，按保护隐私的规定不列示参保率",)]
                if scene.tells_few(priority)
                else scene.ratio(priority, "参保率")
            ),
        ),
        say.sentence(double),
    )


def _collected(scene: Scene) -> tuple[Paragraph, ...]:
    numbers = scene.numbers
    return say.paragraph(
        say.sentence(
            say.told_or_unreported(f"{scene.until}，{scene.year}年度参保缴费", scene.money("collect_rate")),
            say.completed(
                scene.money("collect_rate", "denominator"), numbers.indicator("collect_rate"), "征缴任务"
            ),
            _moved(numbers.indicator("collect_rate", "last_year_change")),
        ),
        say.sentence(scene.counted("缴费人数", _cell(scene, "contribution_persons", "缴费人数"), "人")),
    )


def _moved(change: Figure) -> Clause:
    clause = say.moved(change)
    return ("完成率", *clause) if clause else ()


def forms(scene: Scene) -> tuple[Table, ...]:
    """附表: participation by township, the whole region at the end."""
    known = [region for region in scene.below if _is_reported(scene, region.code)]
    if not known:
        return ()
    rows = [_row(scene, region.code, region.name) for region in known]
    shown = few.guarded(rows, 2)
    columns = (
        Column((scene.below_noun,)),
        Column(("户籍人口",), "count"),
        Column(("参保人数",), "count"),
        Column(("缴费人数",), "count"),
        Column(("缴费金额",), "wan"),
        Column(("参保率", "本期"), "percent"),
        Column(("参保率", "去年同期"), "percent"),
        Column(("参保率", "增减"), "points"),
    )
    return (
        balance.table(
            "participation",
            f"各{scene.below_noun}参保征缴情况表",
            columns,
            # as few may have paid where many are insured
            covered(shown, _row(scene, scene.order.region_code, "合计"), {3: (4,)}),
            "单位：人，万元，%，增减为个百分点",
            total=len(shown),
            added=(1, 2, 3, 4),
        ),
    )


@dataclass(frozen=True)
class _Place:
    """Where mart_participation has a row: not of a scheme or township without persons, payments and population."""

    region_code: str
    insutype: str


def _held(scene: Scene) -> frozenset[tuple[str, str]]:
    found = scene.numbers.figures.rows(
        _Place,
        "select region_code, insutype from mart_participation where period = ?",
        (scene.order.period,),
    )
    return frozenset((each.region_code, each.insutype) for each in found)


def _is_reported(scene: Scene, region: str) -> bool:
    return (region, "all") in _held(scene) and (
        not scene.is_unknown(region)
        or bool(scene.numbers.indicator("part_rate", "numerator", "count", region=region).value)
    )


def _row(scene: Scene, region: str, name: str) -> tuple[Content, ...]:
    rate = scene.numbers.indicator
    return (
        name,
        rate("part_rate", "denominator", "count", region=region),
        rate("part_rate", "numerator", "count", region=region),
        _cell(scene, "contribution_persons", "缴费人数", region=region),
        scene.numbers.cell(
            "mart_participation",
            "contribution_amount",
            "wan",
            "缴费金额",
            (("period", scene.order.period), ("region_code", region), ("insutype", "all")),
        ),
        rate("part_rate", region=region),
        rate("part_rate", "last_year_value", region=region),
        rate("part_rate", "last_year_change", region=region),
    )


PARTICIPATION = Section("参保征缴", body, forms)
