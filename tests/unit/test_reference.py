"""The auditor's recomputation on tiny hand-made exports; every expected figure was worked out by hand."""

import csv
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest

from tests.reference.cases import Attributes, is_referred, location, tier
from tests.reference.contract import load_datasets
from tests.reference.indicators import CellValue, half_up
from tests.reference.persons import Persons, is_effective
from tests.reference.recompute import Recomputation, number_text, recompute, write_cells, write_conservation
from tests.reference.rows import Row
from tests.reference.values import (
    DoesNotParse,
    check_character,
    is_valid_certificate,
    normal_certificate,
    parse_amount,
    parse_timestamp,
)

COUNTY = "990101"
TOWN_A, TOWN_B = "990101101", "990101102"
DATASETS = load_datasets()


def certificate(serial: int, birth: str = "19800101") -> str:
    first17 = f"{COUNTY}{birth}{serial:03d}"
    return first17 + check_character(first17)


class World:
    """An inbox in the making: one CSV for each dataset, fields by their English names."""

    def __init__(self, inbox: Path) -> None:
        self.inbox = inbox
        self.tables: dict[str, list[dict[str, str]]] = {}

    def add(self, dataset: str, **values: object) -> "World":
        row = {name: str(value) for name, value in values.items() if value is not None}
        self.tables.setdefault(dataset, []).append(row)
        return self

    def enroll(self, psn_no: str, insutype: str = "390", **values: object) -> "World":
        defaults = {"region_code": TOWN_A + "001", "year": 2026, "status": 1, "begin_date": "2026-01-01"}
        return self.add("enrollment", **(defaults | {"psn_no": psn_no, "insutype": insutype} | values))

    def pay(self, psn_no: str, amount: int, day: str = "2025-12-20", **values: object) -> "World":
        number = len(self.tables.get("contribution", []))
        row = {"payment_id": f"P{number}", "insutype": "390", "year": 2026, "pay_time": day}
        return self.add("contribution", **(row | {"psn_no": psn_no, "total_amount": amount} | values))

    def settle(self, setl_id: str, day: str = "2026-01-10", cost: object = 100, **values: object) -> "World":
        row = {
            "setl_id": setl_id, "psn_no": "p1", "insutype": "390", "med_type": "21", "inst_code": "H1",
            "inst_admdvs": COUNTY, "insu_admdvs": COUNTY, "begin_date": "2026-01-01",
            "end_date": "2026-01-05",
            "setl_time": day, "total_cost": cost, "pool_pay": cost, "fund_total": cost, "valid_flag": 1,
            "refund_flag": 0,
        }  # fmt: skip
        return self.add("settlement", **(row | values))

    def ledger(self, direction: str, item: str, amount: int, day: str, insutype: str = "390") -> "World":
        number = len(self.tables.get("fund_ledger", []))
        row = {"entry_id": f"L{number}", "entry_date": day, "insutype": insutype, "direction": direction}
        return self.add("fund_ledger", **row, account_item=item, amount=amount, amount_due=amount)

    def run(self, newest: date = date(2026, 12, 31)) -> "Cells":
        for name, rows in self.tables.items():
            used = [f for f in DATASETS[name].fields if any(f.name in row for row in rows)]
            with (self.inbox / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
                writer = csv.writer(handle)
                writer.writerow([f.zh for f in used])
                writer.writerows([[row.get(f.name, "") for f in used] for row in rows])
        return Cells(recompute(self.inbox, newest=newest))


class Cells:
    def __init__(self, result: Recomputation) -> None:
        self.result = result
        self.by_key = {
            (
                c.indicator_code,
                c.period,
                c.period_mode,
                c.region_code,
                c.insutype,
                c.breakdown,
                c.breakdown_value,
            ): c
            for c in result.cells
        }
        assert len(self.by_key) == len(result.cells), "a cell comes twice"

    def __call__(
        self, indicator: str, period: str = "2026-01", mode: str = "ytd", region: str = COUNTY,
        insutype: str = "all", breakdown: str = "none", value: str = "all",
    ) -> CellValue:  # fmt: skip
        return self.by_key[indicator, period, mode, region, insutype, breakdown, value]

    def parts(self, indicator: str, period: str = "2026-01", **cell: str) -> tuple[Any, ...]:
        found = self(indicator, period, **cell)
        return found.numerator, found.denominator


@pytest.fixture
def world(tmp_path: Path) -> World:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    return World(inbox)


# ---- values


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.5"), ("￥１２．５", "12.5"), ("(3.25)", "-3.25"), ("（1,000）", "-1000"),
        ("1.5E+3", "1500"),
        ("0.00005", "0.0001"), ("-0.00005", "-0.0001"), ("0.00004", "0"), (".5", "0.5"), ("-￥5", "-5"),
    ],
)  # fmt: skip
def test_amounts(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["1,23", "12元", "(-5)", "--1", "abc", "1 234,5"])
def test_no_amounts(text: str) -> None:
    with pytest.raises(DoesNotParse):
        parse_amount(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-30",
        "2026/9/30",
        "20260930",
        "2026年9月30日",
        "46295",
        "2026-09-30 00:00:00",
        "2026/9/30T0:00",
    ],
)
def test_dates(text: str) -> None:
    assert parse_timestamp(text) == datetime(2026, 9, 30)


