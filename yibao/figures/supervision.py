"""Inspections by the bureau (self-inspections are no inspections): visits, what was found, money back, what is still open.

A visit (家次) is not an institution (家): one inspected twice is two visits and one institution.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yibao.figures.reader import Figures


@dataclass(frozen=True)
class Inspected:
    """What the inspections of some months found; money in yuan, None where findings came without amounts.

    at: the month or kind of institution (None: not in the register) that the row is about, `` for all together.
    """

    at: str | None
    visits: int
    institutions: int
    with_findings: int
    findings: int
    closed: int
    violation: Decimal | None
    recovered: Decimal | None
    refused: Decimal | None
    fine: Decimal | None


@dataclass(frozen=True)
class Violations:
    """The findings of one kind (violation_type): how many, of how many institutions, cases concerned, money in yuan."""

    violation_type: str
    findings: int
    institutions: int
    open: int
    cases: int | None
    violation: Decimal | None
    recovered: Decimal | None
    refused: Decimal | None
    fine: Decimal | None


@dataclass(frozen=True)
class OpenFinding:
    """A finding that is not closed; money in yuan."""

    finding_id: str
    inspected_on: date
    inst_code: str
    inst_name: str | None
    violation_type: str
    action: str | None
    cases: int | None
    violation: Decimal | None
    recovered: Decimal | None

    def days_open(self, day: date) -> int:
        """Days since the inspection."""
        return (day - self.inspected_on).days


@dataclass(frozen=True)
class Action:
    """What findings led to: the action (None: not said), findings, institutions."""

    action: str | None
    findings: int
    institutions: int


# institutions stand in townships and villages; an empty place is everywhere, those without a place included
_PLACE = "starts_with(coalesce(region_code, ''), ?)"
# without a finding there is no amount: that is 0, not missing
_INSPECTED = """
    cast(sum(inspection_visits) as bigint), count(distinct inst_code),
    count(distinct case when findings_total > 0 then inst_code end), cast(sum(findings_total) as bigint),
    cast(sum(findings_closed) as bigint),
    case when sum(findings_total) = 0 then 0 else sum(violation_amount) end,
    case when sum(findings_total) = 0 then 0 else sum(recovered_amount) end,
    case when sum(findings_total) = 0 then 0 else sum(refused_amount) end,
    case when sum(findings_total) = 0 then 0 else sum(fine_amount) end
"""


def inspected(figures: Figures, period: str, place: str) -> Inspected | None:
    """Everything from January to the period; None where nothing was inspected or nothing may be seen.

    place: the region whose institutions are meant, by the beginning of its code; empty for all.
    """
    found = figures.rows(
        Inspected,
        f"""
        select '', {_INSPECTED} from mart_supervision where period between ? and ? and {_PLACE} having count(*) > 0
        """,
        (_january(period), period, place),
    )
    return found[0] if found else None


def inspected_by_month(figures: Figures, period: str, place: str) -> tuple[Inspected, ...]:
    """The months from January to the period in which something was inspected, in their order."""
    return figures.rows(
        Inspected,
        f"""
        select period, {_INSPECTED} from mart_supervision where period between ? and ? and {_PLACE}
        group by period order by period
        """,
        (_january(period), period, place),
    )


def inspected_by_kind(figures: Figures, period: str, place: str) -> tuple[Inspected, ...]:
    """The same by the kind of institution (inst_type), the most visited first."""
    return figures.rows(
        Inspected,
        f"""
        select inst_type, {_INSPECTED} from mart_supervision where period between ? and ? and {_PLACE}
        group by inst_type order by sum(inspection_visits) desc, inst_type
        """,
        (_january(period), period, place),
    )


def violations(figures: Figures, period: str, place: str) -> tuple[Violations, ...]:
    """The kinds of violation found from January to the period, the most money first."""
    return figures.rows(
        Violations,
        f"""
        select
            violation_type, count(*), count(distinct inst_code), count(case when is_open then 1 end),
            cast(sum(case_count) as bigint), sum(violation_amount), sum(recovered_amount), sum(refused_amount),
            sum(fine_amount)
        from mart_finding
        where period between ? and ? and {_PLACE}
        group by violation_type
        order by sum(violation_amount) desc nulls last, count(*) desc, violation_type
        """,
        (_january(period), period, place),
    )


def open_findings(figures: Figures, period: str, place: str) -> tuple[OpenFinding, ...]:
    """What is not closed of all inspections up to the period, those of earlier years too; the longest open first.

    Open as the last export says: it has no day of closing from which an earlier state could be told.
    """
    return figures.rows(
        OpenFinding,
        f"""
        select
            finding_id, inspected_on, inst_code, inst_name, violation_type, action, case_count, violation_amount,
            recovered_amount
        from mart_finding
        where is_open and period <= ? and {_PLACE}
        order by inspected_on, violation_amount desc nulls last, finding_id
        """,
        (period, place),
    )


def actions(figures: Figures, period: str, place: str) -> tuple[Action, ...]:
    """What the findings from January to the period led to, the most frequent first."""
    return figures.rows(
        Action,
        f"""
        select action, count(*), count(distinct inst_code)
        from mart_finding
        where period between ? and ? and {_PLACE}
        group by action
        order by count(*) desc, action
        """,
        (_january(period), period, place),
    )


def _january(period: str) -> str:
    return f"{period[:4]}-01"
