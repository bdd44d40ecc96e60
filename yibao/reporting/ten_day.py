"""征缴旬报: what was collected in one ten-day, and which township is how far."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from yibao.problem import Problem
from yibao.reporting import balance, few
from yibao.reporting import sentences as say
from yibao.reporting.bulletin import covered, day_span, letter, of_day
from yibao.reporting.content import (
    Block,
    Chart,
    Column,
    Content,
    Figure,
    Heading,
    Kind,
    Paragraph,
    Report,
    Series,
    Table,
)
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import WHOLE_LEVELS, Order, Parts, Product
from yibao.reporting.ranking import by_rank, ranks, shown
from yibao.reporting.scene import Scene, listed
from yibao.reporting.sentences import Clause

FORMS = ("ten_day_persons", "ten_day_amount", "ten_day_course")
# collection for the next year begins then
_AUTUMN = 9
_NAMES = ("上旬", "中旬", "下旬")
_NAMED_FIRST = 3

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


@dataclass(frozen=True)
class _Row:
    """What decides which ten-day is meant: a row of mart_ten_day of the region."""

    insurance_year: int
    ten_day_no: int
    persons: int
    amount: Decimal
    amount_so_far: Decimal


@dataclass(frozen=True)
class _TenDay:
    """The ten-day `number` (see mart_ten_day) of an insurance year, from its first to its last day."""

    insurance_year: int
    number: int
    first: date
    last: date

    @property
    def name(self) -> str:
        """`9月下旬`."""
        return f"{self.first.month}月{_NAMES[min(self.first.day // 10, 2)]}"


def compose(numbers: Numbers, order: Order) -> Report:
    """The ten-day of the order's month that its `part` names, else the newest in which something was paid.

    Raises Problem for a day that ends no ten-day, and where nothing was collected.
    """
    scene = Scene(numbers, order)
    told = _chosen(scene)
    field = _Field.of(scene, told)
    body: list[Block] = [Heading(1, "总体进度"), *_whole(scene, told)]
    annex: list[Table | Chart] = []
    if field.can_be_ranked:
        body += [Heading(1, f"各{scene.below_noun}进度"), *_by_town(field)]
        annex = [_persons_table(field), _amount_table(field)]
    body += _unplaced(field)
    annex.append(_course(scene, told))
    return letter(
        scene,
        TEN_DAY.code,
        f"{order.region_name}{told.insurance_year}参保年度医疗保险征缴旬报（{scene.year}年{told.name}）",
        f"{scene.year}年{told.name}",
        told.last,
        body,
        annex,
    )


def _chosen(scene: Scene) -> _TenDay:
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
    return _TenDay(
        wanted[0].insurance_year,
        wanted[0].ten_day_no,
        date(scene.year, scene.month, 10 * place - 9),
        date(scene.year, scene.month, (10, 20, month_end)[place - 1]),
    )


def _place(row: _Row) -> int:
    """1, 2 or 3 in its month."""
    return (row.ten_day_no - 1) % 3 + 1


def _cell(scene: Scene, told: _TenDay, column: str, region: str = "", *, minus: str | None = None) -> Figure:
    name, kind = _COLUMNS[column]
    keys = (
        ("insurance_year", str(told.insurance_year)),
        ("ten_day_no", str(told.number)),
        ("region_code", region or scene.order.region_code),
    )
    return scene.numbers.cell("mart_ten_day", column, kind, name, keys, minus=minus)


@dataclass(frozen=True)
class _Field:
    """The regions below. `towns` are those with a place among the others, `unplaced` the payers without a known township."""

    scene: Scene
    told: _TenDay
    towns: tuple[str, ...]
    unplaced: str | None

    @classmethod
    def of(cls, scene: Scene, told: _TenDay) -> _Field:
        codes = [region.code for region in scene.below]
        unknown = next((code for code in codes if scene.is_unknown(code)), None)
        if unknown is not None and not _cell(scene, told, "amount_so_far", unknown).value:
            unknown = None
        return cls(scene, told, tuple(code for code in codes if not scene.is_unknown(code)), unknown)

    @property
    def rows(self) -> tuple[str, ...]:
        """Every region that stands in a table."""
        return (*self.towns, self.unplaced) if self.unplaced else self.towns

    @property
    def can_be_ranked(self) -> bool:
        """Not where most payers have no township, as before the enrollment of a year is delivered: who pays then is last."""
        placed = sum(self.cell("persons_so_far", town).value or 0 for town in self.towns)
        lost = self.cell("persons_so_far", self.unplaced).value or 0 if self.unplaced else 0
        return len(self.towns) > 1 and placed > lost

    @property
    def few(self) -> frozenset[str]:
        """Those whose number of payers is not shown, nor what would tell it."""
        return frozenset(
            self.rows[at]
            for at in few.hidden([self.cell("persons_so_far", code).value for code in self.rows])
        )

    def cell(self, column: str, region: str = "") -> Figure:
        return _cell(self.scene, self.told, column, region)

    def name(self, region: str) -> str:
        return self.scene.region_names[region]

    def valued(self, region: str, column: str) -> Clause:
        """The name with its figure."""
        return say.valued(self.name(region), self.cell(column, region))

    def places(self, column: str) -> dict[str, int]:
        """名次; none where the figure is not shown, which its place would bound."""
        held = {town: self.cell(column, town).value for town in self.towns if town not in self.few}
        return ranks(held, highest_first=True)


def _whole(scene: Scene, told: _TenDay) -> tuple[Paragraph, ...]:
    new = _cell(scene, told, "persons")
    return say.paragraph(
        say.sentence(
            () if few.is_few(new.value) else say.told(f"{scene.whole}缴费人数净增", new, "人"),
            _last_year_new(scene, told),
            say.told("缴费金额", _cell(scene, told, "amount")),
            begin=f"{told.name}（{day_span(told.first, told.last)}），",
        ),
        say.sentence(
            say.told(f"{told.insurance_year}参保年度累计缴费", _cell(scene, told, "persons_so_far"), "人"),
            say.grew(_cell(scene, told, "persons_change")),
            say.told("缴费进度（占参保人数的比例）为", _cell(scene, told, "persons_progress")),
            begin=f"截至{of_day(told.last)}，",
        ),
        say.sentence(
            say.told("累计缴费金额", _cell(scene, told, "amount_so_far")),
            say.grew(_cell(scene, told, "amount_change")),
            say.completed(
                _cell(scene, told, "amount_due"), _cell(scene, told, "amount_progress"), "征缴任务"
            ),
        ),
    )


def _last_year_new(scene: Scene, told: _TenDay) -> Clause:
    before = _cell(scene, told, "last_year_persons")
    return () if few.is_few(before.value) else say.told("去年同旬净增", before, "人")


def _unplaced(field: _Field) -> tuple[Paragraph, ...]:
    """What is not in the townships' figures."""
    if field.unplaced is None or not field.towns:
        return ()
    lost = field.cell("persons_so_far", field.unplaced)
    noun = field.scene.below_noun
    why = f"{field.told.insurance_year}参保年度的参保登记，不能归入{noun}"
    who = (
        say.told("累计缴费的", lost, f"人都还没有{why}")
        if lost.value == field.cell("persons_so_far").value
        else say.told("累计缴费的人员中有", lost, f"人还没有{why}")
    )
    return say.paragraph(
        say.sentence(
            () if few.is_few(lost.value) else who,
            ()
            if field.can_be_ranked
            else (f"本期只通报{field.scene.whole}进度，登记数据导入后再分{noun}通报和排名",),
        )
    )