@pytest.mark.parametrize("text", ["2026-02-30", "2026.9.30", "202609", "4629", "462950", "2026-09-30 24:00"])
def test_no_dates(text: str) -> None:
    with pytest.raises(DoesNotParse):
        parse_timestamp(text)


def test_certificates() -> None:
    # 11010519491231002X is the example of GB 11643: its check character is X
    assert check_character("11010519491231002") == "X"
    assert normal_certificate("110105491231002") == "11010519491231002X"
    assert is_valid_certificate(normal_certificate(" １１０１０５19491231002x"))
    assert not is_valid_certificate("110105194912310021")
    assert not is_valid_certificate(certificate(1, birth="19800230"))


@pytest.mark.parametrize(
    ("ratio", "value"),
    [
        (Fraction(2, 3), "0.6666666667"),
        (Fraction(1, 3), "0.3333333333"),
        (Fraction(1, 2 * 10**10), "0.0000000001"),  # exactly a half: away from zero
        (Fraction(-1, 2 * 10**10), "-0.0000000001"),
        (Fraction(-1, 3 * 10**10), "0.0000000000"),
    ],
)
def test_half_up(ratio: Fraction, value: str) -> None:
    assert half_up(ratio) == Decimal(value)


# ---- reading


def test_gb18030_title_rows_blank_lines_and_ragged_rows(world: World) -> None:
    world.enroll("p1").settle("S1").run()
    text = "某县行政区划表\n\n单位：无,,\n区划代码,名 称,区划名称\n990101101,x,甲乡\n\n,,\n990101102,乙乡\n"
    (world.inbox / "region.csv").write_bytes(text.encode("gb18030"))
    rows = recompute(world.inbox).data.all_rows["region"]
    assert [(r.row, r["region_code"], r.faults) for r in rows] == [
        (5, "990101101", []),
        (8, "990101102", ["cells:3/2", "missing:region_name"]),
    ]


def test_workbook_hidden_sheet_and_lost_digits(world: World) -> None:
    world.enroll("p1").settle("S1").run()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["名单"])
    sheet.append(["编号", "身份证号", "人群类别", "所属区划", "列入日期"])
    sheet.append(["r1", certificate(1), "特困人员", TOWN_A, datetime(2025, 1, 1)])
    sheet.append([None] * 5)
    sheet.append(["r2", 990101198001010000, "orphan", TOWN_A, 45658])
    sheet.append(["r3", "9.90101E+17", "orphan", TOWN_A, "2025年1月1日"])
    hidden = book.create_sheet("旧")
    hidden.append(["区划代码", "区划名称"])
    hidden.append(["990199", "旧县"])
    hidden.sheet_state = "hidden"
    book.create_sheet("说明").append(["只是说明"])
    book.save(world.inbox / "roster.xlsx")
    data = recompute(world.inbox).data
    assert data.all_rows["region"] == []
    rows = data.all_rows["priority_roster"]
    assert [(r.row, r["group_code"], r["listed_on"], r.status) for r in rows] == [
        (3, "extreme_poverty", date(2025, 1, 1), "accepted"),
        (5, "orphan", date(2025, 1, 1), "quarantined"),
        (6, "orphan", date(2025, 1, 1), "quarantined"),
    ]


