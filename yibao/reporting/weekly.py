"""周报: what was settled, paid and found in one week, against the week before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yibao.figures import UNKNOWN_TOWNSHIP
from yibao.problem import Problem
from yibao.reporting import balance, few
from yibao.reporting import sentences as say
from yibao.reporting.bulletin import covered, day_span, letter
from yibao.reporting.content import Block, Column, Content, Figure, Heading, Kind, Report, Span, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order, Parts, Product
from yibao.reporting.scene import Scene
from yibao.reporting.sentences import Clause

FORMS = ("week", "week_by_region")
_BEFORE = "上周"
_NO_PLACE = "缴费的人员大多还没有所缴参保年度的参保登记，不能归入乡镇，缴费不分乡镇列示。"


@dataclass(frozen=True)
class _Measure:
    """A column of mart_week: what it is called, how it is printed, the measure word behind a count."""

    column: str
    name: str
    kind: Kind
    word: str = ""
    # the column of the persons or cases behind it: where these are 1 to 4, neither is told
    counted: str = ""
    # the column of those of whom these are some: where they leave 1 to 4 over, nor is this told
    within: str = ""


_VISITS = _Measure("all_visits", "结算人次", "count", "人次", "all_visits")
_COST = _Measure("all_cost", "结算总费用", "wan", counted="all_visits")
_FUND = _Measure("all_fund", "基金支付", "wan", counted="all_visits")
_CASES = _Measure("ip_cases", "住院人次", "count", "人次", "ip_cases")
_CASES_COST = _Measure("ip_cost", "住院总费用", "wan", counted="ip_cases")
_OUTSIDE = _Measure(
    "ip_cases_out_county", "县域外住院人次", "count", "人次", "ip_cases_out_county", within="ip_cases"
)
_PAYMENTS = _Measure("payments", "缴费笔数", "count", "笔", "payments")
_PAID = _Measure("payment_amount", "缴费金额", "wan", counted="payments")
_VISITED = _Measure("inspection_visits", "检查家次", "count", "家次")
_FOUND = _Measure("findings_total", "查出问题", "count", "个")
_VIOLATION = _Measure("violation_amount", "违规金额", "wan")
_RECOVERED = _Measure("recovered_amount", "追回金额", "wan")

_OF_TREATMENT = (_VISITS, _COST, _FUND, _CASES, _CASES_COST, _OUTSIDE)
_OF_PEOPLE = (*_OF_TREATMENT, _PAYMENTS, _PAID)
_OF_INSPECTIONS = (_VISITED, _FOUND, _VIOLATION, _RECOVERED)


@dataclass(frozen=True)
class _Week:
    """A row of int_week as mart_week tells it: a whole week."""

    name: str
    first: date
    last: date

    @property
    def title(self) -> str:
        """`2026年第39周`."""
        year, number = self.name.split("-W")
        return f"{year}年第{int(number)}周"


def compose(numbers: Numbers, order: Order) -> Report:
    """The week that the order's `part` names, else the last whole one that ends in its month.

    Raises Problem for a week that does not end in the month, or is not whole.
    """
    scene = Scene(numbers, order)
    week = _chosen(scene)
    annex = [_table(scene, week), *_by_town(scene, week)]
    return letter(
        scene,
        WEEKLY.code,
        f"{order.region_name}医疗保障运行周报（{week.title}）",
        f"{week.title}（{day_span(week.first, week.last)}）",
        week.last,
        _body(scene, week),
        annex,
    )


def _chosen(scene: Scene) -> _Week:
    weeks = scene.numbers.figures.rows(
        _Week,
        """
        select distinct week, week_start, week_end
        from mart_week
        where is_whole and strftime(week_end, '%Y-%m') = ?
        order by week_end desc
        """,
        (scene.order.period,),
    )
    for week in weeks:
        if scene.order.part in ("", week.name):
            return week
    known = "、".join(week.name for week in reversed(weeks))
    raise Problem(
        f"{scene.order.period} 没有可以报告的完整周{scene.order.part}",
        where=f"--part {scene.order.part}" if scene.order.part else f"--period {scene.order.period}",
        todo=f"请改用该月内结束的完整周：{known}。"
        if known
        else "请先导入该月的结算数据，再执行 yibao run。",
    )


def _cell(
    scene: Scene,
    week: _Week,
    measure: _Measure,
    *,
    before: bool = False,
    minus: bool = False,
    region: str = "",
) -> Figure:
    """The week's figure, that of the week before, or the one less the other."""
    code = region or scene.order.region_code
    return scene.numbers.cell(
        "mart_week",
        f"{measure.column}_before" if before else measure.column,
        measure.kind,
        measure.name + ("（上周）" if before else "（比上周）" if minus else ""),
        (("week", week.name), *_place(scene, code)),
        how="sum",
        minus=f"{measure.column}_before" if minus else None,
    )


