"""The demo county: the committed set can be made again, and a plain reading finds what was planted."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from demo import generate
from demo.people import check_character
from yibao.contract import load_contract

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "demo"
INBOX = DEMO / "inbox"
PLANTED = json.loads((DEMO / "planted.json").read_text(encoding="utf-8"))
LOST = re.compile(r"\d\.\d+E\+\d+$")

Record = tuple[int, list[str]]  # row number in the original (1-based), its cells


def as_text(value: object) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


@cache
def records(name: str) -> dict[str, list[Record]]:
    """Non-empty rows of the file by sheet ('' for CSV), read without the package's own landing."""
    path = INBOX / name
    if path.suffix in (".csv", ".tsv"):
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("gb18030")
        reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if path.suffix == ".tsv" else ",")
        found: list[Record] = []
        start = 1
        for cells in reader:
            found.append((start, cells))
            start = reader.line_num + 1
        return {"": found}
    book = CalamineWorkbook.from_path(str(path))
    visible = [m.name for m in book.sheets_metadata if m.visible == SheetVisibleEnum.Visible]
    sheets = {}
    for sheet in visible:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        sheets[sheet] = [(n, [as_text(c) for c in row]) for n, row in enumerate(rows, 1) if any(row)]
    return sheets


def table(key: str) -> list[tuple[int, int, dict[str, str]]]:
    """(row number, number of cells, values by field) of the records of `file` or `file#sheet`."""
    entry = PLANTED["files"][key]
    dataset = load_contract(ROOT / "models" / "staging" / "_sources.yml").datasets[entry["dataset"]]
    names = {header: f.name for f in dataset.fields for header in (f.zh, *f.aliases)}
    name, _, sheet = key.partition("#")
    rows = records(name)[sheet]
    top = next(i for i, (_, cells) in enumerate(rows) if sum(c in names for c in cells) > 1)
    header = [names.get(c, "") for c in rows[top][1]]
    return [
        (n, len(cells) - len(header), dict(zip(header, cells, strict=False))) for n, cells in rows[top + 1 :]
    ]


def of(dataset: str) -> Iterator[tuple[str, int, int, dict[str, str]]]:
    for key, entry in PLANTED["files"].items():
        if entry["dataset"] == dataset:
            for n, extra, values in table(key):
                yield key, n, extra, values


def amount(text: str) -> Decimal | None:
    cleaned = text.replace(",", "").replace("￥", "")
    negative = re.fullmatch(r"\((.*)\)", cleaned)
    try:
        return -Decimal(negative[1]) if negative else Decimal(cleaned)
    except InvalidOperation:
        return None


def places(kind: str) -> set[tuple[str, int]]:
    rows = PLANTED["kinds"][kind]["rows"]
    return {(r["file"] if r["sheet"] is None else f"{r['file']}#{r['sheet']}", r["row"]) for r in rows}


def content(path: Path) -> object:
    """The bytes; of a workbook its members, since another zlib packs them otherwise."""
    if path.suffix != ".xlsx" or not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def listing(root: Path) -> dict[str, object]:
    return {p.relative_to(root).as_posix(): content(p) for p in sorted(root.rglob("*")) if p.is_file()}


def test_the_committed_set_is_made_again(tmp_path: Path) -> None:
    assert generate.main(["--out", str(tmp_path), "--faults"]) == 0
    for folder in ("inbox", "inbox_bad"):
        assert listing(tmp_path / folder) == listing(DEMO / folder)
    assert (tmp_path / "planted.json").read_bytes() == (DEMO / "planted.json").read_bytes()