def test_refused_files_and_the_same_bytes_twice(world: World) -> None:
    world.enroll("p1").settle("S1").run()
    (world.inbox / "unknown.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    (world.inbox / "zz.csv").write_bytes((world.inbox / "settlement.csv").read_bytes())
    result = recompute(world.inbox)
    assert list(result.refused) == ["unknown.csv"]
    assert [line["file"] for line in result.conservation] == ["enrollment.csv", "settlement.csv"]


def test_conservation_of_duplicates_superseded_and_quarantined(world: World) -> None:
    world.enroll("p1")
    world.settle("S1", cost=100).settle("S1", cost="100.00")  # equal as typed values
    world.settle("S2", cost=50, updt_time="2026-02-01").settle("S2", cost=70, updt_time="2026-01-01")
    world.settle("S2", cost=60)  # no updt_time stands first
    world.settle("S3", cost=10, fund_total="10.02")  # the fund pays 0.02 more than the cost
    world.settle("S4", cost=10, fund_total="10.01")
    world.settle("S5", cost=10, begin_date="2026-01-06")  # ends before it begins
    world.settle("S6", cost="-10", pool_pay=0, fund_total="-10.02")  # in absolute value
    world.settle("S7", cost=10, valid_flag=None)
    cells = world.run()
    line = next(c for c in cells.result.conservation if c["dataset"] == "settlement")
    assert {k: v for k, v in line.items() if not k.endswith("amount")} == {
        "dataset": "settlement", "file": "settlement.csv", "landed": "10", "accepted": "3",
        "quarantined": "4",
        "duplicate": "1", "superseded": "2",
    }  # fmt: skip
    assert line["landed_amount"] == "410.0000"
    assert line["accepted_amount"] == "160.0000"
    assert line["quarantined_amount"] == "20.0000"
    assert line["duplicate_amount"] == "100.0000"
    assert line["superseded_amount"] == "130.0000"
    accepted = {r["setl_id"]: r.row for r in cells.result.data["settlement"]}
    assert accepted == {"S1": 3, "S2": 4, "S4": 8}


# ---- persons and enrollment


def enrollment_row(**values: Any) -> Row:
    defaults: dict[str, Any] = {f.name: None for f in DATASETS["enrollment"].fields}
    defaults |= {
        "psn_no": "p1",
        "insutype": "390",
        "year": 2026,
        "status": "1",
        "begin_date": date(2026, 1, 1),
    }
    return Row("enrollment", "f", "", 2, defaults | values, [])


@pytest.mark.parametrize(
    ("values", "first_day", "last_day"),
    [
        ({}, "2026-01-01", "2026-12-31"),
        ({"end_date": date(2026, 6, 1)}, "2026-01-01", "2026-05-31"),
        ({"status": "2", "end_date": date(2026, 6, 1)}, "2026-01-01", "2026-05-31"),
        ({"status": "4", "updt_time": datetime(2026, 6, 1, 8)}, "2026-01-01", "2026-05-31"),
        (
            {"status": "4", "end_date": date(2026, 3, 1), "updt_time": datetime(2026, 6, 1)},
            "2026-01-01",
            "2026-02-28",
        ),
        ({"status": "1", "updt_time": datetime(2026, 6, 1)}, "2026-01-01", "2026-12-31"),
        ({"begin_date": date(2025, 9, 1)}, "2026-01-01", "2026-12-31"),
        ({"begin_date": date(2026, 4, 2)}, "2026-04-02", "2026-12-31"),
        ({"status": "2"}, None, None),
        ({"status": "0"}, None, None),
    ],
)
def test_effective_days(values: dict[str, Any], first_day: str | None, last_day: str | None) -> None:
    row = enrollment_row(**values)
    year = [date.fromordinal(n) for n in range(date(2025, 12, 1).toordinal(), date(2027, 2, 1).toordinal())]
    days = [day.isoformat() for day in year if is_effective(row, day)]
    assert (days[:1], days[-1:]) == ([first_day] if first_day else [], [last_day] if last_day else [])


def test_a_partial_refund_stays_insured_and_a_full_one_does_not(world: World) -> None:
    world.enroll("p1").enroll("p2").enroll("p3")
    world.pay("p1", 400).pay("p1", -150, "2026-02-10")
    world.pay("p2", 400).pay("p2", -400, "2026-02-28 23:59:59")
    world.pay("p3", 400, insutype="310")  # paid to the other scheme family
    for month in ("01", "02"):
        world.settle("S" + month, f"2026-{month}-10")
    cells = world.run()
    assert cells("benefit_rate", "2026-01").denominator == 2
    assert cells("benefit_rate", "2026-02").denominator == 1
    assert cells("collect_rate", "2026-02").numerator == 650  # 250 + 0 + 400, whoever is insured
    assert cells("collect_rate", "2026-02", insutype="390").numerator == 250


def test_the_other_scheme_of_a_family_and_those_who_pay_nothing(world: World) -> None:
    world.enroll("p1", "390").pay("p1", 380, insutype="380")  # same family
    world.enroll("p2", "310", psn_type=12)  # retired
    world.enroll("p3", "340")  # veterans
    world.enroll("p4", "310", psn_type=11)  # unpaid
    world.settle("S1")
    cells = world.run()
    by_scheme = {s: cells("benefit_rate", insutype=s).denominator for s in ("all", "310", "340", "390")}
    assert by_scheme == {"all": 3, "310": 1, "340": 1, "390": 1}


def test_both_schemes_count_once_and_as_employee(world: World) -> None:
    world.enroll("p1", "390", begin_date="2026-01-20", certno=certificate(1)).pay("p1", 400)
    world.enroll("p9", "310", region_code=TOWN_B, certno=certificate(1)).pay("p9", 900, insutype="310")
    world.enroll("p2", "390").pay("p2", 400)
    world.enroll("p2", "310", region_code=TOWN_B)  # not paid: insured as a resident, but covered twice
    world.settle("S1")
    cells = world.run()
    assert cells.parts("double_cover_rate") == (2, 2)
    assert cells.parts("double_cover_rate", region=TOWN_A) == (0, 1)
    assert cells.parts("double_cover_rate", region=TOWN_B) == (2, 1)
    assert cells("benefit_rate", insutype="310").denominator == 1
    assert cells("benefit_rate", insutype="390").denominator == 1
    assert cells("double_cover_rate", region=TOWN_B).value == Decimal("200.0000000000")


def test_persons_and_the_table_of_certificates() -> None:
    old, new, own = certificate(1), certificate(2), certificate(3)
    persons = Persons(
        [
            enrollment_row(psn_no="p1", certno=old, year=2025),
            enrollment_row(psn_no="p1", certno=new, year=2026),
            enrollment_row(psn_no="p1", certno="bad", year=2027),
            enrollment_row(psn_no="p2", certno=new, updt_time=datetime(2020, 1, 1)),
        ]
    )
    assert persons.find("p1") == persons.find("p2") == new
    assert persons.of_certificate(old) == new
    assert persons.find("p3", own) == own
    assert persons.find("p3", old) == new
    assert persons.find("p3", "bad") == "p3"
    assert persons.of_certificate("bad") == "bad"


def test_township_of_a_settlement(world: World) -> None:
    world.enroll("p1", "390", region_code=TOWN_A + "001")
    world.enroll("p1", "310", begin_date="2026-07-01", region_code=TOWN_B)
    world.enroll("p1", "380", status=0, region_code=TOWN_B, begin_date="2026-05-01")  # status 1 comes first
    world.enroll("p1", "390", certno=None, year=2025, region_code=TOWN_B, begin_date="2026-06-01")
    world.settle("S1").settle("S2", insutype="310").settle("S3", psn_no="nobody")
    world.enroll("p7", "310", status=1, region_code=TOWN_B).enroll("p7", "390", status=0).settle(
        "S4", psn_no="p7"
    )
    cells = world.run()
    visits = {r: cells("ecert_rate", region=r).denominator for r in (COUNTY, TOWN_A, TOWN_B, COUNTY + "000")}
    assert visits == {COUNTY: 4, TOWN_A: 2, TOWN_B: 1, COUNTY + "000": 1}


def test_priority_groups(world: World) -> None:
    world.settle("S1", psn_no="p1")
    world.enroll("p1", certno=certificate(1)).pay("p1", 400)
    roster = [
        (1, "orphan", "2025-01-01", None, None),  # insured
        (1, "monitored", "2025-01-01", None, "deceased"),  # the same, a second group; insured, so not exempt
        (2, "orphan", "2025-01-01", None, "military"),  # exempt
        (3, "orphan", "2025-01-01", "2026-02-01", None),  # not yet delisted
        (4, "orphan", "2025-01-01", "2026-01-31", None),  # delisted
        (5, "orphan", "2026-02-01", None, None),  # not yet listed
    ]
    for number, (person, group, listed, delisted, reason) in enumerate(roster):
        world.add(
            "priority_roster", roster_id=number, certno=certificate(person), group_code=group,
            region_code=TOWN_A,
            listed_on=listed, delisted_on=delisted, exempt_reason=reason,
        )  # fmt: skip
    cells = world.run()
    assert cells.parts("part_rate_priority") == (2, 3)
    assert cells.parts("part_rate_priority_strict") == (1, 2)
    assert cells.parts("part_rate_priority", region=TOWN_A, breakdown="group", value="monitored") == (1, 1)
    assert cells.parts("part_rate_priority", breakdown="group", value="orphan") == (2, 3)


def test_population_from_villages_only_where_no_township_is_given(world: World) -> None:
    world.enroll("p1").enroll("p2", region_code=TOWN_B).pay("p1", 400).settle("S1")
    for region, kind, heads in (
        (TOWN_A, "registered", 100),
        (TOWN_A + "001", "registered", 999),  # its township is given
        (TOWN_B + "001", "registered", 30),
        (TOWN_B + "002", "户籍人口", 20),
        (TOWN_A, "long_absent", 10),
        (TOWN_B, "long_absent", 50),
    ):
        world.add("population", year=2026, region_code=region, population_type=kind, head_count=heads)
    cells = world.run()
    assert [cells("part_rate", region=r).denominator for r in (COUNTY, TOWN_A, TOWN_B)] == [150, 100, 50]
    assert [cells("part_rate_net", region=r).denominator for r in (COUNTY, TOWN_A, TOWN_B)] == [90, 90, 0]
    assert cells("part_rate_net", region=TOWN_B).status == "no_denominator"
    assert cells("part_rate", insutype="390").denominator == 150  # repeated for every scheme
    assert cells("part_rate").value == Decimal("0.6666666667")


# ---- settlements


def test_a_linked_reversal_cancels_its_original_in_every_breakdown(world: World) -> None:
    world.enroll("p1", year=2025, region_code=TOWN_A).enroll("p1", region_code=TOWN_B)
    world.settle(
        "S1", "2025-12-30", 1000, begin_date="2025-12-20", end_date="2025-12-30", credential_type="01",
        inst_admdvs="990102", payment_method=2,
    )  # fmt: skip
    # all else on the reversal differs, and its amounts are positive
    world.settle(
        "R1", "2026-01-05", 1000, refund_flag=1, original_setl_id="S1", inst_code="H9", insutype="310",
        med_type="11", psn_no="p2", begin_date="2026-01-05", end_date="2026-01-05",
    )  # fmt: skip
    cells = world.run()
    cancelled = cells("ip_avg_days", mode="month")
    assert cells.parts("ip_avg_days", mode="month") == (-10, -1)
    assert cancelled.status == "no_denominator"
    assert cells.parts("ip_avg_cost", mode="month", region=TOWN_A) == (-1000, -1)
    assert cells.parts("ip_avg_cost", mode="month", breakdown="inst", value="H1") == (-1000, -1)
    assert cells.parts("ip_avg_cost", mode="month", breakdown="service_tier", value="city") == (-1000, -1)
    assert cells.parts("out_county_rate", mode="month", insutype="390") == (-1, -1)
    assert cells.parts("unreferred_share", mode="month") == (-1, -1)
    assert cells.parts("ecert_rate", mode="month") == (-1, -1)
    assert cells.parts("single_disease_share", mode="month") == (-1, -1)
    assert ("ip_avg_cost", "2026-01", "month", COUNTY, "all", "inst", "H9") not in cells.by_key


def test_flagged_invalid_and_unlinked_reversals(world: World) -> None:
    world.enroll("p1")
    world.settle("S1", cost=1, refund_flag=1)  # flagged, no reversal: ignored
    world.settle("S2", cost=10, refund_flag=1)  # flagged, its reversal comes later: counts
    world.settle("R2", "2026-02-01", cost=-10, refund_flag=1, original_setl_id="S2")
    world.settle("S3", cost=100, refund_flag=1)  # flagged, its reversal is invalid: ignored
    world.settle("R3", cost=-100, refund_flag=1, original_setl_id="S3", valid_flag=0)
    world.settle("S4", cost=1000, valid_flag=0)  # invalid: ignored, and so its reversal
    world.settle("R4", cost=-1000, refund_flag=1, original_setl_id="S4")
    world.settle("S5", cost=10000)
    world.settle("S6", cost=20000)
    world.settle("R6", cost=-500)  # names no original: -1 by its own attributes
    cells = world.run()
    assert cells.parts("ip_avg_cost", mode="month") == (10 + 10000 + 20000 - 500, 3 - 1)
    assert cells.parts("ip_avg_days", mode="month") == (3 * 4 - 4, 2)
    assert cells.parts("ip_avg_cost", "2026-02") == (29500, 1)


def test_a_reversal_without_its_original_is_never_unreferred_or_readmitted(world: World) -> None:
    world.enroll("p1")
    world.settle("S1", inst_admdvs="990102", begin_date="2026-01-01", end_date="2026-01-02")
    world.settle("S2", inst_admdvs="990102", begin_date="2026-01-03", end_date="2026-01-04")
    world.settle("S3", inst_admdvs="990102", begin_date="2026-01-05", end_date="2026-01-06", cost=300)
    world.settle(
        "R9", inst_admdvs="990102", begin_date="2026-01-05", end_date="2026-01-06", cost=-50, refund_flag=1,
        original_setl_id="elsewhere",
    )  # fmt: skip
    cells = world.run()
    assert cells.parts("unreferred_share") == (3, 2)
    assert cells.parts("readmission_rate_15d") == (2, 2)


def test_a_negative_numerator_keeps_its_value(world: World) -> None:
    world.enroll("p1").settle("S1", cost=10).settle("S2", cost=10)
    world.settle("R9", cost=-100, refund_flag=1, original_setl_id="elsewhere")
    cells = world.run()
    cell = cells("ip_avg_compensation")
    assert cells.parts("ip_avg_compensation") == (-80, 1)
    assert (cell.value, cell.status) == (Decimal(-80), "net_reversal")


@pytest.mark.parametrize(
    ("inst_region", "location_class", "place"),
    [
        ("990101", "4", "in_county"), ("990102", None, "city"), ("990201", None, "province"), ("110101", "1",
        "cross_province"), (None, "1", "in_county"), (None, "2", "city"), (None, "3", "province"),
        (None, "4", "cross_province"), (None, None, "unknown"), (None, "7", "unknown"),
    ],
)  # fmt: skip
def test_location(inst_region: str | None, location_class: str | None, place: str) -> None:
    assert location(inst_region, COUNTY, location_class) == place


@pytest.mark.parametrize(
    ("register_tier", "place", "level", "expected"),
    [
        ("township", "cross_province", "01", "township"), (None, "cross_province", "11", "province"),
        (None, "province", "11", "province"), (None, "city", "11", "city"), (None, "in_county", "04", "city"),
        (None, "in_county", "05", "county"), (None, "in_county", "10", "township"),
        (None, "in_county", "11", "village"), (None, "in_county", "99", "unknown"),
        (None, "in_county", None, "unknown"), (None, "unknown", "01", "unknown"),
    ],
)  # fmt: skip
def test_tier(register_tier: str | None, place: str, level: str | None, expected: str) -> None:
    assert tier(register_tier, place, level) == expected


def test_the_register_gives_the_place_where_the_settlement_has_none(world: World) -> None:
    world.enroll("p1").settle("S1", inst_admdvs=None, location_class=4)
    world.settle("S2", inst_admdvs=None, inst_code="H2", location_class=4).settle(
        "S3", inst_code="H3", hosp_level="06"
    )
    world.add(
        "institution",
        inst_code="H1",
        inst_name="x",
        inst_type=1,
        service_tier="市级",
        region_code=TOWN_A,
        status=1,
    )
    cells = world.run()
    assert cells.parts("in_county_rate") == (2, 3)
    assert cells.parts("above_county_tier_rate") == (2, 3)  # H1 by the register, H2 by its place
    assert cells.parts("county_tier_share") == (1, 3)


ADMISSION = date(2026, 3, 10)


def stay(med_type: str = "21", begin: date | None = ADMISSION) -> Attributes:
    return Attributes(
        "p", COUNTY, TOWN_A, "390", "390", "H", "city", "city", "inpatient", False, med_type, begin,
        None, None, None,
        None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "status", "filed", "begin", "end", "referred"),
    [
        ("referral", "1", "2026-03-10 23:59:59", "2026-03-10", None, True),
        ("referral", "1", "2026-03-11 00:00:00", "2026-03-10", None, False),
        ("referral", "1", "2026-03-01", "2026-03-11", None, False),
        ("referral", "1", "2026-03-01", "2026-03-01", "2026-03-10", True),
        ("referral", "1", "2026-03-01", "2026-03-01", "2026-03-09", False),
        ("referral", "0", "2026-03-01", "2026-03-01", None, False),
        ("long_term", "1", "2025-03-01", "2025-03-01", None, True),
        ("emergency", "1", "2026-03-13 23:59:59", "2026-03-13", "2026-06-01", True),
        ("emergency", "1", "2026-03-14 00:00:00", "2026-03-10", None, False),
        ("emergency", "1", "2026-03-10", "2026-03-14", None, False),
        ("emergency", "3", "2026-03-10", "2026-03-10", None, False),
    ],
)
def test_referral_windows(
    kind: str, status: str, filed: str, begin: str, end: str | None, referred: bool
) -> None:
    values = {
        "filing_type": kind,
        "review_status": status,
        "filed_at": parse_timestamp(filed),
        "begin_date": date.fromisoformat(begin),
        "end_date": date.fromisoformat(end) if end else None,
    }
    assert is_referred(stay(), [Row("referral", "f", "", 2, values, [])]) is referred


