"""What a check found: three states for every expectation, and a verdict for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from yibao.quality.suites import Expectation, Severity, Suite


class Status(StrEnum):
    """An expectation that could not be evaluated is an error, never a failure nor a pass."""

    PASS = "pass"
    FAIL = "fail"
    ERROR = "error"


class Verdict(StrEnum):
    """Only `passed` is published: `failed` when a critical expectation failed, `error` when any could not be evaluated."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"


@dataclass(frozen=True)
class Judged:
    """What great-expectations said of an expectation; counts are rows, None where it counts none."""

    status: Status
    element_count: int | None = None
    unexpected_count: int | None = None
    observed: str | None = None
    # what the engine said of an error
    message: str = ""


@dataclass(frozen=True)
class Result:
    """One expectation of one check. `tolerance_zh` is the written reason where a failed warning is tolerated."""

    suite: Suite
    expectation: Expectation
    judged: Judged
    tolerance_zh: str | None = None

    @property
    def is_open(self) -> bool:
        """Failed, and nobody wrote down why it may."""
        return self.judged.status is Status.FAIL and self.tolerance_zh is None

    @property
    def message_zh(self) -> str:
        """One line: what was expected, of which table, and how it is."""
        title = f"{self.expectation.zh}（{self.suite.zh}，表 {self.suite.table}）"
        if self.judged.status is Status.ERROR:
            return f"{title}：没有检查成，{self.judged.message}"
        if self.judged.status is Status.PASS:
            return f"{title}：符合"
        count = self.judged.unexpected_count
        found = f"{count} 行不符" if count is not None else f"不符，实际为 {self.judged.observed}"
        return f"{title}：{found}" + (f"；已容忍：{self.tolerance_zh}" if self.tolerance_zh else "")


@dataclass(frozen=True)
class Report:
    """A check as a whole; `checked_at` is ISO in UTC, `mark` the state of the warehouse that was checked."""

    check_id: str
    checked_at: str
    target: str
    mark: str
    fingerprint: str
    seconds: float
    results: tuple[Result, ...]

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.results)

    def failed(self, severity: Severity) -> tuple[Result, ...]:
        """The failed expectations of that severity, tolerated or not."""
        return tuple(
            result
            for result in self.results
            if result.judged.status is Status.FAIL and result.expectation.severity is severity
        )

    @property
    def errors(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.judged.status is Status.ERROR)

    @property
    def passed(self) -> int:
        return Counter(result.judged.status for result in self.results)[Status.PASS]


def verdict_of(results: Sequence[Result]) -> Verdict:
    """Error before failed before passed; nothing checked is no pass."""
    statuses = {result.judged.status for result in results}
    if Status.ERROR in statuses or not results:
        return Verdict.ERROR
    critical = (
        result.judged.status is Status.FAIL and result.expectation.severity is Severity.CRITICAL
        for result in results
    )
    return Verdict.FAILED if any(critical) else Verdict.PASSED
