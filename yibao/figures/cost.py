"""次均费用: what inpatients cost by tier, and which institutions stand far from their peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from statistics import median

from yibao.figures.cut import CUT, cut, per, percent
from yibao.figures.indicators import Selection, Value
from yibao.figures.reader import Figures

# a figure is judged beside at least so many peers, and only if it comes from at least so many cases
PEERS_NEEDED = 5
CASES_NEEDED = 10
# further than so many median absolute deviations from the median is far (Iglewicz and Hoaglin)
FAR = Decimal("3.5")


@dataclass(frozen=True)
class TierCost:
    """A tier's inpatients (cases, yuan, days) and the items of all its settlements (yuan)."""

    tier: str
    cases: int
    cost: Decimal
    full_selfpay: Decimal | None
    bed_days: int
    readmitted: int
    items: Decimal | None
    drugs: Decimal | None
    materials: Decimal | None

    @property
    def avg_cost(self) -> Decimal | None:
        """Yuan for each case."""
        return per(self.cost, self.cases)

    @property
    def avg_days(self) -> Decimal | None:
        """Days for each case."""
        return per(self.bed_days, self.cases)

    @property
    def selfpay_share(self) -> Decimal | None:
        """Outside the catalogue, in per cent of the cost."""
        return percent(self.full_selfpay, self.cost)

    @property
    def readmission_rate(self) -> Decimal | None:
        """Cases readmitted within 15 days, in per cent."""
        return percent(self.readmitted, self.cases)

    @property
    def drug_share(self) -> Decimal | None:
        """Drugs in per cent of the items."""
        return percent(self.drugs, self.items)

    @property
    def material_share(self) -> Decimal | None:
        """Materials in per cent of the items."""
        return percent(self.materials, self.items)

    @property
    def other_share(self) -> Decimal | None:
        """What is neither drug nor material, in per cent of the items."""
        if self.items is None or self.drugs is None or self.materials is None:
            return None
        return percent(self.items - self.drugs - self.materials, self.items)


class Standing(Enum):
    """Where an institution stands among its peers, or why that cannot be told."""

    USUAL = "usual"
    HIGH = "high"
    LOW = "low"
    FEW_CASES = "few_cases"
    FEW_PEERS = "few_peers"


def costs_by_tier(figures: Figures, chosen: Selection) -> tuple[TierCost, ...]:
    """Each tier's inpatients and items, in no order."""
    return figures.rows(
        TierCost,
        f"""
        select
            service_tier, sum(ip_cases), sum(ip_cost), sum(ip_full_selfpay), sum(ip_bed_days),
            sum(ip_cases_readmitted_15d), sum(item_cost), sum(item_drug_cost), sum(item_material_cost)
        from mart_admission_cost
        where {CUT}
        group by service_tier
        having sum(ip_cases) <> 0 or sum(item_cost) <> 0
        order by service_tier
        """,
        cut(chosen),
    )


def standings(institutions: Sequence[Value], tiers: Mapping[str, str]) -> dict[str, Standing]:
    """How each institution's value stands to the median of its tier.

    institutions: values by institution, with their cases as denominators. tiers: of each institution. Only those with
    enough cases are judged, beside each other; where half of them agree to the cent there is no deviation to judge by, and
    nobody is far.
    """
    known = [value for value in institutions if value.value is not None and value.denominator is not None]
    found: dict[str, Standing] = {}
    for tier in {tiers[value.breakdown_value] for value in known}:
        members = [value for value in known if tiers[value.breakdown_value] == tier]
        judged = {
            member.breakdown_value: member.value
            for member in members
            if member.value is not None and (member.denominator or 0) >= CASES_NEEDED
        }
        for member in members:
            code = member.breakdown_value
            if code not in judged:
                found[code] = Standing.FEW_CASES
            elif len(judged) < PEERS_NEEDED:
                found[code] = Standing.FEW_PEERS
            else:
                found[code] = _standing(judged[code], list(judged.values()))
    return found


def _standing(value: Decimal, peers: list[Decimal]) -> Standing:
    middle = median(peers)
    deviation = median([abs(peer - middle) for peer in peers])
    if not deviation or abs(value - middle) <= FAR * deviation:
        return Standing.USUAL
    return Standing.HIGH if value > middle else Standing.LOW
