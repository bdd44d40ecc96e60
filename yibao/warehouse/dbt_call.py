"""The one call of dbt: in this process, its file closed afterwards, its results as plain data."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yibao.paths import DataPaths
from yibao.warehouse.progress import Listener, follow
from yibao.warehouse.results import BuildResult, from_exception, from_results


@dataclass(frozen=True)
class DbtRequest:
    """What to build. All paths absolute; `period` is YYYY-MM, or None for the newest month."""

    project: Path
    paths: DataPaths
    period: str | None
    full_refresh: bool


DbtCall = Callable[[DbtRequest, Listener], BuildResult]


def arguments(request: DbtRequest) -> list[str]:
    """The command line of dbt: seeds, models and data tests; silent, offline, writing under the data folder only."""
    build = [
        "build",
        *("--project-dir", str(request.project)),
        *("--profiles-dir", str(request.project)),
        *("--target-path", str(request.paths.dbt / "target")),
        *("--vars", json.dumps({"period": request.period or ""})),
        *("--exclude-resource-type", "unit_test"),
    ]
    if request.full_refresh:
        # code that changed is read anew: partial parsing can lose the YAML of a test whose macros changed
        build += ["--full-refresh", "--no-partial-parse"]
    quiet = ["--quiet", "--no-print", "--no-use-colors", "--log-level", "none", "--log-level-file", "info"]
    offline = ["--no-send-anonymous-usage-stats", "--no-version-check"]
    return [*quiet, *offline, "--log-path", str(request.paths.dbt / "logs"), *build]


def call_dbt(request: DbtRequest, listen: Listener) -> BuildResult:
    """Runs `dbt build`. A failed check or a broken model is in the result, not raised.

    Raises KeyboardInterrupt when the user stops it.
    """
    # 3 to 5 seconds, so only where it is needed
    from dbt.cli.main import dbtRunner

    with _environment(request.paths.root):
        try:
            answer = dbtRunner(callbacks=[follow(listen)]).invoke(arguments(request))
        finally:
            _close_database()
    if isinstance(answer.exception, KeyboardInterrupt):
        raise answer.exception
    results: Any = getattr(answer.result, "results", None)
    if results is None:
        return from_exception(answer.exception)
    return from_results(results, answer.exception)


@contextmanager
def _environment(data: Path) -> Iterator[None]:
    # profiles.yml and the sources of the project find the data folder through it
    wanted = {"YIBAO_DATA": data.as_posix(), "DO_NOT_TRACK": "1"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _close_database() -> None:
    # dbt-duckdb keeps the file open for writing until the process ends; nobody else could open it, not even we
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    manager: Any = DuckDBConnectionManager
    environment = getattr(manager, "_ENV", None)
    if environment is not None:
        environment.close()
    manager.close_all_connections()
