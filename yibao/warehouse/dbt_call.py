"""The one call of dbt: in this process, the engine let go of afterwards, its results as plain data."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yibao.paths import DATA_VARIABLE
from yibao.warehouse.engine import Engine
from yibao.warehouse.progress import Listener, follow
from yibao.warehouse.results import BuildResult, from_exception, from_results


@dataclass(frozen=True)
class DbtRequest:
    """What to build, and on what. `project` is absolute; `period` is YYYY-MM, or None for the newest month."""

    project: Path
    engine: Engine
    period: str | None
    full_refresh: bool


DbtCall = Callable[[DbtRequest, Listener], BuildResult]


def arguments(request: DbtRequest) -> list[str]:
    """The command line of dbt: seeds, models and data tests; silent, offline, writing under the data folder only."""
    build = [
        "build",
        *("--project-dir", str(request.project)),
        *("--profiles-dir", str(request.project)),
        *("--target", request.engine.target),
        *("--target-path", str(request.engine.dbt / "target")),
        # with the place of the program, since dbt keeps the path of each seed that it has read: moved, it must read anew
        *("--vars", json.dumps({"period": request.period or "", "project": str(request.project)})),
        *("--exclude-resource-type", "unit_test"),
    ]
    if request.full_refresh:
        # code that changed is read anew: partial parsing can lose the YAML of a test whose macros changed
        build += ["--full-refresh", "--no-partial-parse"]
    quiet = ["--quiet", "--no-print", "--no-use-colors", "--log-level", "none", "--log-level-file", "info"]
    offline = ["--no-send-anonymous-usage-stats", "--no-version-check"]
    return [*quiet, *offline, "--log-path", str(request.engine.dbt / "logs"), *build]


def call_dbt(request: DbtRequest, listen: Listener) -> BuildResult:
    """Runs `dbt build`. A failed check or a broken model is in the result, not raised.

    Raises KeyboardInterrupt when the user stops it.
    """
    # 3 to 5 seconds, so only where it is needed
    from dbt.cli.main import dbtRunner

    data = request.engine.paths.root.as_posix()
    with _environment({DATA_VARIABLE: data, "DO_NOT_TRACK": "1", **request.engine.environment}):
        try:
            answer = dbtRunner(callbacks=[follow(listen)]).invoke(arguments(request))
        finally:
            request.engine.close()
    if isinstance(answer.exception, KeyboardInterrupt):
        raise answer.exception
    results: Any = getattr(answer.result, "results", None)
    if results is None:
        return from_exception(answer.exception)
    return from_results(results, answer.exception)


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
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
