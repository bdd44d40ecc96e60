"""A server of ours on a free port, and a browser without a screen to ask it."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp

PAGE = {"Accept": "text/html,application/xhtml+xml"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str
    set_cookies: tuple[str, ...]

    @property
    def location(self) -> str:
        return self.headers["location"]


@dataclass
class Browser:
    """Keeps its cookies and follows nothing."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        try:
            connection.request(method, path, body, {**(cookie if self.cookies else {}), **(headers or {})})
            reply = connection.getresponse()
            text = reply.read().decode("utf-8", "replace")
        finally:
            connection.close()
        set_cookies = tuple(value for name, value in reply.getheaders() if name.lower() == "set-cookie")
        for one in set_cookies:
            for name, morsel in SimpleCookie(one).items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
        return Answer(
            reply.status, {name.lower(): value for name, value in reply.getheaders()}, text, set_cookies
        )

    def get(self, path: str) -> Answer:
        return self.ask("GET", path, headers=PAGE)

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        return self.ask("POST", path, urlencode(form), PAGE)

    def send_form(self, path: str, **fields: str) -> Answer:
        """Opens the form and sends it, with what is hidden in it."""
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.get(path).text))
        return self.post(path.partition("?")[0], {**hidden, **fields})


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """The port on which the application answers."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", ws="websockets-sansio", lifespan="off"
    )
    server: Any = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
