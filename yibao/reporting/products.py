"""Every product of the reporting engine by its code, and what a report.toml may name of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from yibao.reporting import annual, monthly, public, quarterly, ten_day, weekly
from yibao.reporting.product import Product
from yibao.reporting.settings import Known

PRODUCTS: Mapping[str, Product] = {
    product.code: product
    for product in (
        monthly.MONTHLY,
        ten_day.TEN_DAY,
        weekly.WEEKLY,
        quarterly.QUARTERLY,
        annual.ANNUAL,
        public.PUBLIC,
    )
}


def name_zh(product: str, part: str = "") -> str:
    """`旬报（上旬）`; a product or a part that another version wrote is shown by its code."""
    known_one = PRODUCTS.get(product)
    name = known_one.name_zh if known_one else product
    if not part:
        return name
    return f"{name}（{known_one.parts.name_zh(part) if known_one and known_one.parts else part}）"


# one page has no sections to choose from
_SECTIONS: Mapping[str, Collection[str]] = {
    "monthly": monthly.SECTIONS,
    "ten_day": (),
    "weekly": (),
    "quarterly": quarterly.SECTIONS,
    "annual": annual.SECTIONS,
    "public": (),
}


def known(indicators: Collection[str]) -> Known:
    """Sections, indicators and tables of all products; `indicators` are the codes of the catalogue."""
    forms = (
        *monthly.FORMS,
        *ten_day.FORMS,
        *weekly.FORMS,
        *quarterly.forms(indicators),
        *annual.FORMS,
        *public.FORMS,
    )
    return Known(_SECTIONS, indicators, forms)
