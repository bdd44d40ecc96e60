"""医疗保障信息公示: what everybody may read, by township, village and institution; no cell tells of 1 to 4 persons (semantics 8).

Which cells are not shown is decided once for all tables, since one would tell what another hides. Rows stand in the order
of their codes: an order by what is counted would tell how many are hidden between two neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from yibao.figures import Region, Village, below, parts, villages
from yibao.labels import TIERS
from yibao.reporting import balance, few
from yibao.reporting import sentences as say
from yibao.reporting.bulletin import letter
from yibao.reporting.content import Block, Column, Content, Figure, Heading, Kind, Paragraph, Report, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import WHOLE_LEVELS, Order, Product
from yibao.reporting.scene import Scene
from yibao.reporting.sentences import Clause
from yibao.reporting.suppression import Total, hidden

# what is counted: of the population those who are insured, by family of schemes, and those who are not
_INSURED, _RESIDENT, _EMPLOYEE, _NOT, _LIVING = "insured", "resident", "employee", "not", "living"
_INPATIENT, _OUTPATIENT = "inpatient", "outpatient"
# whose enrollment names no village
_NO_VILLAGE = "未登记到村"
_NO_POPULATION = "—"
# of each kind of treatment its cases, its cost, what the pool paid, cost of one case, share paid; code and column
_TREATED: dict[str, tuple[tuple[str, str, Kind | None], ...]] = {
    _INPATIENT: (
        ("ip_avg_cost", "denominator", "count"),
        ("ip_avg_cost", "numerator", "wan"),
        ("ip_actual_ratio", "numerator", "wan"),
        ("ip_avg_cost", "value", None),
        ("ip_actual_ratio", "value", None),
    ),
    _OUTPATIENT: (
        ("op_avg_cost", "denominator", "count"),
        ("op_avg_cost", "numerator", "wan"),
        ("op_actual_ratio", "numerator", "wan"),
        ("op_avg_cost", "value", None),
        ("op_actual_ratio", "value", None),
    ),
}
_TREATED_HEADS: tuple[tuple[str, Kind], ...] = (
    ("人次", "count"),
    ("总费用（万元）", "wan"),
    ("统筹支付（万元）", "wan"),
    ("次均费用（元）", "yuan"),
    ("补偿比（%）", "percent"),
)

# what is counted and where: a region's code, a village's, an institution's
_Place = tuple[str, str]


@dataclass(frozen=True)
class _Sheet:
    """All figures of the tables by what they count and where."""

    scene: Scene

    @cached_property
    def townships(self) -> tuple[Region, ...]:
        """The regions below in which anybody is insured."""
        found = below(self.scene.numbers.figures, "part_rate", self.scene.selection)
        told = {value.region_code for value in found if value.numerator}
        return tuple(region for region in self.scene.below if region.code in told)

    @cached_property
    def insured(self) -> dict[_Place, Figure]:
        """Persons by region: the whole, and what is directly below it."""
        found: dict[_Place, Figure] = {}
        for code in (self.scene.order.region_code, *(region.code for region in self.townships)):
            for what, column, minus in (
                (_LIVING, "population_registered", None),
                (_INSURED, "insured_persons", None),
                (_RESIDENT, "insured_resident_persons", None),
                (_EMPLOYEE, "insured_persons", "insured_resident_persons"),
                (_NOT, "population_registered", "insured_persons"),
            ):
                found[what, code] = self._participation(column, code, minus)
        return found

    @cached_property
    def villages(self) -> dict[str, tuple[Village, ...]]:
        """The villages of each township, those without a village last."""
        figures, period = self.scene.numbers.figures, self.scene.order.period
        return {
            region.code: tuple(
                sorted(villages(figures, period, region.code), key=lambda each: (each.is_unknown, each.code))
            )
            for region in self.townships
        }

    @cached_property
    def in_villages(self) -> dict[_Place, Figure]:
        """Persons by village."""
        found = {}
        for township, members in self.villages.items():
            for village in members:
                for what, column in (
                    (_LIVING, "population_registered"),
                    (_INSURED, "insured_persons"),
                    (_NOT, "uninsured_persons"),
                ):
                    found[what, village.code] = self._of_village(column, "count", township, village.code)
        return found

    def village_rate(self, township: str, village: str) -> Figure:
        """The participation rate of a village."""
        return self._of_village("part_rate", "percent", township, village)

    @cached_property
    def treated(self) -> dict[_Place, tuple[Figure, ...]]:
        """What was settled by region and by institution, January to the period; the first figure counts the cases."""
        numbers, whole = self.scene.numbers, self.scene.order.region_code
        found = {}
        for what, columns in _TREATED.items():
            for code in (whole, *(region.code for region in self.scene.below)):
                found[what, code] = tuple(
                    numbers.indicator(each, column, kind, region=code) for each, column, kind in columns
                )
            for code in self.institutions:
                found[what, code] = tuple(
                    numbers.indicator(each, column, kind, breakdown=("inst", code))
                    for each, column, kind in columns
                )
        return found

    @cached_property
    def institutions(self) -> tuple[str, ...]:
        """Those that have a case of either kind, from the village to the province."""
        figures, chosen = self.scene.numbers.figures, self.scene.selection
        treated = {
            value.breakdown_value
            for code in ("ip_avg_cost", "op_avg_cost")
            for value in parts(figures, code, chosen, "inst")
            if value.denominator
        }
        tiers = [*TIERS]
        known = self.scene.institutions

        def place(code: str) -> tuple[int, str]:
            tier = known[code].service_tier if code in known else ""
            return (tiers.index(tier) if tier in tiers else len(tiers), code)

        return tuple(sorted(treated, key=place))

    @cached_property
    def covered(self) -> frozenset[_Place]:
        """What is not shown."""
        counts = {place: figure.value for place, figure in {**self.insured, **self.in_villages}.items()}
        counts |= {place: row[0].value for place, row in self.treated.items()}
        cells = {place: int(value) for place, value in counts.items() if value is not None}
        whole = self.scene.order.region_code
        townships = [region.code for region in self.townships]
        treated_in = [region.code for region in self.scene.below]
        totals = [
            Total((what, whole), tuple((what, code) for code in places))
            for what, places in (
                *((what, townships) for what in (_INSURED, _RESIDENT, _EMPLOYEE)),
                *((what, treated_in) for what in _TREATED),
                *((what, self.institutions) for what in _TREATED),
            )
        ]
        for code in dict.fromkeys((whole, *townships)):
            totals.append(Total((_INSURED, code), ((_RESIDENT, code), (_EMPLOYEE, code))))
            totals.append(Total((_LIVING, code), ((_INSURED, code), (_NOT, code))))
        for township, members in self.villages.items():
            totals.append(Total((_INSURED, township), tuple((_INSURED, village.code) for village in members)))
            totals += [
                Total((_LIVING, village.code), ((_INSURED, village.code), (_NOT, village.code)))
                for village in members
            ]
        # how many live somewhere is published by others
        known = frozenset(place for place in cells if place[0] == _LIVING)
        # where more are insured than registered, nothing can be taken away from anything
        below_zero = {place for place, count in cells.items() if count < 0}
        true = [total for total in totals if below_zero.isdisjoint(total.parts)]
        return hidden(cells, true, known)

    def told(self, place: _Place, before: str, figure: Figure, after: str = "") -> Clause:
        """The clause of a figure; none where what it tells of is not shown."""
        return () if place in self.covered else say.told(before, figure, after)

    def shown(self, place: _Place, figure: Figure) -> Content:
        """The figure, unless what it tells of is not shown."""
        return few.HIDDEN if place in self.covered else figure

    def _participation(self, column: str, code: str, minus: str | None) -> Figure:
        keys = (("period", self.scene.order.period), ("region_code", code), ("insutype", "all"))
        return self.scene.numbers.cell("mart_participation", column, "count", "参保人数", keys, minus=minus)

    def _of_village(self, column: str, kind: Kind, township: str, village: str) -> Figure:
        keys = (("period", self.scene.order.period), ("township", township), ("village", village))
        return self.scene.numbers.cell("mart_village", column, kind, "村级参保情况", keys)


def compose(numbers: Numbers, order: Order) -> Report:
    """The tables of the order's period; the text tells the whole region and how to read them."""
    scene = Scene(numbers, order)
    sheet = _Sheet(scene)
    whole = order.region_code
    insured, inpatient, outpatient = (_INSURED, whole), (_INPATIENT, whole), (_OUTPATIENT, whole)
    body: tuple[Block, ...] = (
        *say.paragraph(
            say.sentence(
                ()
                if insured in sheet.covered
                else say.told_or_unreported(
                    f"{scene.until}，{scene.whole}参保", sheet.insured[insured], "人"
                ),
                sheet.told(insured, "参保率为", numbers.indicator("part_rate")),
            ),
            say.sentence(
                sheet.told(
                    inpatient, f"{scene.year}年{scene.span}，住院结算", sheet.treated[inpatient][0], "人次"
                ),
                sheet.told(inpatient, "统筹基金支付", sheet.treated[inpatient][2]),
                sheet.told(inpatient, "住院实际补偿比为", sheet.treated[inpatient][4]),
            ),
            say.sentence(
                sheet.told(outpatient, "门诊结算", sheet.treated[outpatient][0], "人次"),
                sheet.told(outpatient, "统筹基金支付", sheet.treated[outpatient][2]),
            ),
        ),
        Heading(1, "有关说明"),
        Paragraph((f"各表统计时间为{scene.year}年{scene.span}，参保人数为{scene.month}月末数。{few.NOTE}",)),
        Paragraph((f"对公示内容有疑问的，请向{scene.issuer}反映。",)),
    )
    return letter(
        scene,
        PUBLIC.code,
        f"{order.region_name}{scene.year}年{scene.span}医疗保障信息公示",
        f"{scene.year}年{scene.span}",
        scene.last_day,
        body,
        (
            *_insured_table(sheet),
            *_treated_table(
                sheet,
                "public_treated",
                f"各{scene.below_noun}医疗费用补偿公示表",
                scene.below_noun,
                [(region.code, region.name) for region in scene.below],
            ),
            *_treated_table(
                sheet,
                "public_institutions",
                "定点医疗机构医疗费用补偿公示表",
                "机构",
                [(code, scene.institution(code)) for code in sheet.institutions],
            ),
            *_village_table(sheet),
        ),
        reader="everybody",
    )


