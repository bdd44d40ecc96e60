"""A value is one value however it is spelled (semantics 1, "Values"): from the file through landing into the typed column."""

from __future__ import annotations

import calendar
import csv
import io
import re
import shutil
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.delivery import desk_at
from tests.properties.effort import examples
from tests.properties.models import Models
from tests.reference.values import DoesNotParse, parse_amount

CENT = Decimal("0.0001")
# decimal(18, 4) has 14 digits before the point
LARGEST = Decimal("99999999999999.9999")
WIDE = str.maketrans("0123456789.,-+()E", "０１２３４５６７８９．，－＋（）Ｅ")
BLANKS = st.text(" \t\u00a0\u3000", max_size=2)
NULLS = st.sampled_from(["", "NULL", "\\N", "-", "—"])
EXCEL_DAY_0 = date(1899, 12, 30)

LEDGER = ["凭证号", "记账日期", "险种类型", "收支方向", "科目", "应到金额", "金额"]
REFERRAL = ["备案编号", "人员编号", "备案类型", "备案时间", "有效期开始", "审核状态"]
FINDING = ["问题编号", "检查编号", "问题类别", "涉及人次"]


class Bench:
    """Lands tables of text and tells what became of them, row by row."""

    def __init__(self, models: Models, folder: Path) -> None:
        self.models, self.folder = models, folder

    def typed(
        self, dataset: str, columns: str, header: Sequence[str], rows: Sequence[Sequence[str]], encoding: str
    ) -> list[tuple[Any, ...]]:
        """The columns of the staging model and whether the row is quarantined, in the order of the rows."""
        text = io.StringIO(newline="")
        csv.writer(text).writerows([header, *rows])
        return self._landed(dataset, columns, "a.csv", text.getvalue().encode(encoding))

    def typed_cells(
        self, dataset: str, columns: str, header: Sequence[str], rows: Sequence[Sequence[object]]
    ) -> list[tuple[Any, ...]]:
        """The same from a workbook whose cells hold numbers and dates."""
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd"}) as book:
            sheet = book.add_worksheet()
            for number, cells in enumerate([header, *rows]):
                for place, cell in enumerate(cells):
                    sheet.write(number, place, cell)
        return self._landed(dataset, columns, "a.xlsx", content.getvalue())

    def _landed(self, dataset: str, columns: str, name: str, content: bytes) -> list[tuple[Any, ...]]:
        desk = desk_at(self.folder / "desk")
        try:
            desk.put(name, content)
            assert not desk.land().refused
            self.models.build(desk.paths, "spelled", [f"stg_{dataset}"])
        finally:
            shutil.rmtree(desk.root)
        return self.models.rows(
            f"select {columns}, _quarantined from spelled.main.stg_{dataset} order by _row"
        )


@pytest.fixture(scope="module")
def bench(models: Models, folder: Path) -> Bench:
    return Bench(models, folder)


def ledger_row(number: int, amount: str, on: str = "2026-09-30", due: str = "") -> list[str]:
    return [f"E{number}", on, "390", "收入", "个人缴费", due, amount]


# amounts -------------------------------------------------------------------------------------------------------------


@st.composite
def spelled_amounts(draw: st.DrawFn) -> tuple[str, Decimal]:
    """An amount of at most 4 places, and a spelling of it."""
    value = Decimal(draw(st.integers(-(10**18) + 1, 10**18 - 1) | st.integers(-(10**7), 10**7))) * CENT
    size = abs(value)
    plain = f"{size:f}"
    style = draw(st.sampled_from(["plain", "short", "commas", "zeros", "scientific"]))
    if style == "short":
        plain = plain.rstrip("0")
        plain = draw(st.sampled_from([plain, plain.rstrip(".")]))
        plain = plain.removeprefix("0") if plain.startswith("0.") and len(plain) > 2 else plain
    elif style == "commas":
        plain = f"{size:,f}"
    elif style == "zeros":
        plain = "0" * draw(st.integers(0, 3)) + plain
    elif style == "scientific":
        plain = f"{size:E}"
    plain = draw(st.sampled_from(["", "￥", "¥"])) + plain
    if value < 0:
        plain = f"({plain})" if draw(st.booleans()) else f"-{plain}"
    elif draw(st.booleans()):
        plain = f"+{plain}"
    wide = draw(st.booleans())
    return draw(BLANKS) + (plain.translate(WIDE) if wide else plain) + draw(BLANKS), value


