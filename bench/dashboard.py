"""`python -m bench.dashboard --size M --users 20`: how long the dashboard's pages take with that many readers at once.

Real sessions over the websocket, as a browser has them, each logged in through the login page; beside them the same pages'
queries made directly in DuckDB. Writes build/bench/dashboard-<label>.json and prints a table. See bench/README.md.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from bench.county import County
from bench.exports import SIZES, make_exports
from bench.machine import facts
from bench.measure import MIB, TreeWatch
from bench.road import RESULTS
from dashboard.pages import PAGES
from yibao import accounts, publishing
from yibao.accounts import Role
from yibao.paths import DataPaths

PASSWORD = "Bench-password-1"
WARM_AIM, FIRST_AIM = 0.5, 3.0  # seconds
THINK = (1.0, 4.0)  # seconds between two pages of one reader
PATIENCE = 120.0  # seconds for one page
# readers see what an analyst may
ROLE = Role.ANALYST


@dataclass(frozen=True)
class Step:
    """One page with its filters, as a reader asks for it."""

    page: str
    filters: dict[str, str]


@dataclass
class Taken:
    """What the readers met: seconds by page, pages that failed."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, step: Step, seconds: float, problem: str) -> None:
        with self.lock:
            self.seconds.setdefault(step.page, []).append(seconds)
            if problem:
                self.failed.append(f"{step.page} {step.filters}: {problem}")

    @property
    def all(self) -> list[float]:
        return [second for seconds in self.seconds.values() for second in seconds]


class Reader:
    """One browser: a login of its own, one websocket, one page after the other."""

    def __init__(self, connection: ClientConnection) -> None:
        self._socket = connection

    def open(self, step: Step) -> tuple[float, str]:
        """Seconds until the page is whole, and what was wrong with it (empty: nothing)."""
        message = BackMsg()
        message.rerun_script.query_string = urlencode(step.filters)
        message.rerun_script.page_name = step.page
        began = time.perf_counter()
        self._socket.send(message.SerializeToString())
        problem = ""
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(timeout=PATIENCE, decode=False))
            kind = answer.WhichOneof("type")
            if kind == "delta" and answer.delta.new_element.WhichOneof("type") == "exception":
                problem = answer.delta.new_element.exception.message
            elif kind == "page_not_found":
                problem = "no such page"
            # a run that was ended early goes on as another
            elif kind == "script_finished" and answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return time.perf_counter() - began, problem
            elif kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return time.perf_counter() - began, problem or "the script did not finish"


@contextmanager
def reading(port: int, name: str) -> Iterator[Reader]:
    """A reader who has logged in."""
    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        origin=Origin(f"http://127.0.0.1:{port}"),
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": log_in(port, name)},
        max_size=None,
    ) as connection:
        yield Reader(connection)


def log_in(port: int, name: str) -> str:
    """The cookie of a new session, through the login page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", "/login")
    page = connection.getresponse()
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.read().decode()))
    sent = {"Cookie": _cookies(page), "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", urlencode({**form, "name": name, "password": PASSWORD}), sent)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 303:
        raise SystemExit(f"login of {name}: {answer.status}")
    return _cookies(answer)


def _cookies(answer: http.client.HTTPResponse) -> str:
    found = SimpleCookie()
    for line in answer.headers.get_all("set-cookie") or ():
        found.load(line)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in found.items())


@contextmanager
def running(paths: DataPaths, logs: Path) -> Iterator[tuple[int, TreeWatch]]:
    """`yibao dashboard` on a free port, and its memory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "yibao", "dashboard", "--data", str(paths.root), "--port", str(port)]
    with (logs / "server.log").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ})
        watch = TreeWatch(process.pid)
        watch.start()
        try:
            _wait_for(port, process)
            yield port, watch
        finally:
            watch.stop()
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the dashboard did not start; see server.log")


