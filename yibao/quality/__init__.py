"""The audit between build and publish: suites of expectations/, run by great-expectations, their results kept."""

from yibao.quality.check import CheckedWarehouse, Show, check, checked, record, require_passed
from yibao.quality.kept import history, write_tables
from yibao.quality.results import Judged, Report, Result, Status, Verdict
from yibao.quality.suites import Expectation, Severity, Suite

__all__ = [
    "CheckedWarehouse",
    "Expectation",
    "Judged",
    "Report",
    "Result",
    "Severity",
    "Show",
    "Status",
    "Suite",
    "Verdict",
    "check",
    "checked",
    "history",
    "record",
    "require_passed",
    "write_tables",
]
