"""The report as a whole, from the chosen ten-day to its letter."""

from __future__ import annotations

from yibao.reporting.bulletin import letter
from yibao.reporting.content import Block, Chart, Heading, Report, Table
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import WHOLE_LEVELS, Order, Parts, Product
from yibao.reporting.scene import Scene
from yibao.reporting.ten_day.choice import NAMES, chosen
from yibao.reporting.ten_day.field import Field
from yibao.reporting.ten_day.forms import amounts, course, persons
from yibao.reporting.ten_day.text import by_town, unplaced, whole

FORMS = ("ten_day_persons", "ten_day_amount", "ten_day_course")


def compose(numbers: Numbers, order: Order) -> Report:
    """The ten-day of the order's month that its `part` names, else the newest in which something was paid.

    Raises Problem for a day that ends no ten-day, and where nothing was collected.
    """
    scene = Scene(numbers, order)
    told = chosen(scene)
    field = Field.of(scene, told)
    body: list[Block] = [Heading(1, "总体进度"), *whole(scene, told)]
    annex: list[Table | Chart] = []
    if field.can_be_ranked:
        body += [Heading(1, f"各{scene.below_noun}进度"), *by_town(field)]
        annex = [persons(field), amounts(field)]
    body += unplaced(field)
    annex.append(course(scene, told))
    return letter(
        scene,
        TEN_DAY.code,
        f"{order.region_name}{told.insurance_year}参保年度医疗保险征缴旬报（{scene.year}年{told.name}）",
        f"{scene.year}年{told.name}",
        told.last,
        body,
        annex,
    )


def _part_of(numbers: Numbers, order: Order) -> str:
    return str(chosen(Scene(numbers, order)).last.day)


def _part_zh(part: str) -> str:
    return NAMES[{"10": 0, "20": 1}.get(part, 2)]


TEN_DAY = Product(
    "ten_day",
    "旬报",
    compose,
    WHOLE_LEVELS,
    parts=Parts("该旬最后一天：10、20，下旬是月末那天", _part_of, _part_zh),
)
