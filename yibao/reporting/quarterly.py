"""季度通报: how the townships and the institutions stand to each other and to the targets at a quarter's end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from yibao.figures import CASES_NEEDED, Institution, below, parts
from yibao.labels import TIERS, UNITS
from yibao.problem import Problem
from yibao.reporting import balance, few
from yibao.reporting import sentences as say
from yibao.reporting.bulletin import letter
from yibao.reporting.content import Block, Chart, Column, Content, Figure, Heading, Report, Series, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order, Product
from yibao.reporting.ranking import by_rank, extreme, most_and_least, ranks, shown
from yibao.reporting.scene import Scene, listed
from yibao.reporting.sections import problems
from yibao.reporting.sections.overview import main_indicators
from yibao.reporting.sentences import Clause
from yibao.reporting.targets import STATUS_ZH, count, missed, standing

_QUARTERS = {3: "一", 6: "二", 9: "三", 12: "四"}
_COST, _SELFPAY = "ip_avg_cost", "ip_selfpay_share"


def compose(numbers: Numbers, order: Order) -> Report:
    """The year to date at the end of a quarter. Raises Problem for a month that ends none."""
    scene = Scene(numbers, order)
    if scene.month not in _QUARTERS:
        ends = listed([f"{scene.year}-{month:02d}" for month in _QUARTERS])
        raise Problem(
            f"{order.period} 不是季度末",
            where=f"--period {order.period}",
            todo=f"季度通报按季度末的月份编制，请改用 {ends} 之一。",
        )
    body: list[Block] = []
    annex: list[Table | Chart] = []
    for code in order.sections or tuple(SECTIONS):
        title, section = SECTIONS[code]
        blocks, forms = section(scene)
        if blocks:
            body += [Heading(1, title), *blocks]
            annex += forms
    quarter = f"{scene.year}年{_QUARTERS[scene.month]}季度"
    return letter(
        scene,
        QUARTERLY.code,
        f"关于{order.region_name}{quarter}医疗保障主要指标完成情况的通报",
        f"{scene.year}年{scene.span}",
        scene.last_day,
        body,
        annex,
    )


_Told = tuple[tuple[Block, ...], tuple[Table, ...]]


def _overview(scene: Scene) -> _Told:
    """How many targets are met, and which of the main ones are not."""
    return (
        say.paragraph(
            say.sentence(
                say.told(f"{scene.span}，{scene.whole}有目标的指标中，达标", count(scene, "met"), "项"),
                say.told("未达标", count(scene, "missed"), "项"),
            ),
            missed(scene, main_indicators(scene), "主要指标中未达标的有"),
        ),
        (),
    )


def _ranked_codes(scene: Scene) -> list[str]:
    """The main indicators that the regions below have and of which more or less is better."""
    return [
        code
        for code in main_indicators(scene)
        if scene.numbers.catalogue[code].direction in ("higher", "lower")
        and below(scene.numbers.figures, code, scene.selection)
    ]


def _places(scene: Scene, code: str, towns: list[str]) -> dict[str, int]:
    """By the indicator's own direction; none for a figure that tells of few."""
    held = {
        town: scene.numbers.indicator(code, region=town).value
        for town in towns
        if not scene.tells_few(code, region=town)
    }
    return ranks(held, highest_first=scene.numbers.catalogue[code].direction == "higher")


def _regions(scene: Scene) -> _Told:
    towns = [region.code for region in scene.below if not scene.is_unknown(region.code)]
    ranked = {code: _places(scene, code, towns) for code in _ranked_codes(scene)}
    places = {code: found for code, found in ranked.items() if found}
    if len(towns) < 2 or not places:
        return (), ()
    blocks: list[Block] = [*_targets_met(scene, towns)]
    for code in places:
        blocks += say.paragraph(*_ends(scene, code, towns, places[code]))
    return (*blocks, _summary(scene, towns, places)), tuple(
        _ranking(scene, code, towns, places[code]) for code in places
    )


def _targets_met(scene: Scene, towns: list[str]) -> tuple[Block, ...]:
    met = {town: count(scene, "met", town) for town in towns}
    return (
        *say.paragraph(
            say.sentence(
                say.named(
                    "达标项数最多的是",
                    [say.valued(scene.region_names[town], met[town], "项") for town in extreme(met, max)],
                ),
                say.named(
                    "最少的是",
                    [say.valued(scene.region_names[town], met[town], "项") for town in extreme(met, min)],
                ),
            )
            if len(set(figure.value for figure in met.values())) > 1
            else ()
        ),
        Chart(
            "targets_met",
            f"各{scene.below_noun}达标项数",
            "bar",
            tuple(scene.region_names[town] for town in towns),
            (Series("达标项数", tuple(met.values())),),
            "count",
        ),
    )


