"""就医流向: where inpatients were treated, from which township, at which tier and place, at which institutions outside."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yibao.figures.cut import CUT, cut, per
from yibao.figures.indicators import Selection
from yibao.figures.reader import Figures


@dataclass(frozen=True)
class Flow:
    """Inpatient cases (reversals taken off) from a region to a tier."""

    region_code: str
    service_tier: str
    cases: int


@dataclass(frozen=True)
class Treated:
    """Inpatients at one place: cases, those without a referral among them, cost in yuan."""

    location: str
    cases: int
    unreferred: int
    cost: Decimal

    @property
    def avg_cost(self) -> Decimal | None:
        """Yuan for each case."""
        return per(self.cost, self.cases)


@dataclass(frozen=True)
class Outside:
    """Inpatients at one institution outside the county: cases, those without a referral, cost in yuan."""

    inst_code: str
    cases: int
    unreferred: int
    cost: Decimal

    @property
    def avg_cost(self) -> Decimal | None:
        """Yuan for each case."""
        return per(self.cost, self.cases)


def flows(figures: Figures, chosen: Selection, *, by_county: bool) -> tuple[Flow, ...]:
    """Cases from each township (from each county, for a city) to each tier; the largest first, none where they cancel."""
    return figures.rows(
        Flow,
        f"""
        select if(?, county, township) as origin, service_tier, sum(ip_cases) as cases
        from mart_flow
        where {CUT}
        group by origin, service_tier
        having cases <> 0
        order by cases desc, origin, service_tier
        """,
        (by_county, *cut(chosen)),
    )


def treated_by_location(figures: Figures, chosen: Selection) -> tuple[Treated, ...]:
    """Inpatients by place of the institution, in no order."""
    return figures.rows(
        Treated,
        f"""
        select location, sum(ip_cases), sum(ip_cases_unreferred), sum(ip_cost)
        from mart_flow
        where {CUT}
        group by location
        having sum(ip_cases) <> 0 or sum(ip_cost) <> 0
        order by location
        """,
        cut(chosen),
    )


def outside(figures: Figures, chosen: Selection) -> tuple[Outside, ...]:
    """Institutions outside the county that had inpatients, the most cases first."""
    return figures.rows(
        Outside,
        f"""
        select inst_code, sum(ip_cases_out_county), sum(ip_cases_unreferred), sum(ip_cost_out_county)
        from mart_referral
        where {CUT}
        group by inst_code
        having sum(ip_cases_out_county) <> 0
        order by sum(ip_cases_out_county) desc, sum(ip_cost_out_county) desc, inst_code
        """,
        cut(chosen),
    )


def joined(found: tuple[Flow, ...], most: int, rest: str) -> tuple[Flow, ...]:
    """The flows with the regions beyond the `most` with the most cases put together under the code `rest`."""
    cases: dict[str, int] = {}
    for flow in found:
        cases[flow.region_code] = cases.get(flow.region_code, 0) + flow.cases
    if len(cases) <= most:
        return found
    kept = set(sorted(cases, key=lambda code: (-cases[code], code))[: most - 1])
    summed: dict[tuple[str, str], int] = {}
    for flow in found:
        key = (flow.region_code if flow.region_code in kept else rest, flow.service_tier)
        summed[key] = summed.get(key, 0) + flow.cases
    return tuple(Flow(region, tier, number) for (region, tier), number in summed.items() if number)
