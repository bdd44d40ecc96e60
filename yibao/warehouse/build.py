"""Building the warehouse, and the state that tells whether what is there may be published."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from yibao.problem import ExitCode, Problem
from yibao.warehouse.dbt_call import DbtCall, DbtRequest, call_dbt
from yibao.warehouse.engine import Engine
from yibao.warehouse.progress import Listener, silent
from yibao.warehouse.results import BuildResult, Outcome
from yibao.warehouse.state import BUILDING, BuildState, read_state, write_state

# what status, show, the summary, the dashboard and the reports cannot do without
REQUIRED_TABLES = frozenset(
    {
        "dim_institution",
        "dim_period",
        "dim_region",
        "dim_scheme",
        "file_conservation",
        "indicator",
        "indicator_trend",
        "indicator_value",
        "quarantine",
        "row_warning",
    }
)


class Refresh(StrEnum):
    """Why a build starts from nothing, or that it does not."""

    INCREMENTAL = "incremental"
    ASKED = "asked"
    FIRST = "first"
    CODE_CHANGED = "code_changed"
    NOT_PASSED = "not_passed"
    DISTURBED = "disturbed"


@dataclass(frozen=True)
class BuiltWarehouse:
    """A warehouse whose last build passed; only `built` makes one, and `yibao.consolidation` of a city's
    packages; only such a one is checked (yibao.quality).

    tables: the tables of schema main that are published, sorted. asked_period: the build's --period, or None.
    mark: the state it is in (Engine.mark).
    """

    database: Path
    tables: tuple[str, ...]
    asked_period: str | None
    code_fingerprint: str
    mark: str


def refresh_needed(engine: Engine, fingerprint: str, *, asked: bool) -> Refresh:
    """Whether the next build starts from nothing, and why."""
    if asked:
        return Refresh.ASKED
    state, mark = read_state(engine.state_file), engine.mark()
    if state is None or mark is None:
        return Refresh.FIRST
    if state.fingerprint != fingerprint:
        return Refresh.CODE_CHANGED
    # a build that stopped half way leaves new tables beside old ones: an increment on them could miss months
    if state.state != Outcome.PASSED.value:
        return Refresh.NOT_PASSED
    return Refresh.INCREMENTAL if state.mark == mark else Refresh.DISTURBED


def build_warehouse(
    request: DbtRequest,
    fingerprint: str,
    *,
    now: Callable[[], datetime],
    listen: Listener = silent,
    call: DbtCall = call_dbt,
) -> BuildResult:
    """One `dbt build`, and its published tables brought home; build.json tells before that it began, after how it ended.

    Raises Problem (exit 2) when the engine cannot be written now.
    """
    engine = request.engine
    engine.require_ready()
    state = BuildState(
        state=BUILDING,
        period=request.period,
        started_at=_stamp(now()),
        finished_at=None,
        fingerprint=fingerprint,
        mark=None,
    )
    write_state(engine.state_file, state)
    result = call(request, listen)
    if result.outcome is Outcome.PASSED:
        engine.collect(published_tables(engine))
    elif result.outcome is Outcome.FAILED:
        # the summary counts what became of the rows; that it cannot must not hide which checks failed
        with suppress(Exception):
            engine.collect(published_tables(engine))
    state = replace(state, state=result.outcome.value, finished_at=_stamp(now()))
    if result.outcome is Outcome.PASSED:
        state = replace(state, mark=engine.mark())
    write_state(engine.state_file, state)
    return result


def built(engine: Engine) -> BuiltWarehouse:
    """The warehouse of the data folder, if its last build passed.

    Raises Problem: exit 2 when nothing was built, exit 3 when the last build did not pass or something wrote there since.
    """
    nothing = Problem("还没有建好的数仓，没有可发布的内容", where=engine.place, todo="请先执行 yibao run。")
    state = read_state(engine.state_file)
    if state is None:
        raise nothing
    # before the engine is asked: it may be what broke
    if state.state != Outcome.PASSED.value:
        raise Problem(
            _NOT_PASSED.get(state.state, "上一次建仓没有通过"),
            where=f"{engine.state_file} (开始于 {state.started_at})",
            todo="请先排除问题并重新执行 yibao run；已发布的上一版不受影响。",
            exit_code=ExitCode.NOT_PUBLISHED,
        )
    mark = engine.mark()
    if mark is None:
        raise nothing
    if state.mark != mark:
        raise Problem(
            "数仓在上次建仓之后被别的程序改动过，不能发布",
            where=engine.place,
            todo="请重新执行 yibao run，校验通过后再发布。",
            exit_code=ExitCode.NOT_PUBLISHED,
        )
    return BuiltWarehouse(engine.database, published_tables(engine), state.period, state.fingerprint, mark)


_NOT_PASSED = {
    BUILDING: "上一次建仓中途停止，没有完成",
    Outcome.FAILED.value: "上一次建仓有校验未通过，不能发布",
    Outcome.BROKEN.value: "上一次建仓出错，不能发布",
}


def published_tables(engine: Engine) -> tuple[str, ...]:
    """Names of the models and seeds whose `config.meta.published` is true, from dbt's manifest.json.

    Raises Problem (exit 1) when the manifest is missing, lacks a required table, or one lies outside the engine's schema.
    """
    manifest = engine.dbt / "target" / "manifest.json"
    try:
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    except (OSError, ValueError, KeyError) as error:
        raise _broken_manifest("读不到 dbt 的 manifest.json", manifest) from error
    chosen = [
        node
        for node in nodes
        if node["resource_type"] in {"model", "seed"}
        and node.get("config", {}).get("enabled", True)
        and (node.get("config", {}).get("meta") or {}).get("published") is True
    ]
    names = {str(node.get("alias") or node["name"]) for node in chosen}
    missing = sorted(REQUIRED_TABLES - names)
    if missing:
        raise _broken_manifest(f"这些表必须标记为发布 (meta.published)：{', '.join(missing)}", manifest)
    outside = sorted(node["name"] for node in chosen if node["schema"] != engine.schema)
    if outside:
        raise _broken_manifest(f"发布的表必须在 {engine.schema} 模式：{', '.join(outside)}", manifest)
    return tuple(sorted(names))


def _broken_manifest(what: str, manifest: Path) -> Problem:
    todo = "请重新执行 yibao run；仍然如此请联系开发人员。"
    return Problem(what, where=str(manifest), todo=todo, exit_code=ExitCode.UNEXPECTED)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
