"""The whole road of `yibao run`: land, build, check, publish."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from yibao import disk, marts, quality
from yibao.intake import dataset_names, require_landed, require_none_refused, take_in
from yibao.landing import LandingSummary, require_intact
from yibao.lock import data_lock
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.project import Project, code_fingerprint
from yibao.publishing import Generation
from yibao.quality_page import write_check_page
from yibao.release import publish_checked
from yibao.warehouse import (
    BuildResult,
    DbtCall,
    DbtRequest,
    Engine,
    Finding,
    Outcome,
    Refresh,
    build_warehouse,
    call_dbt,
    engine_for,
    refresh_needed,
)

_PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
# a step's title gives a block that is told (done, total, what)
StepProgress = Callable[[str], AbstractContextManager[Callable[[int, int, str], None]]]
Check = Callable[[Project, Engine, Callable[[], datetime], quality.Show], quality.Report]


@dataclass(frozen=True)
class RunRequest:
    """What `yibao run` was asked for; `period` is YYYY-MM, or None for the newest month; `target` one of TARGETS."""

    project: Project
    paths: DataPaths
    inbox: Path
    period: str | None
    strict: bool
    full_refresh: bool
    target: str


@dataclass
class RunReport:
    """How far a run came. `seconds` by step; `generation` only when published; `problem` what stopped it.

    `holds_lock` is False for a run that never had the data folder to itself, and so leaves no report in it.
    """

    started_at: str
    period: str | None
    intake: LandingSummary | None = None
    refresh: Refresh | None = None
    build: BuildResult | None = None
    conservation: tuple[marts.Conservation, ...] = ()
    check: quality.Report | None = None
    generation: Generation | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    problem: Problem | None = None
    unexpected: Exception | None = None
    holds_lock: bool = False

    @property
    def exit_code(self) -> ExitCode:
        return self.problem.exit_code if self.problem else ExitCode.DONE


def walk(
    request: RunRequest,
    *,
    now: Callable[[], datetime],
    tell: Callable[[str], None],
    progress: StepProgress,
    call: DbtCall = call_dbt,
    check: Check = quality.check,
) -> RunReport:
    """Land, build, check, publish, under the lock of the data folder.

    A Problem on the way ends the run and stands in the report; the generation published before stays.
    Anything else is unexpected: the caller raises `report.unexpected` after the report is written.
    """
    report = RunReport(_stamp(now()), request.period)
    try:
        require_period_form(request.period)
        with data_lock(request.paths, "run", now()):
            report.holds_lock = True
            _walk(request, report, now, tell, progress, call, check)
    except Problem as problem:
        report.problem = problem
    except Exception as error:
        report.problem = disk.problem_of(error, request.paths.root)
        if report.problem is None:
            report.unexpected = error
            report.problem = Problem(
                "发生了意外错误",
                where=type(error).__name__,
                todo="见 logs 文件夹里的错误日志。",
                exit_code=ExitCode.UNEXPECTED,
            )
    return report


def _walk(
    request: RunRequest,
    report: RunReport,
    now: Callable[[], datetime],
    tell: Callable[[str], None],
    progress: StepProgress,
    call: DbtCall,
    check: Check,
) -> None:
    with _timed(report, "land"), progress("导入文件") as show:
        report.intake = take_in(request.project, request.paths, request.inbox, now(), show)
    intake = report.intake
    tell(f"导入：新 {len(intake.taken)} 个文件，跳过 {len(intake.skipped)} 个，拒收 {len(intake.refused)} 个")
    require_landed(request.paths, intake)
    if request.strict:
        require_none_refused(intake)
    _require_period_within(request)
    with _timed(report, "verify"):
        require_intact(request.paths)

    engine = engine_for(request.target, request.paths)
    fingerprint = code_fingerprint(request.project)
    report.refresh = refresh_needed(engine, fingerprint, asked=request.full_refresh)
    if report.refresh is not Refresh.INCREMENTAL:
        tell(_REFRESH_ZH[report.refresh])
    dbt = DbtRequest(
        request.project.root,
        engine,
        request.period,
        full_refresh=report.refresh is not Refresh.INCREMENTAL,
    )
    with _timed(report, "build"), progress("建仓与校验") as show:
        report.build = build_warehouse(
            dbt,
            fingerprint,
            now=now,
            listen=lambda step: show(step.done, step.total, f"{step.group} {step.name}"),
            call=call,
        )
    report.conservation = _conservation(engine)
    require_passed(report.build, engine)

    with _timed(report, "check"), progress("数据质量检查") as show:
        report.check = check(request.project, engine, now, show)
        write_check_page(request.paths, report.check.check_id, dataset_names(request.project))
    quality.require_passed(report.check)

    with _timed(report, "publish"):
        warehouse = quality.checked(request.project, engine)
        report.generation = publish_checked(request.project, request.paths, warehouse, request.period, now())
    report.period = report.generation.period


def require_period_form(period: str | None) -> None:
    """Raises Problem (exit 2) when a period is not YYYY-MM."""
    if period is not None and not _PERIOD.fullmatch(period):
        raise Problem(
            "期间写法不对", where=f"--period {period}", todo="请写成 年-月，例如 --period 2026-09。"
        )


def require_passed(result: BuildResult, engine: Engine) -> None:
    """Raises Problem for a build that did not pass: exit 3 when a check found rows, exit 1 when something broke."""
    if result.outcome is Outcome.BROKEN:
        told = tuple(f"{broken.name}：{_first_lines(broken.message)}" for broken in result.broken[:10])
        for broken in result.broken:
            if problem := disk.problem_in(broken.message, engine.database, told):
                raise problem
        raise Problem(
            f"建仓出错，{len(result.broken)} 处没有执行成功，未发布",
            where=str(engine.dbt / "logs" / "dbt.log"),
            todo="上一版保持不变。若刚改过模型，请检查改动；否则请把该日志交给开发人员。",
            exit_code=ExitCode.UNEXPECTED,
            details=told,
        )
    if result.outcome is Outcome.FAILED:
        raise Problem(
            f"{len(result.failed)} 项校验未通过，未发布",
            where=engine.place,
            todo="上一版保持不变。请按下列各项处理数据后重新执行 yibao run。",
            exit_code=ExitCode.NOT_PUBLISHED,
            details=tuple(finding_zh(finding) for finding in result.failed),
        )


def finding_zh(finding: Finding) -> str:
    """One line for a test that found rows: what, where, how many, what to do."""
    advice = finding.todo or (f"明细可用此查询查看：{finding.compiled_sql}" if finding.compiled_sql else "")
    return f"{finding.title}（表 {finding.model}，{finding.rows} 行）{('：' + advice) if advice else ''}"


def _require_period_within(request: RunRequest) -> None:
    """Before the build, which a period outside all data would leave empty."""
    known = request.period and require_landed(request.paths).months
    if request.period and known and not known[0] <= request.period <= known[-1]:
        raise Problem(
            "这个期间没有数据",
            where=f"--period {request.period}",
            todo=f"已导入的数据从 {known[0]} 到 {known[-1]}，请改用其中的月份，或先导入该月的文件。",
        )


def _conservation(engine: Engine) -> tuple[marts.Conservation, ...]:
    # a build that stopped early may not have come to this table
    try:
        with duckdb.connect(str(engine.database), read_only=True) as connection:
            return marts.conservation(connection)
    except duckdb.Error:
        return ()


_REFRESH_ZH = {
    Refresh.ASKED: "按 --full-refresh 的要求，全部重新计算",
    Refresh.FIRST: "第一次建仓，全部计算",
    Refresh.CODE_CHANGED: "程序或指标目录有变化，全部重新计算",
    Refresh.NOT_PASSED: "上次建仓没有通过，全部重新计算",
    Refresh.DISTURBED: "数仓在上次运行之后被别的程序改动过，全部重新计算",
}


@contextmanager
def _timed(report: RunReport, step: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        report.seconds[step] = round(time.perf_counter() - began, 3)


def _first_lines(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return " ".join(lines[:3])[:400]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
