"""Two small counties with figures by hand, and a city to consolidate them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from tests.unit.consolidation.packages import manifest_of, write_package
from yibao.consolidation.adding import NAMED, Place, Target, prepare
from yibao.consolidation.checking import Demand
from yibao.consolidation.city import Outcome, Request, consolidate
from yibao.consolidation.model_sql import ModelSql
from yibao.consolidation.reading import TAKEN, Standard
from yibao.paths import DataPaths
from yibao.project import catalogue_hash, find_project
from yibao.reporting.delimited import encoded

CITY = Place("990100", "示范市")
EAST, WEST = Place("990101", "河东县"), Place("990102", "河西县")
NOW = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
Cells = Sequence[Sequence[str | None]]
Files = dict[str, bytes]


@cache
def standard() -> Standard:
    """What packages are held to."""
    project = find_project()
    with duckdb.connect() as connection:
        return prepare(connection, project, ModelSql(project, NAMED), "2026-09", ())


def value(
    code: str,
    numerator: str | None,
    denominator: str | None,
    ratio: str | None,
    *,
    status: str = "ok",
    scheme: str = "all",
    part: tuple[str, str] = ("none", "all"),
    period: str = "2026-09",
    mode: str | None = "ytd",
    region: str = "",
) -> tuple[str | None, ...]:
    """A line of indicators.csv; an empty region is the county."""
    return (period, mode, region, scheme, *part, code, numerator, denominator, ratio, status)


@cache
def _catalogue() -> Files:
    return {
        f"tables/{name}.csv": encoded(own.column_names, [tuple(row.values()) for row in own.to_pylist()])
        for name, own in standard().own.items()
    }


def files(county: Place, values: Cells, tables: Mapping[str, Cells] | None = None) -> Files:
    """A package's files: these values and rows, the county with one township, two schemes, the city's catalogue."""
    rows: dict[str, Cells] = {
        "dim_region": [
            (county.code, county.name, "county", None),
            (f"{county.code}001", "城关镇", "township", county.code),
        ],
        "dim_scheme": [
            ("all", "全部险种", "all"),
            ("390", "城乡居民基本医疗保险", "resident"),
            ("340", "离休", "employee"),
        ],
        **(tables or {}),
    }
    shapes = standard().shapes
    named = [tuple(county.code if cell == "" else cell for cell in line) for line in values]
    made = {"indicators.csv": encoded(shapes["indicator_value"].names, named)}
    for name in TAKEN:
        made[f"tables/{name}.csv"] = encoded(shapes[name].names, rows.get(name, ()))
    return {**made, **_catalogue(), "trace.csv": b"number\r\n", "月报.docx": b"not read"}


def package(
    folder: Path, county: Place, content: Files, name: str = "", listed: Any = None, **more: Any
) -> Path:
    """The package as a file."""
    path = folder / (name or f"{county.code}.zip")
    return write_package(path, content, manifest_of(county.code, county.name, **more), listed=listed)


def city_of(
    data: Path,
    packages: Sequence[Path],
    *,
    expected: Sequence[Place] = (EAST, WEST),
    due: str | None = None,
    partial: bool = False,
    targets: Sequence[Target] = (),
) -> Outcome:
    """Consolidates for 2026-09."""
    project = find_project()
    demand = Demand("2026-09", catalogue_hash(project), tuple(expected), due, partial)
    request = Request(tuple(packages), CITY, demand, tuple(targets), {})
    data.mkdir(exist_ok=True)
    return consolidate(project, DataPaths(data), request, NOW, lambda *_: None)
