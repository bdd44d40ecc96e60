"""The cases that semantics 3 to 6 decide: persons, reversals, places, filings, readmissions, money."""

from __future__ import annotations

from datetime import date, timedelta

from .people import certificate_variants
from .planter import CITY, PLAIN, PROVINCE, TOWN, Planter, case, record, warning
from .text import Row

# contributions that the ledger does not have in their month
NOT_POSTED = ("contribution_posted_late", "contribution_not_posted")


def plant_cases(p: Planter) -> None:
    certificates(p)
    enrollments(p)
    reversals(p)
    places(p)
    filings(p)
    readmissions(p)
    money(p)
    books(p)


def certificates(p: Planter) -> None:
    """Who is who, by number and certificate."""
    for n in range(3):
        wrong = p.person()
        last = "0" if wrong["certno"][17] != "0" else "1"
        wrong["certno"] = wrong["certno"][:17] + last
        p.enroll(wrong, 2025, warning("certificate_checksum", "certno"))
        p.pay(wrong, 2025, on=f"2024-10-0{n + 1} 10:00:00")
    for _ in range(2):
        short = p.person()
        p.enroll(short, 2025, warning("certificate_length", "certno"), certno=short["certno"][:17])
    for serial in (1, 2):
        never_born = p.person(certno=certificate_variants("month 13", serial))
        p.enroll(never_born, 2025, warning("certificate_birth_date", "certno"))
    lower = certificate_variants("x", 0)
    person = p.person(certno=lower.upper(), birth_date="1977-07-07")
    for year in p.years:
        p.pay(person, year)
        if year == 2026:
            p.enroll(person, year, case("certificate_lower_case_x"), certno=lower)
        else:
            p.enroll(person, year)
    for _ in range(2):
        old = p.person()
        for year in p.years:
            p.pay(old, year)
            if year == 2025:
                p.enroll(old, year, case("certificate_15_digits"), certno=fifteen(old))
            else:
                p.enroll(old, year)
    for _ in range(2):
        one = p.insured()
        same = {name: one[name] for name in ("certno", "psn_name", "birth_date")}
        two = p.person(**same)
        p.enroll(two, 2025, warning("certificate_on_several_psn_no", "certno"))
        p.pay(two, 2025)
    changed, newer = p.person(), p.person()
    for year in p.years:
        p.pay(changed, year)
        if year == 2026:
            note = warning("psn_no_with_several_certificates", "certno")
            p.enroll(changed, year, note, certno=newer["certno"])
        else:
            p.enroll(changed, year)


def fifteen(person: Row) -> str:
    """The person's certificate as it was written before 1999."""
    return person["certno"][:6] + person["certno"][8:17]


def enrollments(p: Planter) -> None:
    """Both schemes, no enrollment, stopped enrollment."""
    for n in range(3):  # counted as an employee where paid there
        both = p.insured()
        work = both | {"insutype": "310", "psn_type": "11"}
        for year in p.years:
            p.enroll(work, year, case("enrolled_in_both_schemes") if year == 2026 else PLAIN)
            if n < 2:
                p.pay(work, year, cents=240000, on=f"{year}-01-09 10:00:00")
    stranger = warning("not_enrolled_that_year")
    p.settle(p.bill(p.insured((2024, 2026)), "2025-08-13", 80), stranger)
    p.settle(p.bill(p.person(certno=""), "2025-08-13", 80), stranger)
    paused = p.person(status="2")
    for year in p.years:
        p.enroll(
            paused, year, case("paused_at_mid_year") if year == 2026 else PLAIN, end_date=f"{year}-06-30"
        )
        p.pay(paused, year)
    never = p.person(status="0")
    p.enroll(never, 2026, case("status_never_insured"))
    p.pay(never, 2026)
    p.enroll(p.person(certno=""), 2026, case("without_certificate"))


