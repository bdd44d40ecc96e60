"""Which rows of the drill-down tables a selection takes, and the ratios of what they add up to."""

from __future__ import annotations

from decimal import Decimal

from yibao.figures.indicators import Selection

# of a table with period, county, township and insutype; its seven values are those of `cut`
CUT = """
    period between ? and ?
    and (township = ? or county = ? or left(county, 4) || '00' = ?)
    and (? = 'all' or insutype = ?)
"""


def cut(chosen: Selection) -> tuple[str, ...]:
    """The values of CUT: first and last month (January for the year to date), the region three times, the scheme twice."""
    first = f"{chosen.period[:4]}-01" if chosen.mode == "ytd" else chosen.period
    region, scheme = chosen.region_code, chosen.insutype
    return (first, chosen.period, region, region, region, scheme, scheme)


def percent(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """The part in per cent of the whole; None where one is missing or the whole is not above 0 (semantics 7)."""
    found = per(part, whole)
    return None if found is None else found * 100


def per(amount: Decimal | int | None, count: Decimal | int | None) -> Decimal | None:
    """The amount for each one counted; None where one is missing or nothing is counted (semantics 7)."""
    if amount is None or count is None or count <= 0:
        return None
    return Decimal(amount) / Decimal(count)
