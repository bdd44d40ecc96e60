"""The audit between build and publish: suites of expectations/, run by great-expectations, their results kept."""

from yibao.quality.check import CheckedWarehouse, Show, check, checked, require_passed
from yibao.quality.kept import history, write_tables
from yibao.quality.results import Report, Result, Status, Verdict
from yibao.quality.suites import Severity

__all__ = [
    "CheckedWarehouse",
    "Report",
    "Result",
    "Severity",
    "Show",
    "Status",
    "Verdict",
    "check",
    "checked",
    "history",
    "require_passed",
    "write_tables",
]