def reversals(p: Planter) -> None:
    """Pairs, and what is left of pairs."""
    who = p.insured()

    def refunded(settled: str, total: int, med_type: str = "21") -> Row:
        return p.bill(who, settled, total, med_type=med_type, refund_flag="1")

    for settled in ("2025-05-12", "2026-05-12"):
        row = p.settle(refunded(settled, 4100))
        p.settle(p.reversal(row, settled[:8] + "20"), case("reversal_negative_twin"))
    row = p.settle(refunded("2025-08-03", 420, "11"))
    p.settle(p.reversal(row, "2025-08-24", sign=1), case("reversal_positive_twin"))
    for settled, later in (("2025-07-15", "2025-09-16"), ("2025-12-08", "2026-02-17")):
        row = p.settle(refunded(settled, 4300))
        p.settle(p.reversal(row, later), case("reversal_in_later_month"))
    for settled in ("2025-08-04", "2026-05-04"):
        p.settle(refunded(settled, 4400), case("refunded_without_twin"))
    row = p.settle(p.bill(who, "2025-08-04", 450, valid_flag="0"), case("invalid_settlement"))
    p.settle(p.reversal(row | {"valid_flag": "1"}, "2025-08-30"), case("reversal_of_invalid"))
    gone = p.bill(who, "2025-08-01", 4600, med_type="21", setl_id="S2308009999")
    p.settle(p.reversal(gone, "2025-08-30"), warning("reversal_of_undelivered"))
    broken = p.bill(who, "2025-08-01", 470)
    p.settle(broken | {"total_cost": "四百七"}, record("not_an_amount", "total_cost"))
    p.settle(p.reversal(broken, "2025-08-30"), warning("reversal_of_quarantined"))
    alone = p.reversal(p.bill(who, "2025-08-01", 350), "2025-08-30", original_setl_id="")
    p.settle(alone, warning("reversal_without_original_id"))
    row = p.settle(refunded("2026-05-14", 4800))
    p.settle(p.reversal(row, "2026-05-21"), case("reversal_without_items"), items=False)


def places(p: Planter) -> None:
    """Institutions that the register does not know."""
    who = p.insured()
    nowhere = {"inst_admdvs": "", "location_class": "", "hosp_level": ""}
    unknown = (
        ("city", "H99010299999", 500, "11", {"inst_admdvs": "990102"}),
        ("in_county_by_level", "H99010199999", 200, "11", {"inst_admdvs": "990101", "hosp_level": "06"}),
        ("by_location_class", "H77000099999", 9000, "21", nowhere | {"location_class": "3"}),
        ("unknown_location", "H66000099999", 6000, "21", nowhere),
        ("cross_province", "H88990199998", 500, "11", {"inst_admdvs": "889901"}),
    )
    for kind, code, total, med_type, over in unknown:
        bill = p.bill(who, "2025-08-10", total, code, med_type) | over
        p.settle(bill, warning(f"unknown_institution_{kind}", "inst_code"))
    p.settle(p.bill(who, "2025-08-10", 80, TOWN, inst_admdvs=""), case("region_from_register"))


def filings(p: Planter) -> None:
    """Filings that hold, and filings that do not: one admission each, in a month of its own."""

    def out(
        kind: str,
        admitted: str,
        type_: str,
        filed: tuple[int, str],
        ends: int | None = 180,
        review: str = "1",
    ) -> None:
        """`filed`: days from the admission, time of day; `ends`: days from the admission, None for open."""
        who = p.insured()
        day0 = date.fromisoformat(admitted)
        written, clock = day0 + timedelta(days=filed[0]), filed[1]
        # a referral given in time may be filed late; any other filing begins on the day it is made
        begin = min(written, day0) if type_ == "referral" else written
        end = "" if ends is None else (day0 + timedelta(days=ends)).isoformat()
        over = {"review_status": review, "to_admdvs": "990201" if type_ == "long_term" else "990102"}
        filing = p.file(who, type_, f"{written} {clock}", str(begin), end, PLAIN, **over)
        _admit(p, who, kind, day0, "25" if type_ == "long_term" else "23", filing["filing_id"])

    out("filing_in_time", "2025-08-20", "referral", (0, "23:50:00"))
    out("filing_one_day_late", "2025-03-11", "referral", (1, "00:10:00"))
    out("filing_emergency_3_days_late", "2025-04-08", "emergency", (3, "23:00:00"), 90)
    out("filing_emergency_4_days_late", "2025-10-14", "emergency", (4, "08:00:00"), 90)
    out("filing_expired", "2025-11-05", "referral", (-200, "09:00:00"), -1)
    out("filing_rejected", "2026-01-13", "referral", (-5, "09:00:00"), review="2")
    out("filing_open_ended", "2026-03-10", "long_term", (-400, "09:00:00"), None)
    _admit(p, p.insured(), "admission_through_emergency", date(2024, 11, 6), "24", "")
    _admit(p, p.insured(), "without_filing", date(2026, 7, 7), "27", "")


