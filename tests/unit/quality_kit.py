"""A project and a warehouse by hand, small enough to check in a second, for the tests of yibao/quality."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from textwrap import dedent, indent

import duckdb

from tests.unit.small_warehouse import FINGERPRINT, NOW, TABLES, write_manifest
from yibao.paths import DataPaths
from yibao.project import Project, find_project
from yibao.quality import Report, Result, check
from yibao.warehouse import BuildResult, DbtRequest, Outcome, build_warehouse, engine_for

# 6 rows: one number missing, one twice, one negative, one dated before its stay
VISITS = """
create or replace table stg_file as select 'f1' as _file_id, '九月.csv' as file;
create or replace table visit as
    select *, 'f1' as _file_id, 'secret' as certno
    from (values
        ('A1', 1, cast(10 as decimal(18, 4)), date '2026-09-01', date '2026-09-02', '11'),
        ('A2', 2, 20, date '2026-09-01', date '2026-09-01', '11'),
        ('A2', 3, 30, date '2026-09-01', date '2026-09-03', '21'),
        (null, 4, 40, date '2026-09-01', date '2026-09-03', '21'),
        ('A5', 5, -5, date '2026-09-01', date '2026-09-03', '99'),
        ('A6', 6, 60, date '2026-09-05', date '2026-09-03', null)
    ) as v(visit_id, _row, cost, begin_date, end_date, med_type);
"""


def suite(expectations: str, *, name: str = "visit", table: str = "visit") -> str:
    """The text of a suite file; `expectations` is YAML, its common fields are filled in where they are not given."""
    return (
        f"suite: {name}\ntable: {table}\nlayer: fact\nzh: 就诊\nowner: 待遇保障科\nkey: [visit_id]\nexpectations:\n"
        + indent(dedent(expectations), "  ")
    )


def expectation(identity: str, body: str, severity: str = "warning") -> str:
    """One expectation as YAML; `body` is its type and arguments, or its rows."""
    common = f"severity: {severity}\nzh: 规则{identity}\nen: rule\ntodo_zh: 请更正\n"
    return f"- id: {identity}\n" + indent(dedent(body).strip() + "\n" + common, "  ")


def project_with(root: Path, **files: str) -> Project:
    """A project folder whose contract is the real one and whose suites are these texts, by name."""
    (root / "models" / "staging").mkdir(parents=True)
    real = find_project().contract_file
    (root / "models" / "staging" / "_sources.yml").write_text(
        real.read_text(encoding="utf-8"), encoding="utf-8"
    )
    (root / "expectations").mkdir()
    for name, text in files.items():
        (root / "expectations" / f"{name}.yml").write_text(text, encoding="utf-8")
    return Project(root)


def warehouse(root: Path, sql: str = VISITS) -> DataPaths:
    """A data folder whose last build passed and left these tables beside those of small_warehouse."""
    paths = DataPaths(root)
    root.mkdir(parents=True, exist_ok=True)
    engine = engine_for("duckdb", paths)

    def call(request: DbtRequest, _: Callable[..., None]) -> BuildResult:
        with duckdb.connect(str(paths.warehouse)) as connection:
            connection.execute(TABLES + sql)
        write_manifest(request.engine)
        return BuildResult(Outcome.PASSED)

    build_warehouse(DbtRequest(root, engine, None, True), FINGERPRINT, now=lambda: NOW, call=call)
    return paths


def run(project: Project, paths: DataPaths, days: int = 0) -> tuple[Report, dict[str, Result]]:
    """The report of a check on that day, and its results by id."""
    moment = NOW + timedelta(days=days)
    report = check(project, engine_for("duckdb", paths), lambda: moment, lambda *_: None)
    return report, {result.expectation.id: result for result in report.results}


def keys(paths: DataPaths, report: Report) -> dict[str, list[tuple[str, str | None]]]:
    """The failing keys and details that were kept, by id, in order."""
    file = paths.quality / report.check_id / "failing_key.parquet"
    rows = duckdb.sql(
        f"select expectation_id, key, detail from read_parquet('{file}') order by all"
    ).fetchall()
    found: dict[str, list[tuple[str, str | None]]] = {}
    for identity, key, detail in rows:
        found.setdefault(identity, []).append((key, detail))
    return found


def kept_run(paths: DataPaths, report: Report) -> dict[str, object]:
    """run.json of a check."""
    text = (paths.quality / report.check_id / "run.json").read_text(encoding="utf-8")
    content: dict[str, object] = json.loads(text)
    return content
