"""Filling a quality report from a published generation, or from the folder of a check that was not published."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import duckdb

from yibao import publishing
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.publishing import Generation
from yibao.quality_page.report import (
    Agreement,
    Books,
    Check,
    Conservation,
    DatasetMonth,
    DatasetScore,
    DifferingKey,
    Drift,
    DriftValue,
    FailingKey,
    Listing,
    Place,
    QualityReport,
    Result,
    RuleWarnings,
    Township,
)
from yibao.quality_page.tables import Tables, columns_of, listed

CHECK_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
# the page stays small whatever fails: so many examples of one expectation, and of all
_EXAMPLES = 20
_EXAMPLES_OF_ALL = 1000
_DIFFERING = 20
_EQUAL = 50
_KEYS = 20
_PLACES = 5
_DRIFTING = 200

_RUN_FILE, _RESULT_FILE, _KEY_FILE = "run.json", "result.parquet", "failing_key.parquet"


def read_generation(generation: Generation) -> QualityReport:
    """All that the generation's own tables and manifest say. Raises Problem (exit 1) when it cannot be read."""
    with publishing.open_generation(generation) as opened:
        return read_tables(opened.connection, generation)


def read_tables(connection: duckdb.DuckDBPyConnection, generation: Generation) -> QualityReport:
    """The same from a connection whose current schema holds the generation's tables, or views of some of their rows."""
    tables = Tables(connection)
    history = tables.load(Check, "quality_run", "checked_at, check_id")
    # a generation's own check is the last that it holds
    check = history[-1] if history else None
    names = _region_names(tables)
    return QualityReport(
        manifest=generation.manifest,
        regions=tuple(names.get(code, code) for code in generation.manifest.counties),
        schemes=_scheme_names(tables),
        keys_lie_in=f"{generation.database.name} 的表 quality_failing_key",
        check=check,
        history=history,
        results=_results(tables, check),
        failing=_failing(tables, check),
        conservation=_conservation(tables),
        scores=tables.load(DatasetScore, "dataset_score", "dataset"),
        townships=_townships(tables, names, int(generation.period[:4])),
        reconciliation=_reconciliation(tables),
        months=tables.load(DatasetMonth, "dataset_month", "dataset, month"),
        warnings=_warnings(tables),
        drift=_drift(tables, names),
    )


def read_agreements(connection: duckdb.DuckDBPyConnection, kind: str) -> tuple[Agreement, ...]:
    """All comparisons of one kind: those that do not agree first, of these the largest difference."""
    order = "status = 'equal', abs(difference) desc nulls first, period desc, subject, insutype, measure"
    return Tables(connection).load(Agreement, "reconciliation", order, "kind = ?", [kind]) or ()


def read_differing(
    connection: duckdb.DuckDBPyConnection, agreement: Agreement, limit: int
) -> Listing[DifferingKey]:
    """The keys behind one comparison, the largest difference first."""
    found = Tables(connection).first(
        DifferingKey,
        "reconciliation_difference",
        "abs(difference) desc nulls first, key",
        limit,
        "kind = ? and subject = ? and period is not distinct from ? and measure = ?",
        [agreement.kind, agreement.subject, agreement.period, agreement.measure],
    )
    return found or Listing(0, ())


def read_check(paths: DataPaths, check_id: str) -> QualityReport:
    """What a check left, published or not: its results and keys, and the checks before it.

    Raises Problem: exit 2 when there is no such check, exit 1 when its files cannot be read.
    """
    folder = paths.quality / check_id
    if not CHECK_ID.fullmatch(check_id) or not folder.is_dir():
        raise Problem(
            f"没有这次质量检查：{check_id}",
            where=str(paths.quality),
            todo="请用 yibao status 查看已发布的各版；没有发布的检查，编号就是这个文件夹里各子文件夹的名称。",
        )
    try:
        check = _read_run(folder)
        with duckdb.connect() as connection:
            for name, file in (("quality_result", _RESULT_FILE), ("quality_failing_key", _KEY_FILE)):
                connection.execute(
                    f"create view main.{name} as select * from read_parquet({_text(folder / file)})"
                )
            tables = Tables(connection)
            results, failing = _results(tables, check), _failing(tables, check)
    except (OSError, ValueError, duckdb.Error) as error:
        raise Problem(
            "这次质量检查的结果读不出来",
            where=str(folder),
            todo="请重新执行 yibao check；已发布的各版不受影响。",
            exit_code=ExitCode.UNEXPECTED,
            details=(str(error).splitlines()[0],),
        ) from error
    return QualityReport(
        manifest=None,
        regions=(),
        schemes={},
        keys_lie_in=_KEY_FILE,
        check=check,
        history=tuple(one for one in _checks(paths.quality) if one.check_id <= check_id),
        results=results,
        failing=failing,
        conservation=None,
        scores=None,
        townships=None,
        reconciliation=None,
        months=None,
        warnings=None,
        drift=None,
    )


