"""Checks a written report: its form, its numbers against the published generation, its sums and its words."""

from yibao.reporting.check.file import check_file
from yibao.reporting.check.finding import Finding, listing

__all__ = ["Finding", "check_file", "listing"]
