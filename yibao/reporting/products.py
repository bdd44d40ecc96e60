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