def _place(scene: Scene, code: str) -> tuple[tuple[str, str], ...]:
    """The key of a region's rows; a city is all that is published."""
    if code == scene.order.region_code and scene.is_city:
        return ()
    return (("township" if len(code) == 9 else "county", code),)


def _body(scene: Scene, week: _Week) -> tuple[Block, ...]:
    def told(measure: _Measure, before: str) -> Clause:
        return _told(scene, week, measure, before)

    days = f"{week.title}（{day_span(week.first, week.last)}）"
    return (
        *_section(
            "待遇享受",
            _sentence(
                told(_VISITS, f"{scene.whole}结算"),
                told(_COST, "总费用"),
                told(_FUND, "基金支付"),
                begin=f"{days}，",
            ),
            _sentence(
                told(_CASES, "其中住院"), told(_CASES_COST, "住院总费用"), told(_OUTSIDE, "县域外住院")
            ),
        ),
        *_section(
            "基金征缴",
            (_NO_PLACE,)
            if _is_township(scene) and _payers_have_no_place(scene, week)
            else _sentence(told(_PAYMENTS, "缴费"), told(_PAID, "缴费金额")),
        ),
        *_section(
            "基金监管",
            ()
            if _is_township(scene)
            else _sentence(
                told(_VISITED, "检查定点医药机构"),
                told(_FOUND, "查出问题"),
                told(_VIOLATION, "违规金额"),
                told(_RECOVERED, "追回金额"),
            ),
        ),
    )


def _section(title: str, *sentences: Clause) -> tuple[Block, ...]:
    found = say.paragraph(*sentences)
    return (Heading(1, title), *found) if found else ()


def _is_township(scene: Scene) -> bool:
    return len(scene.order.region_code) == 9


def _count(scene: Scene, week: _Week, column: str, *, before: bool) -> Decimal:
    return _cell(scene, week, _Measure(column, "", "count"), before=before).value or Decimal(0)


def _is_few(scene: Scene, week: _Week, measure: _Measure, *, before: bool = False) -> bool:
    return bool(measure.counted) and few.is_few(_count(scene, week, measure.counted, before=before))


def _tells_few(scene: Scene, week: _Week, measure: _Measure, *, before: bool = False) -> bool:
    """Whether 1 to 4 persons or cases are behind it, or are left over."""
    if not measure.within:
        return _is_few(scene, week, measure, before=before)
    whole, part = (_count(scene, week, column, before=before) for column in (measure.within, measure.counted))
    return few.is_few(part) or few.is_few(whole - part)


def _told(scene: Scene, week: _Week, measure: _Measure, before: str) -> Clause:
    """`住院8人次，比上周增加1人次`; of 1 to 4 persons no number, this week or the week before."""
    if _is_few(scene, week, measure):
        return (f"{before}不足{few.FEWEST}{measure.word}",) if measure.word else ()
    if _tells_few(scene, week, measure):
        return ()
    clause = say.told(before, _cell(scene, week, measure), measure.word)
    if not clause or _tells_few(scene, week, measure, before=True):
        return clause
    moved = say.more_or_less(_cell(scene, week, measure, minus=True), _BEFORE, measure.word)
    return (*clause, "，", *moved) if moved else clause


def _sentence(*clauses: Clause, begin: str = "") -> Clause:
    """Each clause has a comma of its own."""
    said = [clause for clause in clauses if clause]
    spans: list[Span] = []
    for at, clause in enumerate(said):
        spans += ["；", *clause] if at else clause
    return say.sentence(tuple(spans), begin=begin)


