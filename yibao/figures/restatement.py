"""重述: issued values that would be other ones now, and the rows behind the differences."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from yibao.figures.reader import Figures


@dataclass(frozen=True)
class Restatement:
    """A row of mart_restatement: ratios times 100, money in yuan. `causes`: late, reversed, corrected, catalogue, calculation."""

    issue: str
    issue_status: Literal["provisional", "final"]
    period: str
    mode: str
    region_code: str
    insutype: str
    breakdown: str
    breakdown_value: str
    indicator_code: str
    issued_numerator: Decimal | None
    issued_denominator: Decimal | None
    issued_value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    difference: Decimal | None
    cause: str

    @property
    def causes(self) -> tuple[str, ...]:
        return tuple(self.cause.split(","))


@dataclass(frozen=True)
class RestatedRow:
    """A row of mart_restatement_row; amounts in yuan, None where the dataset has none."""

    period: str
    dataset: str
    cause: str
    record_key: str
    certno_mask: str | None
    month: str | None
    issued_month: str | None
    township: str | None
    insutype: str | None
    issued_amount: Decimal | None
    amount: Decimal | None
    difference: Decimal
    fund_difference: Decimal
    file: str
    row: int
    batch: str


@dataclass(frozen=True)
class RestatedRows:
    """The rows of one dataset and cause: how many, and by what they change its amount and what the funds paid (yuan)."""

    dataset: str
    cause: str
    rows: int
    difference: Decimal
    fund_difference: Decimal


@dataclass(frozen=True)
class _Period:
    period: str


@dataclass(frozen=True)
class _Count:
    indicators: int


def restated_periods(figures: Figures) -> tuple[str, ...]:
    """The issued periods of which a value has changed, the oldest first; none in a generation of before there were any."""
    if "mart_restatement" not in figures.generation.manifest.tables:
        return ()
    found = figures.rows(_Period, "select distinct period from mart_restatement order by period")
    return tuple(each.period for each in found)


def restated_count(figures: Figures, period: str, region_code: str) -> int:
    """How many indicators of a region have changed since the period was issued; 0 in a generation of before there were any."""
    if "mart_restatement" not in figures.generation.manifest.tables:
        return 0
    [found] = figures.rows(
        _Count,
        "select count(distinct indicator_code) from mart_restatement where period = ? and region_code = ?",
        (period, region_code),
    )
    return found.indicators


def restatements(figures: Figures, period: str) -> tuple[Restatement, ...]:
    """Every changed value of an issued period: regions from the largest down, the headline indicators first."""
    return figures.rows(
        Restatement,
        """
        select
            issue, issue_status, period, period_mode, region_code, insutype, breakdown, breakdown_value, indicator_code,
            issued_numerator, issued_denominator, issued_value, restated.numerator, restated.denominator, value, difference, cause
        from mart_restatement as restated
        left join indicator on restated.indicator_code = indicator.code
        where period = ?
        order by
            length(region_code), region_code, insutype <> 'all', insutype, breakdown <> 'none', breakdown, breakdown_value,
            indicator.headline nulls last, indicator_code, period_mode
        """,
        (period,),
    )


def restated_rows(figures: Figures, period: str, limit: int) -> tuple[RestatedRow, ...]:
    """The first rows behind the changes of an issued period, by dataset, file and line."""
    return figures.rows(
        RestatedRow,
        """
        select
            period, dataset, cause, record_key, certno_mask, month, issued_month, township, insutype, issued_amount, amount,
            difference, fund_difference, file, row, batch
        from mart_restatement_row
        where period = ?
        order by dataset, batch, file, row
        limit ?
        """,
        (period, limit),
    )


def restated_row_counts(figures: Figures, period: str) -> tuple[RestatedRows, ...]:
    """The rows behind the changes of an issued period, added up by dataset and cause."""
    return figures.rows(
        RestatedRows,
        """
        select dataset, cause, count(*), sum(difference), sum(fund_difference)
        from mart_restatement_row
        where period = ?
        group by dataset, cause
        order by
            dataset <> 'settlement', dataset, case cause when 'late' then 1 when 'reversed' then 2 else 3 end
        """,
        (period,),
    )
