"""Plants rows with known faults, apart from the background: own persons, own numbers, coherent unless
told."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .care import INSTITUTIONS
from .county import COUNTY, village_code
from .money import yuan
from .people import GIVEN, PERSONAL, SURNAMES, check_character
from .text import Row

INST = {i.code: i for i in INSTITUTIONS}
FIRST = "H99010100001"
SECOND = "H99010100002"
TOWN = "H99010100101"
CITY = "H99010200001"
PROVINCE = "H99020100001"
_MONEY = ("_pay", "_cost", "_total", "selfpay", "in_scope", "deductible")


@dataclass(frozen=True)
class Note:
    """What a row is planted for (`kind`, `level`), what becomes of it (`fate`), and how it is written.

    `file`: the file it must stand in; `cells`: few or many; `raw`: values written as they are, not in the
    file's
    spelling; `when`: the month of an item.
    """

    kind: str = ""
    level: str = ""
    fate: str = "accepted"
    field: str = ""
    file: str = ""
    cells: str = ""
    when: str = ""
    raw: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def marks(self) -> Row:
        """The note as keys of the row, which the writers understand."""
        names = ("kind", "level", "fate", "field", "file", "cells", "when")
        found = {f"#{name}": getattr(self, name) for name in names if getattr(self, name)}
        return found | {f"#raw:{name}": value for name, value in self.raw.items()}


PLAIN = Note()


def record(
    kind: str, field: str = "", file: str = "", cells: str = "", raw: Mapping[str, str] | None = None
) -> Note:
    """The row goes to quarantine."""
    return Note(kind, "record", "quarantined", field, file, cells, raw=raw or {})


def warning(kind: str, field: str = "", file: str = "") -> Note:
    """The row is used and flagged."""
    return Note(kind, "warning", "accepted", field, file)


def case(kind: str, file: str = "") -> Note:
    """The row is in order; a rule decides how it counts."""
    return Note(kind, "case", file=file)


def duplicate(kind: str, raw: Mapping[str, str] | None = None) -> Note:
    return Note(kind, "copy", "duplicate", raw=raw or {})


def superseded(kind: str, file: str = "") -> Note:
    return Note(kind, "copy", "superseded", file=file)


def bare(row: Row) -> Row:
    """The row without its notes."""
    return {name: value for name, value in row.items() if not name.startswith("#")}


def certificate(serial: int, born: str) -> str:
    """A valid synthetic certificate of the county; serials from 900 up are not used by the background."""
    first17 = COUNTY + born.replace("-", "") + f"{serial:03d}"
    return first17 + check_character(first17)


@dataclass
class Planter:
    """Planted rows by dataset."""

    years: tuple[int, ...] = (2024, 2025, 2026)
    rows: dict[str, list[Row]] = dataclasses.field(default_factory=dict)
    persons: int = 0
    bills: int = 0
    lines: int = 0
    other: int = 0

    def add(self, dataset: str, row: Row, note: Note = PLAIN) -> Row:
        noted = bare(row) | note.marks()
        self.rows.setdefault(dataset, []).append(noted)
        return noted

    def number(self, prefix: str) -> str:
        self.other += 1
        return f"{prefix}{self.other:06d}"

    def person(self, **over: str) -> Row:
        """The values of a new person, not yet enrolled."""
        self.persons += 1
        n = self.persons
        born = (date(1968, 5, 17) + timedelta(days=37 * n)).isoformat()
        return {
            "psn_no": f"99900{n:05d}",
            "certno": certificate(900 + n % 50 * 2, born),
            "psn_name": SURNAMES[n % len(SURNAMES)] + GIVEN[n * 7 % len(GIVEN)],
            "gender": "2",
            "birth_date": born,
            "household_no": f"9{n:06d}",
            "region_code": village_code(n % 8, n % 5),
            "insutype": "390",
            "psn_type": "14",
            "status": "1",
            "end_date": "",
        } | over

    def enroll(self, person: Row, insured_in: int, note: Note = PLAIN, **over: str) -> Row:
        row = {
            "year": str(insured_in),
            "begin_date": f"{insured_in}-01-01",
            "updt_time": f"{insured_in - 1}-12-20 10:00:00",
        }
        return self.add("enrollment", person | row | over, note)

    def pay(
        self, person: Row, year: int, note: Note = PLAIN, cents: int = 0, on: str = "", **over: str
    ) -> Row:
        """What the person pays for the year (a resident's contribution, unless told)."""
        amount = yuan(cents or PERSONAL[year])
        number = self.number("PZ")
        row = {
            "payment_id": number,
            "psn_no": person["psn_no"],
            "insutype": person["insutype"],
            "year": str(year),
            "pay_time": on or f"{year - 1}-11-15 09:30:00",
            "personal_amount": amount,
            "subsidy_amount": "0.00",
            "total_amount": amount,
            "employer_amount": "0.00",
            "receipt_no": f"{year}{99000000 + self.other}",
            "channel": "微信",
        }
        return self.add("contribution", row | over, note)

    def insured(self, years: tuple[int, ...] = (), **over: str) -> Row:
        """A person enrolled and paid up in the years (all, unless told)."""
        person = self.person(**over)
        for year in years or self.years:
            self.enroll(person, year)
            self.pay(person, year)
        return person

    def bill(
        self,
        person: Row,
        settled: str,
        total: int = 120,
        inst: str = SECOND,
        med_type: str = "11",
        **over: str,
    ) -> Row:
        """A coherent visit, or admission of seven days, of `total` yuan, settled on the day; `over`
        replaces values."""
        self.bills += 1
        cents = total * 100
        selfpay, before = cents * 5 // 100, cents * 4 // 100
        scope = cents - selfpay - before
        pool = scope * 6 // 10
        place = INST.get(inst)
        days = 7 if med_type.startswith("2") else 0
        begin = (date.fromisoformat(settled) - timedelta(days=days)).isoformat()
        row = {
            "setl_id": f"Z{self.bills:06d}", "mdtrt_id": "", "psn_no": person["psn_no"],
            "certno": person["certno"],
            "psn_name": person["psn_name"], "insutype": person["insutype"], "med_type": med_type,
            "inst_code": inst, "inst_name": place.name if place else "外地医院",
            "hosp_level": place.level if place else "", "inst_admdvs": place.region[:6] if place else "",
            "insu_admdvs": COUNTY, "location_class": "", "begin_date": begin, "end_date": settled,
            "setl_time": f"{settled} 15:20:00", "total_cost": yuan(cents), "full_selfpay": yuan(selfpay),
            "over_limit_selfpay": "0.00", "pre_selfpay": yuan(before), "in_scope": yuan(scope),
            "deductible": "0.00",
            "pool_pay": yuan(pool), "large_amount_pay": "0.00", "catastrophic_pay": "0.00",
            "civil_servant_pay": "0.00", "aid_pay": "0.00", "other_pay": "0.00", "fund_total": yuan(pool),
            "account_pay": "0.00", "mutual_account_pay": "0.00", "cash_pay": yuan(cents - pool),
            "disease_code": "", "disease_name": "", "diagnosis_code": "J18.900", "payment_method": "1",
            "setl_channel": "2", "filing_id": "", "credential_type": "01", "valid_flag": "1",
            "refund_flag": "0",
            "original_setl_id": "", "updt_time": f"{settled} 20:00:00",
        }  # fmt: skip
        return row | over

    def settle(self, row: Row, note: Note = PLAIN, items: bool | None = None) -> Row:
        """The bill as a settlement; an accepted one with two lines that add up to it, unless told."""
        noted = self.add("settlement", row, note)
        if items is None:
            items = note.fate == "accepted"
        if items:
            cents = round(float(row["total_cost"]) * 100)
            self.line(row, cents - cents // 3, "09")
            self.line(row, cents // 3, "03")
        return noted

    def line(self, bill: Row, cents: int, what: str = "09", note: Note = PLAIN) -> Row:
        """A line of the bill; its file is that of the bill's month."""
        self.lines += 1
        row = {
            "item_sn": f"DZ{self.lines:06d}", "setl_id": bill["setl_id"], "item_code": "XA10BA02",
            "item_name": "西药费", "charge_type": what, "catalog_class": "01", "quantity": "1",
            "unit_price": yuan(abs(cents)), "amount": yuan(cents), "price_limit": "", "full_selfpay": "0.00",
        }  # fmt: skip
        noted = self.add("settlement_item", row, note)
        noted["#when"] = bill["setl_time"]
        return noted

    def reversal(self, original: Row, settled: str, sign: int = -1, **over: str) -> Row:
        """A twin of the bill: negative (sign -1), or positive with refund_flag 1."""
        self.bills += 1
        row = bare(original)
        if sign < 0:
            money = [name for name, value in row.items() if "." in value and name.endswith(_MONEY)]
            row |= {name: yuan(-round(float(row[name]) * 100)) for name in money}
        row |= {
            "setl_id": f"Z{self.bills:06d}",
            "refund_flag": "1",
            "original_setl_id": original["setl_id"],
            "setl_time": f"{settled} 16:00:00",
            "updt_time": f"{settled} 21:00:00",
        }
        return row | over

    def file(
        self, person: Row, type_: str, filed: str, begin: str, end: str, note: Note = PLAIN, **over: str
    ) -> Row:
        row = {
            "filing_id": self.number("FZ"), "psn_no": person["psn_no"], "filing_type": type_,
            "filed_at": filed,
            "from_inst_code": FIRST, "to_admdvs": "990102", "begin_date": begin, "end_date": end,
            "review_status": "1",
        }  # fmt: skip
        return self.add("referral", row | over, note)