def newest_check(paths: DataPaths) -> Check | None:
    """The last check, published or not, of those whose folder can be read."""
    return next(reversed(_checks(paths.quality)), None)


def _read_run(folder: Path) -> Check:
    content = json.loads((folder / _RUN_FILE).read_text(encoding="utf-8"))
    try:
        return Check(**{field.name: content[field.name] for field in fields(Check)})
    except (KeyError, TypeError) as error:
        raise ValueError(f"{_RUN_FILE} lacks {error}") from error


def _checks(folder: Path) -> tuple[Check, ...]:
    """The history, oldest first; a damaged folder drops out of it, the others stay."""
    checks = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if CHECK_ID.fullmatch(path.name):
            try:
                checks.append(_read_run(path))
            except (OSError, ValueError):
                continue
    return tuple(checks)


def _results(tables: Tables, check: Check | None) -> tuple[Result, ...] | None:
    if check is None:
        return None
    return tables.load(
        Result, "quality_result", "suite, expectation_id", where="check_id = ?", values=[check.check_id]
    )


def _failing(tables: Tables, check: Check | None) -> Mapping[str, Listing[FailingKey]] | None:
    table, columns = "quality_failing_key", ("check_id", "expectation_id", *columns_of(FailingKey))
    if check is None or not tables.has(table, columns):
        return None
    rows = tables.query(
        f"""
        with ranked as (
            select
                expectation_id,
                key,
                detail,
                count(*) over (partition by expectation_id) as total,
                row_number() over (partition by expectation_id order by key, detail) as place
            from {table}
            where check_id = ?
        )
        select expectation_id, key, detail, total
        from ranked
        where place <= {_EXAMPLES}
        order by place, expectation_id
        """,
        [check.check_id],
    )
    totals = {expectation: int(total) for expectation, _, _, total in rows}
    shown: dict[str, list[FailingKey]] = {expectation: [] for expectation in totals}
    for expectation, key, detail, _ in rows[:_EXAMPLES_OF_ALL]:
        shown[expectation].append(FailingKey(key, detail))
    return {name: Listing(totals[name], tuple(keys)) for name, keys in sorted(shown.items())}


def _conservation(tables: Tables) -> tuple[Conservation, ...] | None:
    sums = columns_of(Conservation)[2:]
    if not tables.has("file_conservation", ("dataset", "file", *sums)):
        return None
    summed = ", ".join(f"coalesce(sum({column}), 0)" for column in sums)
    rows = tables.query(
        f"select dataset, count(distinct file), {summed} from file_conservation group by dataset order by dataset"
    )
    return tuple(Conservation(*row) for row in rows)


def _region_names(tables: Tables) -> dict[str, str]:
    """Chinese names by code; a township of one county among several bears the county's name too."""
    if not tables.has("dim_region", ("region_code", "region_name", "level", "parent_code")):
        return {}
    rows = tables.query("select region_code, region_name, level, parent_code from dim_region")
    counties = {code: name for code, name, level, _ in rows if level == "county"}
    several = len(counties) > 1
    return {
        code: f"{counties[parent]}{name}" if several and parent in counties else name or code
        for code, name, _, parent in rows
    }


def _scheme_names(tables: Tables) -> dict[str, str]:
    if not tables.has("dim_scheme", ("insutype", "insutype_zh")):
        return {}
    return dict(tables.query("select insutype, insutype_zh from dim_scheme"))


def _townships(tables: Tables, names: Mapping[str, str], year: int) -> tuple[Township, ...] | None:
    """Those of the year, else of the newest before it: enrollment of the next year begins in autumn."""
    columns = [column for column in columns_of(Township) if column != "region_name"]
    if not tables.has("township_completeness", columns):
        return None
    rows = tables.query(
        f"""
        select {listed(columns)}
        from township_completeness
        where year = (select max(year) from township_completeness where year <= ?)
        order by region_code
        """,
        [year],
    )
    return tuple(
        Township(of_year, code, names.get(code, _unnamed(code)), *rest) for of_year, code, *rest in rows
    )


def _unnamed(township: str) -> str:
    # semantics 3: the township of those who are enrolled nowhere
    return "未知乡镇" if township.endswith("000") else township


