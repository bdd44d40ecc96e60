"""基金运行: is the money there, does it last, who spends ahead of his budget. The fund belongs to the county as a whole."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from dashboard.components import palette
from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cards import Card, Fact, show_cards, show_facts
from dashboard.components.cell import Cell, Content, Gap, as_number, of_value, tone_of
from dashboard.components.charts import Limit, bars, columns_and_line, lines, point
from dashboard.components.indicators import note_of_county
from dashboard.components.show import note, show
from dashboard.components.years import side_by_side
from dashboard.view import View
from yibao.figures import (
    FundBooks,
    Value,
    alert_limits,
    elapsed_share,
    fund_books,
    fund_months,
    fund_sources,
    parts,
    series,
    values,
)
from yibao.labels import label

_CARDS = (
    "fund_use_rate",
    "fund_use_rate_arrived",
    "fund_arrival_rate",
    "period_surplus_rate",
    "cum_surplus_rate",
    "cum_surplus_months",
    "reserve_rate",
    "per_capita_fund",
)
_USE_RATES = ("fund_use_rate", "fund_use_rate_arrived")
_MONTHS = 24
_COLUMNS = 12
_LEVELS = {"warning": "预警", "alarm": "报警"}
_LEVEL_COLORS = {"warning": palette.ORANGE, "alarm": palette.RED}


def render(view: View) -> None:
    """Money, cards, use rate, months, income by source, schemes, budgets."""
    books = {each.insutype: each for each in fund_books(view.figures, view.chosen)}
    if not books:
        note(_nothing(view))
        return
    months = series(view.figures, _CARDS, view.chosen_ytd)
    now = values(view.figures, _CARDS, view.chosen_ytd)
    # the books are summed over what came: with a month missing the sum is not that of the year
    use_rate = now.get("fund_use_rate")
    complete = use_rate is not None and use_rate.status != "no_data"
    if not complete:
        note("本年有月份没有报送基金收支，累计数不全，不予显示；各月收支见下表。")
    elif view.chosen.insutype in books:
        _show_money(books[view.chosen.insutype])
    cumulated = "累计" if view.chosen.mode == "month" else ""
    show_cards(
        [Card(view.catalogue[code], now.get(code), months[code][-13:], cumulated) for code in _CARDS],
        view.catalogue,
    )
    if view.chosen.mode == "month":
        note("基金指标按本年累计统计；各月收支见“各月基金收支”。")
    _show_months(view)
    _show_use_rate(view)
    if complete:
        _show_sources(view)
        _show_books(view, list(books.values()))
    _show_budgets(view)


def _nothing(view: View) -> str:
    if view.region.level == "township":
        return f"基金由县级统筹，不分到乡镇，{view.region.name}没有基金数。"
    return f"本期没有{view.region.name}的基金收支数。"


def _reported(amount: Decimal | None) -> Content:
    return Gap.NOT_REPORTED if amount is None else amount


def _show_money(books: FundBooks) -> None:
    left = None if books.income is None or books.expense is None else books.income - books.expense
    show_facts(
        [
            Fact("基金收入", _reported(books.income), "wan", "本年累计，含利息和其他收入"),
            Fact("基金支出", _reported(books.expense), "wan", "本年累计"),
            Fact("当期结余", _reported(left), "wan", "收入－支出"),
            Fact("累计结余", _reported(books.closing), "wan", "期末，含风险基金"),
            Fact("提取风险基金", _reported(books.reserve), "wan", "本年累计"),
        ]
    )


def _show_months(view: View) -> None:
    """Income, expense and what is left, month by month."""
    months = fund_months(view.figures, view.chosen, _COLUMNS)
    named = (("收入", "income"), ("支出", "expense"), ("当月结余", "balance"))
    points = {
        name: [point(month.period, _reported(getattr(month, field)), "wan", name) for month in months]
        for name, field in named
    }
    columns = (
        Column("月份"),
        Column("收入", "wan"),
        Column("支出", "wan"),
        Column("当月结余", "wan", help="收入－支出"),
        Column("期末累计结余", "wan", help="年初结余＋本年累计收入－本年累计支出"),
    )
    rows = tuple(
        row(
            month.period,
            _reported(month.income),
            _reported(month.expense),
            Cell(_reported(month.balance), "warn" if month.balance is not None and month.balance < 0 else ""),
            _reported(month.closing),
        )
        for month in reversed(months)
    )
    show(
        view,
        Block(
            "months",
            "各月基金收支",
            Table(columns, rows),
            columns_and_line([*points["收入"], *points["支出"]], points["当月结余"], unit="万元"),
            note="当月支出大于收入的，标▲。",
        ),
    )


def _show_use_rate(view: View) -> None:
    """Both calibres of the use rate with the two limits; the year to date starts anew every January."""
    found = series(view.figures, _USE_RATES, view.chosen_ytd)
    table, points = side_by_side({code: view.catalogue[code] for code in _USE_RATES}, found, _MONTHS)
    if all(each.value is None for each in points):
        return
    limits = [
        Limit(
            float(limit.threshold),
            f"{_LEVELS[limit.level]} {float(limit.threshold):g}%",
            _LEVEL_COLORS[limit.level],
        )
        for limit in alert_limits(view.figures, "fund_use_rate")
    ]
    show(
        view,
        Block(
            "use-rate",
            "基金使用率走势（本年累计）",
            table,
            lines(points, unit="%", limits=limits),
            chart_only=True,
            note="按本年累计计算，每年1月重新起算。",
            codes=_USE_RATES,
        ),
    )


def _show_sources(view: View) -> None:
    """What was due from whom, and what arrived."""
    found = fund_sources(view.figures, view.chosen)
    code = "fund_arrival_rate"
    rates = {
        part.breakdown_value: part for part in parts(view.figures, code, view.chosen_ytd, "account_item")
    }
    rates |= {
        whole.breakdown_value: whole for whole in values(view.figures, [code], view.chosen_ytd).values()
    }
    rows = []
    for source in found:
        missing = None if source.due is None or source.arrived is None else source.due - source.arrived
        rate = rates.get(source.account_item)
        rows.append(
            row(
                "合计"
                if source.account_item == "all"
                else label("fund_ledger", "account_item", source.account_item),
                _reported(source.due),
                _reported(source.arrived),
                _reported(missing),
                Cell(of_value(rate), tone_of(rate)),
            )
        )
    columns = (
        Column("资金来源"),
        Column("应到", "wan"),
        Column("到位", "wan"),
        Column("未到位", "wan", help="应到－到位；负数为多到", bar=True),
        Column("到位率", "percent"),
    )
    show(
        view,
        Block(
            "sources",
            "资金来源与到位（本年累计）",
            Table(columns, tuple(rows), total=bool(found) and found[-1].account_item == "all"),
            note="利息和其他收入没有应到数，不在应到、到位之内，所以到位合计小于基金收入。",
            codes=(code,),
        ),
    )


def _show_books(view: View, books: list[FundBooks]) -> None:
    """Each scheme's books, and for how many months its balance lasts."""
    codes = ("fund_use_rate", "cum_surplus_months")
    by_scheme = {
        each.insutype: values(view.figures, codes, replace(view.chosen_ytd, insutype=each.insutype))
        for each in books
    }
    columns = (
        Column("险种"),
        Column("年初结余", "wan"),
        Column("收入", "wan"),
        Column("支出", "wan"),
        Column("累计结余", "wan"),
        Column("其中：提取风险基金", "wan", help="本年累计提取数，在累计结余之内"),
        Column("基金使用率", "percent"),
        Column("可支付月数", "months"),
    )
    rows = tuple(
        row(
            _scheme_name(view, each.insutype),
            *(
                _reported(amount)
                for amount in (each.opening, each.income, each.expense, each.closing, each.reserve)
            ),
            *(
                Cell(
                    of_value(by_scheme[each.insutype].get(code)), tone_of(by_scheme[each.insutype].get(code))
                )
                for code in codes
            ),
        )
        for each in books
    )
    lasting = [(each.insutype, by_scheme[each.insutype].get("cum_surplus_months")) for each in books]
    points = [
        point(_scheme_name(view, insutype), of_value(value), "months")
        for insutype, value in lasting
        if value is not None and value.value is not None
    ]
    show(
        view,
        Block(
            "books",
            "分险种基金收支与可支付月数（本年累计）",
            Table(columns, rows, total=books[-1].insutype == "all"),
            bars(points, unit="可支付月数（个月）") if points else None,
            note=_lasting_note(view),
            codes=codes,
        ),
    )


