"""Quarantined rows by rule, and the quality page's readers over the views of a scope."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.unit.figures_kit import TOWN, publish
from yibao import quality_page
from yibao.figures import Scope, open_figures, quarantined_open, quarantined_rows, quarantined_rules
from yibao.paths import DataPaths


def fault(row: int, rule: str, status: str = "open", field: str = "psn_no") -> dict[str, Any]:
    return {
        "dataset": "settlement",
        "file": "九月.csv",
        "row": row,
        "field": field,
        "rule_code": rule,
        "message_zh": "说明",
        "status": status,
    }


def book(subject: str, difference: int, status: str) -> dict[str, Any]:
    return {
        "kind": "control_total",
        "subject": subject,
        "period": "2026-09",
        "measure": "rows",
        "left_name_zh": "控制数",
        "right_name_zh": "结算单",
        "difference": difference,
        "status": status,
    }


def data(root: Path) -> DataPaths:
    return publish(
        root,
        tables={
            "quarantine": [
                fault(1, "lost_digits", "corrected"),
                fault(2, "required_missing"),
                # two faults of one rule in one row: one row
                fault(3, "required_missing"),
                fault(3, "required_missing", field="setl_id"),
                # and one of another rule
                fault(3, "lost_digits"),
            ],
            "reconciliation": [
                book("A", 0, "equal"),
                book("B", -3, "differs"),
                book("C", 2, "differs"),
            ],
            "reconciliation_difference": [
                {"kind": "control_total", "subject": "B", "period": "2026-09", "measure": "rows", "key": key}
                for key in ("k1", "k2")
            ],
        },
    )


def test_rules_count_rows_and_those_still_open(tmp_path: Path) -> None:
    figures = open_figures(data(tmp_path), Scope())
    rules = quarantined_rules(figures)
    assert [(rule.rule_code, rule.rows, rule.open_rows) for rule in rules] == [
        ("required_missing", 2, 2),
        ("lost_digits", 2, 1),
    ]
    assert rules[0].name_zh == "必填项为空"
    assert quarantined_open(figures) == 2
    found = quarantined_rows(figures, "settlement", "lost_digits", 10)
    assert [(each.row, each.status) for each in found] == [(3, "open"), (1, "corrected")]


def test_the_readers_of_the_quality_page_see_what_the_scope_sees(tmp_path: Path) -> None:
    paths = data(tmp_path)
    county, clerk = open_figures(paths, Scope()), open_figures(paths, Scope(TOWN))
    agreements = county.read(quality_page.read_agreements, "control_total")
    assert [agreement.subject for agreement in agreements] == ["B", "C", "A"]
    differing = county.read(quality_page.read_differing, agreements[0], 1)
    assert (differing.total, len(differing.shown)) == (2, 1)
    assert county.read(quality_page.read_differing, agreements[1], 1).total == 0
    report = county.read(quality_page.read_tables, county.generation)
    assert report.check is not None
    assert report == quality_page.read_generation(county.generation)

    assert clerk.read(quality_page.read_agreements, "control_total") == ()
    theirs = clerk.read(quality_page.read_tables, clerk.generation)
    assert (theirs.reconciliation, theirs.results) == ((), ())
    assert quarantined_open(clerk) == 0
