"""The fund's books: what was due and arrived, income, expense and balance, by month, account item and scheme."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yibao.figures.indicators import Selection
from yibao.figures.reader import Figures


@dataclass(frozen=True)
class FundSource:
    """Money of one account item, or of `all` sources together, from January to the period; yuan."""

    account_item: str
    due: Decimal | None
    arrived: Decimal | None


@dataclass(frozen=True)
class FundMonth:
    """Income and expense of one month, and the balance at its end; yuan."""

    period: str
    income: Decimal | None
    expense: Decimal | None
    closing: Decimal | None

    @property
    def balance(self) -> Decimal | None:
        """What the month left over; negative where it spent more than came in."""
        return None if self.income is None or self.expense is None else self.income - self.expense


@dataclass(frozen=True)
class FundBooks:
    """One scheme, or `all`, from January to the period; yuan. The reserve is inside the closing balance."""

    insutype: str
    opening: Decimal | None
    income: Decimal | None
    interest: Decimal | None
    expense: Decimal | None
    reserve: Decimal | None
    closing: Decimal | None


def fund_sources(figures: Figures, chosen: Selection) -> tuple[FundSource, ...]:
    """The sources of which something was due or arrived, the largest first, `all` at the end.

    Interest and other income are due from nobody: they are in neither figure (semantics 6).
    """
    return figures.rows(
        FundSource,
        """
        select account_item, fund_due, fund_arrived
        from mart_fund
        where
            period = ? and period_mode = 'ytd' and region_code = ? and insutype = ?
            and (account_item = 'all' or fund_due != 0 or fund_arrived != 0)
        order by account_item = 'all', fund_due desc nulls last, account_item
        """,
        (chosen.period, chosen.region_code, chosen.insutype),
    )


def fund_months(figures: Figures, chosen: Selection, count: int) -> tuple[FundMonth, ...]:
    """The last `count` months up to the chosen one, the oldest first."""
    return figures.rows(
        FundMonth,
        """
        select period, income, expense, closing
        from (
            select
                flow.period, flow.fund_income as income, flow.fund_expense as expense,
                stock.fund_closing_balance as closing
            from mart_fund as flow
            left join mart_fund as stock
                on flow.period = stock.period and flow.region_code = stock.region_code
                and flow.insutype = stock.insutype and stock.account_item = 'all' and stock.period_mode = 'ytd'
            where
                flow.period <= ? and flow.period_mode = 'month' and flow.region_code = ? and flow.insutype = ?
                and flow.account_item = 'all'
            order by flow.period desc
            limit ?
        ) as newest
        order by period
        """,
        (chosen.period, chosen.region_code, chosen.insutype, count),
    )


def fund_books(figures: Figures, chosen: Selection) -> tuple[FundBooks, ...]:
    """The books of each scheme, the largest income first, `all` at the end."""
    return figures.rows(
        FundBooks,
        """
        select
            insutype, fund_opening_balance, fund_income, fund_interest, fund_expense, fund_reserve,
            fund_closing_balance
        from mart_fund
        where period = ? and period_mode = 'ytd' and region_code = ? and account_item = 'all'
        order by insutype = 'all', fund_income desc nulls last, insutype
        """,
        (chosen.period, chosen.region_code),
    )


def elapsed_share(period: str) -> Decimal:
    """Which part of the year has passed at a month's end, x 100: 2026-09 is 75 (the months, as the budget's rule counts)."""
    return Decimal(int(period[5:]) * 100) / 12
