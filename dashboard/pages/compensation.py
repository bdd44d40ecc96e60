"""待遇补偿: how much of the cost the insurance bears, and who bears the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import (
    Cell,
    Content,
    Gap,
    as_number,
    of_change,
    of_value,
    shown,
    tone_of,
)
from dashboard.components.charts import Point, lines
from dashboard.components.few import counted, guarded
from dashboard.components.indicators import note_coverage, note_of_county, show_indicators
from dashboard.components.show import note, show
from dashboard.components.waterfall import waterfall
from dashboard.view import View
from yibao.figures import (
    Layers,
    Paid,
    Value,
    below,
    layers,
    paid_by_scheme,
    paid_by_tier,
    percent,
    series,
    values,
)
from yibao.labels import TIERS

_MAIN = (
    "ip_policy_ratio",
    "ip_actual_ratio",
    "op_actual_ratio",
    "ip_avg_compensation",
    "benefit_rate",
    "two_disease_avg_fund",
)
_CALIBRES = ("ip_actual_ratio", "ip_actual_ratio_catastrophic", "ip_actual_ratio_aid", "ip_fund_ratio")
_FUND, _PERSON, _UNKNOWN = "基金支付", "个人负担", "未说明"


def render(view: View) -> None:
    """Cards, calibres, payment layers, tiers and schemes, months, townships."""
    show_indicators(view, _MAIN)
    st.subheader("住院实际补偿比的四种口径", anchor=False)
    show_indicators(view, _CALIBRES)
    note(
        "分母都是住院总费用，分子依次多算一层：①统筹基金；②加大额和大病保险；③再加医疗救助；"
        "④全部基金支付（另含公务员补助等）。考核与报表用①，同别处比较前先看口径。"
    )
    note_coverage(view)
    _show_layers(view, layers(view.figures, view.chosen))
    left, right = st.columns(2, gap="large")
    with left:
        _show_months(view, "ip_actual_ratio", ("ip_actual_ratio", "ip_fund_ratio"))
    with right:
        _show_months(view, "ip_policy_ratio", ("ip_policy_ratio", "ip_policy_ratio_catastrophic"))
    _show_tiers(view)
    _show_schemes(view)
    _show_places(view)


def _show_layers(view: View, found: Layers | None) -> None:
    if found is None:
        note("所选期间没有住院结算。")
        return
    named = _named(found)
    columns = (
        Column("构成"),
        Column("付费方"),
        Column("金额", "wan"),
        Column("占住院费用", "percent", bar=True),
    )
    rows = tuple(row(name, payer, amount, _share(amount, found.cost)) for name, payer, amount in named)
    whole = row("住院总费用", "", found.cost, _share(found.cost, found.cost))
    chart = waterfall(
        Point("住院总费用", as_number(found.cost, "wan"), "住院总费用", shown(found.cost, "wan")),
        [
            Point(name, as_number(amount, "wan"), payer, shown(_share(amount, found.cost), "percent"))
            for name, payer, amount in named
        ],
        unit="万元",
    )
    show(
        view,
        Block(
            "layers",
            f"住院费用由谁支付（{shown(found.cases, 'count')}人次）",
            Table(columns, (*rows, whole), total=True),
            chart,
            note="各层相加等于住院总费用。统筹基金、大额、大病、公务员补助、救助按结算单所列；个人账户含账户共济。"
            "“未说明”是结算单没有写明由谁支付的部分，为零时不列；显示的数四舍五入，合计按未舍入的数。",
        ),
    )


def _named(found: Layers) -> list[tuple[str, str, Decimal]]:
    """Every layer with its payer; the unexplained one only where there is any."""
    named = [
        ("统筹基金", _FUND, found.pool),
        ("大额医疗补助", _FUND, found.large_amount),
        ("大病保险", _FUND, found.catastrophic),
        ("公务员补助", _FUND, found.civil_servant),
        ("医疗救助", _FUND, found.aid),
        ("其他基金", _FUND, found.other),
        ("个人账户", _PERSON, found.account),
        ("个人现金", _PERSON, found.cash),
    ]
    return [*named, ("未说明", _UNKNOWN, found.unexplained)] if found.unexplained else named


def _share(part: Decimal, whole: Decimal) -> Content:
    return of_change(percent(part, whole))


def _show_months(view: View, code: str, codes: Sequence[str]) -> None:
    found = series(view.figures, codes, view.chosen)
    points = [
        Point(value.period, as_number(of_value(value), "percent"), view.catalogue[each].name_zh, _text(value))
        for each in codes
        for value in found[each]
    ]
    drawn = any(point.value is not None for point in points)
    now = values(view.figures, [code], view.chosen).get(code)
    target = now.target if now else None
    periods = [value.period for value in reversed(found[code])]
    by_key = {(each, value.period): value for each in codes for value in found[each]}
    rows = tuple(
        row(period, *(_of(by_key.get((each, period))) for each in codes), of_change(target))
        for period in periods
    )
    columns = (
        Column("月份"),
        *(Column(view.catalogue[each].name_zh, "percent") for each in codes),
        Column("目标", "percent"),
    )
    show(
        view,
        Block(
            f"months-{code}",
            f"{view.catalogue[code].name_zh}各月走势（{view.mode_zh}）",
            Table(columns, rows),
            lines(points, unit="%", target=as_number(target, "percent")) if drawn else None,
            chart_only=drawn,
            codes=tuple(codes),
        ),
    )


def _text(value: Value) -> str:
    return shown(of_value(value), "percent")


def _of(value: Value | None) -> Cell:
    return Cell(of_value(value), tone_of(value))


_PARTS = (
    Column("住院人次", "count"),
    Column("住院费用", "wan"),
    Column("统筹支付", "wan"),
    Column("政策范围内", "percent", group="政策范围内报销比"),
    Column("目标", "percent", group="政策范围内报销比"),
    Column("只算统筹", "percent", group="住院实际补偿比"),
    Column("目标", "percent", group="住院实际补偿比"),
    Column("全部基金", "percent", group="住院实际补偿比"),
)


def _paid(
    view: View, name: str, paid: Paid, policy_target: Content, actual_target: Content
) -> tuple[Cell, ...]:
    cost, pool, policy, actual, fund = guarded(
        view,
        paid.cases,
        paid.cost,
        paid.pool,
        of_change(paid.policy_ratio),
        of_change(paid.actual_ratio),
        of_change(paid.fund_ratio),
    )
    cases = counted(view, paid.cases)
    return row(name, cases, cost, pool, policy, policy_target, actual, actual_target, fund)


def _targets(view: View, insutype: str) -> tuple[Content, Content]:
    found = values(view.figures, _MAIN[:2], replace(view.chosen, insutype=insutype))
    targets = [found[code].target if code in found else None for code in _MAIN[:2]]
    return of_change(targets[0]), of_change(targets[1])


def _show_tiers(view: View) -> None:
    order = list(TIERS)
    found = sorted(
        paid_by_tier(view.figures, view.chosen),
        key=lambda paid: (order.index(paid.key) if paid.key in order else len(order), paid.key),
    )
    targets = _targets(view, view.chosen.insutype)
    rows = tuple(_paid(view, TIERS.get(paid.key, paid.key), paid, *targets) for paid in found)
    show(
        view,
        Block(
            "tiers",
            "按医疗机构层级",
            Table((Column("层级"), *_PARTS), rows),
            note="比例由各层级的支付额和费用相加后计算。目标是全县（或所选地区）的总目标，不按层级分设，层级越高报销越低属政策安排。",
            codes=("ip_policy_ratio", "ip_actual_ratio", "ip_fund_ratio"),
        ),
    )


def _show_schemes(view: View) -> None:
    rows = tuple(
        _paid(
            view,
            view.schemes[paid.key].name if paid.key in view.schemes else paid.key,
            paid,
            *_targets(view, paid.key),
        )
        for paid in paid_by_scheme(view.figures, view.chosen)
    )
    show(
        view,
        Block(
            "schemes",
            "按险种",
            Table((Column("险种"), *_PARTS), rows),
            note="目标按险种列；政策范围内报销比的目标，职工和离休与居民不同。",
        ),
    )


def _show_places(view: View) -> None:
    if view.region.level == "township":
        note_of_county(view, "乡镇之间的比较")
        return
    codes = ("ip_actual_ratio", "ip_policy_ratio", "op_actual_ratio", "ip_avg_compensation")
    found = {
        code: {value.region_code: value for value in below(view.figures, code, view.chosen)} for code in codes
    }
    places = sorted(
        found["ip_actual_ratio"].values(),
        key=lambda value: (value.value is None, value.value or Decimal(0), value.region_code),
    )
    if not places:
        return
    what = "县区" if view.region.level == "city" else "乡镇"
    columns = (
        Column(what),
        Column("住院人次", "count"),
        Column("住院费用", "wan"),
        Column("统筹支付", "wan"),
        Column("住院实际", "percent", group="补偿比", bar=True),
        Column("同比", "points", group="补偿比"),
        Column("政策范围内", "percent", group="补偿比"),
        Column("门诊实际", "percent", group="补偿比"),
        Column("住院次均补偿", "yuan"),
    )
    rows = tuple(
        _place(view, value, [found[code].get(value.region_code) for code in codes[1:]]) for value in places
    )
    show(
        view,
        Block(
            "places",
            f"各{what}补偿水平",
            Table(columns, rows),
            note=f"按住院实际补偿比由低到高；点{what}名进入该{what}。",
            codes=codes,
            on_row=lambda line: view.go("compensation", region=places[line].region_code),
        ),
    )


def _place(view: View, actual: Value, others: Sequence[Value | None]) -> tuple[Cell, ...]:
    """A place's inpatients by the parts of its ratios: the mean compensation is the pool's money for each case."""
    mean = others[-1]
    cases = mean.denominator if mean else None
    cost, pool = guarded(view, cases, _delivered(actual.denominator), _delivered(actual.numerator))
    return row(
        view.region_name(actual.region_code),
        counted(view, cases),
        cost,
        pool,
        _of(actual),
        of_change(actual.last_year_change),
        *(_of(value) for value in others),
    )


def _delivered(amount: Decimal | None) -> Content:
    return Gap.NOT_REPORTED if amount is None else amount
