"""The alert rules of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yibao.figures.reader import Figures


@dataclass(frozen=True)
class AlertRule:
    """A row of seeds/alert_rule.csv: `metric` (value, last_year_change) against a number, the target or the year elapsed.

    `threshold` is in the indicator's unit, for `elapsed_share` in percentage points on top of the share of the year.
    """

    indicator_code: str
    level: str
    metric: str
    comparator: str
    threshold_kind: str
    threshold: Decimal | None
    breakdown: str | None
    breakdown_value: str | None
    message_zh: str


def alert_rules(figures: Figures) -> dict[str, tuple[AlertRule, ...]]:
    """The rules by indicator, alarms first."""
    found = figures.rows(
        AlertRule,
        """
        select
            indicator_code, level, metric, comparator, threshold_kind, threshold, breakdown, breakdown_value, message_zh
        from alert_rule
        order by indicator_code, level, breakdown nulls first, breakdown_value
        """,
    )
    rules: dict[str, tuple[AlertRule, ...]] = {}
    for rule in found:
        rules[rule.indicator_code] = (*rules.get(rule.indicator_code, ()), rule)
    return rules


@dataclass(frozen=True)
class AlertLimit:
    """A number that an indicator as a whole must not pass, in its unit."""

    level: str
    comparator: str
    threshold: Decimal


def alert_limits(figures: Figures, code: str) -> tuple[AlertLimit, ...]:
    """The fixed limits of an indicator, the lowest first; targets and rules about its parts are not among them."""
    held = [
        AlertLimit(rule.level, rule.comparator, rule.threshold)
        for rule in alert_rules(figures).get(code, ())
        if rule.metric == "value"
        and rule.threshold_kind == "number"
        and rule.threshold is not None
        and rule.breakdown is None
    ]
    return tuple(sorted(held, key=lambda limit: limit.threshold))