def test_referral_without_a_filing() -> None:
    assert is_referred(stay("24"), [])
    assert not is_referred(stay(), [])
    assert not is_referred(stay(begin=None), [])


@pytest.mark.parametrize(
    ("begin", "end", "readmitted"),
    [
        ("2026-01-05", "2026-01-06", 1),  # the day of the discharge
        ("2026-01-20", "2026-01-21", 1),  # 15 days after
        ("2026-01-21", "2026-01-22", 0),  # 16 days after
        ("2026-01-04", "2026-01-09", 0),  # admitted before the other ended
    ],
)
def test_readmission_days(world: World, begin: str, end: str, readmitted: int) -> None:
    world.enroll("p1").settle("S1", begin_date="2026-01-01", end_date="2026-01-05")
    world.settle("S2", begin_date=begin, end_date=end)
    world.settle("S3", begin_date=begin, end_date=end, inst_code="H2")  # another institution
    world.settle("S4", begin_date=begin, end_date=end, psn_no="p2")  # another person
    world.settle("S5", begin_date=begin, end_date=end, med_type="11")  # no inpatient case
    assert world.run().parts("readmission_rate_15d") == (readmitted, 4)


def test_readmission_and_reversals(world: World) -> None:
    world.enroll("p1").settle("S1", begin_date="2026-01-01", end_date="2026-01-05")
    world.settle("S2", begin_date="2026-01-06", end_date="2026-01-07")  # after S1
    world.settle(
        "S3", begin_date="2026-01-08", end_date="2026-01-09"
    )  # S2 is reversed, but S1 ended 3 days ago
    world.settle("R2", "2026-02-01", -100, refund_flag=1, original_setl_id="S2")
    world.settle("S4", psn_no="p2", begin_date="2026-01-01", end_date="2026-01-05")
    world.settle("R4", "2026-02-01", -100, refund_flag=1, original_setl_id="S4")
    world.settle(
        "S5", psn_no="p2", begin_date="2026-01-06", end_date="2026-01-07"
    )  # only after a reversed one
    cells = world.run()
    assert cells("readmission_rate_15d", "2026-01", "month").numerator == 2
    assert cells("readmission_rate_15d", "2026-02", "month").numerator == -1
    assert cells.parts("readmission_rate_15d", "2026-02") == (1, 3)