@examples(20)
@given(
    cases=st.lists(spelled_amounts(), min_size=1, max_size=60), encoding=st.sampled_from(["utf-8", "gb18030"])
)
def test_every_spelling_of_an_amount(bench: Bench, cases: list[tuple[str, Decimal]], encoding: str) -> None:
    rows = [ledger_row(number, text) for number, (text, _) in enumerate(cases)]
    found = bench.typed("fund_ledger", "amount", LEDGER, rows, encoding)
    assert list(zip([text for text, _ in cases], found, strict=True)) == [
        (text, (value, False)) for text, value in cases
    ]


def expected_amount(text: str) -> Decimal | None:
    """What the auditor's own reading says; None where it is no amount or too large."""
    try:
        value = parse_amount(text)
    except (DoesNotParse, InvalidOperation):
        return None
    return value if abs(value) <= LARGEST else None


def is_telling(text: str) -> bool:
    """Something, and no exponent of five digits: whether that is an amount, of nothing, nobody has decided."""
    exponent = re.search(
        "[eE][-+－＋]?([0-9０５]*)$", text.translate(str.maketrans("", "", "￥ ，．（）()_,."))
    )
    return text not in ("", "-") and (exponent is None or len(exponent[1]) < 5)


NEARLY = (
    st.text("0123456789,.-+()eE￥_ ０５．，（）", min_size=1, max_size=9).map(str.strip).filter(is_telling)
)


@examples(20)
@given(cases=st.lists(NEARLY, min_size=1, max_size=60))
def test_what_is_nearly_an_amount(bench: Bench, cases: list[str]) -> None:
    """Product and auditor agree on what is an amount at all."""
    rows = [ledger_row(number, text) for number, text in enumerate(cases)]
    found = bench.typed("fund_ledger", "amount", LEDGER, rows, "utf-8")
    wanted = [expected_amount(text) for text in cases]
    assert list(zip(cases, found, strict=True)) == [
        (text, (value, value is None)) for text, value in zip(cases, wanted, strict=True)
    ]


@examples(10)
@given(cases=st.lists(st.integers(-(10**15) + 1, 10**15 - 1), min_size=1, max_size=60))
def test_an_amount_as_a_number_cell(bench: Bench, cases: list[int]) -> None:
    """A workbook holds binary numbers of 15 digits: the amount is the shortest decimal that stands for it."""
    values = [Decimal(case) * CENT for case in cases]
    rows = [[*ledger_row(number, "")[:-1], float(value)] for number, value in enumerate(values)]
    found = bench.typed_cells("fund_ledger", "amount", LEDGER, rows)
    assert found == [(value, False) for value in values]


@examples(10)
@given(
    cases=st.lists(
        st.tuples(st.integers(-(10**9), 10**9), st.sampled_from(["{}", "{:,}", "{}.0", "{}.00", "{}.5"])),
        min_size=1,
        max_size=60,
    )
)
def test_every_spelling_of_a_whole_number(bench: Bench, cases: list[tuple[int, str]]) -> None:
    """A fraction other than 0 is no whole number."""
    rows = [[f"F{at}", "I1", "挂床住院", form.format(value)] for at, (value, form) in enumerate(cases)]
    found = bench.typed("inspection_finding", "case_count", FINDING, rows, "utf-8")
    assert found == [(None, True) if form.endswith(".5") else (value, False) for value, form in cases]


# dates and times -----------------------------------------------------------------------------------------------------

