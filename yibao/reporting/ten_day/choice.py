"""Which ten-day a report is of, and its published cells."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yibao.problem import Problem
from yibao.reporting.content import Figure, Kind
from yibao.reporting.few import is_few
from yibao.reporting.scene import Scene

# collection for the next year begins then
_AUTUMN = 9
NAMES = ("上旬", "中旬", "下旬")

# column of mart_ten_day -> what it is called, how it is printed
_COLUMNS: dict[str, tuple[str, Kind]] = {
    "persons": ("本旬净增缴费人数", "count"),
    "persons_so_far": ("累计缴费人数", "count"),
    "last_year_persons": ("去年同旬净增缴费人数", "count"),
    "last_year_persons_so_far": ("去年同期累计缴费人数", "count"),
    "persons_change": ("累计缴费人数同比", "change"),
    "insured_persons": ("参保人数", "count"),
    "persons_progress": ("缴费进度", "percent"),
    "amount": ("本旬缴费金额", "wan"),
    "amount_so_far": ("累计缴费金额", "wan"),
    "last_year_amount": ("去年同旬缴费金额", "wan"),
    "last_year_amount_so_far": ("去年同期累计缴费金额", "wan"),
    "amount_change": ("累计缴费金额同比", "change"),
    "amount_due": ("征缴任务", "wan"),
    "amount_progress": ("任务完成率", "percent"),
}
# whom an amount, a share or a growth tells the number of
_PAYERS = {
    "persons": ("persons",),
    "amount": ("persons",),
    "last_year_persons": ("last_year_persons",),
    "last_year_amount": ("last_year_persons",),
    "persons_so_far": ("persons_so_far",),
    "persons_progress": ("persons_so_far",),
    "persons_change": ("persons_so_far", "last_year_persons_so_far"),
    "amount_so_far": ("persons_so_far",),
    "amount_progress": ("persons_so_far",),
    "amount_change": ("persons_so_far", "last_year_persons_so_far"),
}


@dataclass(frozen=True)
class TenDay:
    """The ten-day `number` (see mart_ten_day) of an insurance year, from its first to its last day."""

    insurance_year: int
    number: int
    first: date
    last: date

    @property
    def name(self) -> str:
        """`9月下旬`."""
        return f"{self.first.month}月{NAMES[min(self.first.day // 10, 2)]}"


def chosen(scene: Scene) -> TenDay:
    """The ten-day that the order's `part` names, else the newest in which something was paid. Raises Problem."""
    rows = scene.numbers.figures.rows(
        _Row,
        """
        select insurance_year, ten_day_no, persons, amount, amount_so_far
        from mart_ten_day
        where pay_month = ? and region_code = ? and insurance_year in (?, ?)
        order by ten_day_no desc, insurance_year desc
        """,
        (scene.order.period, scene.order.region_code, scene.year, scene.year + (scene.month >= _AUTUMN)),
    )
    month_end = monthrange(scene.year, scene.month)[1]
    ends = {str(day): at for at, day in enumerate((10, 20, month_end), start=1)}
    asked = scene.order.part
    if asked and asked not in ends:
        raise Problem(
            f"{scene.order.period} 没有以 {asked} 日结束的旬",
            where=f"--part {asked}",
            todo=f"请写旬的最后一天：{'、'.join(ends)}，或者不写（取最近有缴费的一旬）。",
        )
    # the next year's as soon as it has begun, else this year's
    year = max((row.insurance_year for row in rows if row.amount_so_far), default=None)
    wanted = [
        row
        for row in rows
        if row.insurance_year == year
        and (row.persons or row.amount if not asked else _place(row) == ends[asked])
    ]
    if not wanted:
        raise Problem(
            f"{scene.order.period} 没有可以通报的征缴记录",
            where=f"{scene.order.region_name} {scene.order.period} {asked}".strip(),
            todo="请确认征缴明细已经导入（yibao status），或改用有缴费的月份和旬。",
        )
    place = _place(wanted[0])
    return TenDay(
        wanted[0].insurance_year,
        wanted[0].ten_day_no,
        date(scene.year, scene.month, 10 * place - 9),
        date(scene.year, scene.month, (10, 20, month_end)[place - 1]),
    )


def cell(scene: Scene, told: TenDay, column: str, region: str = "") -> Figure:
    """A column of the ten-day's row of mart_ten_day, of the whole region or of one below it."""
    name, kind = _COLUMNS[column]
    keys = (
        ("insurance_year", str(told.insurance_year)),
        ("ten_day_no", str(told.number)),
        ("region_code", region or scene.order.region_code),
    )
    return scene.numbers.cell("mart_ten_day", column, kind, name, keys)


def is_of_few(scene: Scene, told: TenDay, column: str) -> bool:
    """Whether a column of the whole region would tell that 1 to 4 persons paid."""
    return any(is_few(cell(scene, told, each).value) for each in _PAYERS[column])


@dataclass(frozen=True)
class _Row:
    """What decides which ten-day is meant: a row of mart_ten_day of the region."""

    insurance_year: int
    ten_day_no: int
    persons: int
    amount: Decimal
    amount_so_far: Decimal


def _place(row: _Row) -> int:
    """1, 2 or 3 in its month."""
    return (row.ten_day_no - 1) % 3 + 1