def test_two_cases_of_one_day_are_ordered_by_their_number(world: World) -> None:
    world.enroll("p1")
    world.settle("S1", begin_date="2026-01-01", end_date="2026-01-01")
    world.settle("S2", begin_date="2026-01-01", end_date="2026-01-01")
    assert world.run().parts("readmission_rate_15d") == (1, 2)


def test_items_of_reversals(world: World) -> None:
    world.enroll("p1").settle("S1").settle("S2", cost=40).settle("S3", cost=7, valid_flag=0)
    world.settle("R1", "2026-02-01", -100, refund_flag=1, original_setl_id="S1")  # no items of its own
    world.settle("R2", "2026-02-01", -40, refund_flag=1, original_setl_id="S2")  # its own, positive
    items = [
        ("S1", "09", 60), ("S1", "10", 30), ("S1", "08", 10), ("S2", "11", 40), ("S3", "09", 7),
        ("R2", "11", 40),
        ("none", "09", 5),
    ]  # fmt: skip
    for number, (setl_id, kind, amount) in enumerate(items):
        world.add("settlement_item", item_sn=number, setl_id=setl_id, charge_type=kind, amount=amount)
    cells = world.run()
    assert cells.parts("drug_share", "2026-01", mode="month") == (100, 140)
    assert cells.parts("material_share", "2026-01", mode="month") == (10, 140)
    assert cells.parts("drug_share", "2026-02", mode="month") == (-100, -140)
    assert cells.parts("drug_share", "2026-02") == (0, 0)
    assert cells("drug_share", "2026-02").status == "no_denominator"