def _admit(p: Planter, who: Row, kind: str, day0: date, med_type: str, filing: str) -> None:
    """An admission of seven days outside the county."""
    settled = (day0 + timedelta(days=7)).isoformat()
    inst = CITY if med_type == "23" else PROVINCE
    p.settle(p.bill(who, settled, 12000, inst, med_type, filing_id=filing, setl_channel="3"), case(kind))


def readmissions(p: Planter) -> None:
    """Two admissions of one person at one hospital, some days apart; one whose first case was reversed."""
    for begin, apart in (("2026-05-08", 0), ("2026-05-23", 15), ("2026-05-24", 16)):
        who = p.insured()
        p.settle(p.bill(who, "2026-05-08", 3000, med_type="21"))
        again = p.bill(who, "2026-06-02", 3100, med_type="21", begin_date=begin)
        p.settle(again, case(f"readmission_{apart}_days"))
    who = p.insured()
    first = p.settle(p.bill(who, "2026-05-06", 3000, med_type="21", refund_flag="1"))
    p.settle(p.reversal(first, "2026-05-07"))
    again = p.bill(who, "2026-05-18", 3100, med_type="21", begin_date="2026-05-10")
    p.settle(again, case("readmission_after_reversed_case"))
    for code, name in (("HBLB101", "高血压"), ("HBLB201", "糖尿病")):
        visit = p.bill(who, "2026-05-19", 52, TOWN, "14", disease_code=code, disease_name=name)
        p.settle(visit, case("two_disease_visit"))


def money(p: Planter) -> None:
    """Refunds of contributions, a negative entry, roster cases."""
    for _ in range(2):
        part, full = case("contribution_partial_refund"), case("contribution_full_refund")
        p.pay(p.insured(), 2026, part, -10000, "2026-03-10 10:00:00")
        p.pay(p.insured(), 2026, full, -40000, "2026-03-11 10:00:00")
    back = {"entry_id": p.number("JZ"), "entry_date": "2025-09-29", "insutype": "390", "direction": "expense"}
    back |= {"account_item": "inpatient", "amount_due": "", "amount": "-3650.00"}
    p.add("fund_ledger", back, case("ledger_negative_expense"))

    def listed(person: Row, group: str, kind: str = "", **over: str) -> None:
        row = {name: person[name] for name in ("certno", "psn_name")}
        row |= {"roster_id": p.number("RZ"), "group_code": group, "region_code": person["region_code"][:9]}
        row |= {"source_dept": "民政局", "listed_on": "2024-03-01"}
        p.add("priority_roster", row | over, case(kind))

    two, aged = p.insured(), p.insured()
    listed(two, "minimum_living")
    listed(two, "severe_disability", "roster_two_groups")
    listed(aged, "extreme_poverty", "roster_15_digits", certno=fifteen(aged))
    for reason in ("other_region", "military", "deceased"):
        listed(p.person(), "lifted", "roster_exempt", exempt_reason=reason)
    listed(p.person(), "monitored", "roster_not_enrolled")
    listed(p.person(certno="未办证"), "orphan", "roster_invalid_certificate")


def books(p: Planter) -> None:
    """Contributions against the ledger and against their receipts."""

    def pays(on: str, kind: str, **over: str) -> Row:
        """A resident whose payment for 2026 is the planted one."""
        who = p.insured((2024, 2025))
        p.enroll(who, 2026)
        p.pay(who, 2026, case(kind), 0, on, **over)
        return who

    def enter(on: str, insutype: str, item: str, amount: str, kind: str) -> None:
        entry = {"entry_id": p.number("JZ"), "entry_date": on, "insutype": insutype, "direction": "income"}
        p.add("fund_ledger", entry | {"account_item": item, "amount_due": "", "amount": amount}, case(kind))

    pays("2026-02-27 16:40:00", "contribution_posted_late")
    enter("2026-03-02", "390", "personal", "400.00", "ledger_posted_late")
    pays("2026-08-20 10:00:00", "contribution_not_posted")
    enter("2025-12-30", "310", "employer", "2400.00", "ledger_without_contribution")
    pays("2025-11-18 09:30:00", "receipt_missing", receipt_no="")
    receipt = "202699900001"
    twice = pays("2025-11-19 09:30:00", "", receipt_no=receipt)
    p.pay(twice, 2026, case("receipt_used_twice"), 2000, "2025-11-20 09:30:00", receipt_no=receipt)
