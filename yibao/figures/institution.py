"""定点机构: the profile of one institution, its place among its peers, who comes, what inspections found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yibao.figures.catalogue import Indicator
from yibao.figures.cut import CUT, cut, per, percent
from yibao.figures.indicators import Selection, Value
from yibao.figures.reader import Figures


@dataclass(frozen=True)
class Profile:
    """A row of the register; all but code, name and tier are None for one that only settlements name."""

    code: str
    name: str
    inst_type: str | None
    hosp_level: str | None
    service_tier: str
    region_code: str | None
    ownership: str | None
    agreement_begin: date | None
    agreement_end: date | None
    status: str | None
    is_registered: bool


@dataclass(frozen=True)
class Served:
    """What settlements name of an institution in the selection: inpatient cases, outpatient visits, cost in yuan.

    `cost` is that of inpatients and outpatients (chronic diseases and pharmacies are not in it).
    """

    key: str
    cases: int
    ip_cost: Decimal
    ip_pool: Decimal
    visits: int
    op_cost: Decimal

    @property
    def avg_cost(self) -> Decimal | None:
        """Yuan for each inpatient case."""
        return per(self.ip_cost, self.cases)


@dataclass(frozen=True)
class Place:
    """A value's place among its peers: `place` of `of`; equal values share one. `together`: the peers' value."""

    place: int | None
    of: int
    together: Decimal | None


@dataclass(frozen=True)
class VisitedMonth:
    """A month with inspections: visits, findings and those closed; violation, recovered and fined in yuan."""

    period: str
    visits: int
    findings: int
    closed: int
    violation_amount: Decimal | None
    recovered_amount: Decimal | None
    fine_amount: Decimal | None


@dataclass(frozen=True)
class Finding:
    """One finding of an inspection, amounts in yuan; codes as delivered."""

    inspected_on: date
    method: str | None
    violation_type: str | None
    case_count: int | None
    violation_amount: Decimal | None
    recovered_amount: Decimal | None
    fine_amount: Decimal | None
    action: str | None
    acted_on: date | None
    status: str | None


_SERVED = "sum(ip_cases), sum(ip_cost), sum(ip_pool), sum(op_visits), sum(op_cost)"


def profile(figures: Figures, code: str) -> Profile | None:
    """The institution's row; None for a code that there is not."""
    found = figures.rows(
        Profile,
        """
        select
            inst_code, inst_name, inst_type, hosp_level, service_tier, region_code, ownership, agreement_begin,
            agreement_end, status, is_registered
        from dim_institution
        where inst_code = ?
        """,
        (code,),
    )
    return found[0] if found else None


def served_by_institution(figures: Figures, chosen: Selection) -> tuple[Served, ...]:
    """Each institution that settled something in the selection, the costliest first."""
    return figures.rows(
        Served,
        f"""
        select inst_code, {_SERVED}
        from mart_compensation
        where {CUT} and inst_code is not null
        group by inst_code
        order by sum(ip_cost) + sum(op_cost) desc nulls last, inst_code
        """,
        cut(chosen),
    )


def served_by_township(figures: Figures, chosen: Selection, inst_code: str) -> tuple[Served, ...]:
    """From which townships the institution's patients came, the costliest first."""
    return figures.rows(
        Served,
        f"""
        select township, {_SERVED}
        from mart_compensation
        where {CUT} and inst_code = ?
        group by township
        having sum(ip_cases) <> 0 or sum(op_visits) <> 0
        order by sum(ip_cost) + sum(op_cost) desc nulls last, township
        """,
        (*cut(chosen), inst_code),
    )


def served_by_month(figures: Figures, chosen: Selection, inst_code: str) -> tuple[Served, ...]:
    """What the institution settled in each month of the selection, the newest first."""
    return figures.rows(
        Served,
        f"""
        select period, {_SERVED}
        from mart_compensation
        where {CUT} and inst_code = ?
        group by period
        having sum(ip_cases) <> 0 or sum(op_visits) <> 0
        order by period desc
        """,
        (*cut(chosen), inst_code),
    )


def placed(code: str, indicator: Indicator, peers: Sequence[Value]) -> Place:
    """The institution's place among its peers (itself among them), and the value of all of them together.

    The best is first where the catalogue names a direction, else the highest. Only those with a value have a place.
    """
    known = {peer.breakdown_value: peer.value for peer in peers if peer.value is not None}
    own = known.get(code)
    place = None
    if own is not None:
        lower = indicator.direction == "lower"
        place = 1 + sum(other < own if lower else other > own for other in known.values())
    return Place(place, len(known), _together(indicator, peers))


def _together(indicator: Indicator, peers: Sequence[Value]) -> Decimal | None:
    """The ratio of the summed parts: one that cancelled to no case still brings its cost, one without a budget nothing."""
    counted = [
        (peer.numerator, peer.denominator)
        for peer in peers
        if peer.numerator is not None
        and peer.denominator is not None
        and (peer.value is not None or indicator.domain != "fund")
    ]
    top = sum((numerator for numerator, _ in counted), Decimal(0))
    bottom = sum((denominator for _, denominator in counted), Decimal(0))
    return percent(top, bottom) if indicator.unit == "percent" else per(top, bottom)


def visited_months(figures: Figures, code: str, period: str) -> tuple[VisitedMonth, ...]:
    """The months up to the period in which the institution was inspected, the newest first."""
    return figures.rows(
        VisitedMonth,
        """
        select
            period, inspection_visits, findings_total, findings_closed, violation_amount, recovered_amount, fine_amount
        from mart_supervision
        where inst_code = ? and period <= ?
        order by period desc
        """,
        (code, period),
    )


def findings_of(figures: Figures, code: str, period: str) -> tuple[Finding, ...]:
    """The findings at the institution up to the period, the newest first."""
    return figures.rows(
        Finding,
        """
        select
            inspected_on, method, violation_type, case_count, violation_amount, recovered_amount, fine_amount, action,
            acted_on, status
        from mart_finding
        where inst_code = ? and period <= ?
        order by inspected_on desc, violation_amount desc nulls last, finding_id
        """,
        (code, period),
    )
