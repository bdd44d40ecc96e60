"""The tiers of institutions that treated inpatients."""

from __future__ import annotations

from yibao.figures import paid_by_tier, parts
from yibao.labels import TIERS
from yibao.reporting.scene import Scene


def tiers(scene: Scene) -> tuple[str, ...]:
    """The codes of the tiers with cases or cost, from the smallest up, those that are not in the list at the end."""
    found = {paid.key for paid in paid_by_tier(scene.numbers.figures, scene.selection)}
    known = {
        part.breakdown_value
        for part in parts(scene.numbers.figures, "ip_avg_cost", scene.selection, "service_tier")
    }
    order = list(TIERS)
    return tuple(
        sorted(found & known, key=lambda tier: (order.index(tier) if tier in order else len(order), tier))
    )
