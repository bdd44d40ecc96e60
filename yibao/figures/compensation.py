"""待遇补偿: what was paid of the cost of inpatients, by layer, tier and scheme."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yibao.figures.cut import CUT, cut, percent
from yibao.figures.indicators import Selection
from yibao.figures.reader import Figures


@dataclass(frozen=True)
class Layers:
    """Who paid the inpatients' cost, in yuan: all but `cases` and `cost` add up to `cost` exactly.

    `unexplained` is cost that no delivered part explains; it may be negative.
    """

    cases: int
    cost: Decimal
    pool: Decimal
    large_amount: Decimal
    catastrophic: Decimal
    civil_servant: Decimal
    aid: Decimal
    other: Decimal
    account: Decimal
    cash: Decimal
    unexplained: Decimal


@dataclass(frozen=True)
class Paid:
    """Inpatients of one tier or scheme: cases, amounts in yuan. `catastrophic` holds 大额 and 大病 together."""

    key: str
    cases: int
    cost: Decimal
    in_scope: Decimal | None
    pool: Decimal
    catastrophic: Decimal
    aid: Decimal
    fund: Decimal

    @property
    def actual_ratio(self) -> Decimal | None:
        """住院实际补偿比, in per cent."""
        return percent(self.pool, self.cost)

    @property
    def policy_ratio(self) -> Decimal | None:
        """政策范围内住院报销比, in per cent."""
        return percent(self.pool, self.in_scope)

    @property
    def fund_ratio(self) -> Decimal | None:
        """住院基金支付比(全口径), in per cent."""
        return percent(self.fund, self.cost)


_PAID = """
    sum(ip_cases), sum(ip_cost), sum(ip_in_scope), sum(ip_pool), sum(ip_catastrophic), sum(ip_aid), sum(ip_fund)
"""


def layers(figures: Figures, chosen: Selection) -> Layers | None:
    """The layers of all inpatients that the selection takes; None where there are none."""
    found = figures.rows(
        Layers,
        f"""
        select
            sum(ip_cases), sum(ip_cost), sum(ip_pool), sum(ip_large_amount), sum(ip_catastrophic_only),
            sum(ip_civil_servant), sum(ip_aid), sum(ip_other), sum(ip_account), sum(ip_cash), sum(ip_unexplained)
        from mart_compensation
        where {CUT}
        having sum(ip_cost) is not null and (sum(ip_cost) <> 0 or sum(ip_cases) <> 0)
        """,
        cut(chosen),
    )
    return found[0] if found else None


def paid_by_tier(figures: Figures, chosen: Selection) -> tuple[Paid, ...]:
    """Inpatients by tier of the institution, in no order."""
    return figures.rows(
        Paid,
        f"""
        select service_tier, {_PAID}
        from mart_compensation
        where {CUT}
        group by service_tier
        having sum(ip_cases) <> 0 or sum(ip_cost) <> 0
        order by service_tier
        """,
        cut(chosen),
    )


def paid_by_scheme(figures: Figures, chosen: Selection) -> tuple[Paid, ...]:
    """Inpatients by insurance scheme, the costliest first."""
    return figures.rows(
        Paid,
        f"""
        select insutype, {_PAID}
        from mart_compensation
        where {CUT}
        group by insutype
        having sum(ip_cases) <> 0 or sum(ip_cost) <> 0
        order by sum(ip_cost) desc, insutype
        """,
        cut(chosen),
    )
