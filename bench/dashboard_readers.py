"""Readers of the dashboard: sessions over the websocket, as a browser has them, each logged in through the login page."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import duckdb
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from bench.dashboard_site import PASSWORD, PATIENCE, ROLE, name_of
from dashboard.pages import PAGES
from yibao import publishing
from yibao.paths import DataPaths

THINK = (1.0, 4.0)  # seconds between two pages of one reader


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