DAY_FORMS = (
    "{y:04d}-{m:02d}-{d:02d}",
    "{y:04d}/{m}/{d}",
    "{y:04d}-{m}-{d}",
    "{y:04d}{m:02d}{d:02d}",
    "{y:04d}年{m}月{d}日",
)
CLOCK = st.sampled_from(["", " 00:00", " 08:05", " 23:59:59", " 8:05:00"])


@st.composite
def spelled_days(draw: st.DrawFn) -> tuple[str, datetime | None]:
    """A day that may not exist, a time that may follow, and what they are."""
    clock = draw(CLOCK)
    parts = [int(part) for part in clock.strip().split(":")] if clock else [0]
    time = timedelta(hours=parts[0], minutes=sum(parts[1:2]), seconds=sum(parts[2:]))
    if draw(st.booleans()):
        serial = draw(st.integers(10_000, 99_999))
        moment = datetime.combine(EXCEL_DAY_0, datetime.min.time()) + timedelta(days=serial) + time
        return f"{serial}{clock}", moment
    y, m, d = draw(st.integers(1900, 2199)), draw(st.integers(0, 13)), draw(st.integers(0, 32))
    text = draw(st.sampled_from(DAY_FORMS)).format(y=y, m=m, d=d)
    real = 1 <= m <= 12 and 1 <= d <= calendar.monthrange(y, m)[1]
    return draw(BLANKS) + text + clock + draw(BLANKS), datetime(y, m, d) + time if real else None


@examples(20)
@given(cases=st.lists(spelled_days(), min_size=1, max_size=60))
def test_every_spelling_of_a_day(bench: Bench, cases: list[tuple[str, datetime | None]]) -> None:
    """A day that the calendar does not have is no date in any spelling."""
    rows = [ledger_row(number, "1", on=text) for number, (text, _) in enumerate(cases)]
    found = bench.typed("fund_ledger", "entry_date", LEDGER, rows, "utf-8")
    assert list(zip([text for text, _ in cases], found, strict=True)) == [
        (text, (moment.date() if moment else None, moment is None)) for text, moment in cases
    ]


@examples(10)
@given(cases=st.lists(spelled_days(), min_size=1, max_size=60))
def test_every_spelling_of_a_moment(bench: Bench, cases: list[tuple[str, datetime | None]]) -> None:
    rows = [
        [f"F{number}", "P1", "转诊转院", text, "2026-01-01", "1"] for number, (text, _) in enumerate(cases)
    ]
    found = bench.typed("referral", "filed_at", REFERRAL, rows, "gb18030")
    assert list(zip([text for text, _ in cases], found, strict=True)) == [
        (text, (moment, moment is None)) for text, moment in cases
    ]


@examples(5)
@given(cases=st.lists(st.dates(date(1900, 3, 1), date(2199, 12, 31)), min_size=1, max_size=60))
def test_a_day_as_a_date_cell(bench: Bench, cases: list[date]) -> None:
    rows = [[f"E{at}", on, "390", "收入", "个人缴费", "", 1] for at, on in enumerate(cases)]
    assert bench.typed_cells("fund_ledger", "entry_date", LEDGER, rows) == [(on, False) for on in cases]


# nulls ---------------------------------------------------------------------------------------------------------------


@examples(10)
@given(cases=st.lists(st.tuples(BLANKS, NULLS, BLANKS).map("".join), min_size=1, max_size=60))
def test_every_spelling_of_nothing(bench: Bench, cases: list[str]) -> None:
    """Nothing is nothing: allowed in an optional field, a fault of the row in a required one."""
    rows = [ledger_row(number, "1", due=text) for number, text in enumerate(cases)]
    rows += [ledger_row(number + len(cases), text) for number, text in enumerate(cases)]
    found = bench.typed("fund_ledger", "amount_due, amount", LEDGER, rows, "utf-8")
    allowed, missing = [(None, Decimal(1), False)] * len(cases), [(None, None, True)] * len(cases)
    assert found == allowed + missing
