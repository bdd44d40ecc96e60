"""One effective settlement: what it is about, its place and tier, referral and readmission (semantics 5 and 6).

Open readings taken here:
- "All other such cases are unreferred": also a case without an admission day.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tests.reference.rows import Row
from tests.reference.values import Month

INPATIENT, MATERNITY = "inpatient", "maternity_inpatient"
OUT_OF_COUNTY = {"city", "province", "cross_province"}
CLASSES = (
    {str(code): INPATIENT for code in range(21, 29)}
    | {"52": MATERNITY, "14": "chronic", "41": "pharmacy"}
    | {code: "outpatient" for code in ("11", "12", "13", "15", "51", "53")}
)
TIER_OF_LEVEL = (
    {level: "city" for level in ("01", "02", "03", "04")}
    | {level: "county" for level in ("05", "06", "07")}
    | {level: "township" for level in ("08", "09", "10")}
    | {"11": "village"}
)
LOCATION_OF_CLASS = {"1": "in_county", "2": "city", "3": "province", "4": "cross_province"}
NO_ITEMS: dict[str, Decimal] = {}


@dataclass
class Attributes:
    """What a reversal takes from its original."""

    person: str
    county: str
    township: str
    insutype: str
    scheme: str
    inst: str
    tier: str
    location: str
    service_class: str
    two_disease: bool
    med_type: str
    begin: date | None
    end: date | None
    payment_method: str | None
    channel: str | None
    credential: str | None


@dataclass
class Case:
    """One effective settlement; amounts in yuan, a null amount is 0; `sign` is -1 for a reversal."""

    setl_id: str
    month: Month
    sign: int
    about: Attributes
    amounts: dict[str, Decimal]
    original: "Case | None" = None
    has_reversal: bool = False
    unreferred: bool = False
    readmitted: bool = False
    items: dict[str, Decimal] = field(default_factory=lambda: dict(NO_ITEMS))

    @property
    def is_inpatient(self) -> bool:
        return self.about.service_class in (INPATIENT, MATERNITY)

    @property
    def bed_days(self) -> int:
        """Signed; missing dates give none."""
        if self.about.begin is None or self.about.end is None:
            return 0
        return self.sign * max(1, (self.about.end - self.about.begin).days)


def location(inst_region: str | None, insured_county: str, location_class: str | None) -> str:
    if inst_region is None:
        return LOCATION_OF_CLASS.get(location_class or "", "unknown")
    for digits, place in ((6, "in_county"), (4, "city"), (2, "province")):
        if inst_region[:digits] == insured_county[:digits]:
            return place
    return "cross_province"


def tier(register_tier: str | None, place: str, hosp_level: str | None) -> str:
    if register_tier is not None:
        return register_tier
    if place in ("cross_province", "province"):
        return "province"
    if place == "city":
        return "city"
    if place == "in_county":
        return TIER_OF_LEVEL.get(hosp_level or "", "unknown")
    return "unknown"


def is_referred(about: Attributes, filings: list[Row]) -> bool:
    """Whether an out-of-county inpatient case is referred, given the filings of its person (semantics 6)."""
    admission = about.begin
    if about.med_type == "24":
        return True
    if admission is None:
        return False
    for filing in filings:
        grace = timedelta(days=3 if filing["filing_type"] == "emergency" else 0)
        in_time = filing["filed_at"].date() <= admission + grace and filing["begin_date"] <= admission + grace
        still_open = filing["end_date"] is None or admission <= filing["end_date"]
        if filing["review_status"] == "1" and in_time and still_open:
            return True
    return False


def is_readmission(earlier: Case, case: Case) -> bool:
    """Whether `case` began 0 to 15 days after the end of `earlier`, a case that nothing reverses."""
    before, after = earlier.about, case.about
    if (
        earlier is case
        or earlier.has_reversal
        or before.begin is None
        or before.end is None
        or after.begin is None
    ):
        return False
    admitted_before = (before.begin, earlier.setl_id) < (after.begin, case.setl_id)
    return admitted_before and 0 <= (after.begin - before.end).days <= 15
