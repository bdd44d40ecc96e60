"""基金运行: what was due and arrived, income, expense and balance, and how the budget is spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from yibao.figures import fund_books, parts
from yibao.formatting import half_up
from yibao.reporting import balance
from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Column, Content, Figure, Heading, Paragraph, Table
from yibao.reporting.scene import Scene, account_item
from yibao.reporting.sections.charts import by_month
from yibao.reporting.sections.section import Section
from yibao.reporting.sentences import Clause

_WHOLE = Decimal(100)
_ITEMS = "基金收支项目情况表"


def body(scene: Scene) -> tuple[Block, ...]:
    """What came in, what went out, by scheme, and the budget."""
    if scene.money("fund_use_rate").value is None:
        one_of_several = scene.prefix and not scene.is_city
        return say.paragraph(
            ("基金收支台账不分县区，基金运行情况见全市的报告。",)
            if one_of_several
            else ("基金收支台账数据未报全。",)
        )
    return (
        Heading(2, "资金到位情况"),
        *_arrived(scene),
        Heading(2, "收支结余情况"),
        *_books(scene, by_scheme := _schemes(scene)),
        *by_scheme,
        *by_month(scene, "fund_use_rate"),
        *_budget(scene),
    )


def money(
    scene: Scene,
    column: str,
    name: str,
    *,
    item: str = "all",
    insutype: str = "all",
    minus: str | None = None,
    period: str | None = None,
) -> Figure:
    """A sum of the fund's books from January to the period (the report's where no other is told), in 万元."""
    keys = (
        ("period", period or scene.order.period),
        ("period_mode", "ytd"),
        ("region_code", scene.order.region_code),
        ("insutype", insutype),
        ("account_item", item),
    )
    return scene.numbers.cell("mart_fund", column, "wan", name, keys, minus=minus)


def overspent(scene: Scene, code: str, **cell: Any) -> Clause:
    """How much money a rate of the fund says was lacking, where it is printed as too high or below zero."""
    rate = scene.numbers.indicator(code, **cell)
    if rate.value is None:
        return ()
    if code == "fund_use_rate" and half_up(rate.value, 2) > _WHOLE:
        said, lacking = (
            "支出比应筹资金超支",
            scene.numbers.indicator(code, "numerator", "wan", minus="denominator", **cell),
        )
    elif code == "period_surplus_rate" and half_up(rate.value, 2) < 0:
        said, lacking = "收不抵支", replace(scene.money(code, **cell), size_only=True)
    else:
        return ()
    # less than is printed in 万元
    return (said, lacking) if say.direction(lacking) else ()


def _arrived(scene: Scene) -> tuple[Paragraph, ...]:
    late: list[Clause] = [
        say.valued(
            account_item(part.breakdown_value),
            scene.numbers.indicator("fund_arrival_rate", breakdown=("account_item", part.breakdown_value)),
        )
        for part in sorted(
            parts(scene.numbers.figures, "fund_arrival_rate", scene.selection, "account_item"),
            key=lambda part: (part.value or 0, part.breakdown_value),
        )
        if part.value is not None and half_up(part.value, 2) < _WHOLE
    ]
    return say.paragraph(
        say.sentence(
            say.told(f"{scene.span}，应筹集资金", money(scene, "fund_due", "应到资金")),
            say.told("实际到位", money(scene, "fund_arrived", "到位资金")),
            *scene.ratio("fund_arrival_rate", expected=True),
        ),
        say.sentence(say.named("未足额到位的有", late), begin="按资金来源看，"),
    )


def _books(scene: Scene, by_scheme: tuple[Table, ...]) -> tuple[Paragraph, ...]:
    left = money(scene, "fund_income", "当期结余", minus="fund_expense")
    short = say.direction(left) == -1
    return say.paragraph(
        say.sentence(
            say.told_or_unreported(f"{scene.span}，基金收入", money(scene, "fund_income", "基金收入")),
            say.told_or_unreported("基金支出", money(scene, "fund_expense", "基金支出")),
            say.told("当期收不抵支" if short else "当期结余", replace(left, size_only=short)),
        ),
        say.sentence(*scene.ratio("fund_use_rate"), overspent(scene, "fund_use_rate")),
        say.sentence(
            say.told(f"{scene.until}，基金累计结余", money(scene, "fund_closing_balance", "期末结余")),
            *scene.ratio("cum_surplus_rate"),
        ),
        _opening(scene),
        _months_left(scene),
        ("分险种情况见下表。",) if by_scheme else (),
    )


def _months_left(scene: Scene) -> Clause:
    """How long the balance lasts; of one that is used up nothing can be paid."""
    months = scene.numbers.indicator("cum_surplus_months")
    if say.direction(months) == -1:
        return ()
    return say.sentence(say.told("按本年月均支出计算，累计结余可支付", months))


def _opening(scene: Scene) -> Clause:
    """That the year did not begin with what the year before left, where it is printed otherwise."""
    december = f"{scene.year - 1}-12"
    # in a county's first year, and of a city, there are no books of it
    before = fund_books(scene.numbers.figures, replace(scene.selection, period=december))
    if not any(each.insutype == "all" for each in before):
        return ()
    opening = money(scene, "fund_opening_balance", "期初结余")
    left = money(scene, "fund_closing_balance", "上年末结余", period=december)
    if opening.value is None or left.value is None or opening.text == left.text:
        return ()
    return ("台账所列本年期初结余", opening, "，与上年末结余", left, "不一致，有待核实。")


def _schemes(scene: Scene) -> tuple[Table, ...]:
    books = [each.insutype for each in fund_books(scene.numbers.figures, scene.selection)]
    codes = [code for code in books if code != "all"]
    if len(codes) < 2:
        return ()
    rows = [_scheme(scene, scene.schemes.get(code, code), code) for code in codes]
    columns = (
        Column(("险种",)),
        Column(("期初结余",), "wan"),
        Column(("本年累计", "收入"), "wan"),
        Column(("本年累计", "支出"), "wan"),
        Column(("本年累计", "当期结余"), "wan"),
        Column(("累计结余",), "wan"),
        Column(("基金使用率",), "percent"),
        Column(("累计结余率",), "percent"),
    )
    return (
        balance.table(
            "fund_by_scheme",
            "各险种基金收支结余情况表",
            columns,
            [*rows, _scheme(scene, "合计", "all")],
            "单位：万元，%",
            total=len(rows),
            added=(1, 2, 3, 4, 5),
        ),
    )


def _scheme(scene: Scene, name: str, insutype: str) -> tuple[Content, ...]:
    return (
        name,
        money(scene, "fund_opening_balance", "期初结余", insutype=insutype),
        money(scene, "fund_income", "基金收入", insutype=insutype),
        money(scene, "fund_expense", "基金支出", insutype=insutype),
        money(scene, "fund_income", "当期结余", insutype=insutype, minus="fund_expense"),
        money(scene, "fund_closing_balance", "期末结余", insutype=insutype),
        *(
            # of a scheme that enrollment does not hold no rate is published
            scene.numbers.indicator(code, insutype=insutype) if insutype in ("all", *scene.schemes) else None
            for code in ("fund_use_rate", "cum_surplus_rate")
        ),
    )


def _budget(scene: Scene) -> tuple[Paragraph, ...]:
    if scene.numbers.indicator("budget_exec_rate").value is None:
        return ()
    return say.paragraph(
        say.sentence(
            say.told("纳入总额预算管理的定点医疗机构累计支付", scene.money("budget_exec_rate")),
            say.told("全年预算", scene.money("budget_exec_rate", "denominator")),
            *scene.ratio("budget_exec_rate", "预算执行率", target=False),
        )
    )


def forms(scene: Scene) -> tuple[Table, ...]:
    """附表: income by source and, below it, expense by use, each with its sum."""
    items = scene.numbers.figures.rows(
        str,
        """
        select account_item
        from mart_fund
        where period = ? and period_mode = 'ytd' and region_code = ? and insutype = 'all' and account_item != 'all'
        """,
        (scene.order.period, scene.order.region_code),
    )
    sources = _largest_first(scene, "fund_income", "基金收入", items)
    uses = _largest_first(scene, "fund_expense", "基金支出", items)
    blocks = [block for block in (_sources(scene, sources), _uses(scene, uses)) if block is not None]
    return (balance.stacked(_columns("金额"), blocks),) if blocks else ()


def _largest_first(scene: Scene, column: str, name: str, items: Sequence[str]) -> list[str]:
    """The items with an amount."""
    amounts = {item: money(scene, column, name, item=item).value or Decimal(0) for item in items}
    return sorted((item for item in items if amounts[item]), key=lambda item: (-amounts[item], item))


def _columns(amount: str) -> tuple[Column, ...]:
    return (
        Column(("项目",)),
        Column(("应到资金",), "wan"),
        Column(("到位资金",), "wan"),
        Column(("资金到位率",), "percent"),
        Column((amount,), "wan"),
    )


def _sources(scene: Scene, items: list[str]) -> Table | None:
    if not items:
        return None
    rows = [
        (
            name,
            money(scene, "fund_due", "应到资金", item=item),
            money(scene, "fund_arrived", "到位资金", item=item),
            scene.numbers.indicator(
                "fund_arrival_rate", breakdown=("none", "all") if item == "all" else ("account_item", item)
            ),
            money(scene, "fund_income", "基金收入", item=item),
        )
        for item, name in [*((item, account_item(item)) for item in items), ("all", "收入合计")]
    ]
    return balance.table(
        "fund",
        _ITEMS,
        _columns("收入金额"),
        rows,
        "单位：万元，%",
        total=len(items),
        added=(1, 2, 4),
        notes=("利息收入和其他收入无应到资金，不计入到位资金。",),
    )


def _uses(scene: Scene, items: list[str]) -> Table | None:
    if not items:
        return None
    rows = [
        (name, None, None, None, money(scene, "fund_expense", "基金支出", item=item))
        for item, name in [*((item, account_item(item)) for item in items), ("all", "支出合计")]
    ]
    return balance.table(
        "fund",
        _ITEMS,
        _columns("支出金额"),
        rows,
        "单位：万元，%",
        total=len(items),
        added=(4,),
    )


FUND = Section("基金运行", body, forms)
