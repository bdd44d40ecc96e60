"""指标月报: the report of one month to the superior bureau."""

from __future__ import annotations

from dataclasses import replace

from yibao.reporting.bureau import left_out_of
from yibao.reporting.content import Block, Chart, Heading, Paragraph, Report, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import WHOLE_LEVELS, Order, Product, identity
from yibao.reporting.scene import Scene
from yibao.reporting.sections.benefit import BENEFIT
from yibao.reporting.sections.cost import COST
from yibao.reporting.sections.fund import FUND
from yibao.reporting.sections.overview import OVERVIEW
from yibao.reporting.sections.participation import PARTICIPATION
from yibao.reporting.sections.problems import PROBLEMS
from yibao.reporting.sections.quality import CALIBRE, QUALITY, calibres
from yibao.reporting.sections.referral import REFERRAL
from yibao.reporting.sections.section import Section
from yibao.reporting.sections.supervision import SUPERVISION

# by the code that the configuration names them with
SECTIONS: dict[str, Section] = {
    "overview": OVERVIEW,
    "participation": PARTICIPATION,
    "benefit": BENEFIT,
    "referral": REFERRAL,
    "cost": COST,
    "fund": FUND,
    "supervision": SUPERVISION,
    "problems": PROBLEMS,
    "calibre": CALIBRE,
    "quality": QUALITY,
}

# the codes of all its tables, for the heads that the configuration gives them
FORMS = (
    "main",
    "participation_ranking",
    "participation",
    "compensation_by_scheme",
    "compensation",
    "institutions",
    "fund_by_scheme",
    "fund",
    "supervision",
    "files",
    "calibres",
)


def compose(numbers: Numbers, order: Order) -> Report:
    """The report of the order's period. Raises Problem (exit 1) where a cell that every generation has is not there."""
    scene = Scene(numbers, order)
    month = f"{scene.year}年{scene.month}月"
    body: list[Block] = [Paragraph((f"现将{month}{scene.whole}医疗保障主要指标运行情况报告如下：",))]
    annex: list[Table | Chart] = []
    chosen = order.sections or tuple(SECTIONS)
    for code in chosen:
        section = SECTIONS[code]
        blocks = section.body(scene)
        if blocks:
            body += [Heading(1, section.title), *blocks]
            annex += section.forms(scene)
    body += order.remarks
    body.append(Paragraph(("特此报告。",)))
    report = Report(
        identity=identity(numbers.figures, order, MONTHLY.code, scene.last_day.isoformat()),
        title=f"{scene.issuer}关于{month}医疗保障主要指标运行情况{left_out_of(order.region_name)}的报告",
        dated=order.dated,
        letterhead=order.letterhead,
        sign_off=order.sign_off,
        body=tuple(body),
        annex=tuple(annex),
    )
    if "calibre" not in chosen:
        return report
    return replace(report, annex=(*report.annex, *calibres(scene, report.figures)))


MONTHLY = Product("monthly", "月报", compose, WHOLE_LEVELS, goes_up=True)
