"""What a quality page says, as data: filled from a published generation or from the folder of a check.

A table that was not there is None, a table without rows is (): the page tells them apart. Field names are the
columns of the tables they are read from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Generic, TypeVar

from yibao.publishing import Manifest

T = TypeVar("T")


class Standing(Enum):
    """What the banner says. REMINDED is a passed check with warnings; UNCHECKED has no check on record."""

    PASSED = "passed"
    REMINDED = "reminded"
    FAILED = "failed"
    ERROR = "error"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Listing(Generic[T]):
    """The first of many: `shown` of `total`."""

    total: int
    shown: tuple[T, ...]

    @property
    def hidden(self) -> int:
        return self.total - len(self.shown)


@dataclass(frozen=True)
class Check:
    """One check of the history (quality_run). `checked_at` is ISO UTC, `seconds` how long it took."""

    check_id: str
    checked_at: str
    target: str
    verdict: str
    expectations: int
    passed: int
    failed_critical: int
    failed_warning: int
    failed_info: int
    errors: int
    seconds: float

    @property
    def standing(self) -> Standing:
        if self.verdict == "passed":
            return Standing.REMINDED if self.failed_warning else Standing.PASSED
        return Standing.ERROR if self.verdict == "error" else Standing.FAILED

    @property
    def score(self) -> Decimal | None:
        """Expectations met, in per cent; None where there were none."""
        return Decimal(100 * self.passed) / self.expectations if self.expectations else None


@dataclass(frozen=True)
class Result:
    """One expectation of the check (quality_result). Counts are None where unknown.

    `tolerance_zh` is the written reason where a failed warning is tolerated.
    """

    suite: str
    suite_zh: str
    table_name: str
    layer: str
    expectation_id: str
    severity: str
    owner: str | None
    name_zh: str
    status: str
    element_count: int | None
    unexpected_count: int | None
    observed: str | None
    message_zh: str | None
    todo_zh: str | None
    tolerance_zh: str | None

    @property
    def share(self) -> Decimal | None:
        """Rows that failed, in per cent of those looked at."""
        if self.unexpected_count is None or not self.element_count:
            return None
        return Decimal(100 * self.unexpected_count) / self.element_count


@dataclass(frozen=True)
class FailingKey:
    """A row that failed an expectation; masked by the check."""

    key: str
    detail: str | None


@dataclass(frozen=True)
class Conservation:
    """Rows and main amount (yuan) of a dataset: landed = accepted + quarantined + duplicate + superseded."""

    dataset: str
    files: int
    landed_rows: int
    accepted_rows: int
    quarantined_rows: int
    duplicate_rows: int
    superseded_rows: int
    landed_amount: Decimal
    accepted_amount: Decimal
    quarantined_amount: Decimal
    duplicate_amount: Decimal
    superseded_amount: Decimal

    @property
    def rows_off(self) -> int:
        """0 where nothing was lost."""
        kept = self.accepted_rows + self.quarantined_rows + self.duplicate_rows + self.superseded_rows
        return self.landed_rows - kept

    @property
    def amount_off(self) -> Decimal:
        """0 where nothing was lost, in yuan."""
        kept = self.accepted_amount + self.quarantined_amount + self.duplicate_amount + self.superseded_amount
        return self.landed_amount - kept


@dataclass(frozen=True)
class DatasetScore:
    """Score 0 to 100: the share of landed rows neither quarantined nor warned of; None without rows."""

    dataset: str
    landed_rows: int
    quarantined_rows: int
    warned_rows: int
    score: Decimal | None


@dataclass(frozen=True)
class Township:
    """Persons enrolled in a township in a year, and of how many the identity is complete; score 0 to 100."""

    year: int
    region_code: str
    region_name: str
    persons: int
    with_certificate: int
    with_birth_date: int
    with_household: int
    score: Decimal | None


@dataclass(frozen=True)
class Agreement:
    """One comparison of two books (reconciliation). Money in yuan; `subject` is a control total or a scheme."""

    kind: str
    subject: str
    period: str | None
    insutype: str | None
    measure: str
    left_name_zh: str
    right_name_zh: str
    left_value: Decimal | None
    right_value: Decimal | None
    difference: Decimal | None
    status: str
    note_zh: str | None


@dataclass(frozen=True)
class DifferingKey:
    """A key behind a comparison that differs (reconciliation_difference)."""

    kind: str
    subject: str
    period: str | None
    measure: str
    dataset: str | None
    key: str
    left_value: Decimal | None
    right_value: Decimal | None
    difference: Decimal | None
    cause_zh: str


@dataclass(frozen=True)
class Books:
    """All comparisons of one kind, counted by status; the largest differences and the keys behind them first.

    `causes` (keys by cause) and `keys` are None where the keys are not on record.
    """

    kind: str
    counts: Mapping[str, int]
    differing: Listing[Agreement]
    equal: Listing[Agreement]
    causes: Mapping[str, int] | None
    keys: Listing[DifferingKey] | None


@dataclass(frozen=True)
class DatasetMonth:
    """Rows of a dataset in a month against the usual number; `ratio` is rows / usual."""

    dataset: str
    month: str
    rows: int
    usual_rows: Decimal | None
    ratio: Decimal | None
    status: str


@dataclass(frozen=True)
class Place:
    """How many warnings of a rule a file, a township or an institution has."""

    code: str
    name: str | None
    rows: int


@dataclass(frozen=True)
class RuleWarnings:
    """The warnings of one rule: rows, and where most of them are, by scope (file, township, institution)."""

    rule_code: str
    name_zh: str
    advice_zh: str | None
    rows: int
    places: Mapping[str, Listing[Place]]


@dataclass(frozen=True)
class DriftValue:
    """A main indicator that left its usual range; usual, deviation and limit in the unit of the value."""

    period: str
    period_mode: str
    region_code: str
    region_name: str
    indicator_code: str
    name_zh: str
    unit: str
    decimals: int
    value: Decimal | None
    usual: Decimal | None
    deviation: Decimal | None
    limit_value: Decimal | None
    status: str
    reason_zh: str | None


@dataclass(frozen=True)
class Drift:
    """Values counted by status; those that drifted, tolerated ones with their written reason."""

    counts: Mapping[str, int]
    listed: Listing[DriftValue]


@dataclass(frozen=True)
class QualityReport:
    """All that a page shows. `manifest` is None for a check that was not published.

    `keys_lie_in` says where the whole list of failing keys is; `regions` are the Chinese names of the counties,
    `schemes` those of the schemes by code.
    """

    manifest: Manifest | None
    regions: tuple[str, ...]
    schemes: Mapping[str, str]
    keys_lie_in: str
    check: Check | None
    history: tuple[Check, ...] | None
    results: tuple[Result, ...] | None
    failing: Mapping[str, Listing[FailingKey]] | None
    conservation: tuple[Conservation, ...] | None
    scores: tuple[DatasetScore, ...] | None
    townships: tuple[Township, ...] | None
    reconciliation: tuple[Books, ...] | None
    months: tuple[DatasetMonth, ...] | None
    warnings: tuple[RuleWarnings, ...] | None
    drift: Drift | None

    @property
    def standing(self) -> Standing:
        return self.check.standing if self.check else Standing.UNCHECKED

    @property
    def unmet(self) -> tuple[Result, ...]:
        """What failed or could not be evaluated: critical ones and errors first, then by rows, tolerated ones last."""
        unmet = [result for result in self.results or () if result.status != "pass"]
        return tuple(sorted(unmet, key=urgency))

    @property
    def tasks(self) -> tuple[Result, ...]:
        """What somebody has to see to: unmet, neither a mere remark nor tolerated."""
        return tuple(result for result in self.unmet if result not in self.remarks)

    @property
    def remarks(self) -> tuple[Result, ...]:
        """Failed, but only of level info, or with a written reason."""
        return tuple(
            result
            for result in self.unmet
            if result.tolerance_zh is not None or (result.severity == "info" and result.status == "fail")
        )

    @property
    def tolerated(self) -> int:
        """How many of the failed warnings have a written reason."""
        return sum(result.tolerance_zh is not None for result in self.unmet)


_SEVERITIES = ("critical", "warning", "info")


def urgency(result: Result) -> tuple[bool, int, int, str]:
    """The order of what is to be done; one that passed has none."""
    rank = _SEVERITIES.index(result.severity) if result.severity in _SEVERITIES else len(_SEVERITIES)
    if result.status == "error":
        rank = 0
    return result.tolerance_zh is not None, rank, -(result.unexpected_count or 0), result.expectation_id
