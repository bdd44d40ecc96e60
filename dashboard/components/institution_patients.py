"""Who comes to an institution: by township, or of one township by month."""

from __future__ import annotations

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Cell, of_change
from dashboard.components.few import counted, guarded
from dashboard.components.show import show
from dashboard.view import View
from yibao.figures import Profile, Served, percent, served_by_month, served_by_township

_SERVED = (
    Column("住院人次", "count"),
    Column("占住院人次", "percent", bar=True),
    Column("住院费用", "wan"),
    Column("住院次均费用", "yuan"),
    Column("门诊人次", "count"),
    Column("门诊费用", "wan"),
)


def show_patients_by_township(view: View, found: Profile) -> None:
    """What was settled there, by the township where the patients are insured."""
    served = served_by_township(view.figures, view.chosen, found.code)
    cases = sum(each.cases for each in served)
    rows = tuple(_served(view, view.region_name(each.key), each, cases) for each in served)
    show(
        view,
        Block(
            "townships",
            "病人来自哪些乡镇",
            Table((Column("参保乡镇"), *_SERVED), rows),
            note="按参保乡镇计，费用由大到小；门诊不含门诊慢特病和药店购药。",
        ),
    )


def show_patients_by_month(view: View, found: Profile) -> None:
    """Of one township: its people at this institution in each month of the selection."""
    served = served_by_month(view.figures, view.chosen, found.code)
    cases = sum(each.cases for each in served)
    rows = tuple(_served(view, each.key, each, cases) for each in served)
    show(
        view,
        Block(
            "own-months",
            f"{view.region.name}病人在本机构的就医",
            Table((Column("月份"), *_SERVED), rows),
            note="只算本乡镇参保人；门诊不含门诊慢特病和药店购药。",
        ),
    )


def _served(view: View, name: str, each: Served, whole: int) -> tuple[Cell, ...]:
    share, cost, mean = guarded(
        view, each.cases, of_change(percent(each.cases, whole)), each.ip_cost, of_change(each.avg_cost)
    )
    (spent,) = guarded(view, each.visits, each.op_cost)
    return row(
        name,
        counted(view, each.cases),
        share,
        cost,
        mean,
        counted(view, each.visits),
        spent,
    )
