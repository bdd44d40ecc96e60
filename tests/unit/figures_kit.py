"""A published generation by hand: every published table of the project, empty but for the rows that a test gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import yaml

from tests.unit.small_warehouse import CONTENTS, NOW, no_page
from yibao import publishing
from yibao.paths import DataPaths
from yibao.project import find_project
from yibao.publishing import Generation
from yibao.quality import CheckedWarehouse, Report, Severity, Status, kept
from yibao.quality.failing import FailingKeys
from yibao.quality.results import Judged, Result
from yibao.quality.suites import Expectation, Suite
from yibao.warehouse import BuiltWarehouse

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Mapping[str, Sequence[Row]]

COUNTY, TOWN, OTHER_TOWN = "990101", "990101001", "990101002"
PERIOD = "2026-09"
_KEY = ("period", "period_mode", "region_code", "insutype", "breakdown", "breakdown_value", "indicator_code")

PLACES: Rows = {
    "dim_period": [
        {"period": "2026-08", "month_start": date(2026, 8, 1), "month_end": date(2026, 8, 31)},
        {"period": PERIOD, "month_start": date(2026, 9, 1), "month_end": date(2026, 9, 30)},
    ],
    "dim_region": [
        {"region_code": COUNTY, "region_name": "示范县", "level": "county"},
        {"region_code": TOWN, "region_name": "城关镇", "level": "township", "parent_code": COUNTY},
        {"region_code": OTHER_TOWN, "region_name": "河东乡", "level": "township", "parent_code": COUNTY},
        {"region_code": "990101000", "region_name": "未知乡镇", "level": "township", "parent_code": COUNTY},
    ],
    "dim_scheme": [
        {"insutype": "390", "insutype_zh": "城乡居民基本医疗保险", "family": "resident"},
        {"insutype": "all", "insutype_zh": "全部险种", "family": "all"},
    ],
    "dim_institution": [
        {
            "inst_code": "H99010100001",
            "inst_name": "示范县人民医院",
            "service_tier": "county",
            "region_code": COUNTY,
        },
    ],
}


def cell(
    code: str,
    value: str | None,
    *,
    region: str = COUNTY,
    mode: str = "ytd",
    period: str = PERIOD,
    insutype: str = "all",
    part: tuple[str, str] = ("none", "all"),
    status: str | None = None,
    **more: Any,
) -> Row:
    """A cell of indicator_value and of indicator_trend; `part` is breakdown and its value, `more` columns of either."""
    key = (period, mode, region, insutype, *part, code)
    number = None if value is None else Decimal(value)
    told = status or ("no_data" if value is None else "ok")
    return {**dict(zip(_KEY, key, strict=True)), "value": number, "status": told, **more}


def publish(root: Path, cells: Sequence[Row] = (), tables: Rows | None = None, days: int = 0) -> DataPaths:
    """A data folder with one generation more, made on that day: PLACES, the real seeds, these cells and these rows.

    A table named in `tables` holds those rows and no others.
    """
    paths = DataPaths(root)
    paths.root.mkdir(parents=True, exist_ok=True)
    given: dict[str, Sequence[Row]] = {**PLACES, **_both(cells), **(tables or {})}
    paths.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(paths.warehouse)) as connection:
        for name, columns in published_models().items():
            listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            connection.execute(f'create table "{name}" ({listed})')
        for name, types in published_seeds().items():
            file = find_project().root / "seeds" / f"{name}.csv"
            connection.read_csv(str(file), dtype=types or None).create(name)
        for name, rows in given.items():
            for row in rows:
                listed = ", ".join(f'"{column}"' for column in row)
                marks = ", ".join("?" * len(row))
                connection.execute(f'insert into "{name}" ({listed}) values ({marks})', list(row.values()))
    _publish(paths, days)
    return paths


def published_models() -> dict[str, dict[str, str]]:
    """The models that the project publishes: table -> column -> type, as their contracts say."""
    return {
        each["name"]: {column["name"]: column["data_type"] for column in each["columns"]}
        for each in _published("models")
    }


def published_seeds() -> dict[str, dict[str, str]]:
    """The seeds that the project publishes, with the columns whose type is fixed."""
    return {each["name"]: each["config"].get("column_types", {}) for each in _published("seeds")}


@cache
def _published(kind: str) -> tuple[dict[str, Any], ...]:
    found = [
        each
        for file in sorted((find_project().root / kind).rglob("_*.yml"))
        for each in yaml.safe_load(file.read_text(encoding="utf-8")).get(kind) or ()
    ]
    return tuple(each for each in found if each.get("config", {}).get("meta", {}).get("published"))


def _both(cells: Sequence[Row]) -> Rows:
    models = published_models()
    for row in cells:
        assert set(row) <= models["indicator_value"].keys() | models["indicator_trend"].keys(), row
    return {
        name: [{column: row[column] for column in row if column in models[name]} for row in cells]
        for name in ("indicator_value", "indicator_trend")
    }


def _publish(paths: DataPaths, days: int) -> Generation:
    moment = NOW + timedelta(days=days)
    check_id, checked_at = kept.new_check(paths, moment)
    expectation = Expectation(
        "dim_period.landed",
        Severity.CRITICAL,
        "信息科",
        "至少有一个期间",
        "a period",
        "请导入",
    )
    suite = Suite(
        "dim_period", "dim_period", "mart", None, "期间", ("period",), (expectation,), Path("x.yml")
    )
    passed = Result(suite, expectation, Judged(Status.PASS, 2, 0))
    report = Report(check_id, checked_at, "duckdb", "m", "s", 0.5, (passed,))
    with kept.draft(paths) as aside:
        with FailingKeys(aside / kept.FAILING_KEY, check_id, frozenset()):
            pass
        kept.keep(paths, aside, report)
    tables = tuple(sorted({**published_models(), **published_seeds()}))
    built = BuiltWarehouse(paths.warehouse, tables, None, CONTENTS.provenance.code_fingerprint, "m")
    # its rows are made by hand: nothing was landed
    contents = replace(CONTENTS, provenance=replace(CONTENTS.provenance, inputs=()))
    return publishing.publish(paths, CheckedWarehouse(built, paths, check_id), contents, moment, no_page)
