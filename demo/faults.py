"""Every fault of semantics 2, each in a known number; `cases` adds what semantics 3 to 6 decide.

Levels: record (to quarantine), warning (used and flagged), copy (duplicate or superseded), case (in order,
but a rule
decides how it counts).
"""

from __future__ import annotations

from . import cases
from .layout import LATE
from .planter import Planter, bare, case, duplicate, record, superseded, warning
from .text import Row


def plant() -> dict[str, list[Row]]:
    """All planted rows by dataset."""
    p = Planter()
    unreadable(p)
    incomplete(p)
    duplicates(p)
    replaced(p)
    identities(p)
    details(p)
    cases.plant_cases(p)
    return p.rows


def unreadable(p: Planter) -> None:
    """Record level: values that do not parse, contradict each other, or have lost their shape."""
    who = p.insured()
    p.settle(p.bill(who, "2025-08-06", total_cost="伍佰元"), record("not_an_amount", "total_cost"))
    p.settle(p.bill(who, "2025-08-06", setl_time="2025-13-45"), record("not_a_date", "setl_time", "2025-08"))
    p.settle(p.bill(who, "2025-08-07", begin_date="2025-02-30"), record("not_a_date", "begin_date"))
    p.enroll(p.person(), 2025, record("not_an_integer", "year", "2025"), year="二〇二五")
    above = record("fund_exceeds_cost", "fund_total")
    p.settle(p.bill(who, "2025-08-08", 100, fund_total="100.02"), above)
    p.settle(
        p.bill(who, "2025-08-09", 100, total_cost="-100.00", fund_total="-150.00", refund_flag="1"), above
    )
    for _ in range(2):
        turned = p.bill(who, "2025-08-11", begin_date="2025-08-10", end_date="2025-07-01")
        p.settle(turned, record("end_before_begin", "end_date"))
    heads = {
        "year": "2025",
        "region_code": "990101003006",
        "population_type": "resident",
        "head_count": "-12",
    }
    p.add("population", heads, record("negative_head_count", "head_count"))
    for shape in ("few", "few", "many", "many"):
        p.settle(p.bill(who, "2025-08-12"), record(f"too_{shape}_cells", cells=shape))
    p.enroll(p.person(certno="9.90101E+17"), 2025, record("lost_digits", "certno"))
    cell = {"certno": "#number 990101199003070000"}  # a numeric cell: Excel has kept 15 digits of 18
    p.settle(p.bill(who, "2025-02-12"), record("lost_digits", "certno", raw=cell))
    p.pay(p.person(psn_no="9.99E+09"), 2026, record("lost_digits", "psn_no"))
    # a quarantined row with the key of a good one does not take part in the ranking
    good = p.bill(who, "2025-08-20", 300)
    p.settle(good, case("key_shared_with_quarantined"))
    worse = good | {"total_cost": "三百", "updt_time": "2025-12-31 23:00:00"}
    p.settle(worse, record("not_an_amount", "total_cost"))


def incomplete(p: Planter) -> None:
    """Record level: required values missing."""
    who = p.insured()
    for _ in range(2):
        p.settle(p.bill(who, "2025-08-05", psn_no=""), record("missing_required", "psn_no"))
    p.enroll(p.person(region_code=""), 2025, record("missing_required", "region_code"))
    p.pay(who, 2026, record("missing_required", "pay_time"), pay_time="")
    p.file(who, "referral", "2025-08-01 09:00:00", "", "", record("missing_required", "begin_date"))
    roster = {"roster_id": "RZ00001", "certno": "", "psn_name": "王某某", "group_code": "monitored"}
    roster |= {"source_dept": "民政局", "region_code": "990101001", "listed_on": "2024-05-01"}
    p.add("priority_roster", roster, record("missing_required", "certno"))
    finding = {"finding_id": "WZ00001", "inspection_id": "C202400001", "violation_amount": "100.00"}
    p.add("inspection_finding", finding, record("missing_required", "violation_type"))


def duplicates(p: Planter) -> None:
    """Rows that stand there twice."""
    who = p.insured()
    twice = duplicate("duplicate_settlement")
    for settled in ("2025-05-06", "2025-08-14"):  # in one file, spelled alike
        row = p.bill(who, settled, 150)
        p.settle(row, twice)
        p.settle(row)
    row = p.bill(who, "2025-08-15", 1250)  # in one file, spelled otherwise
    raw = {
        "total_cost": "￥1,250.00",
        "begin_date": "2025年8月15日",
        "valid_flag": "有效",
        "cash_pay": "567.5",
    }
    p.settle(row, duplicate("duplicate_settlement", raw))
    p.settle(row)
    row = p.bill(who, "2025-09-02", 180)  # once more in the file of late rows
    p.settle(row, twice)
    p.settle(row, case("", file=LATE))
    p.add("settlement_item", p.line(row, 0, note=duplicate("duplicate_item")))["#when"] = row["setl_time"]
    for double in p.years[1:]:
        twin = p.person()
        p.enroll(twin, double, duplicate("duplicate_enrollment"))
        for year in p.years:
            p.pay(twin, year)
            p.enroll(twin, year)
    p.add("contribution", p.pay(p.insured(), 2026, duplicate("duplicate_contribution"), 1000))


