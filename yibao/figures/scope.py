"""What a user may see of a generation, as a condition on every published table.

A table without a rule here is shown to nobody: whoever publishes a new one decides who may read it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_TOWNSHIP = re.compile(r"\d{9}")


class Rule(Enum):
    """Whose rows a user of one township gets: everyone's, nobody's, or by the column that names the township."""

    OPEN = None
    CLOSED = "false"
    REGION = "region_code"
    TOWNSHIP = "township"


_RULES = {
    # what is said of no place
    "alert_rule": Rule.OPEN,
    "dim_institution": Rule.OPEN,
    "dim_period": Rule.OPEN,
    "dim_scheme": Rule.OPEN,
    "indicator": Rule.OPEN,
    "measure": Rule.OPEN,
    "quality_run": Rule.OPEN,
    "rule": Rule.OPEN,
    "tolerance": Rule.OPEN,
    # what belongs to a township
    "dim_region": Rule.REGION,
    "indicator_trend": Rule.REGION,
    "indicator_value": Rule.REGION,
    "mart_admission_cost": Rule.TOWNSHIP,
    "mart_compensation": Rule.TOWNSHIP,
    "mart_collection": Rule.REGION,
    "mart_flow": Rule.TOWNSHIP,
    "mart_participation": Rule.REGION,
    "mart_referral": Rule.TOWNSHIP,
    "mart_restatement": Rule.REGION,
    "mart_settlement": Rule.TOWNSHIP,
    "mart_ten_day": Rule.REGION,
    "mart_village": Rule.TOWNSHIP,
    "mart_week": Rule.TOWNSHIP,
    "township_completeness": Rule.REGION,
    # what belongs to the county as a whole, or tells of its files
    "dataset_month": Rule.CLOSED,
    "dataset_score": Rule.CLOSED,
    "file_conservation": Rule.CLOSED,
    "indicator_drift": Rule.REGION,
    "mart_finding": Rule.CLOSED,
    "mart_fund": Rule.CLOSED,
    # a row may be of no township, or of none that is known
    "mart_restatement_row": Rule.CLOSED,
    "mart_supervision": Rule.CLOSED,
    "quality_failing_key": Rule.CLOSED,
    "quality_result": Rule.CLOSED,
    "quarantine": Rule.CLOSED,
    "reconciliation": Rule.CLOSED,
    "reconciliation_difference": Rule.CLOSED,
    "row_warning": Rule.CLOSED,
    "warning_count": Rule.CLOSED,
}


@dataclass(frozen=True)
class Scope:
    """All regions of the generation (`township` None), or one township (9 digits) and nothing else.

    Raises ValueError for a township that is no 9 digits.
    """

    township: str | None = None

    def __post_init__(self) -> None:
        if self.township is not None and not _TOWNSHIP.fullmatch(self.township):
            raise ValueError(f"no township code: {self.township!r}")

    @property
    def name(self) -> str:
        """A name for the scope that is an SQL identifier: two scopes with one name see the same rows."""
        return f"township_{self.township}" if self.township else "everything"

    def condition(self, table: str) -> str:
        """The SQL condition on the rows of a published table."""
        rule = _RULES.get(table, Rule.CLOSED)
        if self.township is None:
            return "true" if table in _RULES else "false"
        if rule in (Rule.REGION, Rule.TOWNSHIP):
            return f"{rule.value} = '{self.township}'"
        return "true" if rule is Rule.OPEN else "false"


def has_rule(table: str) -> bool:
    """Whether somebody decided who may read the table."""
    return table in _RULES
