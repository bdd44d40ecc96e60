"""季度通报: how the townships and the institutions stand to each other and to the targets at a quarter's end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from yibao.figures import below
from yibao.labels import TIERS, UNITS
from yibao.problem import Problem
from yibao.reporting import balance, few
from yibao.reporting import sentences as say
from yibao.reporting.bulletin import letter
from yibao.reporting.content import Block, Chart, Column, Content, Heading, Report, Series, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order, Product
from yibao.reporting.ranking import by_rank, extreme, most_and_least, ranks, shown
from yibao.reporting.scene import Scene, listed
from yibao.reporting.sections import problems
from yibao.reporting.sections.overview import main_indicators
from yibao.reporting.sentences import Clause
from yibao.reporting.targets import STATUS_ZH, count, missed, standing
from yibao.reporting.tiers import by_tier

_QUARTERS = {3: "一", 6: "二", 9: "三", 12: "四"}


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


def _problems(scene: Scene) -> _Told:
    return problems.body(scene), ()


SECTIONS: dict[str, tuple[str, Callable[[Scene], _Told]]] = {
    "overview": ("总体情况", _overview),
    "regions": ("各地完成情况", _regions),
    "institutions": ("定点医疗机构运行情况", by_tier),
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
