"""`yibao show` on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from yibao import formatting, lookup
from yibao.contract import load_contract
from yibao.project import Project
from yibao.screen import Column, Screen

# where the contract keeps the labels of a breakdown's codes: dataset and field
_CODE_FIELDS = {
    "service_tier": ("institution", "service_tier"),
    "inst_type": ("institution", "inst_type"),
    "group": ("priority_roster", "group_code"),
    "account_item": ("fund_ledger", "account_item"),
}


def code_labels(project: Project) -> dict[str, Mapping[str, str]]:
    """The Chinese labels of the codes of each breakdown, from the contract."""
    datasets = load_contract(project.contract_file).datasets
    return {by: datasets[name].field(field).codes for by, (name, field) in _CODE_FIELDS.items()}


def show_catalogue(screen: Screen, indicators: Sequence[lookup.Indicator]) -> None:
    """All indicators: code, name, what they can be broken down by."""
    columns = [Column("代码"), Column("名称"), Column("细分"), Column("期间口径")]
    rows = []
    for indicator in indicators:
        breakdowns = "、".join(lookup.DIMENSIONS.get(name, name) for name in indicator.breakdowns)
        modes = "、".join(lookup.MODES.get(mode, mode) for mode in indicator.modes)
        rows.append([indicator.code, indicator.name_zh, breakdowns, modes])
    screen.table(columns, rows)


def show_answer(screen: Screen, answer: lookup.Answer, labels: Mapping[str, Mapping[str, str]]) -> None:
    """The values as a table; under it the target's and the unit's meaning where there is one."""
    indicator = answer.indicator
    scheme = "" if answer.insutype == "all" else f" 险种 {answer.insutype}"
    screen.heading(
        f"{indicator.name_zh}（{indicator.code}） {answer.region_name}{scheme}"
        f" {answer.period} {lookup.MODES[answer.mode]}"
    )
    first = lookup.DIMENSIONS[answer.by] if answer.by else "地区"
    figures = ("数值", "分子", "分母", "同比", "目标")
    columns = [Column(first), *(Column(name, figure=True) for name in figures), Column("状态")]
    own = labels.get(answer.by or "", {})
    parts = (
        _places([line.numerator for line in answer.lines]),
        _places([line.denominator for line in answer.lines]),
    )
    rows = []
    for line in answer.lines:
        label = own.get(line.key, line.label) if answer.by else answer.region_name
        shown = label if label == line.key or not answer.by else f"{line.key} {label}"
        rows.append(
            [
                shown,
                formatting.quantity(line.value, indicator.unit, indicator.decimals),
                formatting.number(line.numerator, parts[0], grouped=True),
                formatting.number(line.denominator, parts[1], grouped=True),
                formatting.change(line.last_year_change, indicator.unit),
                formatting.quantity(line.target, indicator.unit, indicator.decimals),
                formatting.status_zh(line.status),
            ]
        )
    screen.table(columns, rows)
    if not rows:
        screen.line("没有这样的数据。")


def _places(values: Sequence[Decimal | None]) -> int:
    """Places of a column of numerators or denominators: none for persons and cases, two for amounts in yuan."""
    return 0 if all(value is None or value == value.to_integral_value() for value in values) else 2