def replaced(p: Planter) -> None:
    """Rows with one key and another content: the ranking decides."""
    who = p.insured()
    gone = superseded("superseded_settlement")
    old = p.bill(who, "2025-07-10", 5200, med_type="21")  # corrected amounts, newer updt_time
    p.settle(old, gone)
    newer = {"setl_id": old["setl_id"], "updt_time": "2025-08-03 10:00:00"}
    p.settle(p.bill(who, "2025-07-10", 4800, med_type="21") | newer)
    moved = p.bill(who, "2025-09-28", 3300, med_type="21")  # the corrected row stands in another month
    p.settle(moved, superseded("superseded_settlement_moves_month"))
    there = {"setl_time": "2025-10-09 15:20:00", "updt_time": "2026-04-02 10:00:00"}
    p.settle(moved | there, case("", file=LATE))
    same = p.bill(who, "2025-09-12", 210)  # same updt_time: the later file wins
    p.settle(same, gone)
    p.settle(p.bill(who, "2025-09-12", 220, setl_id=same["setl_id"]), case("", file=LATE))
    nulls = p.bill(who, "2025-09-15", 260)  # without updt_time: loses to one that has it, whatever the order
    p.settle(nulls)
    p.settle(nulls | {"updt_time": "", "pool_pay": "1.00"}, superseded("superseded_settlement", LATE))
    mover = p.insured()
    before = {"updt_time": "2024-11-01 08:00:00", "region_code": "990101008"}
    p.enroll(mover, 2025, superseded("superseded_enrollment"), **before)
    dates = ("2025-03-01 09:00:00", "2025-03-02", "2025-06-30")
    filing = p.file(who, "referral", *dates, superseded("superseded_referral"))
    p.add("referral", bare(filing) | {"review_status": "3"})


def identities(p: Planter) -> None:
    """Warnings on amounts and codes."""
    who = p.insured()
    parts, payers = warning("identity_cost_parts", "total_cost"), warning("identity_payers", "total_cost")
    p.settle(p.bill(who, "2025-08-16", 300, full_selfpay="10.00"), parts)
    p.settle(p.bill(who, "2025-02-16", 300, in_scope="200.00"), parts)
    p.settle(p.bill(who, "2025-08-17", 300, cash_pay="0.00"), payers)
    p.settle(p.bill(who, "2025-11-17", 300, account_pay="50.00"), payers)
    p.settle(p.bill(who, "2025-08-18", 300, aid_pay="10.00"), warning("identity_fund_parts", "fund_total"))
    p.settle(p.bill(who, "2025-08-19", 300, over_limit_selfpay="0.01"), case("identity_within_tolerance"))
    p.settle(p.bill(who, "2025-08-19", 300, in_scope="", full_selfpay="9.00"), case("identity_part_absent"))
    for code in ("61", "77", "99"):
        p.settle(p.bill(who, "2025-08-25", 60, med_type=code), warning("unknown_code", "med_type"))
    p.settle(p.bill(who, "2025-08-26", 60, credential_type="88"), warning("unknown_code", "credential_type"))
    row = p.settle(p.bill(who, "2025-08-27", 100), items=False)
    p.line(row, 10000, "77", warning("unknown_code", "charge_type"))
    entry = {"entry_id": p.number("JZ"), "entry_date": "2025-08-29", "insutype": "390", "direction": "income"}
    entry |= {"account_item": "罚没收入", "amount_due": "", "amount": "12800.00"}
    p.add("fund_ledger", entry, warning("unknown_code", "account_item"))


def details(p: Planter) -> None:
    """Settlements and their items, dates that are odd, cells that are hard to read."""
    who = p.insured()
    for settled in ("2025-08-21", "2025-12-03", "2026-05-08"):
        p.settle(p.bill(who, settled, 90), warning("settlement_without_items"), items=False)
    for n, when in enumerate(("2025-08-22", "2026-05-09")):
        stray = {"setl_id": f"Z99999{n}", "setl_time": when}
        p.line(stray, 1230, note=warning("item_without_settlement"))
    for settled, over in (("2025-08-23", 500), ("2026-02-11", -200)):
        p.line(p.settle(p.bill(who, settled, 120), warning("items_do_not_add_up")), over, "08")
    p.settle(p.bill(who, "2031-05-06", 70), warning("month_after_newest_file", file=LATE))
    undated = p.bill(who, "2025-08-28", 3000, med_type="21", begin_date="", end_date="")
    p.settle(undated, warning("admission_without_dates"))
    p.settle(p.bill(who, "2025-08-28", 70, disease_name="高血压\n(2级)"), case("line_break_in_cell", LATE))
    p.settle(p.bill(who, "2025-08-29", 70, inst_name="示范县中医院,东院"), case("comma_in_cell"))
    p.settle(p.bill(who, "2025-08-29", 70, psn_name="张㐂𠮷"), case("gb18030_four_byte_character"))
