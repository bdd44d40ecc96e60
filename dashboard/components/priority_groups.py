"""The priority roster by group, with nothing from which one to four persons could be told."""

from __future__ import annotations

from dataclasses import replace

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cell import Cell, Gap, of_value, suppressed, tone_of
from dashboard.components.show import note, show
from dashboard.view import View
from yibao.figures import Value, parts, values
from yibao.labels import label

_PRIORITY, _PRIORITY_STRICT = "part_rate_priority", "part_rate_priority_strict"


def show_priority(view: View) -> None:
    """The groups of the priority roster: lowest rate first, the most persons first among equals."""
    chosen = replace(view.chosen_ytd, insutype="all")
    strict = {part.breakdown_value: part for part in parts(view.figures, _PRIORITY_STRICT, chosen, "group")}
    groups = sorted(
        parts(view.figures, _PRIORITY, chosen, "group"),
        key=lambda part: (
            part.value is None,
            part.value or 0,
            -(part.denominator or 0),
            part.breakdown_value,
        ),
    )
    groups = [group for group in groups if group.denominator or group.value is not None]
    whole = values(view.figures, [_PRIORITY, _PRIORITY_STRICT], chosen)
    if not groups or _PRIORITY not in whole:
        note("本期没有报送重点人群名单。" if view.region.level != "township" else "该乡镇没有重点人群名单。")
        return
    rows = [
        _group(
            label("priority_roster", "group_code", group.breakdown_value),
            group,
            strict.get(group.breakdown_value),
            view.sees_rows,
        )
        for group in groups
    ]
    # the place in the order would tell a rate that is not shown
    rows.sort(key=lambda cells: Gap.SUPPRESSED in (cell.content for cell in cells))
    rows.append(_group("合计（去重）", whole[_PRIORITY], whole.get(_PRIORITY_STRICT), True))
    columns = (
        Column("人群"),
        Column("名单人数", "count"),
        Column("已参保", "count"),
        Column("免参保", "count", help="异地参保、参军、服刑、死亡、失联，视同完成"),
        Column("未参保", "count"),
        Column("参保率", "percent", help="（已参保＋免参保）÷名单人数"),
        Column("剔除免参保后参保率", "percent", help="已参保÷（名单人数－免参保）"),
    )
    told = "同一人可以属于几类人群，各类相加大于合计。"
    if not view.sees_rows:
        told += "“＊”：该行有1至4人的数，为防止认出或推算出个人，同行的数一并不显示。"
    if view.chosen.insutype != "all":
        told += "名单不分险种。"
    show(
        view,
        Block(
            "priority",
            "特殊人群参保",
            Table(columns, tuple(rows), total=True),
            note=told,
            codes=(_PRIORITY, _PRIORITY_STRICT),
        ),
    )


def _group(name: str, value: Value, strict: Value | None, rows_allowed: bool) -> tuple[Cell, ...]:
    """One group; to those who may not see persons no number from which one to four persons could be told."""
    listed, done = value.denominator, value.numerator
    insured = strict.numerator if strict else None
    missing = None if listed is None or done is None else listed - done
    exempt = None if done is None or insured is None else done - insured
    counts = [suppressed(each, rows_allowed=rows_allowed) for each in (listed, insured, exempt, missing)]
    rates: list[Cell] = [Cell(of_value(value), tone_of(value)), Cell(of_value(strict))]
    if Gap.SUPPRESSED in counts:
        # the size of a large group tells of nobody; the rest could be worked out from each other
        counts = [counts[0], *[Gap.SUPPRESSED] * 3]
        rates = [Cell(Gap.SUPPRESSED)] * 2
    return row(name, *counts, *rates)
