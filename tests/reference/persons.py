"""Who a row is about, who is insured on a day, and in which township (semantics 3).

Open readings taken here:
- "A person is found through psn_no": the person of a psn_no is the certificate found there as it stands;
  the table (certificate to person) is asked for roster certificates and for a row's own certificate only.
- A status that the contract does not list is never effective (no stop rule is given for it).
- "the same scheme family": an unknown scheme is in no family, so no contribution makes it insured and a
  contribution to it insures nobody.
- "employee before resident": an unknown scheme comes after both.
- "Township of a settlement = first 9 digits of the region of that person's enrollment in its year": also
  where that enrollment is in another county than `insu_admdvs`.
- A contribution has no `insu_admdvs`: its county is that of the enrollment; without an enrollment of its
  year it is the county reported where there is one only, else it is in no county.
- "One person counts once in a county": somebody insured in two counties counts in both, and twice in the
  city.
"""

from bisect import bisect_right
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from tests.reference.rows import Accepted, Row
from tests.reference.values import is_valid_certificate

EMPLOYEE, RESIDENT = "employee", "resident"
FAMILY = {"310": EMPLOYEE, "340": EMPLOYEE, "390": RESIDENT, "380": RESIDENT}
FAMILY_ORDER = {EMPLOYEE: 0, RESIDENT: 1, None: 2}


def _newest_last(row: Row) -> tuple[bool, datetime, int, str, str]:
    """updt_time (nulls first), then year, then insutype; psn_no makes it unique over persons."""
    updated = row["updt_time"]
    return updated is not None, updated or datetime.min, row["year"], row["insutype"], row["psn_no"]


def _newest_begin_first(row: Row) -> tuple[int, bool, float, str, str]:
    """Newest begin_date, then newest updt_time (nulls last), then smallest psn_no, then smallest insutype."""
    updated = row["updt_time"]
    age = -(updated - datetime.min).total_seconds() if updated else 0.0
    return -row["begin_date"].toordinal(), updated is None, age, row["psn_no"], row["insutype"]


class Persons:
    """psn_no and certificate to person: the key is a certificate or a psn_no."""

    def __init__(self, enrollments: list[Row]) -> None:
        self._by_psn_no: dict[str, str] = {}
        ranked = [r for r in sorted(enrollments, key=_newest_last) if is_valid_certificate(r["certno"])]
        for row in ranked:
            self._by_psn_no[row["psn_no"]] = row["certno"]
        self._by_certificate = {row["certno"]: self._by_psn_no[row["psn_no"]] for row in ranked}

    def of_certificate(self, certificate: str) -> str:
        return self._by_certificate.get(certificate, certificate)

    def find(self, psn_no: str, own_certificate: str | None = None) -> str:
        if psn_no in self._by_psn_no:
            return self._by_psn_no[psn_no]
        if own_certificate is not None and is_valid_certificate(own_certificate):
            return self.of_certificate(own_certificate)
        return psn_no


def township_of(region_code: str) -> str:
    """First 9 digits; a shorter code goes to the unknown township of its county."""
    return region_code[:9] if len(region_code) >= 9 else region_code[:6] + "000"


def stop_day(row: Row) -> date | None:
    """The first day without effect: date.max = it never stops, None = it is never effective."""
    match row["status"]:
        case "1":
            return row["end_date"] or date.max
        case "2" | "4":
            return row["end_date"] or (row["updt_time"].date() if row["updt_time"] else None)
    return None


def is_effective(row: Row, day: date) -> bool:
    stop = stop_day(row)
    return row["year"] == day.year and row["begin_date"] <= day and stop is not None and day < stop


def is_exempt(row: Row) -> bool:
    """Those who pay nothing: the retired, and scheme 340."""
    return bool(row["psn_type"] == "12" or row["insutype"] == "340")


class Enrollment:
    """Enrollments and contributions by person, asked for a day."""

    def __init__(self, data: Accepted, persons: Persons) -> None:
        self.persons = persons
        self.rows = data["enrollment"]
        self.counties = sorted({row["region_code"][:6] for row in self.rows})
        self.by_person_year: dict[tuple[str, int], list[Row]] = defaultdict(list)
        self.by_year: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows:
            self.by_person_year[self.person(row), row["year"]].append(row)
            self.by_year[row["year"]].append(row)
        payments: dict[tuple[str, int, str], list[tuple[date, Decimal]]] = defaultdict(list)
        for row in data["contribution"]:
            if family := FAMILY.get(row["insutype"]):
                key = (persons.find(row["psn_no"]), row["year"], family)
                payments[key].append((row["pay_time"].date(), row["total_amount"]))
        # for each key the days of payment and the net amount up to and with each
        self._paid: dict[tuple[str, int, str], tuple[list[date], list[Decimal]]] = {}
        for key, amounts in payments.items():
            days, net = [], Decimal(0)
            nets = []
            for day, amount in sorted(amounts):
                net += amount
                days.append(day)
                nets.append(net)
            self._paid[key] = (days, nets)

    def person(self, row: Row) -> str:
        return self.persons.find(row["psn_no"], row["certno"])

    def net_paid(self, person: str, year: int, family: str | None, day: date) -> Decimal:
        """Net total_amount of the person for the insurance year in a scheme family, paid up to the day."""
        if family is None:
            return Decimal(0)
        days, nets = self._paid.get((person, year, family), ([], []))
        position = bisect_right(days, day)
        return nets[position - 1] if position else Decimal(0)

    def is_insured(self, row: Row, day: date) -> bool:
        if not is_effective(row, day):
            return False
        family = FAMILY.get(row["insutype"])
        return is_exempt(row) or self.net_paid(self.person(row), row["year"], family, day) > 0

    def counted_rows(self, day: date) -> dict[tuple[str, str], Row]:
        """(county, person) of everybody insured on the day, and the row that is counted."""
        rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.by_year[day.year]:
            if self.is_insured(row, day):
                rows[row["region_code"][:6], self.person(row)].append(row)
        return {key: first_counted(candidates) for key, candidates in rows.items()}

    def double_covered(self, day: date) -> list[Row]:
        """For each person with effective enrollments of both families, paid or not, the row that is counted.

        Open reading: the two enrollments may be in two counties; the person then counts in that of the first
        row by the ranking only.
        """
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in self.by_year[day.year]:
            if is_effective(row, day):
                rows[self.person(row)].append(row)
        return [
            first_counted(candidates)
            for candidates in rows.values()
            if {EMPLOYEE, RESIDENT} <= {FAMILY.get(row["insutype"]) for row in candidates}
        ]

    def township(self, person: str, year: int, insutype: str) -> str | None:
        """The township of a settlement or contribution, None without an enrollment of that year."""
        family = FAMILY.get(insutype)
        candidates = self.by_person_year.get((person, year), [])
        if not candidates:
            return None
        first = min(
            candidates,
            key=lambda r: (
                family is None or FAMILY.get(r["insutype"]) != family,
                r["status"] != "1",
                *_newest_begin_first(r),
            ),
        )
        return township_of(first["region_code"])


def first_counted(rows: list[Row]) -> Row:
    """Employee before resident, then the newest begin_date and on."""
    return min(rows, key=lambda r: (FAMILY_ORDER[FAMILY.get(r["insutype"])], *_newest_begin_first(r)))