def test_it_is_small_and_complete() -> None:
    files = [p for p in DEMO.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert sum(p.stat().st_size for p in files) < 3_200_000
    assert len({entry["dataset"] for entry in PLANTED["files"].values()}) == 15
    on_disk = {p.relative_to(INBOX).as_posix() for p in INBOX.rglob("*") if p.is_file()}
    assert on_disk == {key.partition("#")[0] for key in PLANTED["files"]}
    assert {p.name for p in (DEMO / "inbox_bad").iterdir()} == set(PLANTED["refused"])


def test_the_list_of_faults_tells_no_person() -> None:
    text = (DEMO / "planted.json").read_text(encoding="utf-8")
    assert not re.search(r"\d{15}|\d{17}[\dXx]", text)


@pytest.mark.parametrize("key", PLANTED["files"])
def test_every_row_is_where_the_list_says(key: str) -> None:
    entry = PLANTED["files"][key]
    rows = {n: values for n, _, values in table(key)}
    assert len(rows) == entry["landed"]
    assert entry["landed"] == sum(entry[f] for f in ("accepted", "quarantined", "duplicate", "superseded"))
    name, _, sheet = key.partition("#")
    for kind in PLANTED["kinds"].values():
        for row in kind["rows"]:
            if (row["file"], row["sheet"] or "") == (name, sheet):
                assert row["row"] in rows
                if "number" in row:
                    assert row["number"] in rows[row["row"]].values()


def test_fund_above_cost() -> None:
    found = set()
    for key, n, extra, row in of("settlement"):
        total, fund = amount(row["total_cost"]), amount(row.get("fund_total", ""))
        if extra == 0 and total is not None and fund is not None and abs(fund) - abs(total) > Decimal("0.01"):
            found.add((key, n))
    assert found == places("fund_exceeds_cost")


def test_rows_of_another_width() -> None:
    shapes = {
        (key, n): extra for key, n, extra, _ in of("settlement") if extra and key.endswith((".csv", ".tsv"))
    }
    assert {place for place, extra in shapes.items() if extra < 0} == places("too_few_cells")
    assert {place for place, extra in shapes.items() if extra > 0} == places("too_many_cells")


def test_items_and_settlements_that_lack_each_other() -> None:
    items = {row["setl_id"] for *_, row in of("settlement_item")}
    settlements = {row["setl_id"] for *_, row in of("settlement")}
    assert len(items - settlements) == PLANTED["kinds"]["item_without_settlement"]["count"]
    taken = {
        (row["file"], row["row"])
        for kind in PLANTED["kinds"].values()
        for row in kind["rows"]
        if row["dataset"] == "settlement" and row["fate"] != "accepted"
    }
    lacking = {
        (key, n)
        for key, n, _, row in of("settlement")
        if row["setl_id"] not in items and (key.partition("#")[0], n) not in taken
    }
    assert lacking == places("settlement_without_items") | places("reversal_without_items")


def test_certificates() -> None:
    found: dict[str, set[tuple[str, int]]] = {}
    for key, n, _, row in of("enrollment"):
        number = row["certno"]
        if not number or LOST.match(number):
            continue
        kind = "fine"
        if len(number) == 15:
            kind = "certificate_15_digits"
        elif len(number) != 18:
            kind = "certificate_length"
        elif number[17] == "x":
            kind = "certificate_lower_case_x"
        elif not 1 <= int(number[10:12]) <= 12:
            kind = "certificate_birth_date"
        elif check_character(number[:17]) != number[17]:
            kind = "certificate_checksum"
        else:
            assert date(int(number[6:10]), int(number[10:12]), int(number[12:14])) < date(2026, 10, 1)
        found.setdefault(kind, set()).add((key, n))
    assert len(found.pop("fine")) > 7000
    assert found == {kind: places(kind) for kind in found}
    assert len(found) == 5


def test_certificates_on_several_numbers() -> None:
    numbers: dict[str, set[str]] = {}
    certificates: dict[str, set[str]] = {}
    for *_, row in of("enrollment"):
        if len(row["certno"]) == 18 and row["psn_no"]:
            numbers.setdefault(row["certno"].upper(), set()).add(row["psn_no"])
            certificates.setdefault(row["psn_no"], set()).add(row["certno"].upper())
    shared = [c for c, psn in numbers.items() if len(psn) > 1]
    assert len(shared) == PLANTED["kinds"]["certificate_on_several_psn_no"]["count"]
    several = [psn for psn, c in certificates.items() if len(c) > 1]
    assert len(several) == PLANTED["kinds"]["psn_no_with_several_certificates"]["count"]


def test_the_ledger_has_what_contributors_paid() -> None:
    """Their income by scheme and month, paid before January in January of the insurance year, but for the planted."""
    excluded = {
        (row["file"], row["row"])
        for kind in PLANTED["kinds"].values()
        for row in kind["rows"]
        if row["dataset"] == "contribution" and row["fate"] != "accepted"
    }
    schemes = {"职工基本医疗保险": "310", "城乡居民基本医疗保险": "390"}
    reported = {f"{n // 12}-{n % 12 + 1:02d}" for n in range(2024 * 12 + 9, 2026 * 12 + 9)}
    sums: dict[tuple[str, str], list[Decimal]] = {}

    def month(text: str) -> str:
        found = re.match(r"(\d{4})\D?(\d{1,2})", text)
        assert found is not None
        return f"{found[1]}-{int(found[2]):02d}"

    def count(side: int, scheme: str, when: str, text: str) -> None:
        value = amount(text)
        assert value is not None
        if when in reported:
            sums.setdefault((schemes.get(scheme, scheme), when), [Decimal(0), Decimal(0)])[side] += value

    for key, n, _, row in of("contribution"):
        if (key.partition("#")[0], n) not in excluded:
            paid = max(month(row["pay_time"]), f"{row['year']}-01")
            count(0, row["insutype"], paid, row["total_amount"])
    for *_, row in of("fund_ledger"):
        contributed = ("personal", "employer", "aid", "个人缴费", "单位缴费", "资助参保")
        if row["direction"] in ("income", "收入") and row["account_item"] in contributed:
            count(1, row["insutype"], month(row["entry_date"]), row["amount"])
    assert {key: paid - booked for key, (paid, booked) in sums.items() if paid != booked} == {
        ("390", "2026-02"): 400,
        ("390", "2026-03"): -400,
        ("390", "2026-08"): 400,
        ("310", "2025-12"): -2400,
    }
    assert len(sums) > 4


def test_large_sets_are_plain_and_repeatable(tmp_path: Path) -> None:
    given = ["--persons", "20500", "--months", "2026-02:2026-03", "--settlements-per-person", "1"]
    for name in ("one", "two"):
        assert generate.main(["--out", str(tmp_path / name), "--xlsx-share", "0.5", *given]) == 0
    assert listing(tmp_path / "one") == listing(tmp_path / "two")
    inbox = tmp_path / "one" / "inbox"
    text = (inbox / "结算单_2026年02月.csv").read_text(encoding="gb18030")
    header, *lines = text.splitlines()
    assert len(lines) == 1469  # a twelfth of the year, times 0.86 in February
    book = CalamineWorkbook.from_path(str(inbox / "结算单_2026年03月.xlsx"))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == header.split(",")
    assert {len(row) for row in rows} == {len(rows[0])} == {line.count(",") + 1 for line in lines}
