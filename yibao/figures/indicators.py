"""Values of indicators: one cell, all parts of a breakdown, all regions below one, a series over months, the alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from yibao.figures.reader import Figures


@dataclass(frozen=True)
class Selection:
    """What a page shows: month (YYYY-MM), `month` or `ytd`, region (6 or 9 digits), scheme code or `all`."""

    period: str
    mode: str
    region_code: str
    insutype: str = "all"


@dataclass(frozen=True)
class Value:
    """A row of indicator_trend with its parts; ratios times 100, money in yuan, changes as semantics 7 says."""

    period: str
    region_code: str
    breakdown_value: str
    indicator_code: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    status: str
    last_year_value: Decimal | None
    last_year_change: Decimal | None
    previous_value: Decimal | None
    previous_change: Decimal | None
    target: Decimal | None
    completion: Decimal | None
    alert_level: str | None
    alert_zh: str | None


_COLUMNS = """
    trend.period, trend.region_code, trend.breakdown_value, trend.indicator_code, value.numerator, value.denominator,
    trend.value, trend.status, trend.last_year_value, trend.last_year_change, trend.previous_value,
    trend.previous_change, trend.target_value, trend.completion, trend.alert_level, trend.alert_zh
"""
# the key of both tables
_FROM = """
    from indicator_trend as trend
    inner join indicator_value as value
        using (period, period_mode, region_code, insutype, breakdown, breakdown_value, indicator_code)
"""


def values(figures: Figures, codes: Sequence[str], chosen: Selection) -> dict[str, Value]:
    """The value of each indicator in one cell; an indicator that has no such cell is not there.

    One counted for the year to date only is given for the year to date.
    """
    found = figures.rows(
        Value,
        f"""
        select {_COLUMNS} {_FROM}
        inner join indicator on trend.indicator_code = indicator.code
        where
            trend.period = ? and trend.region_code = ? and trend.insutype = ? and trend.breakdown = 'none'
            and list_contains(?, trend.indicator_code)
            and trend.period_mode = case when contains(indicator.modes, 'month') then ? else 'ytd' end
        """,
        (chosen.period, chosen.region_code, chosen.insutype, tuple(codes), chosen.mode),
    )
    by_code = {value.indicator_code: value for value in found}
    return {code: by_code[code] for code in codes if code in by_code}


def parts(figures: Figures, code: str, chosen: Selection, breakdown: str) -> tuple[Value, ...]:
    """The values of one indicator by the parts of a breakdown (service_tier, inst, group, account_item, inst_type)."""
    return figures.rows(
        Value,
        f"""
        select {_COLUMNS} {_FROM}
        where
            trend.period = ? and trend.period_mode = ? and trend.region_code = ? and trend.insutype = ?
            and trend.breakdown = ? and trend.indicator_code = ?
        order by trend.breakdown_value
        """,
        (chosen.period, chosen.mode, chosen.region_code, chosen.insutype, breakdown, code),
    )


def below(figures: Figures, code: str, chosen: Selection) -> tuple[Value, ...]:
    """The values of one indicator in the regions directly below the chosen one, by code."""
    return figures.rows(
        Value,
        f"""
        select {_COLUMNS} {_FROM}
        inner join dim_region as region on trend.region_code = region.region_code
        where
            trend.period = ? and trend.period_mode = ? and region.parent_code = ? and trend.insutype = ?
            and trend.breakdown = 'none' and trend.indicator_code = ?
        order by trend.region_code
        """,
        (chosen.period, chosen.mode, chosen.region_code, chosen.insutype, code),
    )


def series(figures: Figures, codes: Sequence[str], chosen: Selection) -> dict[str, tuple[Value, ...]]:
    """The values of each indicator in one cell for every period up to the chosen one, the oldest first."""
    found = figures.rows(
        Value,
        f"""
        select {_COLUMNS} {_FROM}
        inner join indicator on trend.indicator_code = indicator.code
        where
            trend.period <= ? and trend.region_code = ? and trend.insutype = ? and trend.breakdown = 'none'
            and list_contains(?, trend.indicator_code)
            and trend.period_mode = case when contains(indicator.modes, 'month') then ? else 'ytd' end
        order by trend.period
        """,
        (chosen.period, chosen.region_code, chosen.insutype, tuple(codes), chosen.mode),
    )
    return {code: tuple(value for value in found if value.indicator_code == code) for code in codes}


def part_series(
    figures: Figures, codes: Sequence[str], chosen: Selection, breakdown: str, part: str
) -> dict[str, tuple[Value, ...]]:
    """The values of each indicator in one part of a breakdown for every period up to the chosen one, the oldest first."""
    found = figures.rows(
        Value,
        f"""
        select {_COLUMNS} {_FROM}
        inner join indicator on trend.indicator_code = indicator.code
        where
            trend.period <= ? and trend.region_code = ? and trend.insutype = ?
            and trend.breakdown = ? and trend.breakdown_value = ?
            and list_contains(?, trend.indicator_code)
            and trend.period_mode = case when contains(indicator.modes, 'month') then ? else 'ytd' end
        order by trend.period
        """,
        (chosen.period, chosen.region_code, chosen.insutype, breakdown, part, tuple(codes), chosen.mode),
    )
    return {code: tuple(value for value in found if value.indicator_code == code) for code in codes}


def alerts(figures: Figures, chosen: Selection) -> tuple[Value, ...]:
    """The alerts of the region and of those directly below it: alarms first, the region itself first.

    Of its parts (tiers, institutions, groups) only those that a rule of the catalogue is about: a provincial hospital is
    below the county's target, and nobody's fault.
    """
    return figures.rows(
        Value,
        f"""
        select {_COLUMNS} {_FROM}
        inner join dim_region as region on trend.region_code = region.region_code
        inner join indicator on trend.indicator_code = indicator.code
        where
            trend.period = ? and trend.insutype = ? and trend.alert_level is not null
            and trend.period_mode = case when contains(indicator.modes, 'month') then ? else 'ytd' end
            and (
                trend.region_code = ?
                or region.parent_code = ?
            )
            and (
                trend.breakdown = 'none'
                or exists (
                    select 1
                    from alert_rule
                    where alert_rule.indicator_code = trend.indicator_code and alert_rule.breakdown = trend.breakdown
                )
            )
        order by
            trend.alert_level, trend.region_code != ?, trend.breakdown != 'none', indicator.headline nulls last,
            trend.indicator_code, trend.region_code, trend.breakdown_value
        """,
        (
            chosen.period,
            chosen.insutype,
            chosen.mode,
            chosen.region_code,
            chosen.region_code,
            chosen.region_code,
        ),
    )
