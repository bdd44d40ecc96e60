"""The periods (YYYY-MM) that one is compared with: 环比 the month before, 同比 the same month of last year (semantics 7)."""

from __future__ import annotations


def month_before(period: str) -> str:
    """`2025-12` of `2026-01`."""
    year, month = _parts(period)
    return f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02d}"


def year_before(period: str) -> str:
    """`2025-09` of `2026-09`."""
    year, month = _parts(period)
    return f"{year - 1}-{month:02d}"


def _parts(period: str) -> tuple[int, int]:
    year, month = period.split("-")
    return int(year), int(month)