def _table(scene: Scene, week: _Week) -> Table:
    measures: tuple[_Measure, ...] = (*_OF_PEOPLE, *_OF_INSPECTIONS)
    if _is_township(scene):
        measures = _OF_TREATMENT if _payers_have_no_place(scene, week) else _OF_PEOPLE
    return balance.table(
        "week",
        f"{week.title}运行情况表",
        (
            Column(("项目",)),
            Column(("计量单位",)),
            Column(("本周",), "count"),
            Column(("上周",), "count"),
            Column(("增减",), "count"),
        ),
        [_row(scene, week, measure) for measure in measures],
        "单位：见“计量单位”栏",
        notes=(
            "按结算时间、缴费时间和检查日期归周，周一至周日；冲销和退费扣减。缴费包括各参保年度。",
            "增减按未取整的数计算。上周不是完整周或没有数据的，以“—”表示。",
        ),
    )


def _row(scene: Scene, week: _Week, measure: _Measure) -> tuple[Content, ...]:
    now: Content = _cell(scene, week, measure)
    then: Content = _cell(scene, week, measure, before=True)
    difference: Content = _cell(scene, week, measure, minus=True)
    if _tells_few(scene, week, measure):
        now = difference = few.HIDDEN
    if _tells_few(scene, week, measure, before=True):
        then = difference = few.HIDDEN
    return (measure.name, measure.word or "万元", now, then, difference)


def _by_town(scene: Scene, week: _Week) -> tuple[Table, ...]:
    """The regions below; a city's inspections and a county's stand at no township."""
    treated = (_VISITS, _FUND, _CASES, _CASES_COST)
    paid = () if _payers_have_no_place(scene, week) else (_PAYMENTS, _PAID)
    taken = (*treated, *paid)

    def cells(region: str) -> tuple[Figure, ...]:
        return tuple(_cell(scene, week, measure, region=region) for measure in taken)

    known = [
        region
        for region in scene.below
        if not scene.is_unknown(region.code) or any(figure.value for figure in cells(region.code))
    ]
    if len(known) < 2:
        return ()
    unknown = [region.code for region in known if scene.is_unknown(region.code)]
    rows: list[tuple[Content, ...]] = [(region.name, *cells(region.code)) for region in known]
    notes = [
        f"{scene.region_names[code]}是当年还没有参保登记、不能归入{scene.below_noun}的人员。"
        for code in unknown
    ]
    if not paid:
        notes.append(_NO_PLACE)
    return (
        balance.table(
            "week_by_region",
            f"{week.title}各{scene.below_noun}情况表",
            (
                Column((scene.below_noun,)),
                Column(("结算", "人次"), "count"),
                Column(("结算", "基金支付"), "wan"),
                Column(("住院", "人次"), "count"),
                Column(("住院", "总费用"), "wan"),
                Column(("缴费", "笔数"), "count"),
                Column(("缴费", "金额"), "wan"),
            )[: 1 + len(taken)],
            covered(
                rows, ("合计", *cells("")), {1: (2,), 3: (4,)} | ({5: (6,)} if paid else {}), within=((3, 1),)
            ),
            "单位：人次，笔，万元" if paid else "单位：人次，万元",
            total=len(rows),
            added=range(1, 1 + len(taken)),
            notes=notes,
        ),
    )


def _payers_have_no_place(scene: Scene, week: _Week) -> bool:
    """Whether most payers of the county have no township, as before the enrollment of the coming year is delivered."""
    whole = scene.order.region_code[:6]
    lost = _cell(scene, week, _PAYMENTS, region=whole + UNKNOWN_TOWNSHIP).value or 0
    return lost * 2 > (_cell(scene, week, _PAYMENTS, region=whole).value or 0)


def _part_of(numbers: Numbers, order: Order) -> str:
    return _chosen(Scene(numbers, order)).name


def _part_zh(part: str) -> str:
    return f"第{part.rpartition('W')[2].lstrip('0')}周"


WEEKLY = Product("weekly", "周报", compose, parts=Parts("周次，例如 2026-W39", _part_of, _part_zh))
