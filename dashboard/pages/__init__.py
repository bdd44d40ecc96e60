"""The pages, in the order of the menu. One module each, with a `render(view)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.pages import fund, overview, participation, supervision
from dashboard.view import View
from yibao.accounts import Right


@dataclass(frozen=True)
class Page:
    """A page of the menu: its title, its path in the address, who may open it."""

    title: str
    path: str
    section: str
    render: Callable[[View], None]
    right: Right = Right.FIGURES


PAGES = (
    Page("总览", "overview", "运行情况", overview.render),
    Page("参保征缴", "participation", "参保与待遇", participation.render),
    Page("基金运行", "fund", "基金与监管", fund.render),
    Page("基金监管", "supervision", "基金与监管", supervision.render),
)