def served_copy(published: DataPaths, folder: Path, users: int) -> DataPaths:
    """The current generation in a folder of its own, with that many readers who may log in."""
    current = publishing.require_current(published)
    paths = DataPaths(folder)
    shutil.copytree(current.folder, paths.published / current.run_id)
    shutil.copy2(published.current, paths.current)
    now = datetime.now(UTC)
    for number in range(users):
        name, first = name_of(number), f"First-{PASSWORD}"
        accounts.add_user(paths, name, f"读者{number}", ROLE, None, now, first)
        session = accounts.log_in(paths, name, first, now)
        assert isinstance(session, accounts.Session)
        accounts.change_password(paths, session.token, first, PASSWORD, now)
    return paths


def name_of(number: int) -> str:
    return f"reader{number}"


def steps_of(paths: DataPaths) -> list[Step]:
    """Every page that the readers may open, with every filter of the last 3 months: county, 4 townships, both modes, schemes."""
    with publishing.open_current(paths) as opened:
        months = _column(opened.connection, "select period from dim_period order by 1 desc limit 3")
        places = _column(
            opened.connection, "select region_code from dim_region order by length(region_code), 1 limit 5"
        )
        schemes = _column(
            opened.connection, "select insutype from dim_scheme order by insutype != 'all', 1 limit 2"
        )
    return [
        Step(page.path, {"period": month, "mode": mode, "region": place, "scheme": scheme})
        for page in PAGES
        if page.right in ROLE.rights
        for month in months
        for mode in ("ytd", "month")
        for place in places
        for scheme in schemes
    ]


def _column(connection: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(sql).fetchall()]


def walk(port: int, name: str, steps: Sequence[Step], taken: Taken, seed: int) -> None:
    """One reader: the pages in turn, with a pause before each."""
    chance = random.Random(seed)
    with reading(port, name) as reader:
        # the page a browser is given at first is nobody's choice
        reader.open(steps[0])
        for step in steps:
            time.sleep(chance.uniform(*THINK))
            taken.add(step, *reader.open(step))


def walk_together(port: int, users: int, pages: int, steps: Sequence[Step]) -> Taken:
    """All readers at once, each with its own draw of `pages` steps."""
    taken = Taken()
    threads = []
    for number in range(users):
        chosen = random.Random(number).sample(list(steps), min(pages, len(steps)))
        threads.append(
            threading.Thread(target=walk, args=(port, name_of(number), chosen, taken, number), daemon=True)
        )
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def first_pages(port: int, steps: Sequence[Step]) -> dict[str, float]:
    """Seconds of the first opening of each page by the first reader of a server that has just started."""
    found: dict[str, float] = {}
    with reading(port, name_of(0)) as reader:
        for step in steps:
            if step.page not in found:
                found[step.page] = reader.open(step)[0]
    return found


def draw(root: str, path: str, period: str, mode: str, region: str, scheme: str) -> None:
    """One page, drawn for nobody (Streamlit's AppTest runs this): its queries are what is wanted."""
    from datetime import UTC, datetime
    from pathlib import Path

    from dashboard.pages import PAGES
    from dashboard.view import View
    from yibao.accounts import Role, User
    from yibao.figures import Scope, Selection, open_figures, periods
    from yibao.paths import DataPaths

    def stay(*_: object, **__: object) -> None:
        return None

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
            go=stay,  # type: ignore[arg-type]
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

    Figures.rows = listening  # type: ignore[method-assign,assignment]
    try:
        for step in steps:
            if step.page not in found:
                made.clear()
                arguments = (str(paths.root), step.page, *step.filters.values())
                AppTest.from_function(draw, default_timeout=PATIENCE, args=arguments).run()
                # each once: the second asking is answered from memory
                found[step.page] = list(dict.fromkeys(made))
    finally:
        Figures.rows = original  # type: ignore[method-assign]
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


