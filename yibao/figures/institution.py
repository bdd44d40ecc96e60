"""定点机构: the profile of one institution, its place among its peers, who comes, what inspections found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
    """A value's place among the institutions of its tier: `place` of `of`; equal values share one. `tier`: the tier's value."""

    place: int | None
    of: int
    tier: Decimal | None


@dataclass(frozen=True)
class Inspected:
    """Inspections of a month: visits, findings and those closed; violation, recovered and fined in yuan."""

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


def placed(code: str, direction: str, peers: Sequence[Value], tier: Value | None) -> Place:
    """The institution's place among its peers (itself among them), and their value together.

    The best is first where the catalogue names a direction, else the highest. tier: the tier's own value; without it, as for
    an indicator that is not split by tier, the parts of the peers are summed. Peers count that have a value.
    """
    known: Mapping[str, Decimal] = {
        peer.breakdown_value: peer.value for peer in peers if peer.value is not None
    }
    own = known.get(code)
    place = None
    if own is not None:
        place = 1 + sum(other < own if direction == "lower" else other > own for other in known.values())
    return Place(place, len(known), tier.value if tier else _together(peers))


def _together(peers: Sequence[Value]) -> Decimal | None:
    """The peers' ratio in per cent, of their summed parts."""
    counted = [peer for peer in peers if peer.value is not None]
    top = sum((peer.numerator or Decimal(0) for peer in counted), Decimal(0))
    bottom = sum((peer.denominator or Decimal(0) for peer in counted), Decimal(0))
    return percent(top, bottom)


def inspected(figures: Figures, code: str, period: str) -> tuple[Inspected, ...]:
    """The months up to the period in which the institution was inspected, the newest first."""
    return figures.rows(
        Inspected,
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