def _by_town(field: _Field) -> tuple[Block, ...]:
    idle = [field.name(town) for town in field.towns if field.cell("persons", town).value == 0]
    fewer = [
        (change.value, town, change)
        for town in field.towns
        if (change := field.cell("persons_change", town)).value is not None and say.direction(change) == -1
    ]
    return (
        *say.paragraph(
            _first(field, "persons_progress", "缴费进度"), _behind(field, "persons_progress", "缴费进度")
        ),
        *say.paragraph(
            _first(field, "amount_progress", "任务完成率"), _behind(field, "amount_progress", "任务完成率")
        ),
        *say.paragraph(
            say.sentence((f"本旬没有净增缴费人数的有{listed(idle)}",) if idle else ()),
            say.sentence(
                say.named(
                    "累计缴费人数少于去年同期的有",
                    [
                        (field.name(town),)
                        if town in field.few or few.is_few(field.cell("last_year_persons_so_far", town).value)
                        else (f"{field.name(town)}（下降", replace(change, size_only=True), "）")
                        for _, town, change in sorted(fewer)
                    ],
                )
            ),
        ),
        *_chart(field),
    )


def _first(field: _Field, column: str, name: str) -> Clause:
    """Who is first; nothing among so few that everybody would be named."""
    places = field.places(column)
    first = [town for town in by_rank(list(places), places) if places[town] <= _NAMED_FIRST]
    if len(first) == len(places):
        return ()
    return say.sentence(
        say.named(f"{name}居前的是", [field.valued(town, column) for town in first]),
    )


