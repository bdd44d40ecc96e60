"""医疗费用: what a stay and a visit cost, by tier and institution."""

from __future__ import annotations

from collections.abc import Sequence

from yibao.figures import parts
from yibao.labels import TIERS
from yibao.reporting import balance, few
from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Column, Content, Paragraph, Table
from yibao.reporting.scene import Scene
from yibao.reporting.sections.charts import beside_last_year
from yibao.reporting.sections.section import Section
from yibao.reporting.sections.tiers import tiers
from yibao.reporting.sentences import Clause


def body(scene: Scene) -> tuple[Block, ...]:
    """Inpatients of the year and of the month, what the cost is made of, outpatients."""
    known = scene.count("ip_avg_cost", "denominator").value is not None
    stays = _stays(scene) if known else say.paragraph(("医疗费用所需的结算单数据未报全。",))
    return (*stays, *_chart(scene), *_month(scene), *_structure(scene))


def _stays(scene: Scene) -> tuple[Paragraph, ...]:
    return say.paragraph(
        say.sentence(*scene.average("ip_avg_cost"), begin=f"{scene.span}，"),
        say.chain(scene.average("ip_avg_cost_in_county"), scene.average("ip_avg_cost_out_county")),
        _mixed(scene),
        _days(scene),
        say.sentence(*scene.average("ip_cost_per_day")),
        say.sentence(*scene.average("op_avg_cost")),
    )


def _mixed(scene: Scene) -> Clause:
    """Where both places grow and the whole falls, or the other way round: a reader would take it for a mistake."""
    codes = ("ip_avg_cost", "ip_avg_cost_in_county", "ip_avg_cost_out_county")
    if any(scene.tells_few(code) or scene.told_few(code) for code in codes):
        return ()
    whole, inside, outside = (
        say.direction(scene.numbers.indicator(code, "last_year_change")) for code in codes
    )
    if not whole or inside != outside or inside != -whole:
        return ()
    # where some have no place, theirs may have moved the whole
    if not all(_have_a_place(scene, codes, period) for period in (scene.order.period, scene.year_before)):
        return ()
    parts, together = ("上升", "下降") if whole < 0 else ("下降", "上升")
    return (f"县域内、县域外次均费用均{parts}而总体{together}，系两者住院人次占比变化所致。",)


def _have_a_place(scene: Scene, codes: Sequence[str], period: str) -> bool:
    """Whether the cases of the first indicator are known to be those of the others together."""
    if period not in scene.counted_periods:
        return False
    whole, *parts = (scene.count(code, "denominator", period=period).value or 0 for code in codes)
    return whole == sum(parts)


def _days(scene: Scene) -> Clause:
    code = "ip_avg_days"
    if scene.tells_few(code):
        return ()
    return say.sentence(
        say.told("平均住院日为", scene.numbers.indicator(code)),
        ()
        if scene.told_few(code)
        else say.more_or_less(scene.numbers.indicator(code, minus="last_year_value")),
    )


def _month(scene: Scene) -> tuple[Paragraph, ...]:
    code = "ip_avg_cost"
    cases = scene.count(code, "denominator", mode="month")
    # in January the month is the year to date
    if few.is_few(cases.value) or scene.month == 1:
        return ()

    def grew(column: str, period: str, than: str) -> Clause:
        change = scene.numbers.indicator(code, f"{column}_change", mode="month")
        # where there is no change, there may be no such month
        known = change.value is not None and not scene.tells_few(code, mode="month", period=period)
        return say.grew(change, than) if known else ()

    return say.paragraph(
        say.sentence(
            say.told(f"{scene.month}月当月，住院", cases, "人次"),
            say.told("住院费用", scene.money(code, mode="month")),
            say.told("住院次均费用", scene.numbers.indicator(code, mode="month")),
            grew("last_year", scene.year_before, "去年同月"),
            grew("previous", scene.month_before, "上月"),
        )
    )


def _structure(scene: Scene) -> tuple[Paragraph, ...]:
    return say.paragraph(
        say.sentence(*scene.ratio("ip_selfpay_share")),
        say.chain(scene.ratio("drug_share"), scene.ratio("material_share")),
    )


def _chart(scene: Scene) -> tuple[Block, ...]:
    def is_few(tier: str) -> bool:
        cell = ("service_tier", tier)
        return scene.tells_few("ip_avg_cost", breakdown=cell) or scene.told_few("ip_avg_cost", breakdown=cell)

    shown = [tier for tier in tiers(scene) if not is_few(tier)]
    return beside_last_year(
        scene,
        "cost_by_tier",
        f"{scene.whole}参保人员各级医疗机构住院次均费用",
        tuple(TIERS.get(tier, tier) for tier in shown),
        tuple(
            (
                scene.numbers.indicator("ip_avg_cost", breakdown=("service_tier", tier)),
                scene.numbers.indicator("ip_avg_cost", "last_year_value", breakdown=("service_tier", tier)),
            )
            for tier in shown
        ),
    )


def forms(scene: Scene) -> tuple[Table, ...]:
    """附表: the institutions that had inpatients, the costliest first."""
    found = [
        part
        for part in parts(scene.numbers.figures, "ip_avg_cost", scene.selection, "inst")
        if part.numerator or part.denominator
    ]
    if not found:
        return ()
    found.sort(key=lambda part: (-(part.numerator or 0), part.breakdown_value))
    rows = [_row(scene, part.breakdown_value) for part in found]
    columns = (
        Column(("定点医疗机构",)),
        Column(("机构层级",)),
        Column(("住院人次",), "count"),
        Column(("住院费用",), "wan"),
        Column(("统筹基金支付",), "wan"),
        Column(("次均费用", "本期"), "yuan"),
        Column(("次均费用", "比去年同期"), "change"),
        Column(("平均住院日",), "days"),
        Column(("实际补偿比",), "percent"),
    )
    # not by their cost among the others, which would bound it
    rows = sorted(few.guarded(rows, 2), key=lambda row: row[2] == few.HIDDEN)
    total = ("合计", None, *_figures(scene, ("none", "all")))
    return (
        balance.table(
            "institutions",
            "定点医疗机构住院费用情况表",
            columns,
            [*rows, total],
            "单位：人次，万元，元，天，%",
            total=len(rows),
            added=(2, 3, 4),
        ),
    )


def _row(scene: Scene, inst: str) -> tuple[Content, ...]:
    known = scene.institutions.get(inst)
    tier = TIERS.get(known.service_tier, known.service_tier) if known else None
    return (scene.institution(inst), tier, *_figures(scene, ("inst", inst)))


def _figures(scene: Scene, breakdown: tuple[str, str]) -> tuple[Content, ...]:
    growth = scene.numbers.indicator("ip_avg_cost", "last_year_change", breakdown=breakdown)
    return (
        scene.count("ip_avg_cost", "denominator", breakdown=breakdown),
        scene.money("ip_avg_cost", breakdown=breakdown),
        scene.money("ip_actual_ratio", breakdown=breakdown),
        scene.numbers.indicator("ip_avg_cost", breakdown=breakdown),
        few.HIDDEN if scene.told_few("ip_avg_cost", breakdown=breakdown) else growth,
        scene.numbers.indicator("ip_avg_days", breakdown=breakdown),
        scene.numbers.indicator("ip_actual_ratio", breakdown=breakdown),
    )


COST = Section("医疗费用", body, forms)