def _insured_table(sheet: _Sheet) -> tuple[Table, ...]:
    scene = sheet.scene
    rows = [_insured_row(sheet, region.code, region.name) for region in sheet.townships]
    if not rows:
        return ()
    return (
        balance.table(
            "public_insured",
            f"各{scene.below_noun}参保情况公示表",
            (
                Column((scene.below_noun,)),
                Column(("户籍人口",), "count"),
                Column(("参保人数", "合计"), "count"),
                Column(("参保人数", "居民"), "count"),
                Column(("参保人数", "职工"), "count"),
                Column(("参保率",), "percent"),
            ),
            (*rows, _insured_row(sheet, scene.order.region_code, "合计")),
            "单位：人，%",
            total=len(rows),
            added=(1, 2, 3, 4),
            notes=("参保率为参保人数占户籍人口的百分比。",),
        ),
    )


def _insured_row(sheet: _Sheet, code: str, name: str) -> tuple[Content, ...]:
    rate = sheet.scene.numbers.indicator("part_rate", region=code)
    return (
        name,
        sheet.insured[_LIVING, code],
        *(sheet.shown((what, code), sheet.insured[what, code]) for what in (_INSURED, _RESIDENT, _EMPLOYEE)),
        # population times rate is the number of persons
        sheet.shown((_INSURED, code), rate),
    )


