"""One real dbt build of a tiny project: its verdict, its progress, and a file that can be opened afterwards."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
import yaml

from tests.unit.small_warehouse import passed_warehouse
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.project import find_project
from yibao.warehouse import (
    MEMORY_VARIABLE,
    BuildResult,
    DbtRequest,
    Outcome,
    Progress,
    Refresh,
    build_warehouse,
    engine_for,
    published_tables,
    read_state,
    refresh_needed,
)
from yibao.warehouse.dbt_call import arguments
from yibao.warehouse.progress import group_of
from yibao.warehouse.results import from_exception, from_results
from yibao.warehouse.state import write_state

NOW = datetime(2026, 11, 21, 10, 15, tzinfo=UTC)

PROJECT = {
    "dbt_project.yml": "name: yibao\nversion: 0.1.0\nprofile: yibao\nmodels: {yibao: {+materialized: table}}\n",
    "profiles.yml": """
yibao:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "{{ env_var('YIBAO_DATA') }}/warehouse.duckdb", threads: 2}
""",
    "models/marts/core/dim_period.sql": "select '{{ var(\"period\") or \"2026-09\" }}' as period, {{ env_var('N') }} as n",
    "models/marts/below.sql": "select * from {{ ref('dim_period') }}",
    "models/marts/_marts.yml": """
models:
  - name: dim_period
    config: {meta: {published: true}}
    columns:
      - name: n
        data_tests:
          - accepted_values:
              name: n_is_one
              arguments: {values: [1], quote: false}
              description: n 必须是 1
              config: {meta: {zh: 报告期编号不对, todo: 请检查文件}}
          - accepted_values:
              name: n_is_small
              arguments: {values: [1, 2], quote: false}
              config: {severity: warn}
""",
}


def project(root: Path) -> Path:
    for name, text in PROJECT.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_builds_that_pass_fail_and_break(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = DataPaths(tmp_path / "数据 folder")
    paths.root.mkdir()
    steps: list[Progress] = []
    monkeypatch.delenv("YIBAO_DATA", raising=False)
    monkeypatch.setattr("yibao.warehouse.build.REQUIRED_TABLES", frozenset({"dim_period"}))
    engine = engine_for("duckdb", paths)

    def build(n: str, period: str | None = None) -> BuildResult:
        monkeypatch.setenv("N", n)
        request = DbtRequest(project(tmp_path / "project"), engine, period, full_refresh=False)
        return build_warehouse(request, "f" * 64, now=lambda: NOW, listen=steps.append)

    passed = build("1", period="2026-08")
    assert (passed.outcome, passed.counts) == (Outcome.PASSED, {"model": 2, "test": 2})
    assert steps[-1].done == steps[-1].total == 4
    assert {step.group for step in steps} == {"基础事实", "主题表", "校验"}
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        assert connection.execute("select period from main.below").fetchall() == [("2026-08",)]
    assert "YIBAO_DATA" not in os.environ
    state = read_state(paths.root / "build.json")
    assert state is not None and (state.state, state.period) == ("passed", "2026-08")

    failed = build("3")
    assert failed.outcome is Outcome.FAILED
    assert [(item.name, item.title, item.todo, item.model, item.rows) for item in failed.failed] == [
        ("n_is_one", "报告期编号不对", "请检查文件", "dim_period", 1)
    ]
    assert [item.name for item in failed.warned] == ["n_is_small"]
    assert failed.skipped == 1, "what stands on a failed table is not built"
    state = read_state(paths.root / "build.json")
    assert state is not None and (state.state, state.mark) == ("failed", None)

    broken = build("no_such_column")
    assert broken.outcome is Outcome.BROKEN
    assert "no_such_column" in broken.broken[0].message
    with duckdb.connect(str(paths.warehouse)):
        pass
    assert not (tmp_path / "project" / "target").exists(), "dbt writes under the data folder only"
    assert not (tmp_path / "project" / "logs").exists()


def test_a_program_that_was_moved_finds_its_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """dbt remembers where each seed was when it last read the project, and asks for it there."""
    monkeypatch.setenv("N", "1")
    monkeypatch.setattr("yibao.warehouse.build.REQUIRED_TABLES", frozenset({"dim_period"}))
    paths = DataPaths(tmp_path / "data")
    paths.root.mkdir()
    first, second = project(tmp_path / "here"), tmp_path / "there"
    (first / "seeds").mkdir()
    (first / "seeds" / "told.csv").write_text("code\nA\n", encoding="utf-8")
    for place in (first, second):
        if place is second:
            first.rename(second)
        request = DbtRequest(place, engine_for("duckdb", paths), None, full_refresh=False)
        result = build_warehouse(request, "f" * 64, now=lambda: NOW)
        assert (result.outcome, result.counts["seed"]) == (Outcome.PASSED, 1)


@pytest.mark.parametrize(("target", "folder"), [("duckdb", "dbt"), ("spark", "spark/dbt")])
def test_dbt_is_called_offline_and_quietly(tmp_path: Path, target: str, folder: str) -> None:
    engine = engine_for(target, DataPaths(tmp_path / "d"))
    request = DbtRequest(tmp_path / "p", engine, "2026-09", full_refresh=True)
    given = arguments(request)
    for wanted in ("--no-send-anonymous-usage-stats", "--no-version-check", "--quiet", "--full-refresh"):
        assert wanted in given
    after = dict(pairwise(given))
    assert after["--exclude-resource-type"] == "unit_test"
    assert json.loads(after["--vars"])["period"] == "2026-09"
    assert after["--target"] == target
    assert after["--target-path"] == str(tmp_path / "d" / folder / "target")
    assert after["--log-path"] == str(tmp_path / "d" / folder / "logs")


def result(status: str, kind: str = "model", message: str = "") -> SimpleNamespace:
    node = SimpleNamespace(
        name="n",
        path="marts/n.sql",
        resource_type=kind,
        config=SimpleNamespace(meta={}),
        description="",
        depends_on=SimpleNamespace(nodes=["model.yibao.m"]),
    )
    return SimpleNamespace(node=node, status=status, execution_time=0.5, failures=2, message=message)


def test_a_new_warehouse_is_whole_or_not_there(tmp_path: Path) -> None:
    """What a process left that died while DuckDB wrote its first pages is no warehouse, and in nobody's way."""
    paths = DataPaths(tmp_path)
    (tmp_path / ".warehouse.duckdb.draft").write_bytes(b"DUCK")
    engine = engine_for("duckdb", paths)
    engine.require_ready()
    with duckdb.connect(str(paths.warehouse), read_only=True) as connection:
        assert connection.execute("show tables").fetchall() == []
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse.duckdb"]


