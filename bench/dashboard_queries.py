"""What a page of the dashboard asks the database, and how long that takes with nothing else done."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import Any
from unittest import mock

from bench.dashboard_readers import Step
from bench.dashboard_site import PATIENCE
from yibao import publishing
from yibao.paths import DataPaths


def draw(root: str, path: str, period: str, mode: str, region: str, scheme: str) -> None:
    """One page, drawn for nobody (Streamlit's AppTest runs this): its queries are what is wanted."""
    from datetime import UTC, datetime
    from pathlib import Path
    from typing import NoReturn

    from dashboard.pages import PAGES
    from dashboard.view import View
    from yibao.accounts import Role, User
    from yibao.figures import Scope, Selection, open_figures, periods
    from yibao.paths import DataPaths

    def stay(*_: object, **__: object) -> None:
        return None

    def leave(*_: object, **__: object) -> NoReturn:
        raise AssertionError("no page leaves while it is drawn")

    figures = open_figures(DataPaths(Path(root)), Scope())
    next(page for page in PAGES if page.path == path).render(
        View(
            paths=DataPaths(Path(root)),
            user=User("reader0", "读者", Role.ANALYST, None, must_change=False, disabled=False),
            figures=figures,
            chosen=Selection(period, mode, region, scheme),
            period=next(month for month in periods(figures) if month.period == period),
            now=datetime.now(UTC),
            parameters={},
            go=leave,
            log=stay,
        )
    )


def queries_of(paths: DataPaths, steps: Sequence[Step]) -> dict[str, list[tuple[str, tuple[Any, ...]]]]:
    """The queries that each page makes through Figures.rows, with its first filters."""
    from streamlit.testing.v1 import AppTest

    from yibao.figures import Figures

    found: dict[str, list[tuple[str, tuple[Any, ...]]]] = {}
    original = Figures.rows
    made: list[tuple[str, tuple[Any, ...]]] = []

    def listening(
        self: Figures, kind: type[Any], sql: str, values: Sequence[Any] = (), *, kept: bool = True
    ) -> Any:
        made.append((sql, tuple(values)))
        return original(self, kind, sql, values, kept=kept)

    with mock.patch.object(Figures, "rows", listening):
        for step in steps:
            if step.page not in found:
                made.clear()
                arguments = (str(paths.root), step.page, *step.filters.values())
                AppTest.from_function(draw, default_timeout=PATIENCE, args=arguments).run()
                # each once: the second asking is answered from memory
                found[step.page] = list(dict.fromkeys(made))
    return found


def direct(paths: DataPaths, queries: Sequence[tuple[str, tuple[Any, ...]]], times: int = 5) -> float:
    """Seconds (median) of the same queries on the published file, nothing else done."""
    with publishing.open_current(paths) as opened:
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            for sql, values in queries:
                opened.connection.execute(sql, list(values)).fetchall()
            taken.append(time.perf_counter() - began)
    return statistics.median(taken)