def _treated_table(
    sheet: _Sheet, code: str, title: str, noun: str, places: Sequence[tuple[str, str]]
) -> tuple[Table, ...]:
    groups = {_INPATIENT: "住院", _OUTPATIENT: "门诊"}
    columns = [Column((group, head), kind) for group in groups.values() for head, kind in _TREATED_HEADS]
    rows = [
        (
            name,
            *(sheet.shown((what, place), figure) for what in groups for figure in sheet.treated[what, place]),
        )
        for place, name in (*places, (sheet.scene.order.region_code, "合计"))
        # the unknown township, mostly
        if any(sheet.treated[what, place][0].value for what in groups)
    ]
    if len(rows) < 2:
        return ()
    return (
        balance.table(
            code,
            title,
            (Column((noun,)), *columns),
            rows,
            "单位：人次，万元，元，%",
            total=len(rows) - 1,
            added=(1, 2, 3, 6, 7, 8),
            notes=("统筹支付为统筹基金支付。次均费用为总费用除以人次。补偿比为统筹支付占总费用的百分比。",),
        ),
    )


def _village_table(sheet: _Sheet) -> tuple[Table, ...]:
    """With population and rate only where a village has one."""
    every = [(township, village) for township, members in sheet.villages.items() for village in members]
    if not every:
        return ()
    has_population = any(village.registered and not village.is_unknown for _, village in every)
    rows = [_village_row(sheet, township, village, has_population) for township, village in every]
    notes = (
        [f"{_NO_VILLAGE}的是参保登记中没有村（社区）的人员。"] if any(v.is_unknown for _, v in every) else []
    )
    if has_population:
        notes.append(f"“{_NO_POPULATION}”表示没有该村（社区）的户籍人口数，不计算参保率。")
    persons = Column(("参保人数",), "count")
    return (
        balance.table(
            "public_villages",
            "各村（社区）参保情况公示表",
            (
                Column(("乡镇",)),
                Column(("村（社区）",)),
                *(
                    (Column(("户籍人口",), "count"), persons, Column(("参保率",), "percent"))
                    if has_population
                    else (persons,)
                ),
            ),
            rows,
            "单位：人，%" if has_population else "单位：人",
            notes=notes,
        ),
    )


def _village_row(sheet: _Sheet, township: str, village: Village, has_population: bool) -> tuple[Content, ...]:
    place = (_INSURED, village.code)
    name = (sheet.scene.region_names[township], _NO_VILLAGE if village.is_unknown else village.name)
    persons = sheet.shown(place, sheet.in_villages[place])
    if not has_population:
        return (*name, persons)
    if village.is_unknown:
        # the population that its township told without villages is not that of these persons
        return (*name, _NO_POPULATION, persons, _NO_POPULATION)
    rate = sheet.village_rate(township, village.code)
    return (*name, sheet.in_villages[_LIVING, village.code], persons, sheet.shown(place, rate))


PUBLIC = Product("public", "公示", compose, WHOLE_LEVELS)
FORMS = ("public_insured", "public_treated", "public_institutions", "public_villages")
