"""Rows that were kept out of the figures: how many by dataset and rule, and examples of them (masked)."""

from __future__ import annotations

from dataclasses import dataclass

from yibao.figures.reader import Figures


@dataclass(frozen=True)
class QuarantinedRule:
    """Faults of one rule in one dataset: rows, those not corrected since, and what to do."""

    dataset: str
    rule_code: str
    name_zh: str
    advice_zh: str | None
    rows: int
    open_rows: int


@dataclass(frozen=True)
class QuarantinedRow:
    """One fault: where it stands, the masked value, what is wrong; `corrected_file` where the row came again."""

    dataset: str
    file: str
    row: int
    field: str | None
    rule_code: str
    value_masked: str | None
    message_zh: str
    record_key: str | None
    status: str
    corrected_file: str | None
    corrected_row: int | None


@dataclass(frozen=True)
class _Count:
    rows: int


def quarantined_open(figures: Figures) -> int:
    """Rows that are kept out and did not come again, corrected or not; a row with two faults is one row."""
    found = figures.rows(
        _Count, "select count(distinct (dataset, file, row)) from quarantine where status = 'open'"
    )
    return found[0].rows


def quarantined_rules(figures: Figures) -> tuple[QuarantinedRule, ...]:
    """By dataset and rule, those with most open rows first."""
    return figures.rows(
        QuarantinedRule,
        """
        select
            quarantine.dataset, quarantine.rule_code, coalesce(any_value(rule.name_zh), quarantine.rule_code),
            any_value(rule.advice_zh), count(distinct (quarantine.file, quarantine.row)),
            count(distinct (quarantine.file, quarantine.row)) filter (quarantine.status = 'open') as open_rows
        from quarantine
        left join rule on quarantine.rule_code = rule.rule_code
        group by quarantine.dataset, quarantine.rule_code
        order by open_rows desc, quarantine.dataset, quarantine.rule_code
        """,
    )


def quarantined_rows(
    figures: Figures, dataset: str, rule_code: str, limit: int
) -> tuple[QuarantinedRow, ...]:
    """The first faults of one rule in one dataset: open ones first, then by file and line."""
    return figures.rows(
        QuarantinedRow,
        """
        select
            dataset, file, row, field, rule_code, value_masked, message_zh, record_key, status, corrected_file,
            corrected_row
        from quarantine
        where dataset = ? and rule_code = ?
        order by status != 'open', status, file, row, field
        limit ?
        """,
        (dataset, rule_code, limit),
    )
