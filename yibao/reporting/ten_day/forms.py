"""The forms of the report: payers and payments by township, and the course from one ten-day to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from yibao.reporting import balance, few
from yibao.reporting.bulletin import covered
from yibao.reporting.content import Column, Content, Figure, Table
from yibao.reporting.ranking import by_rank, shown
from yibao.reporting.scene import Scene
from yibao.reporting.ten_day.choice import NAMES, TenDay, cell
from yibao.reporting.ten_day.field import Field


def persons(field: Field) -> Table:
    """How many paid, by township, the furthest first."""
    places = field.places("persons_progress")
    taken = (
        "persons",
        "persons_so_far",
        "last_year_persons",
        "last_year_persons_so_far",
        "persons_change",
        "insured_persons",
        "persons_progress",
    )

    def cells(region: str) -> tuple[Figure, ...]:
        return tuple(field.cell(column, region) for column in taken)

    rows = [(shown(places, code), field.name(code), *cells(code)) for code in by_rank(field.rows, places)]
    month = field.told.first.month
    return balance.table(
        "ten_day_persons",
        f"各{field.scene.below_noun}缴费人数进度表",
        (
            Column(("名次",)),
            Column((field.scene.below_noun,)),
            Column(("本参保年度", "本旬净增"), "count"),
            Column(("本参保年度", "累计"), "count"),
            Column(("上年同期", "同旬净增"), "count"),
            Column(("上年同期", "累计"), "count"),
            Column(("累计同比",), "change"),
            Column(("参保人数",), "count"),
            Column(("缴费进度",), "percent"),
        ),
        covered(rows, (None, "合计", *cells("")), {2: (), 3: (6, 8), 4: (), 5: (6,)}),
        "单位：人，%",
        total=len(rows),
        added=(2, 3, 4, 5, 7),
        notes=(
            f"按缴费进度由高到低排名，相同的并列，不列示数值的不排名。缴费进度为{field.told.insurance_year}参保年度累计缴费人数占{month}月末参保人数的百分比。",
            "缴费人数为净增数，退费的扣减；免缴人员计入参保人数，不计入缴费人数。",
        ),
    )


def amounts(field: Field) -> Table:
    """With the task and its completion only where one was set."""
    places = field.places("amount_progress")
    has_task = bool(places) or field.cell("amount_progress").value is not None
    task = ("amount_due", "amount_progress") if has_task else ()
    taken = ("amount", "amount_so_far", "last_year_amount_so_far", "amount_change", *task)
    # what few persons paid tells how many they are
    new, before = (
        {field.rows[at] for at in few.hidden([field.cell(column, code).value for code in field.rows])}
        for column in ("persons", "last_year_persons_so_far")
    )
    hidden = {
        "amount": new,
        "amount_so_far": field.few,
        "amount_progress": field.few,
        "last_year_amount_so_far": before,
        "amount_change": field.few | before,
    }

    def cell(column: str, region: str) -> Content:
        return few.HIDDEN if region in hidden.get(column, ()) else field.cell(column, region)

    rows: list[tuple[Content, ...]] = [
        (shown(places, code), field.name(code), *(cell(column, code) for column in taken))
        for code in by_rank(field.rows, places)
    ]
    rows.append((None, "合计", *(field.cell(column) for column in taken)))
    columns = (
        Column(("名次",)),
        Column((field.scene.below_noun,)),
        Column(("本参保年度", "本旬"), "wan"),
        Column(("本参保年度", "累计"), "wan"),
        Column(("去年同期累计",), "wan"),
        Column(("累计同比",), "change"),
        Column(("征缴任务",), "wan"),
        Column(("任务完成率",), "percent"),
    )[: 2 + len(taken)]
    how = (
        "按任务完成率由高到低排名，相同的并列。"
        if places
        else f"{field.told.insurance_year}参保年度的征缴任务没有下达到{field.scene.below_noun}，不排名。"
    )
    return balance.table(
        "ten_day_amount",
        f"各{field.scene.below_noun}缴费金额进度表",
        columns,
        rows,
        "单位：万元，%",
        total=len(rows) - 1,
        added=(2, 3, 4, 6)[: 4 if has_task else 3],
        notes=(how, "缴费金额为净额，退费为负；含上一年集中征缴期。"),
    )


@dataclass(frozen=True)
class _Step:
    """A ten-day in which something was paid, this year or the last."""

    pay_month: str
    ten_day: int
    ten_day_no: int

    @property
    def name(self) -> str:
        """`2026年9月下旬`."""
        year, month = self.pay_month.split("-")
        return f"{year}年{int(month)}月{NAMES[self.ten_day - 1]}"


def course(scene: Scene, told: TenDay) -> Table:
    """How the collection went from one ten-day to the next, beside last year."""
    steps = scene.numbers.figures.rows(
        _Step,
        """
        select pay_month, ten_day, ten_day_no
        from mart_ten_day
        where
            region_code = ? and insurance_year = ? and ten_day_no <= ?
            and (persons != 0 or last_year_persons != 0 or amount != 0 or last_year_amount != 0)
        order by ten_day_no
        """,
        (scene.order.region_code, told.insurance_year, told.number),
    )
    rows: list[tuple[Content, ...]] = [
        (
            step.name,
            *(
                cell(scene, replace(told, number=step.ten_day_no), column)
                for column in ("persons", "last_year_persons", "amount", "last_year_amount")
            ),
        )
        for step in steps
    ]
    total = (
        cell(scene, told, column)
        for column in (
            "persons_so_far",
            "last_year_persons_so_far",
            "amount_so_far",
            "last_year_amount_so_far",
        )
    )
    return balance.table(
        "ten_day_course",
        f"{scene.whole}逐旬缴费情况表",
        (
            Column(("旬",)),
            Column(("净增缴费人数", "本参保年度"), "count"),
            Column(("净增缴费人数", "去年同旬"), "count"),
            Column(("缴费金额", "本参保年度"), "wan"),
            Column(("缴费金额", "去年同旬"), "wan"),
        ),
        covered(rows, ("累计", *total), {1: (3,), 2: (4,)}),
        "单位：人，万元",
        total=len(rows),
        added=(1, 2, 3, 4),
        notes=("没有缴费的旬不列。缴费人数和金额为净数，退费的扣减。",),
    )
