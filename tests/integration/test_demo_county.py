"""The demo county's published figures against the raw files: recomputed, and searched for every planted fault."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import pytest

from tests.integration.conftest import INBOX, ROOT
from tests.reference.recompute import Recomputation, recompute

Connection = duckdb.DuckDBPyConnection

# what demo/planted.json calls a fault, and the rule that finds it
RECORD_RULES = {
    "end_before_begin": "end_before_begin",
    "fund_exceeds_cost": "fund_over_cost",
    "lost_digits": "lost_digits",
    "missing_required": "required_missing",
    "negative_head_count": "negative_count",
    "not_a_date": "unparseable",
    "not_an_amount": "unparseable",
    "not_an_integer": "unparseable",
    "too_few_cells": "row_shape",
    "too_many_cells": "row_shape",
}
WARNING_RULES = {
    "admission_without_dates": "bed_days_missing",
    "certificate_birth_date": "certificate_birth_date",
    "certificate_checksum": "certificate_checksum",
    "certificate_length": "certificate_length",
    "certificate_on_several_psn_no": "certificate_shared",
    "identity_cost_parts": "cost_identity",
    "identity_fund_parts": "fund_identity",
    "identity_payers": "payment_identity",
    "item_without_settlement": "item_without_settlement",
    "items_do_not_add_up": "items_off_total",
    "month_after_newest_file": "future_month",
    "not_enrolled_that_year": "not_enrolled",
    "psn_no_with_several_certificates": "person_several_certificates",
    "reversal_of_quarantined": "reversal_unlinked",
    "reversal_of_undelivered": "reversal_unlinked",
    "reversal_without_original_id": "reversal_unlinked",
    "settlement_without_items": "no_items",
    "unknown_code": "unknown_code",
    "unknown_institution_by_location_class": "unknown_institution",
    "unknown_institution_city": "unknown_institution",
    "unknown_institution_cross_province": "unknown_institution",
    "unknown_institution_in_county_by_level": "unknown_institution",
    "unknown_institution_unknown_location": "unknown_institution",
}


@cache
def planted() -> dict[str, dict]:
    kinds: dict[str, dict] = json.loads((ROOT / "demo" / "planted.json").read_text(encoding="utf-8"))["kinds"]
    return kinds


def places(rows: list[dict]) -> Counter[tuple[str, str, int]]:
    return Counter(
        (row["dataset"], row["file"] + (f"#{row['sheet']}" if row["sheet"] else ""), row["row"])
        for row in rows
    )


@pytest.fixture(scope="module")
def audited(demo_data: Path) -> Recomputation:
    """The auditor's figures; the newest file date is what landing saw of the same files."""
    newest = max(date.fromtimestamp(path.stat().st_mtime) for path in INBOX.rglob("*") if path.is_file())
    return recompute(INBOX, newest=newest)


def test_every_cell_equals_the_recomputation_from_the_raw_files(
    marts: Connection, audited: Recomputation
) -> None:
    columns = "period, period_mode, region_code, insutype, breakdown, breakdown_value, indicator_code"
    ours = {
        row[:7]: row[7:]
        for row in marts.execute(
            f"select {columns}, numerator, denominator, value, status from indicator_value"
        ).fetchall()
    }
    theirs = {
        (
            c.period,
            c.period_mode,
            c.region_code,
            c.insutype,
            c.breakdown,
            c.breakdown_value,
            c.indicator_code,
        ): (
            c.numerator,
            c.denominator,
            c.value,
            c.status,
        )
        for c in audited.cells
    }
    assert len(theirs) > 100_000
    assert ours.keys() == theirs.keys()
    assert {cell: (ours[cell], theirs[cell]) for cell in theirs if ours[cell] != theirs[cell]} == {}


def test_every_file_is_conserved_by_rows_and_money(marts: Connection, audited: Recomputation) -> None:
    parts = ("accepted", "quarantined", "duplicate", "superseded")
    names = [f"{part}_{what}" for what in ("rows", "amount") for part in ("landed", *parts)]
    ours = {
        (row[0], row[1]): dict(zip(names, row[2:], strict=True))
        for row in marts.execute(
            f"select dataset, file, {', '.join(names)} from file_conservation"
        ).fetchall()
    }
    for row in ours.values():
        for what in ("rows", "amount"):
            assert row[f"landed_{what}"] == sum(row[f"{part}_{what}"] for part in parts)
    theirs = {
        (row["dataset"], row["file"]): {
            **{f"{part}_rows": int(row[part]) for part in ("landed", *parts)},
            **{f"{part}_amount": Decimal(row[f"{part}_amount"] or 0) for part in ("landed", *parts)},
        }
        for row in audited.conservation
    }
    assert ours == theirs


