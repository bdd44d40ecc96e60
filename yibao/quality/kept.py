"""What a check leaves: DATA/quality/<check_id>/ with run.json, result.parquet, failing_key.parquet, never changed."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yibao import durable
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.quality.results import Report, Result, Verdict
from yibao.quality.suites import Severity

RUN, RESULT, FAILING_KEY = "run.json", "result.parquet", "failing_key.parquet"
TABLES = ("quality_failing_key", "quality_result", "quality_run")
_INCOMING = ".incoming-"
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"
_COUNTS = ("expectations", "passed", "failed_critical", "failed_warning", "failed_info", "errors")
_RESULT_SCHEMA = pa.schema(
    [
        *(
            (name, pa.string())
            for name in ("check_id", "suite", "suite_zh", "table_name", "layer", "dataset")
        ),
        *(
            (name, pa.string())
            for name in ("expectation_id", "severity", "owner", "name_zh", "name_en", "status")
        ),
        *((name, pa.int64()) for name in ("element_count", "unexpected_count")),
        *((name, pa.string()) for name in ("observed", "message_zh", "todo_zh", "tolerance_zh")),
    ]
)


@dataclass(frozen=True)
class KeptCheck:
    """A check that was kept: what it was made of, and how it ended. `fingerprint` is that of the suites."""

    folder: Path
    check_id: str
    checked_at: str
    target: str
    verdict: Verdict
    counts: tuple[int, ...]
    seconds: float
    mark: str
    fingerprint: str


@contextmanager
def draft(paths: DataPaths) -> Iterator[Path]:
    """A folder to write a check into; what a process that died left there goes. The caller holds the data lock."""
    paths.quality.mkdir(parents=True, exist_ok=True)
    # of a page that was being written into a check that is kept
    for leftover in paths.quality.glob("[0-9]*/.*.draft"):
        leftover.unlink()
    for leftover in paths.quality.glob(f"{_INCOMING}*"):
        durable.remove_folder(leftover)
    aside = paths.quality / f"{_INCOMING}{secrets.token_hex(6)}"
    aside.mkdir()
    try:
        yield aside
    finally:
        # what stays is swept by the next check, and must not hide how this one ended
        with suppress(OSError):
            durable.remove_folder(aside)


def keep(paths: DataPaths, aside: Path, report: Report) -> None:
    """Writes the results beside the failing keys and moves the folder into place by one rename."""
    pq.write_table(
        pa.Table.from_pylist([_row(report, result) for result in report.results], schema=_RESULT_SCHEMA),
        aside / RESULT,
    )
    durable.write_text(aside / RUN, json.dumps(_run(report), ensure_ascii=False, indent=2) + "\n")
    for name in (RESULT, FAILING_KEY):
        durable.sync_file(aside / name)
    for path in aside.iterdir():
        path.chmod(0o444)
    durable.sync_directory(aside)
    os.rename(aside, paths.quality / report.check_id)
    durable.sync_directory(paths.quality)


def history(paths: DataPaths) -> tuple[KeptCheck, ...]:
    """Every check of the data folder, the newest last; one whose run.json cannot be read is left out."""
    found = []
    for path in paths.quality.glob(f"[0-9]*/{RUN}"):
        try:
            found.append(_read(path.parent))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return tuple(sorted(found, key=lambda check: (check.checked_at, check.check_id)))


def new_check(paths: DataPaths, now: datetime) -> tuple[str, str]:
    """A check_id and its time (ISO, UTC): now, or a second after the newest check, so that the last check made is the
    last one by name too, in whichever second, and where the clock was set back."""
    moment = now.astimezone(UTC).replace(microsecond=0)
    for check in history(paths):
        moment = max(moment, datetime.fromisoformat(check.checked_at) + timedelta(seconds=1))
    return f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}", moment.strftime(_INSTANT)


def write_tables(connection: duckdb.DuckDBPyConnection, paths: DataPaths, check_id: str) -> tuple[str, ...]:
    """Makes quality_run and quality_result (this check and those before it) and quality_failing_key (of this one) in
    schema main: whoever reads a generation finds its own check as the last. A later one is of the other engine.

    Raises Problem (exit 1) when a file of a check cannot be read, duckdb.Error when the tables cannot be written.
    """
    checks = [check for check in history(paths) if check.check_id <= check_id]
    connection.execute(
        "create table main.quality_run (check_id text, checked_at text, target text, verdict text,"
        f" {', '.join(f'{name} bigint' for name in _COUNTS)}, seconds double)"
    )
    for check in checks:
        values = (
            check.check_id,
            check.checked_at,
            check.target,
            check.verdict.value,
            *check.counts,
            check.seconds,
        )
        connection.execute(f"insert into main.quality_run values ({', '.join('?' * len(values))})", values)
    results = [str(check.folder / RESULT) for check in checks]
    failing = [str(paths.quality / check_id / FAILING_KEY)]
    for name, files in (("quality_result", results), ("quality_failing_key", failing)):
        try:
            connection.execute(
                f"create table main.{name} as select * from read_parquet($files, union_by_name = true)",
                {"files": files},
            )
        except duckdb.Error as error:
            # of the disk that is written to the caller tells
            if isinstance(error, duckdb.FatalException | duckdb.TransactionException):
                raise
            raise Problem(
                "数据质量检查的记录读不出来，可能已损坏",
                where=str(paths.quality),
                todo="请删除这个文件夹里损坏的那一次（或整个文件夹，历史会丢失），再执行 yibao check。",
                exit_code=ExitCode.UNEXPECTED,
                details=(str(error).splitlines()[0],),
            ) from error
    return TABLES


def _read(folder: Path) -> KeptCheck:
    content = json.loads((folder / RUN).read_text(encoding="utf-8"))
    datetime.strptime(content["checked_at"], _INSTANT)
    return KeptCheck(
        folder=folder,
        check_id=folder.name,
        checked_at=content["checked_at"],
        target=str(content["target"]),
        verdict=Verdict(content["verdict"]),
        counts=tuple(int(content[name]) for name in _COUNTS),
        seconds=float(content["seconds"]),
        mark=str(content["mark"]),
        fingerprint=str(content["fingerprint"]),
    )


def _run(report: Report) -> dict[str, Any]:
    counts = (
        len(report.results),
        report.passed,
        *(len(report.failed(severity)) for severity in Severity),
        len(report.errors),
    )
    return {
        "check_id": report.check_id,
        "checked_at": report.checked_at,
        "target": report.target,
        "verdict": report.verdict.value,
        **dict(zip(_COUNTS, counts, strict=True)),
        "seconds": report.seconds,
        "mark": report.mark,
        "fingerprint": report.fingerprint,
    }


def _row(report: Report, result: Result) -> dict[str, Any]:
    suite, expectation, judged = result.suite, result.expectation, result.judged
    return {
        "check_id": report.check_id,
        "suite": suite.name,
        "suite_zh": suite.zh,
        "table_name": suite.table,
        "layer": suite.layer,
        "dataset": suite.dataset,
        "expectation_id": expectation.id,
        "severity": expectation.severity.value,
        "owner": expectation.owner,
        "name_zh": expectation.zh,
        "name_en": expectation.en,
        "status": judged.status.value,
        "element_count": judged.element_count,
        "unexpected_count": judged.unexpected_count,
        "observed": judged.observed,
        "message_zh": result.message_zh,
        "todo_zh": expectation.todo_zh,
        "tolerance_zh": result.tolerance_zh,
    }