def test_months_without_items_are_no_data(world: World) -> None:
    world.enroll("p1").settle("S1").settle("S2", "2026-02-10").settle("S3", "2026-03-10")
    for number, setl_id in enumerate(("S1", "S3")):
        world.add("settlement_item", item_sn=number, setl_id=setl_id, charge_type="09", amount=100)
    cells = world.run()
    statuses = [
        cells("drug_share", f"2026-0{m}", mode).status for m in (1, 2, 3) for mode in ("month", "ytd")
    ]
    assert statuses == ["ok", "ok", "no_data", "no_data", "ok", "no_data"]
    assert cells("drug_share", "2026-02").value is None


def test_bed_days(world: World) -> None:
    world.enroll("p1")
    world.settle("S1", begin_date="2026-01-01", end_date="2026-01-01")  # at least one
    world.settle("S2", begin_date="2026-01-01", end_date="2026-01-11")
    world.settle("S3", begin_date="2026-01-01", end_date=None)  # none
    assert world.run().parts("ip_avg_days") == (11, 3)


def test_classes(world: World) -> None:
    world.enroll("p1")
    for number, (med_type, disease) in enumerate(
        [("21", None), ("28", None), ("52", None), ("11", None), ("14", "HBLB10100"), ("14", "HBLB201"),
         ("14", "M00100"), ("11", "HBLB101"), ("41", None), ("99", None)]
    ):  # fmt: skip
        world.settle(f"S{number}", cost=10**number, med_type=med_type, disease_code=disease)
    cells = world.run()
    assert cells.parts("ip_avg_cost") == (111, 3)
    assert cells.parts("op_avg_cost") == (1000 + 10**7, 2)
    assert cells.parts("two_disease_avg_fund") == (10**4 + 10**5, 2)
    assert cells("in_county_fund_share").denominator == 1111111111 - 10**8


