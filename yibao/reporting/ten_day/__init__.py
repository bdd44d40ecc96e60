"""征缴旬报: what was collected in one ten-day, and which township is how far."""

from yibao.reporting.ten_day.report import FORMS, TEN_DAY

__all__ = ["FORMS", "TEN_DAY"]
