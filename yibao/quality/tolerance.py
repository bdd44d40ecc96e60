"""seeds/tolerance.csv: failures that somebody wrote down a reason for, until when."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from yibao.quality.results import Result, Status
from yibao.quality.suites import Severity


@dataclass(frozen=True)
class Tolerance:
    """Periods are YYYY-MM, both ends included."""

    expectation_id: str
    from_period: str
    until_period: str
    reason_zh: str


def read_tolerances(project: Path) -> tuple[Tolerance, ...]:
    """Those of expectations; rows without an expectation_id tolerate the drift of an indicator (`indicator_drift`)."""
    path = project / "seeds" / "tolerance.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("expectation_id")]
    return tuple(
        Tolerance(row["expectation_id"], row["from_period"], row["until_period"], row["reason_zh"])
        for row in rows
    )


def tolerated(result: Result, tolerances: tuple[Tolerance, ...], period: str) -> str | None:
    """The written reason, where a failed warning is tolerated in this period. What is critical is never tolerated."""
    if result.judged.status is not Status.FAIL or result.expectation.severity is Severity.CRITICAL:
        return None
    for tolerance in tolerances:
        in_force = tolerance.from_period <= period <= tolerance.until_period
        if tolerance.expectation_id == result.expectation.id and in_force:
            return f"{tolerance.reason_zh}（至 {tolerance.until_period}）"
    return None