def _ends(scene: Scene, code: str, towns: list[str], places: Mapping[str, int]) -> tuple[Clause, ...]:
    """The highest and the lowest of those with a place, beside the whole region; and everyone who misses the target."""
    if len(places) < 2:
        return ()
    held = {town: scene.numbers.indicator(code, region=town) for town in places}
    behind = [town for town in by_rank(towns, places) if standing(scene, code, town) == "missed"]
    among = "" if len(places) == len(towns) else f"参加排名的{scene.below_noun}中"
    return (
        say.sentence(
            say.told(f"{scene.whole}{scene.name(code)}为", scene.numbers.indicator(code)),
            *most_and_least(held, scene.region_names, among),
        ),
        say.sentence(
            say.named(
                "未达标的有",
                [
                    say.valued(scene.region_names[town], held[town])
                    if town in held
                    else (scene.region_names[town],)
                    for town in reversed(behind)
                ],
            )
        ),
    )


def _summary(scene: Scene, towns: list[str], places: Mapping[str, Mapping[str, int]]) -> Table:
    """名次 of every region in every indicator; no score is made of them."""
    met, unmet = ({town: count(scene, status, town) for town in towns} for status in ("met", "missed"))
    order = by_rank(towns, ranks({town: met[town].value for town in towns}, highest_first=True))
    return balance.table(
        "region_ranks",
        f"各{scene.below_noun}主要指标名次表",
        (
            Column((scene.below_noun,)),
            *(Column(("名次", scene.name(code))) for code in places),
            Column(("目标", "达标项数"), "count"),
            Column(("目标", "未达标项数"), "count"),
        ),
        [
            (
                scene.region_names[town],
                *(shown(places[code], town) for code in places),
                met[town],
                unmet[town],
            )
            for town in order
        ],
        "单位：名次，项",
        notes=(
            "各项按指标目录的方向排名：越高越好的由高到低，越低越好的由低到高；相同的并列。",
            f"达标项数按全部有目标、分{scene.below_noun}统计的指标计算，未设权重，不计总分。",
        ),
    )


def _ranking(scene: Scene, code: str, towns: list[str], places: Mapping[str, int]) -> Table:
    has_target = any(
        scene.numbers.indicator(code, "target_value", region=region).value is not None
        for region in (*towns, scene.order.region_code)
    )
    shown_columns = 7 if has_target else 5

    def row(place: str | None, name: str, region: str) -> tuple[Content, ...]:
        cells: list[Content] = [
            scene.numbers.indicator(code, column, region=region)
            for column in ("value", "last_year_value", "last_year_change", "target_value")
        ]
        status = STATUS_ZH.get(standing(scene, code, region) or "")
        if scene.tells_few(code, region=region):
            cells[:3] = [few.HIDDEN] * 3
            status = None
        elif scene.told_few(code, region=region):
            cells[1:3] = [few.HIDDEN] * 2
        return (place, name, *cells, status)[:shown_columns]

    kind = scene.numbers.indicator(code).kind
    moved = scene.numbers.indicator(code, "last_year_change").kind
    return balance.table(
        f"rank_{code}",
        f"各{scene.below_noun}{scene.name(code)}排名表",
        (
            Column(("名次",)),
            Column((scene.below_noun,)),
            Column(("本期",), kind),
            Column(("去年同期",), kind),
            Column(("增减",), moved),
            Column(("目标",), kind),
            Column(("是否达标",)),
        )[:shown_columns],
        [
            *(row(shown(places, town), scene.region_names[town], town) for town in by_rank(towns, places)),
            row(None, scene.whole, scene.order.region_code),
        ],
        f"单位：{UNITS[scene.numbers.catalogue[code].unit]}，增减为{'个百分点' if moved == 'points' else '%'}",
        notes=(
            f"{'由高到低' if scene.numbers.catalogue[code].direction == 'higher' else '由低到高'}排名，相同的并列。",
        ),
    )


def _institutions(scene: Scene) -> _Told:
    """The institutions of the region itself, each among those of its tier."""
    found: dict[str, list[Institution]] = {}
    for value in parts(scene.numbers.figures, _COST, scene.selection, "inst"):
        known = scene.own_institution(value.breakdown_value)
        if known and value.denominator:
            found.setdefault(known.service_tier, []).append(known)
    tiers = [tier for tier in TIERS if tier in found]
    blocks: list[Block] = []
    forms: list[Table] = []
    for tier in tiers:
        told, tables = _tier(scene, tier, found[tier])
        blocks += [Heading(2, f"{TIERS[tier]}定点医疗机构"), *told]
        forms += tables
    return tuple(blocks), tuple(forms)