@pytest.mark.parametrize("kind", sorted(RECORD_RULES))
def test_a_planted_record_fault_is_quarantined_where_it_stands(marts: Connection, kind: str) -> None:
    found = Counter(
        marts.execute(
            "select dataset, file, row from quarantine where rule_code = ?", [RECORD_RULES[kind]]
        ).fetchall()
    )
    expected = places(planted()[kind]["rows"])
    assert expected.total() == planted()[kind]["count"]
    assert not expected - found


def test_nothing_else_is_quarantined(marts: Connection) -> None:
    expected = Counter[tuple[str, str, int]]()
    for kind in RECORD_RULES:
        expected += places(planted()[kind]["rows"])
    assert Counter(marts.execute("select dataset, file, row from quarantine").fetchall()) == expected
    assert {k for k, v in planted().items() if v["level"] == "record"} == set(RECORD_RULES)


@pytest.mark.parametrize("kind", sorted(WARNING_RULES))
def test_a_planted_warning_is_raised_where_it_stands(marts: Connection, kind: str) -> None:
    found = Counter(
        marts.execute(
            "select dataset, file, row from row_warning where rule_code = ?", [WARNING_RULES[kind]]
        ).fetchall()
    )
    expected = places(planted()[kind]["rows"])
    assert expected.total() == planted()[kind]["count"]
    assert not expected - found


def test_each_warning_names_the_rules_own_chinese_and_what_to_do(marts: Connection) -> None:
    assert {k for k, v in planted().items() if v["level"] == "warning"} == set(WARNING_RULES)
    messages = marts.execute(
        "select message_zh from row_warning union select message_zh from quarantine"
    ).fetchall()
    assert all(re.search(r"[。].+。$", message) for (message,) in messages)


def numbers(*kinds: str) -> set[str]:
    """The numbers of the planted rows of these kinds."""
    return {row["number"] for kind in kinds for row in planted()[kind]["rows"]}


def keys(marts: Connection, where: str) -> set[str]:
    found = marts.execute(f"select key from reconciliation_difference where {where}").fetchall()
    assert len(found) == len({key for (key,) in found})
    return {key for (key,) in found}


def test_control_totals_are_told_right_from_wrong(marts: Connection) -> None:
    found = dict(
        marts.execute("select subject, status from reconciliation where kind = 'control_total'").fetchall()
    )
    agreeing, differing = numbers("control_total_agrees"), numbers("control_total_differs")
    assert found == dict.fromkeys(agreeing, "equal") | dict.fromkeys(differing, "differs")
    assert keys(marts, "kind = 'control_total'") == differing


def test_items_and_settlements_differ_where_planted(marts: Connection) -> None:
    item = "kind = 'item_settlement' and cause = "
    assert keys(marts, item + "'missing_left'") == numbers("settlement_without_items")
    assert keys(marts, item + "'amount'") == numbers("items_do_not_add_up")
    orphans = marts.execute(
        "select count(*) from row_warning where rule_code = 'item_without_settlement'"
    ).fetchone()
    assert orphans is not None
    assert len(keys(marts, item + "'missing_right'")) == orphans[0] == 2


def test_those_not_enrolled_are_listed_with_their_money(marts: Connection) -> None:
    # the settlement of 2031 is of no reported month, so it is not among them
    assert keys(marts, "kind = 'settlement_enrollment'") == numbers("not_enrolled_that_year")


def test_the_township_that_pays_late_shows_in_the_books(marts: Connection) -> None:
    """demo/README.md: a fifth of 西沟乡 never pay for 2026; who is enrolled and has not paid stands in the list."""
    unpaid = dict(
        marts.execute(
            "select period, count(*) from reconciliation_difference where kind = 'contribution_receipt'"
            " and measure = 'persons' and cause = 'missing_left' group by period"
        ).fetchall()
    )
    assert unpaid["2026"] > 1.5 * unpaid["2025"]


def test_the_ledger_agrees_with_settlements_but_for_the_planted_ones(marts: Connection) -> None:
    """demo/money.py: the ledger is made of the background's settlements; planted ones are of scheme 390."""
    found = marts.execute(
        "select distinct insutype from reconciliation where kind = 'settlement_ledger' and status <> 'equal'"
    ).fetchall()
    assert found == [("390",)]