# ---- cells and statuses


def test_targets_hold_only_where_they_name_a_region(world: World) -> None:
    world.enroll("p1").pay("p1", 400).settle("S1")
    world.add("target", year=2026, indicator_code="part_target_rate", region_code=COUNTY, target_value=4)
    world.add("target", year=2026, indicator_code="collect_rate", region_code=COUNTY, target_value=1000)
    cells = world.run()
    assert cells("part_target_rate").value == Decimal("25.0000000000")
    assert cells("part_target_rate", region=TOWN_A).status == "no_dimension"
    assert cells("collect_rate").value == Decimal("40.0000000000")
    assert cells("collect_rate", insutype="390").status == "no_dimension"
    assert cells("collect_rate", insutype="390").numerator == 400


def test_missing_datasets(world: World) -> None:
    cells = world.enroll("p1").settle("S1").run()
    assert cells("part_rate").status == "no_denominator"  # population is the denominator
    assert cells("part_rate_priority").status == "no_data"
    assert cells("fund_use_rate").status == "no_data"
    assert cells("collect_rate").status == "no_data"  # contribution is the numerator
    assert cells("inspect_coverage").status == "no_data"
    assert cells("op_avg_cost").status == "no_denominator"
    assert cells("benefit_rate").status == "no_denominator"  # delivered, and nobody is insured
    assert cells("benefit_rate").denominator == 0
    assert cells("ip_avg_cost").status == "ok"


def test_fund_balances(world: World) -> None:
    world.enroll("p1", "390").enroll("p2", "310").settle("S1").settle("S2", "2026-02-01")
    world.ledger("opening", "other_income", 1000, "2026-01-01")
    for month in ("01", "02"):
        world.ledger("income", "personal", 300, f"2026-{month}-10")
        world.ledger("income", "interest", 10, f"2026-{month}-20")
        world.ledger("expense", "inpatient", 200, f"2026-{month}-28")
    world.ledger("reserve", "other_expense", 31, "2026-02-28")
    cells = world.run()
    # opening 1000 + 620 income - 400 expense; income without interest is 600
    assert cells.parts("cum_surplus_rate", "2026-02", insutype="390") == (1220, 600)
    assert cells("cum_surplus_rate", "2026-02").status == "no_data"  # 310 has no opening entry
    assert cells("cum_surplus_rate", "2026-02", insutype="310").status == "no_data"
    assert cells.parts("cum_surplus_months", "2026-02", insutype="390") == (2440, 400)
    assert cells("cum_surplus_months", "2026-02", insutype="390").value == Decimal("6.1")
    assert cells.parts("reserve_rate", "2026-02") == (31, 600)
    assert cells.parts("fund_arrival_rate", "2026-02") == (600, 600)
    assert cells.parts("fund_arrival_rate", "2026-02", breakdown="account_item", value="personal") == (
        600,
        600,
    )
    inpatient = cells("fund_arrival_rate", "2026-02", breakdown="account_item", value="inpatient")
    assert inpatient.status == "no_denominator"
    assert cells.parts("fund_use_rate", "2026-02", insutype="310") == (0, 0)


def test_budget(world: World) -> None:
    world.enroll("p1").settle("S1", cost=30).settle("S2", cost=500, inst_code="H2")
    world.settle("S3", cost=7, insutype="310")
    world.add("budget", year=2026, inst_code="H1", insutype="390", budget_amount="1,000")
    world.add("budget", year=2026, inst_code="H3", insutype="390", budget_amount=200)
    cells = world.run()
    assert cells.parts("budget_exec_rate") == (30, 1200)
    assert cells.parts("budget_exec_rate", breakdown="inst", value="H1") == (30, 1000)
    assert cells.parts("budget_exec_rate", breakdown="inst", value="H3") == (0, 200)
    assert cells("budget_exec_rate", breakdown="inst", value="H2").status == "no_denominator"
    assert cells("ip_avg_cost", breakdown="inst", value="H3").status == "no_denominator"