def _behind(field: _Field, column: str, name: str) -> Clause:
    """Everyone below the whole, the furthest behind first."""
    whole = field.cell(column).value
    places = field.places(column)
    if whole is None:
        return ()
    behind = [
        town
        for town in reversed(by_rank(list(places), places))
        if (field.cell(column, town).value or Decimal(0)) < whole
    ]
    return say.sentence(
        say.named(f"{name}低于{field.scene.whole}的有", [field.valued(town, column) for town in behind])
    )


def _chart(field: _Field) -> tuple[Chart, ...]:
    places = field.places("persons_progress")
    order = by_rank(list(places), places)
    if len(order) < 2:
        return ()
    return (
        Chart(
            "ten_day_progress",
            f"各{field.scene.below_noun}缴费进度",
            "bar",
            tuple(field.name(town) for town in order),
            (Series("缴费进度", tuple(field.cell("persons_progress", town) for town in order)),),
            "percent",
        ),
    )


def _persons_table(field: _Field) -> Table:
    places = field.places("persons_progress")
    taken = (
        "persons",
        "persons_so_far",
        "last_year_persons",
        "last_year_persons_so_far",
        "persons_change",
        "insured_persons",
        "persons_progress",
    )

    def cells(region: str) -> tuple[Figure, ...]:
        return tuple(field.cell(column, region) for column in taken)

    rows = [(shown(places, code), field.name(code), *cells(code)) for code in by_rank(field.rows, places)]
    month = field.told.first.month
    return balance.table(
        "ten_day_persons",
        f"各{field.scene.below_noun}缴费人数进度表",
        (
            Column(("名次",)),
            Column((field.scene.below_noun,)),
            Column(("本参保年度", "本旬净增"), "count"),
            Column(("本参保年度", "累计"), "count"),
            Column(("上年同期", "同旬净增"), "count"),
            Column(("上年同期", "累计"), "count"),
            Column(("累计同比",), "change"),
            Column(("参保人数",), "count"),
            Column(("缴费进度",), "percent"),
        ),
        covered(rows, (None, "合计", *cells("")), ((2, ()), (3, (6, 8)), (4, ()), (5, (6,)))),
        "单位：人，%",
        total=len(rows),
        added=(2, 3, 4, 5, 7),
        notes=(
            f"按缴费进度由高到低排名，相同的并列，不列示数值的不排名。缴费进度为{field.told.insurance_year}参保年度累计缴费人数占{month}月末参保人数的百分比。",
            "缴费人数为净增数，退费的扣减；免缴人员计入参保人数，不计入缴费人数。",
        ),
    )


