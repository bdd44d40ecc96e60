"""The audit between build and publish: every expectation judged, every failing row listed, the verdict kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from yibao import marts
from yibao.contract import load_contract
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.project import Project
from yibao.quality import kept
from yibao.quality.failing import FailingKeys
from yibao.quality.great import Judge
from yibao.quality.results import Judged, Report, Result, Status, Verdict
from yibao.quality.source import Source, open_source
from yibao.quality.suites import (
    Expectation,
    Severity,
    Suite,
    load_suites,
    private_columns,
    suites_fingerprint,
)
from yibao.quality.tolerance import read_tolerances, tolerated
from yibao.warehouse import BuiltWarehouse, Engine, built

# told (done, total, what)
Show = Callable[[int, int, str], None]
_DETAILS_SHOWN = 10


@dataclass(frozen=True)
class CheckedWarehouse:
    """A warehouse that passed its build and its check; only `checked` makes one, and
    `yibao.consolidation` of a city's packages; only such a one is published."""

    built: BuiltWarehouse
    paths: DataPaths
    check_id: str


def check(project: Project, engine: Engine, now: Callable[[], datetime], show: Show) -> Report:
    """Checks the warehouse of the last build that passed, and keeps what was found in DATA/quality.

    The caller holds the lock of the data folder. Raises Problem: exit 2 for a wrong suite or when nothing was built,
    exit 3 when the last build did not pass. What an expectation finds is in the report, not raised.
    """
    warehouse = built(engine)
    suites, fingerprint = load_suites(project), suites_fingerprint(project)
    private = private_columns(load_contract(project.contract_file))
    show(0, len(suites), "great-expectations")
    judge = Judge()
    prepared = [judge.prepare(suite, engine.schema) for suite in suites]
    began = time.perf_counter()
    check_id, checked_at = kept.new_check(engine.paths, now())
    found: list[Result] = []
    source = open_source(engine)
    try:
        with kept.draft(engine.paths) as aside:
            with FailingKeys(aside / kept.FAILING_KEY, check_id, private) as keys:
                for number, (suite, ready) in enumerate(zip(suites, prepared, strict=True)):
                    show(number, len(suites), suite.zh)
                    found += _results(suite, judge, ready, source, keys)
            show(len(suites), len(suites), "")
            tolerances, period = read_tolerances(project.root), _period(warehouse)
            report = Report(
                check_id=check_id,
                checked_at=checked_at,
                target=engine.target,
                mark=warehouse.mark,
                fingerprint=fingerprint,
                seconds=round(time.perf_counter() - began, 3),
                results=tuple(
                    replace(result, tolerance_zh=tolerated(result, tolerances, period)) for result in found
                ),
            )
            kept.keep(engine.paths, aside, report)
    finally:
        source.close()
    return report


def record(paths: DataPaths, results: Sequence[Result], mark: str, fingerprint: str, now: datetime) -> str:
    """Keeps as a check what was verified otherwise than by the suites over a warehouse; no rows are listed. Its id."""
    check_id, checked_at = kept.new_check(paths, now)
    report = Report(check_id, checked_at, "duckdb", mark, fingerprint, 0.0, tuple(results))
    with kept.draft(paths) as aside:
        with FailingKeys(aside / kept.FAILING_KEY, check_id, frozenset()):
            pass
        kept.keep(paths, aside, report)
    return check_id


def require_passed(report: Report) -> None:
    """Raises Problem (exit 3) for a check that did not pass: what failed, where, how many, what to do."""
    if report.verdict is Verdict.PASSED:
        return
    stopping = report.errors or report.failed(Severity.CRITICAL)
    details = [f"{result.message_zh}：{result.expectation.todo_zh}" for result in stopping[:_DETAILS_SHOWN]]
    if len(stopping) > _DETAILS_SHOWN:
        details.append(f"另有 {len(stopping) - _DETAILS_SHOWN} 项")
    what = (
        f"{len(stopping)} 项数据质量检查没有检查成，不能发布"
        if report.errors
        else f"{len(stopping)} 项关键的数据质量检查未通过，不能发布"
    )
    raise Problem(
        what,
        where=f"检查 {report.check_id}",
        todo="上一版保持不变。请按下列各项处理后重新执行 yibao run。",
        exit_code=ExitCode.NOT_PUBLISHED,
        details=tuple(details),
    )


def checked(project: Project, engine: Engine) -> CheckedWarehouse:
    """The warehouse of the data folder, if its last build and the check of that build passed.

    Raises Problem: exit 2 when nothing was built; exit 3 when the build or the check did not pass, when it was not
    checked since, or when the suites have changed since.
    """
    warehouse = built(engine)
    ours = [check for check in kept.history(engine.paths) if check.target == engine.target]
    if not ours or ours[-1].mark != warehouse.mark:
        raise _unchecked("数仓建好之后还没有做过数据质量检查，不能发布", engine.place)
    last = ours[-1]
    if last.fingerprint != suites_fingerprint(project):
        raise _unchecked("数据质量规则在上次检查之后有变化，不能发布", str(last.folder))
    if last.verdict is not Verdict.PASSED:
        raise _unchecked("上一次数据质量检查没有通过，不能发布", str(last.folder))
    return CheckedWarehouse(warehouse, engine.paths, last.check_id)


def _results(suite: Suite, judge: Judge, ready: object, source: Source, keys: FailingKeys) -> list[Result]:
    judged = judge.judge(suite, ready, source)
    return [
        Result(suite, expectation, _listed(suite, expectation, judged[expectation.id], source, keys))
        for expectation in suite.expectations
    ]


def _listed(
    suite: Suite, expectation: Expectation, judged: Judged, source: Source, keys: FailingKeys
) -> Judged:
    """The same, its failing rows listed. A list that contradicts the count is an error: one of the two is wrong."""
    if judged.status is not Status.FAIL:
        return judged
    try:
        listed = keys.list(suite, expectation, source)
    except Exception as error:
        return Judged(Status.ERROR, message=str(error).strip().partition("\n")[0])
    if listed is not None and listed != judged.unexpected_count:
        message = f"数出 {judged.unexpected_count} 行不符，列出的却是 {listed} 行"
        return replace(judged, status=Status.ERROR, message=message)
    return judged


def _period(warehouse: BuiltWarehouse) -> str:
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        return warehouse.asked_period or max(marts.periods(connection), default="")


def _unchecked(what: str, where: str) -> Problem:
    todo = "请先执行 yibao check，通过后再发布；已发布的上一版不受影响。"
    return Problem(what, where=where, todo=todo, exit_code=ExitCode.NOT_PUBLISHED)