def _lasting_note(view: View) -> str:
    """`可支付月数低于3个月报警，高于12个月预警。`, as the rules say."""
    told = [
        f"{'低于' if limit.comparator == '<' else '高于'}{float(limit.threshold):g}个月{_LEVELS[limit.level]}"
        for limit in alert_limits(view.figures, "cum_surplus_months")
    ]
    return f"可支付月数{'，'.join(told)}。" if told else ""


def _scheme_name(view: View, insutype: str) -> str:
    return "合计" if insutype == "all" else view.schemes[insutype].name


def _show_budgets(view: View) -> None:
    """The institutions with a budget against the share of the year that has passed, the most ahead first."""
    code = "budget_exec_rate"
    elapsed = elapsed_share(view.chosen.period)
    found = sorted(
        (part for part in parts(view.figures, code, view.chosen_ytd, "inst") if part.value is not None),
        key=lambda part: (-(part.value or 0), part.breakdown_value),
    )
    if not found:
        if view.is_consolidated and view.region.level == "city":
            note_of_county(view, "总额预算执行进度")
            return
        note("本期没有报送总额预算，无法对照执行进度。")
        return
    lines_of = [*found, *values(view.figures, [code], view.chosen_ytd).values()]
    rows = tuple(_budget(view, value, elapsed) for value in lines_of)
    columns = (
        Column("定点机构"),
        Column("全年预算", "wan"),
        Column("已支付", "wan", help="预算范围内本年累计基金支付"),
        Column("执行率", "percent"),
        Column("时间进度", "percent"),
        Column("超进度", "points", help="执行率－时间进度；正数为超前"),
    )

    def open_institution(line: int) -> None:
        if line < len(found):
            view.go("institution", inst=found[line].breakdown_value)

    show(
        view,
        Block(
            "budgets",
            "总额预算执行与时间进度",
            Table(columns, rows, total=len(lines_of) > len(found)),
            bars(
                [point(_institution_name(view, value), of_value(value), "percent") for value in found],
                unit="预算执行率（%），虚线为时间进度",
                target=as_number(elapsed, "percent"),
            ),
            note=f"只列有预算的机构。时间进度：{int(view.chosen.period[5:])}个月÷12个月。超前5个百分点以上标▲。点击一行，查看该机构。",
            codes=(code,),
            on_row=open_institution,
        ),
    )


def _budget(view: View, value: Value, elapsed: Decimal) -> tuple[Cell, ...]:
    return row(
        _institution_name(view, value),
        _reported(value.denominator),
        _reported(value.numerator),
        Cell(of_value(value), tone_of(value)),
        elapsed,
        Gap.NO_BASE if value.value is None else value.value - elapsed,
    )


def _institution_name(view: View, value: Value) -> str:
    if value.breakdown_value == "all":
        return "合计"
    found = view.institutions.get(value.breakdown_value)
    return found.name if found else value.breakdown_value