def _amount_table(field: _Field) -> Table:
    """With the task and its completion only where one was set."""
    places = field.places("amount_progress")
    has_task = bool(places) or field.cell("amount_progress").value is not None
    task = ("amount_due", "amount_progress") if has_task else ()
    taken = ("amount", "amount_so_far", "last_year_amount_so_far", "amount_change", *task)
    # what few persons paid tells how many they are
    new, before = (
        {field.rows[at] for at in few.hidden([field.cell(column, code).value for code in field.rows])}
        for column in ("persons", "last_year_persons_so_far")
    )
    hidden = {
        "amount": new,
        "amount_so_far": field.few,
        "amount_progress": field.few,
        "last_year_amount_so_far": before,
        "amount_change": field.few | before,
    }

    def cell(column: str, region: str) -> Content:
        return few.HIDDEN if region in hidden.get(column, ()) else field.cell(column, region)

    rows: list[tuple[Content, ...]] = [
        (shown(places, code), field.name(code), *(cell(column, code) for column in taken))
        for code in by_rank(field.rows, places)
    ]
    rows.append((None, "合计", *(field.cell(column) for column in taken)))
    columns = (
        Column(("名次",)),
        Column((field.scene.below_noun,)),
        Column(("本参保年度", "本旬"), "wan"),
        Column(("本参保年度", "累计"), "wan"),
        Column(("去年同期累计",), "wan"),
        Column(("累计同比",), "change"),
        Column(("征缴任务",), "wan"),
        Column(("任务完成率",), "percent"),
    )[: 2 + len(taken)]
    how = (
        "按任务完成率由高到低排名，相同的并列。"
        if places
        else f"{field.told.insurance_year}参保年度的征缴任务没有下达到{field.scene.below_noun}，不排名。"
    )
    return balance.table(
        "ten_day_amount",
        f"各{field.scene.below_noun}缴费金额进度表",
        columns,
        rows,
        "单位：万元，%",
        total=len(rows) - 1,
        added=(2, 3, 4, 6)[: 4 if has_task else 3],
        notes=(how, "缴费金额为净额，退费为负；含上一年集中征缴期。"),
    )


@dataclass(frozen=True)
class _Step:
    """A ten-day in which something was paid, this year or the last."""

    pay_month: str
    ten_day: int
    ten_day_no: int

    @property
    def name(self) -> str:
        """`2026年9月下旬`."""
        year, month = self.pay_month.split("-")
        return f"{year}年{int(month)}月{_NAMES[self.ten_day - 1]}"


def _course(scene: Scene, told: _TenDay) -> Table:
    """How the collection went from one ten-day to the next, beside last year."""
    steps = scene.numbers.figures.rows(
        _Step,
        """
        select pay_month, ten_day, ten_day_no
        from mart_ten_day
        where
            region_code = ? and insurance_year = ? and ten_day_no <= ?
            and (persons != 0 or last_year_persons != 0 or amount != 0 or last_year_amount != 0)
        order by ten_day_no
        """,
        (scene.order.region_code, told.insurance_year, told.number),
    )
    rows: list[tuple[Content, ...]] = [
        (
            step.name,
            *(
                _cell(scene, replace(told, number=step.ten_day_no), column)
                for column in ("persons", "last_year_persons", "amount", "last_year_amount")
            ),
        )
        for step in steps
    ]
    total = (
        _cell(scene, told, column)
        for column in (
            "persons_so_far",
            "last_year_persons_so_far",
            "amount_so_far",
            "last_year_amount_so_far",
        )
    )
    return balance.table(
        "ten_day_course",
        f"{scene.whole}逐旬缴费情况表",
        (
            Column(("旬",)),
            Column(("净增缴费人数", "本参保年度"), "count"),
            Column(("净增缴费人数", "去年同旬"), "count"),
            Column(("缴费金额", "本参保年度"), "wan"),
            Column(("缴费金额", "去年同旬"), "wan"),
        ),
        covered(rows, ("累计", *total), ((1, (3,)), (2, (4,)))),
        "单位：人，万元",
        total=len(rows),
        added=(1, 2, 3, 4),
        notes=("没有缴费的旬不列。缴费人数和金额为净数，退费的扣减。",),
    )


def _part_of(numbers: Numbers, order: Order) -> str:
    return str(_chosen(Scene(numbers, order)).last.day)


def _part_zh(part: str) -> str:
    return _NAMES[{"10": 0, "20": 1}.get(part, 2)]


TEN_DAY = Product(
    "ten_day",
    "旬报",
    compose,
    WHOLE_LEVELS,
    parts=Parts("该旬最后一天：10、20，下旬是月末那天", _part_of, _part_zh),
)
