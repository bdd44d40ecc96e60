"""A warehouse by hand: a few tables, a dbt manifest and a build.json, as a passed build would leave them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from yibao import quality
from yibao.landing import read_ledger
from yibao.paths import DataPaths
from yibao.project import Project, find_project
from yibao.publishing import Contents, Generation, InputSheet, Provenance, RefusedFile
from yibao.quality import CheckedWarehouse, Report, Severity, Status, kept
from yibao.quality.failing import FailingKeys
from yibao.quality.results import Judged, Result
from yibao.quality.suites import Expectation, Suite, suites_fingerprint
from yibao.warehouse import (
    BuildResult,
    DbtRequest,
    Engine,
    Listener,
    Outcome,
    build_warehouse,
    built,
    engine_for,
)

NOW = datetime(2026, 11, 21, 10, 15, 0, tzinfo=UTC)
FINGERPRINT = "f" * 64
CONTENTS = Contents(
    period="2026-09",
    counties=("990101",),
    provenance=Provenance(
        code_version="0.1.0",
        code_fingerprint=FINGERPRINT,
        catalogue_hash="c" * 64,
        inputs=(InputSheet("九月/结算.xlsx", "Sheet1", "settlement", 10, "a" * 64, "000001"),),
        refused=(RefusedFile("坏.csv", None, "no_header", "没有找到表头"),),
    ),
)
PUBLISHED = {
    "dim_institution": "model",
    "dim_period": "model",
    "dim_region": "model",
    "dim_scheme": "model",
    "file_conservation": "model",
    "indicator": "seed",
    "indicator_trend": "model",
    "indicator_value": "model",
    "quarantine": "model",
    "row_warning": "model",
}

TABLES = """
create or replace table dim_period as
    select * from (values ('2026-08'), ('2026-09')) as t(period);
create or replace table dim_region as
    select '990101' as region_code, '示范县' as region_name, 'county' as level, null as parent_code
    union all
    select '990101001', '城关镇', 'township', '990101';
create or replace table dim_scheme as select 'all' as insutype, '全部险种' as insutype_zh;
create or replace table dim_institution as
    select 'H99010100001' as inst_code, '示范县人民医院' as inst_name;
create or replace table quarantine as
    select * from (values ('settlement', 'a.csv', 3, 'open'), ('settlement', 'a.csv', 3, 'open'), ('settlement', 'a.csv', 2, 'repeated'))
    as t(dataset, file, row, status);
create or replace table row_warning as select 'settlement' as dataset, 'a.csv' as file, 4 as row;
create or replace table indicator as
    select 'part_rate' as code, '参保率' as name_zh, 'percent' as unit, 2 as decimals, 'region|insutype' as breakdowns,
        'ytd' as modes, 1 as headline, 'insured_persons' as numerator, 'population_registered' as denominator
    union all
    select 'ip_avg_cost', '住院次均费用', 'yuan', 2, 'region|insutype|service_tier|inst', 'month|ytd', 7, 'ip_cost', 'ip_cases';
create or replace table indicator_value as
    select
        period,
        'ytd' as period_mode,
        region as region_code,
        'all' as insutype,
        'none' as breakdown,
        'all' as breakdown_value,
        'part_rate' as indicator_code,
        cast(99561 as decimal(38, 4)) as numerator,
        cast(103629 as decimal(38, 4)) as denominator,
        cast('96.0744579220' as decimal(38, 10)) as value,
        'ok' as status
    from (values ('2026-08'), ('2026-09')) as p(period), (values ('990101'), ('990101001')) as r(region)
    union all
    select '2026-09', mode, '990101', 'all', 'none', 'all', 'ip_avg_cost', 5000, 2, 2500, 'ok'
    from (values ('month'), ('ytd')) as m(mode)
    union all
    select '2026-09', 'ytd', '990101', 'all', 'inst', inst, 'ip_avg_cost', 2500, 1, 2500, 'ok'
    from (values ('H99010100001'), ('H99010100002')) as i(inst);