def _of(scene: Scene, code: str, institution: str, column: str = "value") -> Figure:
    return scene.numbers.indicator(code, column, breakdown=("inst", institution))


def _cases_last_year(scene: Scene) -> dict[str, Decimal | None]:
    """Inpatient cases of each institution in the same months of last year."""
    then = replace(scene.selection, period=scene.year_before)
    return {
        value.breakdown_value: value.denominator
        for value in parts(scene.numbers.figures, _COST, then, "inst")
    }


def _tier(scene: Scene, tier: str, held: list[Institution]) -> _Told:
    """What is told of a tier, and its ranking; none of a single institution."""
    names = {each.code: each.name for each in held}
    cases = {
        code: scene.numbers.indicator(_COST, "denominator", "count", breakdown=("inst", code))
        for code in names
    }
    enough = [code for code in names if (cases[code].value or 0) >= CASES_NEEDED]
    if len(enough) < 2:
        return say.paragraph((f"住院人次达到{CASES_NEEDED}的机构不足两家，不排名。",)), ()
    columns: tuple[tuple[str, str, str], ...] = (
        (_COST, "value", "住院次均费用"),
        (_COST, "last_year_change", "住院次均费用同比增幅"),
        (_SELFPAY, "value", "住院自费费用占比"),
    )
    figures = {
        (code, column): {inst: _of(scene, code, inst, column) for inst in names}
        for code, column, _ in columns
    }
    before = _cases_last_year(scene)
    # a growth comes from the cases of two years
    judged = {
        (code, column): [
            inst for inst in enough if column == "value" or (before.get(inst) or Decimal(0)) >= CASES_NEEDED
        ]
        for code, column in figures
    }
    places = {
        key: ranks({inst: by_inst[inst].value for inst in judged[key]}, highest_first=False)
        for key, by_inst in figures.items()
    }
    order = list(names)
    silent = {order[at] for at in few.hidden([cases[code].value for code in order])}
    told: list[Clause] = []
    if len(enough) < len(names):
        told.append((f"住院人次达到{CASES_NEEDED}的机构中，",))
    for code, column, name in columns:
        known = {
            inst: figure for inst, figure in figures[code, column].items() if inst in places[code, column]
        }
        told.append(say.sentence(*most_and_least(known, names, silent=silent), begin=name))
    rows: list[tuple[Content, ...]] = []
    for inst in by_rank(order, places[_COST, "value"]):
        row: list[Content] = [names[inst], cases[inst]]
        for code, column, _ in columns:
            told_few = column == "last_year_change" and few.is_few(before.get(inst))
            row += [
                few.HIDDEN if told_few else figures[code, column][inst],
                shown(places[code, column], inst),
            ]
        rows.append(tuple(row))
    form = balance.table(
        f"institutions_{tier}",
        f"{TIERS[tier]}定点医疗机构排名表",
        (
            Column(("机构",)),
            Column(("住院人次",), "count"),
            Column(("次均费用", "本期（元）"), "yuan"),
            Column(("次均费用", "名次")),
            Column(("次均费用同比", "增幅（%）"), "change"),
            Column(("次均费用同比", "名次")),
            Column(("自费费用占比", "本期（%）"), "percent"),
            Column(("自费费用占比", "名次")),
        ),
        few.guarded(rows, 1),
        "单位：人次，元，%",
        notes=(
            f"各项由低到高排名，相同的并列；本年累计住院人次不足{CASES_NEEDED}的不参加排名。",
            f"同比增幅只在去年同期住院人次也达到{CASES_NEEDED}的机构中排名。自费费用占比为目录外费用占住院总费用的百分比。",
        ),
    )
    return say.paragraph(*told), (form,)


def _problems(scene: Scene) -> _Told:
    return problems.body(scene), ()


SECTIONS: dict[str, tuple[str, Callable[[Scene], _Told]]] = {
    "overview": ("总体情况", _overview),
    "regions": ("各地完成情况", _regions),
    "institutions": ("定点医疗机构运行情况", _institutions),
    "problems": ("存在问题", _problems),
}


def forms(indicators: Iterable[str]) -> tuple[str, ...]:
    """The codes of its tables, whichever indicators are ranked."""
    return (
        "region_ranks",
        *(f"rank_{code}" for code in indicators),
        *(f"institutions_{tier}" for tier in TIERS),
    )


QUARTERLY = Product("quarterly", "季度通报", compose)