def test_inspections_count_institutions_not_visits(world: World) -> None:
    world.enroll("p1").settle("S1")
    register = [
        ("H1", "1", COUNTY, "2024-01-01", None),
        ("H2", "2", TOWN_A, "2026-01-31", "2026-01-31"),
        ("H3", "1", COUNTY, "2024-01-01", "2025-12-31"),  # ended before the year
        ("H4", "1", "990102", "2024-01-01", None),  # elsewhere
        ("H5", "1", COUNTY, None, None),  # no agreement
        ("H6", "1", COUNTY, "2024-01-01", "2026-01-15"),  # ended within the year
    ]
    for code, kind, region, begin, end in register:
        world.add(
            "institution", inst_code=code, inst_name=code, inst_type=kind, service_tier="county",
            region_code=region,
            agreement_begin=begin, agreement_end=end, status=1,
        )  # fmt: skip
    visits = [
        ("H1", "2026-01-05", "routine"),
        ("H1", "2026-01-06", "special"),
        ("H2", "2026-01-07", "self"),
        ("H4", "2026-01-08", "routine"),
        ("H1", "2026-02-01", "routine"),
    ]
    for number, (code, day, method) in enumerate(visits):
        world.add("inspection", inspection_id=number, inst_code=code, inspected_on=day, method=method)
    for number, (inspection, status) in enumerate([(0, "closed"), (0, "open"), (2, "closed"), (3, "已办结")]):
        world.add(
            "inspection_finding",
            finding_id=number,
            inspection_id=inspection,
            violation_type="other",
            status=status,
        )
    cells = world.run()
    assert cells.parts("inspect_coverage") == (1, 3)
    assert cells.parts("inspect_coverage", breakdown="inst_type", value="2") == (0, 1)
    assert cells.parts("violation_rate") == (1, 1)
    assert cells.parts("finding_closed_rate") == (2, 3)  # the self-inspection is left out
    assert cells("finding_closed_rate", "2026-02").status == "no_data"  # February has no findings
    assert cells("violation_rate", "2026-02").status == "ok"  # a stock of the year


def test_several_counties_report_the_city(world: World) -> None:
    world.enroll("p1").enroll("p2", region_code="990102201").pay("p1", 400).pay("p2", 400)
    world.settle("S1").settle("S2", psn_no="p2", insu_admdvs="990102", inst_admdvs="990102")
    world.ledger("income", "personal", 800, "2026-01-10")
    cells = world.run()
    assert [cells("benefit_rate", region=r).denominator for r in (COUNTY, "990102", "990100")] == [1, 1, 2]
    assert cells.parts("per_capita_fund", region="990100") == (800, 2)
    assert cells("per_capita_fund", region=COUNTY).status == "no_dimension"


def test_periods_end_with_the_newest_file(world: World) -> None:
    """A row of a later month does not stretch the periods to the newest file either."""
    world.enroll("p1").settle("S1", "2025-11-10").settle("S2", "2026-01-10").settle("S3", "2027-01-10")
    cells = world.run(newest=date(2026, 2, 3))
    periods = sorted({cell.period for cell in cells.result.cells})
    assert periods == ["2025-11", "2025-12", "2026-01"]


def test_unknown_codes_are_one_bucket(world: World) -> None:
    world.enroll("p1").enroll("p2", "395").settle("S1", insutype="395").settle("S2", insutype="777")
    world.settle("S3", insutype="职工基本医疗保险")
    cells = world.run()
    assert cells("ip_avg_cost", insutype="未映射").denominator == 2
    assert cells("ip_avg_cost").denominator == 3
    assert ("ip_avg_cost", "2026-01", "ytd", COUNTY, "310", "none", "all") not in cells.by_key


def test_written_tables(world: World, tmp_path: Path) -> None:
    world.enroll("p1").settle("S1", cost="0.1").settle("S2", cost="0.1").settle("S3", cost="0.1")
    result = world.run().result
    write_cells(tmp_path / "cells.csv", result.cells)
    write_conservation(tmp_path / "conservation.csv", result.conservation)
    with (tmp_path / "cells.csv").open(encoding="utf-8", newline="") as handle:
        lines = [line for line in csv.DictReader(handle) if line["region_code"] == COUNTY]
    line = next(x for x in lines if (x["indicator_code"], x["insutype"]) == ("ip_avg_cost", "all"))
    assert line == {
        "period": "2026-01", "period_mode": "month", "region_code": COUNTY, "insutype": "all",
        "breakdown": "none", "breakdown_value": "all", "indicator_code": "ip_avg_cost", "numerator": "0.3",
        "denominator": "3", "value": "0.1000000000", "status": "ok",
    }  # fmt: skip
    assert (tmp_path / "conservation.csv").read_text(encoding="utf-8").count("\n") == 3
    assert number_text(Fraction(-1, 8)) == "-0.125"
