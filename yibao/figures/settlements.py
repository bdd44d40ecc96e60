"""Settlement rows behind a figure: masked, narrowed to what the figure counts. Only for who may see rows of persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from yibao.figures.indicators import Selection
from yibao.figures.reader import Figures

_OUTSIDE = ("city", "province", "cross_province")


@dataclass(frozen=True)
class Narrowing:
    """Which settlements of a cell are meant; a code that is None (or False) narrows nothing.

    service_classes: several codes, as a figure of inpatients counts two of them. outside: in another county, city or
    province, as `ip_cases_out_county` counts (an unknown place is not outside). unreferred: without a valid referral.
    """

    inst_code: str | None = None
    service_classes: tuple[str, ...] = ()
    location: str | None = None
    service_tier: str | None = None
    outside: bool = False
    unreferred: bool = False


@dataclass(frozen=True)
class Totals:
    """Sums over the settlements; `cases` counts a reversal as -1, money is in yuan and None where no row has it."""

    rows: int
    cases: int
    total_cost: Decimal | None
    in_scope: Decimal | None
    fund_total: Decimal | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """A row of mart_settlement: money in yuan, negative in a reversal (`sign` -1), None where it was not delivered."""

    setl_id: str
    setl_time: date
    sign: int
    psn_name_mask: str | None
    certno_mask: str | None
    township: str | None
    township_name: str | None
    inst_code: str | None
    inst_name: str | None
    service_class: str
    location: str
    service_tier: str | None
    begin_date: date | None
    end_date: date | None
    bed_days: int | None
    total_cost: Decimal | None
    in_scope: Decimal | None
    pool_pay: Decimal | None
    large_amount_pay: Decimal | None
    catastrophic_pay: Decimal | None
    aid_pay: Decimal | None
    fund_total: Decimal | None
    account_pay: Decimal | None
    mutual_account_pay: Decimal | None
    cash_pay: Decimal | None
    is_unreferred: bool | None
    is_readmitted: bool | None
    warnings: int
    file: str
    row: int


@dataclass(frozen=True)
class _Month:
    month: str
    rows: int
    cases: int
    total_cost: Decimal | None
    in_scope: Decimal | None
    fund_total: Decimal | None


_COLUMNS = """
    setl_id, setl_time, sign, psn_name_mask, certno_mask, township, township_name, inst_code, inst_name, service_class,
    location, service_tier, begin_date, end_date, bed_days, total_cost, in_scope, pool_pay, large_amount_pay,
    catastrophic_pay, aid_pay, fund_total, account_pay, mutual_account_pay, cash_pay, is_unreferred, is_readmitted,
    warnings, file, row
"""
# the newest first; a file and a line settle every tie, so that pages never overlap
_ORDER = "order by setl_time desc, setl_id, file, row"
# what narrows is left out of the query where it is not asked for: of millions of rows every column read counts
_NARROWED: Mapping[str, str] = {
    "inst_code": "inst_code = ?",
    "service_classes": "list_contains(?, service_class)",
    "location": "location = ?",
    "service_tier": "coalesce(service_tier, '未映射') = ?",
    "outside": "list_contains(?, location)",
    "unreferred": "is_unreferred",
}


def settlement_totals(
    figures: Figures, chosen: Selection, narrowing: Narrowing, *, sees_rows: bool
) -> Totals:
    """What the settlements add up to. Raises PermissionError for who may not see rows."""
    months = _months(figures, chosen, narrowing, sees_rows=sees_rows)
    return Totals(
        sum(month.rows for month in months),
        sum(month.cases for month in months),
        _sum(month.total_cost for month in months),
        _sum(month.in_scope for month in months),
        _sum(month.fund_total for month in months),
    )


def settlements(
    figures: Figures, chosen: Selection, narrowing: Narrowing, *, start: int, limit: int, sees_rows: bool
) -> tuple[Settlement, ...]:
    """`limit` rows from the `start`-th on (0 is the newest). Raises PermissionError for who may not see rows.

    Only the months that hold these rows are read, since a month's rows lie together before those of earlier months.
    """
    skipped = 0
    wanted: list[_Month] = []
    for month in _months(figures, chosen, narrowing, sees_rows=sees_rows):
        if skipped + month.rows <= start and not wanted:
            skipped += month.rows
            continue
        wanted.append(month)
        if skipped + sum(each.rows for each in wanted) >= start + limit:
            break
    if not wanted:
        return ()
    conditions, parameters = _where(chosen, narrowing, wanted[-1].month, wanted[0].month)
    return figures.rows(
        Settlement,
        f"select {_COLUMNS} from mart_settlement where {conditions} {_ORDER} limit ? offset ?",
        (*parameters, limit, start - skipped),
        kept=False,
    )


def _months(
    figures: Figures, chosen: Selection, narrowing: Narrowing, *, sees_rows: bool
) -> tuple[_Month, ...]:
    """Rows and sums by month, the newest first."""
    if not sees_rows:
        raise PermissionError("settlement rows are not for this user")
    first = f"{chosen.period[:4]}-01" if chosen.mode == "ytd" else chosen.period
    conditions, parameters = _where(chosen, narrowing, first, chosen.period)
    return figures.rows(
        _Month,
        f"""
        select
            month, count(*), cast(sum(sign) as bigint), sum(total_cost), sum(in_scope), sum(fund_total)
        from mart_settlement
        where {conditions}
        group by month
        order by month desc
        """,
        parameters,
    )


def _where(chosen: Selection, narrowing: Narrowing, first: str, last: str) -> tuple[str, tuple[Any, ...]]:
    """Conditions of this module's own, and the values for them."""
    conditions, values = ["month between ? and ?"], [first, last]
    code = chosen.region_code
    if len(code) == len("990101001"):
        conditions.append("county = ? and township = ?")
        values += [code[:6], code]
    else:
        # a county itself, or the counties of a city
        conditions.append(
            "county in (select region_code from dim_region where region_code = ? or parent_code = ?)"
        )
        values += [code, code]
    if chosen.insutype != "all":
        conditions.append("insutype = ?")
        values.append(chosen.insutype)
    asked: Mapping[str, Any] = {
        "inst_code": narrowing.inst_code,
        "service_classes": narrowing.service_classes,
        "location": narrowing.location,
        "service_tier": narrowing.service_tier,
        "outside": _OUTSIDE if narrowing.outside else None,
    }
    for name, value in asked.items():
        if value:
            conditions.append(_NARROWED[name])
            values.append(value)
    if narrowing.unreferred:
        conditions.append(_NARROWED["unreferred"])
    return " and ".join(conditions), tuple(values)


def _sum(amounts: Any) -> Decimal | None:
    """The sum of those that are there; None where none is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
