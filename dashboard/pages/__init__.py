"""The pages, in the order of the menu. One module each, with a `render(view)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.pages import (
    audit,
    catalogue,
    compensation,
    cost,
    fund,
    institution,
    overview,
    participation,
    quality,
    referral,
    reports,
    settlements,
    supervision,
)
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
    Page("待遇补偿", "compensation", "参保与待遇", compensation.render),
    Page("就医流向", "referral", "参保与待遇", referral.render),
    Page("次均费用", "cost", "参保与待遇", cost.render),
    Page("基金运行", "fund", "基金与监管", fund.render),
    Page("定点机构", "institution", "基金与监管", institution.render),
    Page("基金监管", "supervision", "基金与监管", supervision.render),
    Page("结算明细", "settlements", "基金与监管", settlements.render, Right.ROWS),
    Page("数据质量", "quality", "数据与口径", quality.render, Right.QUALITY),
    Page("指标口径", "catalogue", "数据与口径", catalogue.render),
    Page("报表下载", "reports", "数据与口径", reports.render),
    Page("操作日志", "audit", "数据与口径", audit.render, Right.AUDIT_LOG),
)
