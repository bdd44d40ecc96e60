"""Reading the published tables: periods, counties, rows kept and set aside, the main indicators, alerts.

Every function takes a connection whose schema `main` holds the tables (a generation, or the warehouse).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb


@dataclass(frozen=True)
class Region:
    """A county or city reported."""

    code: str
    name: str
    level: str


@dataclass(frozen=True)
class Conservation:
    """Rows by dataset: landed = accepted + quarantined + duplicate + superseded (semantics 2)."""

    dataset: str
    files: int
    landed: int
    accepted: int
    quarantined: int
    duplicate: int
    superseded: int


@dataclass(frozen=True)
class Reading:
    """One value of `indicator_trend`, year to date.

    `value`, `last_year_value` and `target` are in the indicator's unit; `last_year_change` in percentage
    points for a percentage, else in per cent.
    """

    region_code: str
    indicator_code: str
    name_zh: str
    unit: str
    decimals: int
    value: Decimal | None
    status: str
    last_year_value: Decimal | None
    last_year_change: Decimal | None
    target: Decimal | None
    alert_level: str | None
    alert_zh: str | None


def periods(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """The reported periods (YYYY-MM), in order."""
    rows = connection.execute("select distinct period from main.dim_period order by period").fetchall()
    return tuple(period for (period,) in rows)


def counties(connection: duckdb.DuckDBPyConnection) -> tuple[Region, ...]:
    """The counties reported, and before them the city above several of them."""
    rows = connection.execute(
        """
        select region_code, region_name, level
        from main.dim_region
        where level in ('city', 'county')
        order by level, region_code
        """
    ).fetchall()
    return tuple(Region(*row) for row in rows)


def files(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The landed sheets that the tables were built from, as `file_conservation` names them."""
    rows = connection.execute("select distinct file from main.file_conservation").fetchall()
    return frozenset(file for (file,) in rows)


def conservation(connection: duckdb.DuckDBPyConnection) -> tuple[Conservation, ...]:
    """Rows by dataset, from `file_conservation`."""
    rows = connection.execute(
        """
        select
            dataset,
            count(distinct file),
            coalesce(sum(landed_rows), 0),
            coalesce(sum(accepted_rows), 0),
            coalesce(sum(quarantined_rows), 0),
            coalesce(sum(duplicate_rows), 0),
            coalesce(sum(superseded_rows), 0)
        from main.file_conservation
        group by dataset
        order by dataset
        """
    ).fetchall()
    return tuple(Conservation(row[0], *(int(count) for count in row[1:])) for row in rows)


def total(rows: Sequence[Conservation]) -> Conservation:
    """All datasets together."""
    return Conservation(
        dataset="",
        files=sum(row.files for row in rows),
        landed=sum(row.landed for row in rows),
        accepted=sum(row.accepted for row in rows),
        quarantined=sum(row.quarantined for row in rows),
        duplicate=sum(row.duplicate for row in rows),
        superseded=sum(row.superseded for row in rows),
    )


def headline(connection: duckdb.DuckDBPyConnection, period: str, region_code: str) -> tuple[Reading, ...]:
    """The main indicators of a region (the catalogue's column headline), year to date, all schemes, in order."""
    return _readings(
        connection,
        "trend.region_code = ? and trend.insutype = 'all' and trend.breakdown = 'none' and headline is not null",
        [period, region_code],
        "headline",
    )


def alerts(
    connection: duckdb.DuckDBPyConnection, period: str, region_codes: Sequence[str]
) -> tuple[Reading, ...]:
    """The alerts of these regions as a whole (no breakdown), year to date, alarms before warnings."""
    return _readings(
        connection,
        "list_contains(?, trend.region_code) and trend.insutype = 'all' and trend.breakdown = 'none'"
        " and trend.alert_level is not null",
        [period, list(region_codes)],
        "trend.alert_level, trend.region_code, code",
    )


def _readings(
    connection: duckdb.DuckDBPyConnection, where: str, values: list[Any], order: str
) -> tuple[Reading, ...]:
    # `where` and `order` are the constants above, never a user's text
    rows = connection.execute(
        f"""
        select
            trend.region_code, code, name_zh, unit, decimals, trend.value, trend.status, trend.last_year_value,
            trend.last_year_change, trend.target_value, trend.alert_level, trend.alert_zh
        from main.indicator_trend as trend
        inner join main.indicator on trend.indicator_code = code
        where trend.period = ? and trend.period_mode = 'ytd' and {where}
        order by {order}
        """,
        values,
    ).fetchall()
    return tuple(Reading(*row) for row in rows)
