"""Who is insured and who is not, by village and scheme; what was collected, ten-day by ten-day."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yibao.figures.indicators import Selection
from yibao.figures.reader import Figures


@dataclass(frozen=True)
class Village:
    """A row of mart_village; persons. `uninsured` and `rate` (x 100) are None without a population, and on the unknown village."""

    code: str
    name: str
    is_unknown: bool
    insured: int | None
    registered: int | None
    uninsured: int | None
    unpaid: int | None
    rate: Decimal | None


@dataclass(frozen=True)
class SchemeCoverage:
    """Persons of one scheme at the month's last day; payers and amount (yuan) of its insurance year so far."""

    insutype: str
    insured: Decimal | None
    unpaid: Decimal | None
    payers: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True)
class TenDay:
    """What ten days of collection added: payers (net) and yuan (net), and both since the collection began.

    number: 1 is 1 to 10 January of the insurance year; 0 and below lie in the year before.
    """

    number: int
    persons: int
    amount: Decimal
    persons_so_far: int
    amount_so_far: Decimal


def villages(figures: Figures, period: str, township: str) -> tuple[Village, ...]:
    """The villages of a township: lowest rate first, then those without a rate, the unknown village last."""
    return figures.rows(
        Village,
        """
        select
            village, village_name, is_unknown, insured_persons, population_registered, uninsured_persons,
            insured_unpaid_persons, part_rate
        from mart_village
        where period = ? and township = ?
        order by is_unknown, part_rate nulls last, uninsured_persons desc, village
        """,
        (period, township),
    )


def coverage_by_scheme(figures: Figures, chosen: Selection) -> tuple[SchemeCoverage, ...]:
    """The schemes of a region, the largest first, `all` at the end."""
    return figures.rows(
        SchemeCoverage,
        """
        select insutype, insured_persons, insured_unpaid_persons, contribution_persons, contribution_amount
        from mart_participation
        where period = ? and region_code = ?
        order by insutype = 'all', insured_persons desc nulls last, insutype
        """,
        (chosen.period, chosen.region_code),
    )


def collection(
    figures: Figures, year: int, chosen: Selection, until: int | None = None
) -> tuple[TenDay, ...]:
    """The ten-days of an insurance year in which something was paid, the first one first.

    Paid up to the chosen period's end, or, for a year to compare with, up to the ten-day of that number (0 is a number too).
    """
    if until is None:
        until = last_ten_day(year, chosen.period)
    return figures.rows(
        TenDay,
        """
        select
            ten_day_no, persons, amount,
            cast(sum(persons) over (order by ten_day_no) as bigint), sum(amount) over (order by ten_day_no)
        from mart_collection
        where insurance_year = ? and region_code = ? and insutype = ? and ten_day_no <= ?
        order by ten_day_no
        """,
        (year, chosen.region_code, chosen.insutype, until),
    )


def last_ten_day(year: int, period: str) -> int:
    """The number of a month's last ten-day in an insurance year: 2025-12 is 0 in 2026, 2026-01 is 3."""
    calendar_year, month = period.split("-")
    return ((int(calendar_year) - year) * 12 + int(month)) * 3


def ten_day_name(year: int, number: int) -> str:
    """`2025-12上旬` for number -2 of insurance year 2026."""
    months, ten_day = divmod(number - 1, 3)
    years, month = divmod(months, 12)
    return f"{year + years}-{month + 1:02d}{'上中下'[ten_day]}旬"
