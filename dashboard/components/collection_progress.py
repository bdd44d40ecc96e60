"""How the collection goes: payers and money by ten-day, this insurance year against the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Cell, Content, Gap, shown
from dashboard.components.charts import Point, lines
from dashboard.components.show import note, show
from dashboard.view import View
from yibao.figures import TenDay, collection, last_ten_day, ten_day_name

# collection for the next year begins then
_AUTUMN = 9


def show_collection(view: View) -> None:
    """Payers and money since the collection began, this insurance year against the one before."""
    year = _insurance_year(view)
    now = collection(view.figures, year, view.chosen)
    if not now:
        note(f"截至本期没有{year}参保年度的缴费记录。")
        return
    before = collection(view.figures, year - 1, view.chosen, last_ten_day(year, f"{year}-12"))
    first = min(ten_day.number for ten_day in (*now, *before))
    end = max(ten_day.number for ten_day in (*now, *before))
    this = _carried(now, first, min(end, last_ten_day(year, view.chosen.period)))
    last = _carried(before, first, end)
    names = {number: ten_day_name(year, number) for number in range(first, end + 1)}
    points = [
        Point(name, _persons(found.get(number)), series_name, _persons_text(found.get(number)))
        for found, series_name in ((this, f"{year}参保年度"), (last, f"{year - 1}参保年度"))
        if found
        for number, name in names.items()
    ]
    rows = tuple(
        _ten_day_row(names[number], ten_day, last.get(number)) for number, ten_day in reversed(this.items())
    )
    columns = (
        Column("旬"),
        Column("本旬净增", "count", "缴费人数", help="本旬新缴费人数减退费人数"),
        Column("累计", "count", "缴费人数"),
        Column("上年同旬", "count", "缴费人数"),
        Column("同比", "change", "缴费人数"),
        Column("本旬", "wan", "缴费金额"),
        Column("累计", "wan", "缴费金额"),
        Column("上年同旬", "wan", "缴费金额"),
        Column("同比", "change", "缴费金额"),
    )
    show(
        view,
        Block(
            "collection",
            f"{year}参保年度征缴进度（按旬累计缴费人数）",
            Table(columns, rows),
            lines(points, unit="人"),
            note=f"含上一年集中征缴期，截至{view.period.month_end.isoformat()}；退费为负。上旬1至10日，中旬11至20日，"
            "下旬21日至月末。" + ("" if before else f"没有{year - 1}参保年度的记录，不能同比。"),
            codes=("collect_rate",),
        ),
    )


def _insurance_year(view: View) -> int:
    """That of the period, or the next one when its collection has begun and the user asks for it."""
    year, month = (int(part) for part in view.chosen.period.split("-"))
    if month < _AUTUMN or not collection(view.figures, year + 1, view.chosen):
        return year
    return int(
        st.segmented_control(
            "参保年度",
            [year, year + 1],
            format_func=lambda each: f"{each}参保年度",
            key="insurance_year",
            default=year,
            required=True,
        )
    )


def _carried(found: Sequence[TenDay], first: int, until: int) -> dict[int, TenDay]:
    """Every ten-day from the first one to the last: where nothing was paid, the sums so far stand."""
    if not found:
        return {}
    by_number = {ten_day.number: ten_day for ten_day in found}
    carried: dict[int, TenDay] = {}
    so_far = TenDay(first, 0, Decimal(0), 0, Decimal(0))
    for number in range(first, until + 1):
        so_far = by_number.get(number, replace(so_far, number=number, persons=0, amount=Decimal(0)))
        carried[number] = so_far
    return carried


def _persons(ten_day: TenDay | None) -> float | None:
    return None if ten_day is None else float(ten_day.persons_so_far)


def _persons_text(ten_day: TenDay | None) -> str:
    return "" if ten_day is None else shown(ten_day.persons_so_far, "count")


def _ten_day_row(name: str, this: TenDay, last: TenDay | None) -> tuple[Cell, ...]:
    return row(
        name,
        this.persons,
        this.persons_so_far,
        Gap.NO_BASE if last is None else last.persons_so_far,
        _growth(this.persons_so_far, last.persons_so_far if last else None),
        this.amount,
        this.amount_so_far,
        Gap.NO_BASE if last is None else last.amount_so_far,
        _growth(this.amount_so_far, last.amount_so_far if last else None),
    )


def _growth(now: Decimal | int, base: Decimal | int | None) -> Content:
    """The change in per cent of its base; a dash without a base above 0."""
    if base is None or base <= 0:
        return Gap.NO_BASE
    return (Decimal(now) - Decimal(base)) * 100 / Decimal(base)