def _reconciliation(tables: Tables) -> tuple[Books, ...] | None:
    if not tables.has("reconciliation", columns_of(Agreement)):
        return None
    counts: dict[str, dict[str, int]] = {}
    for kind, status, number in tables.query(
        "select kind, status, count(*) from reconciliation group by kind, status order by kind, status"
    ):
        counts.setdefault(kind, {})[status] = int(number)
    return tuple(_books(tables, kind, counted) for kind, counted in counts.items())


def _books(tables: Tables, kind: str, counts: Mapping[str, int]) -> Books:
    newest = "period desc, subject, insutype, measure"
    largest = f"abs(difference) desc nulls first, {newest}"
    differing = tables.first(
        Agreement, "reconciliation", largest, _DIFFERING, "kind = ? and status <> 'equal'", [kind]
    )
    equal = tables.first(Agreement, "reconciliation", newest, _EQUAL, "kind = ? and status = 'equal'", [kind])
    assert differing is not None and equal is not None
    table, by_size = (
        "reconciliation_difference",
        "abs(difference) desc nulls first, period desc, subject, measure, key",
    )
    keys = tables.first(DifferingKey, table, by_size, _KEYS, "kind = ?", [kind])
    causes = None
    if keys is not None:
        counted = tables.query(
            f"select cause_zh, count(*) from {table} where kind = ? group by cause_zh order by cause_zh",
            [kind],
        )
        causes = {cause: int(number) for cause, number in counted}
    return Books(kind, counts, differing, equal, causes, keys)


def _warnings(tables: Tables) -> tuple[RuleWarnings, ...] | None:
    if not tables.has("warning_count", ("rule_code", "scope", "scope_code", "scope_name", "rows")):
        return None
    rules: dict[str, tuple[str, str | None]] = {}
    if tables.has("rule", ("rule_code", "name_zh", "advice_zh")):
        rules = {
            code: (name, advice)
            for code, name, advice in tables.query("select rule_code, name_zh, advice_zh from rule")
        }
    found = tables.query(
        """
        select rule_code, scope, scope_code, max(scope_name), cast(sum("rows") as bigint) as warned
        from warning_count
        group by rule_code, scope, scope_code
        order by rule_code, scope, warned desc, scope_code
        """
    )
    places: dict[str, dict[str, list[Place]]] = {}
    for code, scope, scope_code, name, count in found:
        places.setdefault(code, {}).setdefault(scope, []).append(Place(scope_code, name, count))
    warnings = [
        RuleWarnings(
            rule_code=code,
            name_zh=rules.get(code, (code, None))[0],
            advice_zh=rules.get(code, (code, None))[1],
            # every warning lies in a file; not every one has a township or an institution
            rows=max(sum(place.rows for place in listed_) for listed_ in scopes.values()),
            places={
                scope: Listing(len(listed_), tuple(listed_[:_PLACES])) for scope, listed_ in scopes.items()
            },
        )
        for code, scopes in places.items()
    ]
    return tuple(sorted(warnings, key=lambda rule: (-rule.rows, rule.rule_code)))


def _drift(tables: Tables, names: Mapping[str, str]) -> Drift | None:
    own = (
        "period",
        "period_mode",
        "region_code",
        "indicator_code",
        "value",
        "usual",
        "deviation",
        "limit_value",
    )
    if not tables.has("indicator_drift", (*own, "status", "reason_zh")) or not tables.has(
        "indicator", ("code", "name_zh", "unit", "decimals")
    ):
        return None
    counts = tables.query("select status, count(*) from indicator_drift group by status order by status")
    counted = {status: int(number) for status, number in counts}
    rows = tables.query(
        f"""
        select
            drift.period,
            drift.period_mode,
            drift.region_code,
            drift.indicator_code,
            coalesce(indicator.name_zh, drift.indicator_code),
            coalesce(indicator.unit, ''),
            coalesce(indicator.decimals, 2),
            drift.value,
            drift.usual,
            drift.deviation,
            drift.limit_value,
            drift.status,
            drift.reason_zh
        from indicator_drift as drift
        left join indicator on drift.indicator_code = indicator.code
        where drift.status in ('drift', 'tolerated')
        order by drift.status, drift.period desc, drift.region_code, drift.indicator_code
        limit {_DRIFTING}
        """
    )
    values = tuple(
        DriftValue(period, mode, region, names.get(region, region), *rest)
        for period, mode, region, *rest in rows
    )
    return Drift(counted, Listing(counted.get("drift", 0) + counted.get("tolerated", 0), values))


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
