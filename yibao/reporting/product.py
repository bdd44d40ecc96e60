"""What a product of the reporting engine is, and what is told to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from yibao import __version__
from yibao.figures import Figures
from yibao.reporting.content import Identity, Letterhead, Report, SignOff, Status
from yibao.reporting.numbers import Numbers


@dataclass(frozen=True)
class Order:
    """What one report is asked for. `dated` is the day it bears (YYYY-MM-DD); nothing in a report reads the clock.

    `sections` are the sections of the product in the bureau's order, by code (empty: all, in the product's own order);
    `indicators` those of the main table, by code (empty: the catalogue's headline indicators). `remarks` are further
    paragraphs at the end, written by others (the restatement note). `part` is the part of the period that the product
    tells of: a ten-day by its last day (`10`, `20`, `30`), a week by its name (`2026-W39`), each empty for the newest;
    `ytd` for an annual report before December.
    """

    period: str
    region_code: str
    region_name: str
    dated: str
    letterhead: Letterhead
    sign_off: SignOff = field(default_factory=SignOff)
    status: Status = "draft"
    sections: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    part: str = ""


@dataclass(frozen=True)
class Product:
    """One kind of report. `goes_up`: to the superior bureau, which is given the package too. `part_zh`: how `Order.part` is
    written; empty where the product always tells of the whole period.
    """

    code: str
    name_zh: str
    compose: Callable[[Numbers, Order], Report]
    goes_up: bool = False
    part_zh: str = ""


def identity(figures: Figures, order: Order, product: str, as_of: str) -> Identity:
    """What stands in the foot of every page; `as_of` is the last day that the figures cover (YYYY-MM-DD)."""
    generation = figures.generation
    return Identity(
        product=product,
        period=order.period,
        region_code=order.region_code,
        region_name=order.region_name,
        run_id=generation.run_id,
        as_of=as_of,
        status=order.status,
        catalogue_hash=generation.manifest.provenance.catalogue_hash,
        code_version=__version__,
    )
