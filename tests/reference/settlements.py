"""The effective settlements: reversals, places, referral, readmission and items of each (semantics 4 to 6).

Open readings taken here:
- "Ignored: valid_flag = 0": a flag that the contract does not list is not 0, the row counts.
- "a reversal with positive amounts is negated": all amounts of a row whose total_cost is above 0; other
  amounts are taken with the sign they have.
- "no effective reversal row": effective = an accepted reversal that names the original and is not
  valid_flag 0.
- "6-digit institution region": the first 6 digits; a shorter code is no region.
- "the person has a filing": a filing has no certificate, its person is found through its psn_no alone.
- Two-disease codes are compared as written (upper case).
"""

from collections import defaultdict
from decimal import Decimal

from tests.reference.cases import (
    CLASSES,
    NO_ITEMS,
    OUT_OF_COUNTY,
    Attributes,
    Case,
    is_readmission,
    is_referred,
    location,
    tier,
)
from tests.reference.persons import Enrollment, Persons
from tests.reference.rows import Accepted, Row
from tests.reference.values import month_of

AMOUNTS = (
    "total_cost", "full_selfpay", "in_scope", "pool_pay", "large_amount_pay", "catastrophic_pay", "aid_pay",
    "fund_total",
)  # fmt: skip


def is_reversal(row: Row) -> bool:
    return row["total_cost"] < 0 or (row["refund_flag"] == "1" and row["original_setl_id"] is not None)


def _region6(code: str | None) -> str | None:
    return code[:6] if code is not None and len(code) >= 6 else None


class Settlements:
    """`effective`: every effective settlement, reversals among them."""

    def __init__(self, data: Accepted, persons: Persons, enrollment: Enrollment) -> None:
        self.data, self.persons, self.enrollment = data, persons, enrollment
        self.register = {row["inst_code"]: row for row in data["institution"]}
        self.effective = self._effective()
        self._mark_unreferred()
        self._mark_readmitted()
        self._attach_items()

    def _effective(self) -> list[Case]:
        rows = {row["setl_id"]: row for row in self.data["settlement"]}
        valid = [row for row in rows.values() if row["valid_flag"] != "0"]
        reversals = [row for row in valid if is_reversal(row)]
        reversed_ids = {row["original_setl_id"] for row in reversals}
        cases: dict[str, Case] = {}
        for row in valid:
            lonely_original = row["refund_flag"] == "1" and row["setl_id"] not in reversed_ids
            if not is_reversal(row) and not lonely_original:
                case = Case(
                    row["setl_id"], month_of(row["setl_time"]), 1, self._attributes(row), _amounts(row, 1)
                )
                case.has_reversal = row["setl_id"] in reversed_ids
                cases[row["setl_id"]] = case
        found = list(cases.values())
        for row in reversals:
            original_row = rows.get(row["original_setl_id"])
            linked = original_row is not None and not is_reversal(original_row)
            original = cases.get(row["original_setl_id"]) if linked else None
            if linked and original is None:
                continue  # the original is invalid, so is its reversal
            about = original.about if original else self._attributes(row)
            factor = -1 if row["total_cost"] > 0 else 1
            found.append(
                Case(row["setl_id"], month_of(row["setl_time"]), -1, about, _amounts(row, factor), original)
            )
        return found

    def _attributes(self, row: Row) -> Attributes:
        person = self.persons.find(row["psn_no"], row["certno"])
        county = row["insu_admdvs"][:6]
        township = self.enrollment.township(person, row["setl_time"].year, row["insutype"])
        registered = self.register.get(row["inst_code"])
        inst_region = _region6(row["inst_admdvs"])
        if inst_region is None and registered is not None:
            inst_region = _region6(registered["region_code"])
        place = location(inst_region, county, row["location_class"])
        register_tier = None
        if registered is not None:
            register_tier = self.data.bucket("institution", "service_tier", registered["service_tier"])
        service_class = CLASSES.get(row["med_type"], "other")
        return Attributes(
            person=person,
            county=county,
            township=township or county + "000",
            insutype=row["insutype"],
            scheme=self.data.bucket("settlement", "insutype", row["insutype"]),
            inst=row["inst_code"],
            tier=tier(register_tier, place, row["hosp_level"]),
            location=place,
            service_class=service_class,
            two_disease=service_class == "chronic"
            and (row["disease_code"] or "").startswith(("HBLB101", "HBLB201")),
            med_type=row["med_type"],
            begin=row["begin_date"],
            end=row["end_date"],
            payment_method=row["payment_method"],
            channel=row["setl_channel"],
            credential=row["credential_type"],
        )

    def _mark_unreferred(self) -> None:
        filings: dict[str, list[Row]] = defaultdict(list)
        for row in self.data["referral"]:
            filings[self.persons.find(row["psn_no"])].append(row)
        for case in self.effective:
            if case.sign == 1 and case.is_inpatient and case.about.location in OUT_OF_COUNTY:
                case.unreferred = not is_referred(case.about, filings[case.about.person])
        for case in self.effective:
            if case.original:
                case.unreferred = case.original.unreferred

    def _mark_readmitted(self) -> None:
        stays: dict[tuple[str, str], list[Case]] = defaultdict(list)
        for case in self.effective:
            if case.sign == 1 and case.is_inpatient:
                stays[case.about.person, case.about.inst].append(case)
        for cases in stays.values():
            for case in cases:
                case.readmitted = any(is_readmission(earlier, case) for earlier in cases)
        for case in self.effective:
            if case.original:
                case.readmitted = case.original.readmitted

    def _attach_items(self) -> None:
        items: dict[str, list[Row]] = defaultdict(list)
        for row in self.data["settlement_item"]:
            items[row["setl_id"]].append(row)
        for case in self.effective:
            own = items[case.setl_id]
            if case.sign == 1:
                case.items = _item_sums(own, 1)
            elif own:
                positive = sum(row["amount"] for row in own) > 0
                case.items = _item_sums(own, -1 if positive else 1)
            elif case.original:
                case.items = _item_sums(items[case.original.setl_id], -1)


def _amounts(row: Row, factor: int) -> dict[str, Decimal]:
    return {name: factor * (row[name] or Decimal(0)) for name in AMOUNTS}


def _item_sums(rows: list[Row], factor: int) -> dict[str, Decimal]:
    """item_cost, item_drug_cost, item_material_cost of one settlement; empty without items."""
    if not rows:
        return NO_ITEMS
    kinds = {"item_cost": None, "item_drug_cost": ("09", "11"), "item_material_cost": ("08",)}
    return {
        measure: factor
        * sum((r["amount"] for r in rows if kind is None or r["charge_type"] in kind), Decimal(0))
        for measure, kind in kinds.items()
    }
