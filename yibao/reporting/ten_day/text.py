"""What the report says in sentences: the whole region, the townships ahead and behind, the payers without one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from yibao.reporting import few
from yibao.reporting import sentences as say
from yibao.reporting.bulletin import day_span, of_day
from yibao.reporting.content import Block, Chart, Paragraph, Series
from yibao.reporting.ranking import by_rank
from yibao.reporting.scene import Scene, listed
from yibao.reporting.sentences import Clause
from yibao.reporting.ten_day.choice import TenDay, cell, is_of_few
from yibao.reporting.ten_day.field import Field

_NAMED_FIRST = 3


def whole(scene: Scene, told: TenDay) -> tuple[Paragraph, ...]:
    """The whole region in the ten-day and so far."""

    def counted(column: str, before: str, after: str = "") -> Clause:
        return () if is_of_few(scene, told, column) else say.told(before, cell(scene, told, column), after)

    def grown(column: str) -> Clause:
        return () if is_of_few(scene, told, column) else say.grew(cell(scene, told, column))

    year = f"{told.insurance_year}参保年度累计缴费"
    so_far = (
        (f"{year}不足{few.FEWEST}人，按保护隐私的规定不列示数值",)
        if is_of_few(scene, told, "persons_so_far")
        else counted("persons_so_far", year, "人")
    )
    task = (
        ()
        if is_of_few(scene, told, "amount_progress")
        else say.completed(cell(scene, told, "amount_due"), cell(scene, told, "amount_progress"), "征缴任务")
    )
    return say.paragraph(
        say.chain(
            (
                counted("persons", f"{scene.whole}缴费人数净增", "人"),
                counted("last_year_persons", "去年同旬净增", "人"),
            ),
            (counted("amount", "缴费金额"), counted("last_year_amount", "去年同旬缴费")),
            begin=f"{told.name}（{day_span(told.first, told.last)}），",
        ),
        say.sentence(
            so_far,
            grown("persons_change"),
            counted("persons_progress", "缴费进度（占参保人数的比例）为"),
            begin=f"截至{of_day(told.last)}，",
        ),
        say.sentence(counted("amount_so_far", "累计缴费金额"), grown("amount_change"), task),
    )


def unplaced(field: Field) -> tuple[Paragraph, ...]:
    """What is not in the townships' figures."""
    if field.unplaced is None or not field.towns:
        return ()
    lost, whole = field.cell("persons_so_far", field.unplaced), field.cell("persons_so_far")
    placed = (whole.value or Decimal(0)) - (lost.value or Decimal(0))
    noun = field.scene.below_noun
    why = f"{field.told.insurance_year}参保年度的参保登记，不能归入{noun}"
    who = (
        say.told("累计缴费的", lost, f"人都尚未办理{why}")
        if not placed
        else say.told("累计缴费的人员中有", lost, f"人尚未办理{why}")
    )
    return say.paragraph(
        say.sentence(
            () if field.unplaced in field.few or few.is_few(placed) else who,
            ()
            if field.can_be_ranked
            else (f"本期只通报{field.scene.whole}进度，登记数据导入后再分{noun}通报和排名",),
        )
    )


def by_town(field: Field) -> tuple[Block, ...]:
    """Who is ahead, who is behind the whole, who paid less than last year."""
    idle = [field.name(town) for town in field.towns if field.cell("persons", town).value == 0]
    fewer = [
        (change.value, town, change)
        for town in field.towns
        if (change := field.cell("persons_change", town)).value is not None and say.direction(change) == -1
    ]
    return (
        *say.paragraph(
            _first(field, "persons_progress", "缴费进度"), _behind(field, "persons_progress", "缴费进度")
        ),
        *say.paragraph(
            _first(field, "amount_progress", "任务完成率"), _behind(field, "amount_progress", "任务完成率")
        ),
        *say.paragraph(
            say.sentence((f"本旬没有净增缴费人数的有{listed(idle)}",) if idle else ()),
            say.sentence(
                say.named(
                    "累计缴费人数少于去年同期的有",
                    [
                        (field.name(town),)
                        if town in field.few or few.is_few(field.cell("last_year_persons_so_far", town).value)
                        else (f"{field.name(town)}（下降", replace(change, size_only=True), "）")
                        for _, town, change in sorted(fewer)
                    ],
                )
            ),
        ),
        *_chart(field),
    )


def _first(field: Field, column: str, name: str) -> Clause:
    """Who is first; nothing among so few that everybody would be named."""
    places = field.places(column)
    first = [town for town in by_rank(list(places), places) if places[town] <= _NAMED_FIRST]
    if len(first) == len(places):
        return ()
    return say.sentence(
        say.named(f"{name}居前的是", [field.valued(town, column) for town in first]),
    )


def _behind(field: Field, column: str, name: str) -> Clause:
    """Everyone below the whole, the furthest behind first."""
    whole = field.cell(column).value
    places = field.places(column)
    if whole is None:
        return ()
    behind = [
        town
        for town in reversed(by_rank(list(places), places))
        if (field.cell(column, town).value or Decimal(0)) < whole
    ]
    return say.sentence(
        say.named(f"{name}低于{field.scene.whole}的有", [field.valued(town, column) for town in behind])
    )


def _chart(field: Field) -> tuple[Chart, ...]:
    places = field.places("persons_progress")
    order = by_rank(list(places), places)
    if len(order) < 2:
        return ()
    return (
        Chart(
            "ten_day_progress",
            f"各{field.scene.below_noun}缴费进度",
            "bar",
            tuple(field.name(town) for town in order),
            (Series("缴费进度", tuple(field.cell("persons_progress", town) for town in order)),),
            "percent",
        ),
    )
