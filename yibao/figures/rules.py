"""The limits of the alert rules, for those who draw or tell them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yibao.figures.reader import Figures


@dataclass(frozen=True)
class AlertLimit:
    """A number that an indicator's value must not pass: `level` warning or alarm, `comparator` < or >, unit as the indicator."""

    level: str
    comparator: str
    threshold: Decimal


def alert_limits(figures: Figures, code: str) -> tuple[AlertLimit, ...]:
    """The fixed limits of an indicator as a whole, the lowest first; targets and rules about its parts are not among them."""
    return figures.rows(
        AlertLimit,
        """
        select level, comparator, threshold
        from alert_rule
        where indicator_code = ? and metric = 'value' and threshold_kind = 'number' and breakdown is null
        order by threshold
        """,
        (code,),
    )