def test_the_ledger_agrees_with_contributions_but_for_the_planted_ones(marts: Connection) -> None:
    """demo/cases.py, `books`: 400 yuan of February come in March's ledger, 400 of August never, 2,400 nobody paid."""
    found = {
        row[:3]: row[3:]
        for row in marts.execute(
            "select subject, period, measure, status, cause, difference from reconciliation"
            " where kind = 'contribution_ledger'"
        ).fetchall()
    }
    late = ("timing", "late_posting")
    assert {key: row for key, row in found.items() if row[0] != "equal"} == {
        ("390", "2026-02", "amount"): (*late, 400),
        ("390", "2026-02", "amount_ytd"): (*late, 400),
        ("390", "2026-03", "amount"): (*late, -400),
        ("390", "2026-08", "amount"): ("differs", None, 400),
        ("390", "2026-08", "amount_ytd"): ("differs", None, 400),
        ("310", "2025-12", "amount"): ("differs", None, -2400),
        ("310", "2025-12", "amount_ytd"): ("differs", None, -2400),
    }
    # employers pay in January, residents by the end of February; what they paid before counts in January
    equal = {key[:2] for key, row in found.items() if row[0] == "equal" and key[2] == "amount"}
    assert equal == {(s, f"{y}-01") for s in ("310", "390") for y in (2025, 2026)} | {("390", "2025-02")}


def test_payments_without_a_receipt_of_their_own_are_listed(marts: Connection) -> None:
    receipts = "kind = 'contribution_receipt' and measure = 'receipts'"
    assert keys(marts, receipts) == numbers("receipt_missing", "receipt_used_twice")
    lines = marts.execute(
        f"select subject, period, status, difference from reconciliation where {receipts} and period in ('2025', '2026')"
    ).fetchall()
    assert sorted(lines) == [
        ("310", "2025", "equal", 0),
        ("310", "2026", "equal", 0),
        ("390", "2025", "equal", 0),
        ("390", "2026", "differs", 2),
    ]


def test_the_fund_is_that_of_a_sound_county(marts: Connection) -> None:
    """demo/README.md: judged by December and, in the newest year, by September."""
    bounds = {
        "fund_use_rate": (75, 100),
        "period_surplus_rate": (-5, 15),
        "cum_surplus_months": (4, 9),
        "fund_arrival_rate": (95, 100),
    }
    found = marts.execute(
        "select indicator_code, period, value from indicator_value where period_mode = 'ytd' and insutype = 'all'"
        " and region_code = '990101' and breakdown = 'none' and period in ('2025-12', '2026-09')"
        f" and indicator_code in ({', '.join('?' * len(bounds))})",
        list(bounds),
    ).fetchall()
    assert len(found) == 2 * len(bounds)
    assert [row for row in found if not bounds[row[0]][0] <= row[2] <= bounds[row[0]][1]] == []


def test_a_policy_explains_the_fall_and_nothing_else_of_it(marts: Connection) -> None:
    found = marts.execute(
        "select distinct status from indicator_drift where indicator_code = 'out_county_rate'"
        " and period between '2025-09' and '2025-12'"
    ).fetchall()
    assert {status for (status,) in found} == {"ok", "tolerated"}


@pytest.mark.parametrize("fate", ["duplicate", "superseded"])
def test_copies_are_told_apart(warehouse: Connection, fate: str) -> None:
    found = Counter(
        warehouse.execute(
            "select dataset, label, _row from int_row_exclusion inner join stg_file using (dataset, _file_id, _sheet)"
            " where status = ?",
            [fate],
        ).fetchall()
    )
    expected = Counter[tuple[str, str, int]]()
    for kind in planted().values():
        expected += places([row for row in kind["rows"] if row["fate"] == fate])
    assert found == expected


def test_the_story_a_leader_recognises(marts: Connection) -> None:
    """demo/README.md: one township lags, one hospital's cost climbs, the out-of-county rate falls."""

    def ytd(code: str, period: str, **cell: str) -> Decimal:
        keys = {
            "region_code": "990101",
            "insutype": "all",
            "breakdown": "none",
            "breakdown_value": "all",
            **cell,
        }
        where = " and ".join(f"{key} = ?" for key in keys)
        row = marts.execute(
            f"select value from indicator_value where indicator_code = ? and period = ? and period_mode = 'ytd' and {where}",
            [code, period, *keys.values()],
        ).fetchone()
        assert row is not None
        value: Decimal = row[0]
        return value

    rates = dict(
        marts.execute(
            "select region_code, value from indicator_value where indicator_code = 'part_rate' and period = '2026-09'"
            " and insutype = 'all' and breakdown = 'none' and region_code not in ('990101', '990101000')"
        ).fetchall()
    )
    laggard = min(rates, key=lambda code: rates[code])
    names = dict(marts.execute("select region_code, region_name from dim_region").fetchall())
    assert names[laggard] == "西沟乡"
    assert rates[laggard] < 90 < sorted(rates.values())[1]
    hospital = {"breakdown": "inst", "breakdown_value": "H99010100001"}
    assert ytd("ip_avg_cost", "2026-09", **hospital) > ytd("ip_avg_cost", "2025-09", **hospital) * Decimal(
        "1.05"
    )
    assert (
        ytd("out_county_rate", "2026-09")
        < ytd("out_county_rate", "2025-12")
        < ytd("out_county_rate", "2025-06")
    )
