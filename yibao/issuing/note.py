"""The restatement note (重述说明): what the next report says of figures that were sent before and have changed since."""

from __future__ import annotations

from collections.abc import Sequence

from yibao import formatting, labels
from yibao.figures import (
    Catalogue,
    Figures,
    RestatedRows,
    Restatement,
    catalogue,
    restated_periods,
    restated_row_counts,
    restatements,
)

_STATUS = {"provisional": "初步数", "final": "最终数"}
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


def restatement_note(figures: Figures, period: str, region_code: str) -> tuple[str, ...]:
    """Paragraphs for the report of `period` on earlier periods that were issued, one for each that changed.

    Named are the headline indicators of the region as a whole whose printed value changed; no paragraph where nothing did.
    """
    return tuple(
        restated_paragraph(figures, issued, region_code)
        for issued in restated_periods(figures)
        if issued < period
    )


def restated_paragraph(figures: Figures, issued: str, region_code: str) -> str:
    """What a later report says of that issued period, of which a value has changed."""
    changed, rows = restatements(figures, issued), restated_row_counts(figures, issued)
    return _paragraph(issued, changed, rows, region_code, catalogue(figures))


def _paragraph(
    period: str,
    changed: Sequence[Restatement],
    rows: Sequence[RestatedRows],
    region_code: str,
    known: Catalogue,
) -> str:
    year, month = period.split("-")
    whole = [
        value
        for value in changed
        if value.region_code == region_code and value.insutype == "all" and value.breakdown == "none"
    ]
    named = [text for value in whole if (text := _change(value, known))]
    head = (
        f"{year}年{int(month)}月{_STATUS[changed[0].issue_status]}报送后，{_behind(rows, whole or changed)}，"
    )
    if not named:
        return f"{head}按现有数据重新计算，主要指标显示值不变，有变化的指标值{len(changed)}个，已报送的数不作修改。"
    return f"{head}按现有数据重新计算：{'；'.join(named)}。已报送的数不作修改。"


def _behind(rows: Sequence[RestatedRows], changed: Sequence[Restatement]) -> str:
    """`补报结算单1条、更正结算单1条（总费用净增加0.10万元，基金支付净增加0.05万元）、补报缴费记录2条`, and what is no row's doing."""
    settled = [each for each in rows if each.dataset == "settlement"]
    parts = []
    if settled:
        cost = _moved(sum(each.difference for each in settled))
        fund = _moved(sum(each.fund_difference for each in settled))
        parts.append("、".join(map(_counted, settled)) + f"（总费用净{cost}，基金支付净{fund}）")
    parts += [_counted(each) for each in rows if each.dataset != "settlement"]
    others = {cause for value in changed for cause in value.causes} & {"catalogue", "calculation"}
    return "、".join([*parts, *(labels.RESTATED[cause] for cause in sorted(others))])


def _counted(each: RestatedRows) -> str:
    return f"{labels.RESTATED[each.cause]}{_THINGS[each.dataset]}{each.rows}条"


def _change(value: Restatement, known: Catalogue) -> str | None:
    """`住院次均费用（本年累计）由2788.00元改为2790.00元`; None for a secondary indicator or one that prints alike."""
    indicator = known.indicators.get(value.indicator_code)
    if indicator is None or indicator.headline is None:
        return None
    before = formatting.quantity(value.issued_value, indicator.unit)
    now = formatting.quantity(value.value, indicator.unit)
    if before == now:
        return None
    return f"{indicator.name_zh}（{_MODES[value.mode]}）由{before}改为{now}"


def _moved(yuan: formatting.Number) -> str:
    amount = formatting.exact(yuan)
    assert amount is not None
    return f"{'减少' if amount < 0 else '增加'}{formatting.wan(abs(amount), unit=True)}"