def test_more_memory_is_an_environment_variable_with_one_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_for("duckdb", DataPaths(tmp_path))
    profile = yaml.safe_load((find_project().root / "profiles.yml").read_text(encoding="utf-8"))
    said = profile["yibao"]["outputs"]["duckdb"]["settings"]["memory_limit"]
    monkeypatch.delenv(MEMORY_VARIABLE, raising=False)
    default = engine.environment[MEMORY_VARIABLE]
    # an analyst's own dbt has the same
    assert said == f"{{{{ env_var('{MEMORY_VARIABLE}', '{default}') }}}}"
    monkeypatch.setenv(MEMORY_VARIABLE, "12GB")
    assert engine.environment == {MEMORY_VARIABLE: "12GB"}
    monkeypatch.setenv(MEMORY_VARIABLE, "12")
    with pytest.raises(Problem) as stopped:
        _ = engine.environment
    assert (stopped.value.where, stopped.value.exit_code) == (
        f"环境变量 {MEMORY_VARIABLE}",
        ExitCode.WRONG_USE,
    )


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        (["success", "pass"], Outcome.PASSED),
        (["success", "warn"], Outcome.PASSED),
        (["success", "fail", "skipped"], Outcome.FAILED),
        (["success", "error", "skipped"], Outcome.BROKEN),
        (["fail", "error"], Outcome.BROKEN),
        (["success", "runtime error"], Outcome.BROKEN),
        (["success", "partial success"], Outcome.BROKEN),
        (["success", "skipped"], Outcome.BROKEN),
        ([], Outcome.BROKEN),
    ],
)
def test_three_states(statuses: list[str], outcome: Outcome) -> None:
    kinds = {"pass": "test", "warn": "test", "fail": "test"}
    build = from_results([result(status, kinds.get(status, "model")) for status in statuses])
    assert build.outcome is outcome
    assert bool(build.broken) == (outcome is Outcome.BROKEN)


def test_dbt_that_does_not_start_is_broken() -> None:
    assert from_exception(None).outcome is Outcome.BROKEN
    assert (
        from_exception(RuntimeError("Could not find profile")).broken[0].message == "Could not find profile"
    )
    with_results = from_results([result("success")], RuntimeError("interrupted"))
    assert with_results.outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("kind", "path", "group"),
    [
        ("model", "staging/stg_x.sql", "读入与定型"),
        ("model", "marts/core/fct_x.sql", "基础事实"),
        ("model", "marts\\indicators\\x.sql", "指标"),
        ("model", "marts/fund/mart_fund.sql", "主题表"),
        ("seed", "indicator.csv", "目录与代码表"),
        ("test", "x.sql", "校验"),
        ("model", "elsewhere/x.sql", "其他"),
    ],
)
def test_every_node_has_a_layer(kind: str, path: str, group: str) -> None:
    assert group_of(kind, path) == group


def test_a_full_refresh_is_needed_until_this_code_has_passed(tmp_path: Path) -> None:
    engine = engine_for("duckdb", DataPaths(tmp_path))
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.FIRST
    passed_warehouse(tmp_path)
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.INCREMENTAL
    assert refresh_needed(engine, "f" * 64, asked=True) is Refresh.ASKED
    assert refresh_needed(engine, "0" * 64, asked=False) is Refresh.CODE_CHANGED
    state = read_state(tmp_path / "build.json")
    assert state is not None
    write_state(tmp_path / "build.json", replace(state, mark="0-0"))
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.DISTURBED
    for ended in ("building", "failed", "broken"):
        write_state(tmp_path / "build.json", replace(state, state=ended))
        assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.NOT_PASSED
    engine.database.unlink()
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.FIRST
    (tmp_path / "build.json").write_text("{", encoding="utf-8")
    assert refresh_needed(engine, "f" * 64, asked=False) is Refresh.FIRST


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"config": {"meta": {"published": False}}}, "indicator_value"),
        ({"config": {"enabled": False, "meta": {"published": True}}}, "indicator_value"),
        ({"schema": "staging"}, "main"),
    ],
)
def test_the_manifest_must_publish_what_others_need(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    engine = engine_for("duckdb", passed_warehouse(tmp_path))
    manifest = engine.dbt / "target" / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    content["nodes"]["model.yibao.indicator_value"].update(change)
    manifest.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(Problem, match=said) as problem:
        published_tables(engine)
    assert problem.value.exit_code == ExitCode.UNEXPECTED
    manifest.unlink()
    with pytest.raises(Problem, match=r"manifest\.json"):
        published_tables(engine)
