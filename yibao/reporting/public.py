"""医疗保障信息公示: what everybody may read, by township, village and institution; no cell tells of 1 to 4 persons (semantics 8).

Which cells are not shown is decided once for all tables, since one would tell what another hides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from yibao.figures import Region, Village, below, parts, villages
from yibao.reporting import few
from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Column, Content, Figure, Heading, Kind, Paragraph, Report, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order, Product, identity
from yibao.reporting.scene import Scene
from yibao.reporting.suppression import Total, hidden

# what is counted: of the population those who are insured, by family of schemes, and those who are not
_INSURED, _RESIDENT, _EMPLOYEE, _NOT, _LIVING = "insured", "resident", "employee", "not", "living"
_INPATIENT, _OUTPATIENT = "inpatient", "outpatient"
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
        """The villages of each township."""
        figures, period = self.scene.numbers.figures, self.scene.order.period
        return {region.code: villages(figures, period, region.code) for region in self.townships}

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
        """Those that have a case of either kind, the busiest first."""
        figures, chosen = self.scene.numbers.figures, self.scene.selection
        cases: dict[str, int] = {}
        for code in ("ip_avg_cost", "op_avg_cost"):
            for value in parts(figures, code, chosen, "inst"):
                cases[value.breakdown_value] = cases.get(value.breakdown_value, 0) + int(
                    value.denominator or 0
                )
        treated = (code for code, count in cases.items() if count)
        return tuple(sorted(treated, key=lambda code: (-cases[code], code)))

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
        for code in (whole, *townships):
            totals.append(Total((_INSURED, code), ((_RESIDENT, code), (_EMPLOYEE, code))))
            totals.append(Total((_LIVING, code), ((_INSURED, code), (_NOT, code))))
        for township, members in self.villages.items():
            totals.append(Total((_INSURED, township), tuple((_INSURED, village.code) for village in members)))
            totals += [
                Total((_LIVING, village.code), ((_INSURED, village.code), (_NOT, village.code)))
                for village in members
            ]
        # where more are insured than registered, or a part is counted elsewhere, nothing can be taken away from anything
        true = [total for total in totals if _adds_up(total, cells)]
        # how many live somewhere is published by others
        known = frozenset(place for place in cells if place[0] == _LIVING)
        return hidden(cells, true, known)

    def shown(self, place: _Place, figure: Figure) -> Content:
        """The figure, unless what it tells of is not shown."""
        return few.HIDDEN if place in self.covered else figure

    def _participation(self, column: str, code: str, minus: str | None) -> Figure:
        keys = (("period", self.scene.order.period), ("region_code", code), ("insutype", "all"))
        return self.scene.numbers.cell("mart_participation", column, "count", "参保人数", keys, minus=minus)

    def _of_village(self, column: str, kind: Kind, township: str, village: str) -> Figure:
        keys = (("period", self.scene.order.period), ("township", township), ("village", village))
        return self.scene.numbers.cell("mart_village", column, kind, "村级参保情况", keys)


def _adds_up(total: Total, cells: dict[_Place, int]) -> bool:
    members = [cells.get(part) for part in total.parts]  # type: ignore[call-overload]
    return (
        None not in members
        and all(member >= 0 for member in members)
        and sum(members) == cells.get(total.whole)  # type: ignore[call-overload]
    )


def compose(numbers: Numbers, order: Order) -> Report:
    """The tables of the order's period; the text tells the whole region and how to read them."""
    scene = Scene(numbers, order)
    sheet = _Sheet(scene)
    whole = order.region_code
    body: tuple[Block, ...] = (
        *say.paragraph(
            say.sentence(
                say.told_or_unreported(
                    f"{scene.until}，{scene.whole}参保", sheet.insured[_INSURED, whole], "人"
                ),
                say.told("参保率为", numbers.indicator("part_rate")),
            ),
            say.sentence(
                say.told(
                    f"{scene.year}年{scene.span}，住院结算", sheet.treated[_INPATIENT, whole][0], "人次"
                ),
                say.told("统筹基金支付", sheet.treated[_INPATIENT, whole][2]),
                say.told("住院实际补偿比为", sheet.treated[_INPATIENT, whole][4]),
            ),
            say.sentence(
                say.told("门诊结算", sheet.treated[_OUTPATIENT, whole][0], "人次"),
                say.told("统筹基金支付", sheet.treated[_OUTPATIENT, whole][2]),
            ),
        ),
        Heading(1, "有关说明"),
        Paragraph((f"各表统计时间为{scene.year}年{scene.span}，参保人数为{scene.month}月末数。{few.NOTE}",)),
        Paragraph((f"对公示内容有疑问的，请向{scene.issuer}反映。",)),
    )
    return Report(
        identity=identity(numbers.figures, order, PUBLIC.code, scene.last_day.isoformat()),
        title=f"{order.region_name}{scene.year}年{scene.span}医疗保障信息公示",
        dated=order.dated,
        letterhead=order.letterhead,
        sign_off=order.sign_off,
        body=body,
        annex=(
            _insured_table(sheet),
            _treated_table(
                sheet, "public_treated", f"各{scene.below_noun}医疗费用补偿公示表", scene.below_noun
            ),
            _treated_table(sheet, "public_institutions", "定点医疗机构医疗费用补偿公示表", "机构"),
            *_village_table(sheet),
        ),
    )


