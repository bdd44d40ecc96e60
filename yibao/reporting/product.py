"""What a product of the reporting engine is, and what is told to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from yibao import __version__
from yibao.figures import Figures
from yibao.problem import Problem
from yibao.reporting.content import Identity, Letterhead, Paragraph, Report, SignOff, Status
from yibao.reporting.numbers import Numbers

# of a region, as dim_region has it, from the largest down
LEVELS = ("city", "county", "township")
WHOLE_LEVELS = LEVELS[:2]


@dataclass(frozen=True)
class Order:
    """What one report is asked for. `dated` is the day it bears (YYYY-MM-DD); nothing in a report reads the clock.

    `sections` are the sections of the product in the bureau's order, by code (empty: all, in the product's own order);
    `indicators` those of the main table, by code (empty: the catalogue's headline indicators). `remarks` are further
    paragraphs at the end, written by others (the restatement note). `part` is the part of the period that the product
    tells of, as its `Parts` have it; empty means the one that they choose.
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
    remarks: tuple[Paragraph, ...] = ()
    part: str = ""


@dataclass(frozen=True)
class Parts:
    """A product of which one period has several documents: how a part is written, which one an order means (the newest where it
    says none), and what it is called. `chosen` raises Problem for a part that the period does not have.
    """

    written_zh: str
    chosen: Callable[[Numbers, Order], str]
    name_zh: Callable[[str], str]


@dataclass(frozen=True)
class Product:
    """One kind of report. `levels` are those of the regions that it is written for.

    `goes_up`: to the superior bureau, which is given the package too; when it is issued, the values of its period are frozen and
    later ones compared with them. `parts` is None where a period has one document.
    """

    code: str
    name_zh: str
    compose: Callable[[Numbers, Order], Report]
    levels: tuple[str, ...] = LEVELS
    goes_up: bool = False
    parts: Parts | None = None


def require_parts(product: Product, part: str) -> None:
    """Raises Problem (exit 2) for a part of a period that has one document only."""
    if part and product.parts is None:
        raise Problem(
            f"{product.name_zh}总是编整个期间，不分段",
            where=f"--part {part}",
            todo="请去掉 --part；要以前的期间请改 --period。",
        )


def identity(figures: Figures, order: Order, product: str, as_of: str) -> Identity:
    """What stands in the foot of every page; `as_of` is the last day that the figures cover (YYYY-MM-DD)."""
    generation = figures.generation
    return Identity(
        product=product,
        period=order.period,
        part=order.part,
        region_code=order.region_code,
        region_name=order.region_name,
        run_id=generation.run_id,
        as_of=as_of,
        status=order.status,
        catalogue_hash=generation.manifest.provenance.catalogue_hash,
        code_version=__version__,
    )
