"""The restatement note (重述说明): what the next report says of figures that were sent before and have changed since."""

from __future__ import annotations

from collections.abc import Sequence

from yibao import labels
from yibao.figures import (
    Figures,
    RestatedRows,
    Restatement,
    restated_periods,
    restated_row_counts,
    restatements,
)
from yibao.issuing.entries import Issued
from yibao.issuing.rules import compared_issue
from yibao.reporting.content import Figure, Paragraph, Span
from yibao.reporting.numbers import UNIT_KINDS, Numbers

_STATUS = {"provisional": "初步数", "final": "最终数"}
_STANDS = "已报送的数不作修改。"
_GIVES_WAY = "以本报告的最终数为准。"
_MODES = {"month": "当月", "ytd": "本年累计"}
# what one row of a dataset is; control totals change no value
_THINGS = {
    "settlement": "结算单",
    "settlement_item": "费用明细",
    "contribution": "缴费记录",
    "enrollment": "参保登记",
    "fund_ledger": "基金台账分录",
    "referral": "转诊备案",
    "institution": "医药机构登记",
    "population": "应参保人口",
    "priority_roster": "重点人群名单",
    "inspection": "检查记录",
    "inspection_finding": "检查问题",
    "budget": "总额预算",
    "target": "目标任务",
    "region": "行政区划",
}


def restatement_note(
    figures: Figures, issues: Sequence[Issued], period: str, region_code: str, *, is_final: bool = False
) -> tuple[Paragraph, ...]:
    """Paragraphs for the report of `period` on earlier periods that were issued, one for each that changed; a final report
    (`is_final`) also tells what changed since its own provisional figures.

    Named are the headline indicators of the region as a whole whose printed value changed; no paragraph where nothing did,
    nor on a period that was issued again since the generation compared it.
    """
    return tuple(
        restated_paragraph(figures, issued, region_code, _STANDS if issued < period else _GIVES_WAY)
        for issued in restated_periods(figures)
        if (issued < period or (is_final and issued == period)) and not _issued_again(figures, issues, issued)
    )


def _issued_again(figures: Figures, issues: Sequence[Issued], period: str) -> bool:
    newest = compared_issue(issues, period)
    return newest is not None and newest.issue != restatements(figures, period)[0].issue


def restated_paragraph(figures: Figures, issued: str, region_code: str, outcome: str = _STANDS) -> Paragraph:
    """What a later report says of that issued period, of which a value has changed; `outcome`: which figures hold."""
    numbers = Numbers(figures, issued, region_code)
    changed, rows = restatements(figures, issued), restated_row_counts(figures, issued)
    year, month = issued.split("-")
    whole = [
        value
        for value in changed
        if value.region_code == region_code and value.insutype == "all" and value.breakdown == "none"
    ]
    named = [spans for value in whole if (spans := _change(value, numbers))]
    head = f"{year}年{int(month)}月{_STATUS[changed[0].issue_status]}报送后，"
    behind = _behind(rows, whole or changed, numbers)
    if named:
        told: tuple[Span, ...] = ("按现有数据重新计算：", *_listed(named, "；"), f"。{outcome}")
    else:
        cells = numbers.cell(
            "mart_restatement", "value", "count", "有变化的指标值", [("period", issued)], how="count"
        )
        told = (
            "按现有数据重新计算，主要指标显示值不变，有变化的指标值",
            cells,
            f"个，{outcome}",
        )
    return Paragraph((head, *behind, "，", *told))


def _behind(
    rows: Sequence[RestatedRows], changed: Sequence[Restatement], numbers: Numbers
) -> tuple[Span, ...]:
    """`补报结算单1条、更正结算单1条（总费用净增加0.10万元，基金支付净增加0.05万元）、补报缴费记录2条`, and what is no row's doing."""
    settled = [_counted(each, numbers) for each in rows if each.dataset == "settlement"]
    parts: list[tuple[Span, ...]] = []
    if settled:
        cost = _moved("difference", "总费用净", numbers)
        fund = _moved("fund_difference", "基金支付净", numbers)
        parts.append((*_listed(settled, "、"), "（", *cost, "，", *fund, "）"))
    parts += [_counted(each, numbers) for each in rows if each.dataset != "settlement"]
    others = {cause for value in changed for cause in value.causes} & {"catalogue", "calculation"}
    return _listed([*parts, *((labels.RESTATED[cause],) for cause in sorted(others))], "、")


def _counted(each: RestatedRows, numbers: Numbers) -> tuple[Span, ...]:
    name = f"{labels.RESTATED[each.cause]}{_THINGS[each.dataset]}"
    keys = [("period", numbers.period), ("dataset", each.dataset), ("cause", each.cause)]
    return (name, numbers.cell("mart_restatement_row", "row", "count", name, keys, how="count"), "条")


def _moved(column: str, name: str, numbers: Numbers) -> tuple[Span, ...]:
    keys = [("period", numbers.period), ("dataset", "settlement")]
    moved = numbers.cell("mart_restatement_row", column, "wan", name, keys, how="sum", size_only=True)
    return (f"{name}{'减少' if moved.value and moved.value < 0 else '增加'}", moved)


def _change(value: Restatement, numbers: Numbers) -> tuple[Span, ...] | None:
    """`住院次均费用（本年累计）由2788.00元改为2790.00元`; None for a secondary indicator or one that prints alike."""
    indicator = numbers.catalogue.indicators.get(value.indicator_code)
    if indicator is None or indicator.headline is None:
        return None
    cell = ("issue", "period", "region_code", "insutype", "breakdown", "breakdown_value", "indicator_code")
    keys = [*((column, getattr(value, column)) for column in cell), ("period_mode", value.mode)]

    def held(column: str) -> Figure:
        return numbers.cell("mart_restatement", column, UNIT_KINDS[indicator.unit], indicator.name_zh, keys)

    before, now = held("issued_value"), held("value")
    if before.text == now.text:
        return None
    return (f"{indicator.name_zh}（{_MODES[value.mode]}）由", before, "改为", now)


def _listed(parts: Sequence[tuple[Span, ...]], mark: str) -> tuple[Span, ...]:
    """The parts, with the mark between them."""
    return tuple(span for number, part in enumerate(parts) for span in ((mark, *part) if number else part))