def _insured_table(sheet: _Sheet) -> Table:
    scene = sheet.scene
    rows = [_insured_row(sheet, region.code, region.name) for region in sheet.townships]
    return Table(
        code="public_insured",
        title=f"各{scene.below_noun}参保情况公示表",
        columns=(
            Column((scene.below_noun,)),
            Column(("户籍人口",), "count"),
            Column(("参保人数", "合计"), "count"),
            Column(("参保人数", "居民"), "count"),
            Column(("参保人数", "职工"), "count"),
            Column(("参保率（%）",), "percent"),
        ),
        rows=(*rows, _insured_row(sheet, scene.order.region_code, "合计")),
        unit_note="单位：人、%",
        notes=(few.NOTE,),
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


def _treated_table(sheet: _Sheet, code: str, title: str, noun: str) -> Table:
    scene = sheet.scene
    if noun == "机构":
        places: Sequence[tuple[str, str]] = [
            (each, scene.institutions[each].name if each in scene.institutions else each)
            for each in sheet.institutions
        ]
    else:
        places = [(region.code, region.name) for region in scene.below]
    groups = {_INPATIENT: "住院", _OUTPATIENT: "门诊"}
    columns = [Column((group, head), kind) for group in groups.values() for head, kind in _TREATED_HEADS]
    rows = [
        (
            name,
            *(sheet.shown((what, place), figure) for what in groups for figure in sheet.treated[what, place]),
        )
        for place, name in (*places, (scene.order.region_code, "合计"))
        # the unknown township, mostly
        if any(sheet.treated[what, place][0].value for what in groups)
    ]
    return Table(
        code=code,
        title=title,
        columns=(Column((noun,)), *columns),
        rows=tuple(rows),
        unit_note="单位：人次、万元、元、%",
        notes=(few.NOTE,),
    )


def _village_table(sheet: _Sheet) -> tuple[Table, ...]:
    scene = sheet.scene
    rows: list[tuple[Content, ...]] = []
    for region in sheet.townships:
        for village in sheet.villages[region.code]:
            place = (_INSURED, village.code)
            rows.append(
                (
                    region.name,
                    village.name,
                    sheet.in_villages[_LIVING, village.code],
                    sheet.shown(place, sheet.in_villages[place]),
                    sheet.shown(place, sheet.village_rate(region.code, village.code)),
                )
            )
    if not rows:
        return ()
    return (
        Table(
            code="public_villages",
            title="各村（社区）参保情况公示表",
            columns=(
                Column((scene.below_noun,)),
                Column(("村（社区）",)),
                Column(("户籍人口",), "count"),
                Column(("参保人数",), "count"),
                Column(("参保率（%）",), "percent"),
            ),
            rows=tuple(rows),
            unit_note="单位：人、%",
            notes=(few.NOTE,),
        ),
    )


PUBLIC = Product("public", "公示", compose)
FORMS = ("public_insured", "public_treated", "public_institutions", "public_villages")
