"""待遇保障: what was paid for inpatients and outpatients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yibao.figures import paid_by_scheme
from yibao.labels import TIERS
from yibao.reporting import balance, few
from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Column, Content, Figure, Heading, Kind, Paragraph, Table
from yibao.reporting.scene import Scene
from yibao.reporting.sections.section import Section
from yibao.reporting.sections.tiers import tiers
from yibao.reporting.sentences import Clause


def body(scene: Scene) -> tuple[Block, ...]:
    """Inpatients, then outpatients."""
    return (
        Heading(2, "住院待遇"),
        *_inpatients(scene, by_scheme := _schemes(scene)),
        *by_scheme,
        Heading(2, "门诊待遇"),
        *_outpatients(scene),
    )


def _inpatients(scene: Scene, by_scheme: tuple[Table, ...]) -> tuple[Paragraph, ...]:
    if untold := _untold(scene, "ip_avg_cost", "住院"):
        return say.paragraph(untold)
    numbers = scene.numbers
    average = "ip_avg_compensation"
    return say.paragraph(
        say.sentence(
            say.told_or_unreported(
                f"{scene.span}，{scene.whole}参保人员住院", scene.count("ip_avg_cost", "denominator"), "人次"
            ),
            say.told("发生住院费用", scene.money("ip_avg_cost")),
            say.told("统筹基金支付", scene.money("ip_actual_ratio")),
        ),
        say.sentence(*scene.ratio("ip_actual_ratio", expected=True)),
        say.sentence(*scene.ratio("ip_policy_ratio", expected=True)),
        say.sentence(
            say.told(
                "计入大病保险、大额补助和医疗救助后，住院实际补偿比为",
                numbers.indicator("ip_actual_ratio_aid"),
            ),
            say.moved(numbers.indicator("ip_actual_ratio_aid", "last_year_change")),
        ),
        say.sentence(
            say.told("住院平均每人次补偿", numbers.indicator(average)),
            ()
            if scene.told_few(average)
            else say.more_or_less(numbers.indicator(average, kind="yuan", minus="last_year_value")),
        ),
        ("分险种情况见下表。",) if by_scheme else (),
    )


def _untold(scene: Scene, code: str, what: str) -> Clause:
    """Why nothing is told of a kind of treatment whose cases the indicator divides by; nothing where it is."""
    cases = scene.count(code, "denominator").value
    if cases is None:
        return (f"{what}待遇所需的结算单数据未报全。",)
    if few.is_few(cases):
        return (f"{scene.span}，{what}结算不足{few.FEWEST}人次，按保护隐私的规定不列示数值。",)
    return ()


def _schemes(scene: Scene) -> tuple[Table, ...]:
    """The schemes that had inpatients, the costliest first; of those that enrollment does not hold nothing is published."""
    found = (paid.key for paid in paid_by_scheme(scene.numbers.figures, scene.selection))
    codes = [code for code in found if code in scene.schemes]
    if len(codes) < 2:
        return ()
    rows = few.guarded([_row(scene, scene.schemes[code], {"insutype": code}) for code in codes], 1)
    if sum(isinstance(row[1], Figure) for row in rows) < 2:
        return ()
    return (
        balance.table(
            "compensation_by_scheme",
            "各险种住院待遇情况表",
            _columns("险种"),
            [*rows, _row(scene, "合计", {})],
            "单位：人次，万元，%，元",
            total=len(rows),
            added=(1, 2, 3),
        ),
    )


def _outpatients(scene: Scene) -> tuple[Paragraph, ...]:
    if untold := _untold(scene, "op_avg_cost", "门诊"):
        return say.paragraph(untold)
    return say.paragraph(
        say.sentence(
            say.told_or_unreported(
                f"{scene.span}，门诊（不含门诊慢特病和药店购药）结算",
                scene.count("op_avg_cost", "denominator"),
                "人次",
            ),
            say.told("发生门诊费用", scene.money("op_avg_cost")),
            say.told("统筹基金支付", scene.money("op_actual_ratio")),
        ),
        say.sentence(*scene.ratio("op_actual_ratio", expected=True)),
        ()
        if scene.tells_few("two_disease_avg_fund")
        else say.sentence(
            say.told(
                "高血压、糖尿病门诊用药保障结算", scene.count("two_disease_avg_fund", "denominator"), "人次"
            ),
            say.told("基金支付", scene.money("two_disease_avg_fund")),
            say.told("次均基金支出", scene.numbers.indicator("two_disease_avg_fund")),
        ),
    )


def forms(scene: Scene) -> tuple[Table, ...]:
    """附表: compensation of inpatients by tier of the institution."""
    rows = [
        _row(scene, TIERS.get(tier, tier), {"breakdown": ("service_tier", tier)}) for tier in tiers(scene)
    ]
    if not rows:
        return ()
    return (
        balance.table(
            "compensation",
            "各级医疗机构住院待遇情况表",
            _columns("机构层级"),
            [*few.guarded(rows, 1), _row(scene, "合计", {})],
            "单位：人次，万元，%，元",
            total=len(rows),
            added=(1, 2, 3),
        ),
    )


def _columns(first: str) -> tuple[Column, ...]:
    return (
        Column((first,)),
        Column(("住院人次",), "count"),
        Column(("住院费用",), "wan"),
        Column(("统筹基金支付",), "wan"),
        Column(("补偿比", "实际补偿比"), "percent"),
        Column(("补偿比", "政策范围内"), "percent"),
        Column(("次均", "费用"), "yuan"),
        Column(("次均", "补偿"), "yuan"),
    )


def _row(scene: Scene, name: str, cell: Mapping[str, Any]) -> tuple[Content, ...]:
    def figure(code: str, column: str = "value", kind: Kind | None = None) -> Figure:
        return scene.numbers.indicator(code, column, kind, **cell)

    return (
        name,
        figure("ip_avg_cost", "denominator", "count"),
        figure("ip_avg_cost", "numerator", "wan"),
        figure("ip_actual_ratio", "numerator", "wan"),
        figure("ip_actual_ratio"),
        figure("ip_policy_ratio"),
        figure("ip_avg_cost"),
        figure("ip_avg_compensation"),
    )


BENEFIT = Section("待遇保障", body, forms)
