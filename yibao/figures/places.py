"""The dimensions a user chooses from: periods, regions, schemes; and institutions by code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yibao.figures.reader import Figures

UNKNOWN_TOWNSHIP = "000"


@dataclass(frozen=True)
class Period:
    """A reported month."""

    period: str
    month_start: date
    month_end: date


@dataclass(frozen=True)
class Region:
    """A city, county or township; `parent_code` is None at the top of what the user may see."""

    code: str
    name: str
    level: str
    parent_code: str | None


@dataclass(frozen=True)
class Scheme:
    """An insurance scheme, or `all`."""

    code: str
    name: str


@dataclass(frozen=True)
class Institution:
    """An institution of the register, or one that only settlements name."""

    code: str
    name: str
    inst_type: str | None
    service_tier: str
    region_code: str | None
    status: str | None


def periods(figures: Figures) -> tuple[Period, ...]:
    """The reported months, the newest first."""
    return figures.rows(Period, "select period, month_start, month_end from dim_period order by period desc")


def regions(figures: Figures) -> tuple[Region, ...]:
    """City, counties, each followed by its townships (the unknown township last)."""
    return figures.rows(
        Region,
        """
        select region_code, region_name, level, parent_code
        from dim_region
        order by
            level != 'city', left(region_code, 6), length(region_code),
            right(region_code, 3) = '000' and length(region_code) = 9, region_code
        """,
    )


def schemes(figures: Figures) -> tuple[Scheme, ...]:
    """`all` first, then by code."""
    return figures.rows(
        Scheme, "select insutype, insutype_zh from dim_scheme order by insutype != 'all', insutype"
    )


def institutions(figures: Figures) -> dict[str, Institution]:
    """All institutions by code."""
    found = figures.rows(
        Institution,
        "select inst_code, inst_name, inst_type, service_tier, region_code, status from dim_institution order by 1",
    )
    return {institution.code: institution for institution in found}