def quantile(seconds: Sequence[float], share: float) -> float:
    """The smallest of the measured values that `share` of them do not exceed."""
    ordered = sorted(seconds)
    return ordered[math.ceil(len(ordered) * share) - 1]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard", description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), required=True)
    parser.add_argument("--users", type=int, default=20, help="readers at once")
    parser.add_argument("--pages", type=int, default=15, help="pages that each of them opens")
    parser.add_argument("--work", type=Path, default=RESULTS / "work", help="exports (kept) and runs")
    parser.add_argument(
        "--data", type=Path, help="a data folder published from these exports: nothing is built"
    )
    parser.add_argument("--date", default="", help="the day of the run, for the record")
    return parser.parse_args(arguments)


def published_county(given: argparse.Namespace, folder: Path) -> DataPaths:
    """The data folder that is served: the one given, else one made of the exports."""
    if given.data:
        return DataPaths(given.data.absolute())
    exports = make_exports(given.work.absolute(), given.size, 0.0)
    with County(folder / "county", given.work.absolute() / "pseudonym.key") as county:
        county.run(exports.inbox, "run")
        return DataPaths(county.data)


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    folder = given.work.absolute() / "runs" / f"dashboard-{given.size}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = served_copy(published_county(given, folder), folder / "served", given.users)
    steps = steps_of(paths)
    with running(paths, folder) as (port, watch):
        first = first_pages(port, steps)
        taken = walk_together(port, given.users, given.pages, steps)
        memory = round((watch.peak or 0) / MIB)
    beside = {page: direct(paths, queries) for page, queries in queries_of(paths, steps).items()}
    told = {
        "label": f"dashboard-{given.size}",
        "date": given.date,
        "machine": facts(),
        "users": given.users,
        "pages_opened": len(taken.all),
        "first": first,
        "warm_p50": quantile(taken.all, 0.5),
        "warm_p95": quantile(taken.all, 0.95),
        "by_page": {
            page: {
                "opened": len(seconds),
                "p50": quantile(seconds, 0.5),
                "p95": quantile(seconds, 0.95),
                "direct": beside[page],
            }
            for page, seconds in sorted(taken.seconds.items())
        },
        "server_peak_mib": memory,
        "failed": taken.failed,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    target = RESULTS / f"dashboard-{given.size}.json"
    target.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(shown(told))
    print(f"\n{target}")
    return 1 if taken.failed else 0


def shown(told: dict[str, Any]) -> str:
    """All that is printed."""
    lines = [
        f"{told['label']}  {told['date'] or '(no --date)'}  {told['users']} readers, {told['pages_opened']} pages, "
        f"server at most {told['server_peak_mib']:,} MiB",
        "; ".join(f"{name} {value}" for name, value in told["machine"].items()),
        "",
        f"{'page':<16}{'first s':>9}{'opened':>8}{'p50 s':>8}{'p95 s':>8}{'direct s':>10}{'p50 x direct':>14}",
    ]
    for page, found in told["by_page"].items():
        ratio = f"{found['p50'] / found['direct']:.1f}" if found["direct"] else "-"
        lines.append(
            f"{page:<16}{told['first'][page]:>9.2f}{found['opened']:>8}{found['p50']:>8.2f}{found['p95']:>8.2f}"
            f"{found['direct']:>10.3f}{ratio:>14}"
        )
    first = max(told["first"].values())
    lines += [
        "",
        f"warm, all pages: p50 {told['warm_p50']:.2f} s, p95 {told['warm_p95']:.2f} s (aim {WARM_AIM}: "
        f"{_met(told['warm_p95'], WARM_AIM)}); slowest first page {first:.2f} s (aim {FIRST_AIM}: {_met(first, FIRST_AIM)})",
        *(f"FAILED {each}" for each in told["failed"][:10]),
    ]
    return "\n".join(lines)


def _met(found: float, aim: float) -> str:
    return "met" if found <= aim else "missed"


if __name__ == "__main__":
    raise SystemExit(main())
