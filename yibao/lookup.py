"""`yibao show`: the values of one indicator in the published generation, over one dimension."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from yibao.marts import periods
from yibao.problem import Problem

# what --by may be, and how the bureau calls it
DIMENSIONS = {
    "region": "地区",
    "insutype": "险种",
    "period": "月份",
    "service_tier": "机构等级",
    "inst": "机构",
    "group": "人群",
    "account_item": "收支项目",
    "inst_type": "机构类型",
}
_IN_CELL = {"region": "region_code", "insutype": "insutype", "period": "period"}
MODES = {"ytd": "本年累计", "month": "本月"}


@dataclass(frozen=True)
class Indicator:
    """A row of the catalogue; `breakdowns` and `modes` as the catalogue lists them."""

    code: str
    name_zh: str
    unit: str
    decimals: int
    breakdowns: tuple[str, ...]
    modes: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """What to show. `region` None = the county (or city) as a whole; `by` None = one line."""

    indicator: str
    period: str | None = None
    region: str | None = None
    by: str | None = None
    mode: str | None = None
    insutype: str = "all"


@dataclass(frozen=True)
class Line:
    """One cell. Numerator and denominator in persons, cases, days or yuan, as the measures are."""

    key: str
    label: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    status: str
    last_year_change: Decimal | None
    target: Decimal | None


@dataclass(frozen=True)
class Answer:
    """The lines with what they belong to."""

    indicator: Indicator
    period: str
    mode: str
    region_code: str
    region_name: str
    insutype: str
    by: str | None
    lines: tuple[Line, ...]


def look_up(connection: duckdb.DuckDBPyConnection, query: Query, published_period: str) -> Answer:
    """The values asked for; without a period those of the one published.

    Raises Problem (exit 2) for an unknown indicator, period, region or breakdown.
    """
    indicator = find_indicator(catalogue(connection), query.indicator)
    known_periods = periods(connection)
    period = query.period or published_period
    if period not in known_periods:
        raise _unknown("没有这个月份的数据", period, known_periods, "月份")
    mode = query.mode or ("ytd" if "ytd" in indicator.modes else indicator.modes[0])
    if mode not in indicator.modes:
        raise _unknown(f"{indicator.name_zh} 没有这种期间口径", mode, indicator.modes, "口径")
    _require_dimension(indicator, query.by)
    region_code, region_name = _region(connection, query.region)
    lines = _lines(connection, indicator, query, period, mode, region_code)
    return Answer(indicator, period, mode, region_code, region_name, query.insutype, query.by, lines)


def catalogue(connection: duckdb.DuckDBPyConnection) -> tuple[Indicator, ...]:
    """All indicators of the generation."""
    rows = connection.execute(
        "select code, name_zh, unit, decimals, breakdowns, modes from main.indicator order by code"
    ).fetchall()
    return tuple(
        Indicator(code, name, unit, int(decimals), _parts(breakdowns), _parts(modes))
        for code, name, unit, decimals, breakdowns, modes in rows
    )


def find_indicator(known: Sequence[Indicator], text: str) -> Indicator:
    """By code or Chinese name. Raises Problem naming the nearest ones when there is none."""
    wanted = text.strip().replace("（", "(").replace("）", ")")
    for indicator in known:
        if wanted.lower() == indicator.code.lower() or wanted == indicator.name_zh:
            return indicator
    names = nearest(known, wanted)
    near = "；".join(f"{indicator.code}（{indicator.name_zh}）" for indicator in names)
    raise Problem(
        f"没有指标 {text}",
        where="指标目录 indicator",
        todo=f"最接近的有：{near}。" if near else "请用 yibao show --list 查看全部指标。",
    )


def nearest(known: Sequence[Indicator], text: str, limit: int = 5) -> tuple[Indicator, ...]:
    """The indicators whose code or name is most like the text, the most like first."""

    def likeness(indicator: Indicator) -> float:
        names = (indicator.code.lower(), indicator.name_zh)
        contained = any(text.lower() in name or name in text.lower() for name in names)
        best = max(difflib.SequenceMatcher(None, text.lower(), name).ratio() for name in names)
        return best + contained

    ranked = sorted(known, key=lambda indicator: (-likeness(indicator), indicator.code))
    return tuple(indicator for indicator in ranked[:limit] if likeness(indicator) >= 0.4)


def _lines(
    connection: duckdb.DuckDBPyConnection,
    indicator: Indicator,
    query: Query,
    period: str,
    mode: str,
    region: str,
) -> tuple[Line, ...]:
    by = query.by
    key = _IN_CELL.get(by or "", "breakdown_value")
    conditions = ["cell.indicator_code = ?", "cell.period_mode = ?", "cell.breakdown = ?"]
    values = [indicator.code, mode, by if by and by not in _IN_CELL else "none"]
    if by == "region":
        # the region asked for and what lies below it
        conditions.append(
            "cell.region_code in (select region_code from main.dim_region where ? in (region_code, parent_code))"
        )
        values.append(region)
    else:
        conditions.append("cell.region_code = ?")
        values.append(region)
    if by != "insutype":
        conditions.append("cell.insutype = ?")
        values.append(query.insutype)
    if by != "period":
        conditions.append("cell.period = ?")
        values.append(period)
    rows = connection.execute(
        f"""
        select
            cell.{key}, cell.value, cell.numerator, cell.denominator, cell.status,
            trend.last_year_change, trend.target_value
        from main.indicator_value as cell
        left join main.indicator_trend as trend using (
            period, period_mode, region_code, insutype, breakdown, breakdown_value, indicator_code
        )
        where {" and ".join(conditions)}
        order by cell.{key}
        """,
        values,
    ).fetchall()
    labels = _labels(connection, by)
    return tuple(Line(row[0], labels.get(row[0], row[0]), *row[1:]) for row in rows)


def _labels(connection: duckdb.DuckDBPyConnection, by: str | None) -> dict[str, str]:
    sources = {
        "region": "select region_code, region_name from main.dim_region",
        "insutype": "select insutype, insutype_zh from main.dim_scheme",
        "inst": "select inst_code, inst_name from main.dim_institution",
    }
    if by not in sources:
        return {}
    return {str(code): str(name) for code, name in connection.execute(sources[by]).fetchall() if name}


def _region(connection: duckdb.DuckDBPyConnection, asked: str | None) -> tuple[str, str]:
    rows = connection.execute("select region_code, region_name, level from main.dim_region").fetchall()
    order = {"city": 0, "county": 1}
    if asked is None:
        whole = sorted((order[level], code, name) for code, name, level in rows if level in order)
        if whole:
            return str(whole[0][1]), str(whole[0][2])
        raise _unknown("还没有任何地区的数据", "(空)", (), "地区")
    for code, name, _ in rows:
        if asked in {code, name}:
            return str(code), str(name)
    raise _unknown("没有这个地区", asked, [f"{code} {name}" for code, name, _ in sorted(rows)], "地区")


def _require_dimension(indicator: Indicator, by: str | None) -> None:
    if by is None or by == "period" or by in indicator.breakdowns:
        return
    possible = ["period", *indicator.breakdowns]
    named = [f"{name}（{DIMENSIONS[name]}）" for name in possible if name in DIMENSIONS]
    raise _unknown(f"{indicator.name_zh} 不按 {DIMENSIONS.get(by, by)} 细分", by, named, "细分")


def _unknown(what: str, asked: str, known: Sequence[str], noun: str) -> Problem:
    listed = "、".join(known[:24]) + (" 等" if len(known) > 24 else "")
    return Problem(what, where=f"给定的{noun}：{asked}", todo=f"可用的{noun}：{listed or '无'}。")


def _parts(listed: str | None) -> tuple[str, ...]:
    return tuple(part for part in (listed or "").split("|") if part)
