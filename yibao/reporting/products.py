"""Every product of the reporting engine, by its code."""

from __future__ import annotations

from collections.abc import Mapping

from yibao.reporting.annual import ANNUAL
from yibao.reporting.monthly import MONTHLY
from yibao.reporting.product import Product
from yibao.reporting.quarterly import QUARTERLY
from yibao.reporting.ten_day import TEN_DAY
from yibao.reporting.weekly import WEEKLY

PRODUCTS: Mapping[str, Product] = {
    product.code: product for product in (MONTHLY, TEN_DAY, WEEKLY, QUARTERLY, ANNUAL)
}
