"""年度考核: every indicator of the catalogue by domain, the years side by side, and which targets are met."""

from __future__ import annotations

from yibao.figures import Value, values
from yibao.labels import DOMAINS, UNITS
from yibao.problem import Problem
from yibao.reporting import balance, few
from yibao.reporting import sentences as say
from yibao.reporting.bulletin import letter
from yibao.reporting.content import Block, Chart, Column, Content, Heading, Paragraph, Report, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order, Parts, Product
from yibao.reporting.scene import Scene, full_width, listed
from yibao.reporting.sections import problems
from yibao.reporting.sections.charts import by_month
from yibao.reporting.sections.problems import LEVELS
from yibao.reporting.sentences import Clause
from yibao.reporting.targets import STATUS_ZH, count, missed, standing

SO_FAR = "ytd"
# its sections: a chapter for each domain of the catalogue
SECTIONS = ("overview", *DOMAINS, "problems")
FORMS = tuple(f"annual_{domain}" for domain in DOMAINS)
_DECEMBER = 12
_YEARS = 3
# the indicator whose months a chapter draws
_DRAWN = {
    "participation": "part_rate",
    "compensation": "ip_policy_ratio",
    "referral": "out_county_rate",
    "cost": "ip_avg_cost",
    "fund": "fund_use_rate",
}


def compose(numbers: Numbers, order: Order) -> Report:
    """The year at the order's period. Raises Problem before December, unless `part` says that the year so far is meant."""
    scene = Scene(numbers, order)
    _part_of(numbers, order)
    until = "" if scene.month == _DECEMBER else f"（截至{scene.month}月）"
    held = values(numbers.figures, tuple(numbers.catalogue.indicators), scene.selection)
    chapters = order.sections or SECTIONS
    body: list[Block] = [Paragraph((_method(scene),))]
    for code in chapters:
        body += _chapter(scene, held, code)
    return letter(
        scene,
        ANNUAL.code,
        f"{order.region_name}{scene.year}年度医疗保障指标考核情况{until}",
        _span(scene),
        scene.last_day,
        body,
        reader="superior",
    )


def _method(scene: Scene) -> str:
    """How the tables are to be read."""
    months = "全年" if scene.month == _DECEMBER else f"{scene.span}"
    return (
        f"各表数值为各年{months}累计，时点指标为期末数；增减中计量单位为%的指标按个百分点计，其他指标按%计。"
        "达标按未取整的数判断，目标为上限或区间的指标不计算完成率。"
    )


def _chapter(scene: Scene, held: dict[str, Value], code: str) -> tuple[Block, ...]:
    if code == "overview":
        return (Heading(1, "总体情况"), *_overview(scene))
    if code == "problems":
        return (Heading(1, "存在问题"), *problems.body(scene))
    codes = [each for each in held if scene.numbers.catalogue[each].domain == code]
    if not codes:
        return ()
    title = DOMAINS[code]
    drawn: tuple[Chart, ...] = by_month(scene, _DRAWN[code]) if _DRAWN.get(code) in held else ()
    return (
        Heading(1, f"{title}指标"),
        *say.paragraph(*_standing(scene, codes)),
        _table(scene, held, codes, code, title),
        *drawn,
    )


def _overview(scene: Scene) -> tuple[Block, ...]:
    return say.paragraph(
        say.sentence(
            say.told(f"{_span(scene)}，{scene.whole}有目标的指标中，达标", count(scene, "met"), "项"),
            say.told("未达标", count(scene, "missed"), "项"),
        ),
        ("其余指标没有设定目标，或不分好坏、目标只作参照，见各表。",),
    )


def _span(scene: Scene) -> str:
    return f"{scene.year}年" if scene.month == _DECEMBER else f"{scene.year}年{scene.span}"


def _standing(scene: Scene, codes: list[str]) -> tuple[Clause, ...]:
    """达标 by name, 未达标 with value and target."""
    met = [scene.name(code) for code in codes if standing(scene, code) == "met"]
    behind = missed(scene, codes, "未达标的有")
    if not met and not behind:
        return (("本领域指标没有可以考核的目标。",),)
    return (say.sentence((f"达标的有{listed(met)}",) if met else ()), behind)


def _table(scene: Scene, held: dict[str, Value], codes: list[str], domain: str, title: str) -> Table:
    month = scene.order.period[4:]
    years = [
        year for year in range(scene.year - _YEARS + 1, scene.year + 1) if f"{year}{month}" in scene.published
    ]
    columns = (
        Column(("指标",)),
        Column(("计量单位",)),
        *(Column(("数值", f"{year}年"), "percent") for year in years),
        Column(("比去年增减",), "points"),
        Column(("目标", "目标值"), "percent"),
        Column(("目标", "完成率"), "percent"),
        Column(("考核",)),
        Column(("预警",)),
    )
    return balance.table(
        f"annual_{domain}",
        f"{title}指标考核表",
        columns,
        [_row(scene, held[code], [f"{year}{month}" for year in years]) for code in codes],
        "单位：见“计量单位”栏",
    )


def _row(scene: Scene, value: Value, periods: list[str]) -> tuple[Content, ...]:
    code = value.indicator_code
    indicator = scene.numbers.catalogue[code]
    figure = scene.numbers.indicator

    def cell(period: str) -> Content:
        return few.HIDDEN if scene.tells_few(code, period=period) else figure(code, period=period)

    numbers: list[Content] = [cell(period) for period in periods]
    hidden = few.HIDDEN in numbers
    return (
        full_width(indicator.name_zh),
        UNITS[indicator.unit],
        *numbers,
        few.HIDDEN if hidden else figure(code, "last_year_change"),
        figure(code, "target_value"),
        few.HIDDEN if value.target is not None and scene.tells_few(code) else figure(code, "completion"),
        _assessed(scene, value),
        LEVELS.get(value.alert_level or "", ""),
    )


def _assessed(scene: Scene, value: Value) -> str:
    status = standing(scene, value.indicator_code)
    if status is not None:
        return STATUS_ZH[status]
    if value.value is None:
        return "无数据"
    return "无目标" if value.target is None else "作参照"


def _part_of(numbers: Numbers, order: Order) -> str:
    scene = Scene(numbers, order)
    if scene.month == _DECEMBER:
        return ""
    if order.part != SO_FAR:
        raise Problem(
            f"{order.period} 不是年末",
            where=f"--part {order.part}" if order.part else f"--period {order.period}",
            todo=f"请改用 {scene.year}-12；年度中间要看进度的写 --part {SO_FAR}，标题会写“截至{scene.month}月”。",
        )
    return SO_FAR


def _part_zh(part: str) -> str:
    return "截至该月"


ANNUAL = Product(
    "annual", "年度考核", compose, goes_up=True, parts=Parts(f"{SO_FAR} 截至该月", _part_of, _part_zh)
)