create or replace table indicator_trend as
    select
        period,
        period_mode,
        region_code,
        insutype,
        breakdown,
        breakdown_value,
        indicator_code,
        value,
        status,
        cast(null as decimal(38, 10)) as last_year_value,
        case when indicator_code = 'part_rate' then cast('1.195' as decimal(38, 10)) end as last_year_change,
        cast(null as decimal(38, 10)) as previous_value,
        cast(null as decimal(38, 10)) as previous_change,
        case when indicator_code = 'part_rate' then cast(95 as decimal(38, 4)) end as target_value,
        cast(null as decimal(38, 10)) as completion,
        case when indicator_code = 'ip_avg_cost' then 'warning' end as alert_level,
        case when indicator_code = 'ip_avg_cost' then '住院次均费用同比增长过快' end as alert_zh
    from indicator_value;
create or replace table file_conservation as
    select
        'settlement' as dataset,
        'a.csv' as file,
        10 as landed_rows,
        7 as accepted_rows,
        1 as quarantined_rows,
        1 as duplicate_rows,
        1 as superseded_rows;
create or replace table scratch as select 1 as not_published;
"""


def no_page(_: Generation) -> str:
    """Stands in for the quality page."""
    return "<!doctype html>"


def fill(paths: DataPaths, extra_sql: str = "") -> None:
    """Writes the tables and dbt's manifest; the rows are of the files that are landed, if any."""
    paths.root.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute(TABLES + extra_sql)
        if landed := [entry.file for entry in read_ledger(paths)]:
            connection.execute(
                "create or replace table file_conservation as"
                f" select * replace (unnest({landed!r}) as file) from file_conservation"
            )
    write_manifest(engine_for("duckdb", paths))


def write_manifest(engine: Engine) -> None:
    """What dbt tells of its models: which are published, and that they lie in the engine's schema."""
    nodes = {
        f"{kind}.yibao.{name}": {
            "name": name,
            "alias": name,
            "schema": engine.schema,
            "resource_type": kind,
            "config": {"enabled": True, "meta": {"published": True}},
        }
        for name, kind in PUBLISHED.items()
    }
    nodes["model.yibao.scratch"] = {
        **nodes["model.yibao.dim_period"],
        "name": "scratch",
        "config": {"meta": {}},
    }
    target = engine.dbt / "target"
    target.mkdir(parents=True, exist_ok=True)
    (target / "manifest.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")


def passing(request: DbtRequest, _: Listener) -> BuildResult:
    """Stands in for dbt: builds the small warehouse, every check passes."""
    fill(request.engine.paths)
    return BuildResult(Outcome.PASSED, counts={"model": 4, "seed": 1, "test": 9})


def checking(
    project: Project,
    engine: Engine,
    now: Callable[[], datetime],
    _: quality.Show,
    *,
    status: Status = Status.PASS,
    severity: Severity = Severity.CRITICAL,
) -> Report:
    """Stands in for great-expectations: one expectation, which ends as told; what is kept of it is real."""
    expectation = Expectation("dim_period.landed", severity, "信息科", "至少有一个期间", "a period", "请导入")
    suite = Suite(
        "dim_period", "dim_period", "mart", None, "期间", ("period",), (expectation,), Path("x.yml")
    )
    check_id, checked_at = kept.new_check(engine.paths, now())
    report = Report(
        check_id=check_id,
        checked_at=checked_at,
        target=engine.target,
        mark=built(engine).mark,
        fingerprint=suites_fingerprint(project),
        seconds=0.5,
        results=(Result(suite, expectation, Judged(status, 2, 0 if status is Status.PASS else 1)),),
    )
    with kept.draft(engine.paths) as aside:
        with FailingKeys(aside / kept.FAILING_KEY, report.check_id, frozenset()):
            pass
        kept.keep(engine.paths, aside, report)
    return report


def checked_warehouse(paths: DataPaths, days: int = 0) -> CheckedWarehouse:
    """The warehouse as it was built, checked on that day."""
    project, engine = find_project(), engine_for("duckdb", paths)
    checking(project, engine, lambda: NOW + timedelta(days=days), lambda *_: None)
    return quality.checked(project, engine)


def passed_warehouse(root: Path, outcome: BuildResult | None = None, period: str | None = None) -> DataPaths:
    """A data folder whose last build ended as told (default: passed)."""
    paths = DataPaths(root)
    root.mkdir(parents=True, exist_ok=True)

    def call(request: DbtRequest, listen: Listener) -> BuildResult:
        result = passing(request, listen)
        return outcome or result

    request = DbtRequest(root, engine_for("duckdb", paths), period, full_refresh=False)
    build_warehouse(request, FINGERPRINT, now=lambda: NOW, call=call)
    return paths
