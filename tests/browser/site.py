"""The dashboard as its users meet it: the real server in a process of its own, and a real browser in front of it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from yibao import accounts
from yibao.accounts import Role, Session
from yibao.paths import DataPaths

CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK, PHONE = (1440, 900), (390, 844)
TOWN, OTHER_TOWN = "990101001", "990101002"
FIRST_PASSWORD, PASSWORD = "First-password-1", "Own-password-1"
# a slow machine: the first page of a server takes longer than all others
PATIENCE = 60_000
_TOGETHER = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState"
# a script has ended, and nothing on the page is left over from the one before
_AT_REST = f"""() => {_TOGETHER} === 'notRunning' && document.querySelector('.banner')
    && !document.querySelector('[data-stale=true]')"""


_LOOKED_BELOW = re.compile(r"/[a-z_]+/_stcore/(health|host-config)")


@dataclass
class Watched:
    """What a page did behind its user's back: whom it asked, what it complained of."""

    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def complain(self, said: ConsoleMessage) -> None:
        """Writes it down, unless Streamlit only looked for its server below the page's own address first."""
        if not _LOOKED_BELOW.fullmatch(urlsplit(said.location["url"]).path):
            self.errors.append(said.text)

    def foreign(self, host: str) -> list[str]:
        """Requests that left this host."""
        return [url for url in self.asked if urlsplit(url).netloc not in (host, "")]


@dataclass(frozen=True)
class Site:
    """A running server."""

    address: str
    paths: DataPaths

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    def open(self, page: Page, path: str) -> None:
        """Goes there and waits until the page stands."""
        page.goto(f"{self.address}/{path}")
        settle(page)


def settle(page: Page) -> None:
    """Waits until the script has ended and the page is drawn."""
    page.wait_for_function(_AT_REST, timeout=PATIENCE)
    # the elements of the last message are drawn after it
    page.wait_for_timeout(500)
    page.wait_for_function(_AT_REST, timeout=PATIENCE)


def add_user(paths: DataPaths, name: str, role: Role, region: str | None = None) -> None:
    """A user who has changed the first password already."""
    now = datetime.now(UTC)
    accounts.add_user(paths, name, f"测试{role.name_zh}", role, region, now, FIRST_PASSWORD)
    session = accounts.log_in(paths, name, FIRST_PASSWORD, now)
    assert isinstance(session, Session)
    changed = accounts.change_password(paths, session.token, FIRST_PASSWORD, PASSWORD, now)
    assert isinstance(changed, Session), changed


def fill_login(page: Page, name: str, password: str) -> None:
    """Types both and sends the form."""
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("button[type=submit]")


def new_page(context: BrowserContext) -> tuple[Page, Watched]:
    """A page whose requests and complaints are written down."""
    page, watched = context.new_page(), Watched()
    page.on("request", lambda request: watched.asked.append(request.url))
    page.on("websocket", lambda socket: watched.asked.append(socket.url))
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.on("console", lambda said: watched.complain(said) if said.type == "error" else None)
    return page, watched


def new_context(browser: Browser, size: tuple[int, int] = DESK, state: Path | None = None) -> BrowserContext:
    """A browser of its own, as of one user."""
    width, height = size
    return browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        storage_state=state,
        accept_downloads=True,
    )


@contextmanager
def running(paths: DataPaths, log: Path) -> Iterator[Site]:
    """`yibao dashboard` on a free port, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "yibao", "dashboard", "--data", str(paths.root), "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ})
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process, log)
            yield Site(f"http://127.0.0.1:{port}", paths)
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the dashboard did not start: {log.read_text(encoding='utf-8')[-2000:]}")


# texts of the page and what hovering or a screen reader tells, also inside the tables of our own (shadow roots)
_TEXTS = """() => {
  const found = [];
  const visible = (e) => e.checkVisibility({opacityProperty: true, visibilityProperty: true})
    && e.getClientRects().length > 0;
  const walk = (root) => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot) walk(e.shadowRoot);
      if (['STYLE', 'SCRIPT', 'NOSCRIPT'].includes(e.tagName) || !visible(e)) continue;
      for (const name of ['title', 'aria-label', 'placeholder', 'alt'])
        if (e.getAttribute(name)) found.push([name, e.getAttribute(name)]);
      for (const node of e.childNodes)
        if (node.nodeType === 3 && node.textContent.trim()) found.push(['text', node.textContent.trim()]);
    }
  };
  walk(document.body);
  found.push(['title', document.title]);
  return found;
}"""


def texts(page: Page) -> list[tuple[str, str]]:
    """What the page shows and tells: (`text` or the attribute's name, the words)."""
    return [(kind, words) for kind, words in page.evaluate(_TEXTS)]


# what is a code, a name of a file or of a format, and is the same in every language
_CODES = (
    r"\d{8}T\d{6}Z-[0-9a-f]{6,8}",
    r"\b[0-9a-f]{8,64}\b",
    r"\S+\.(?:docx|xlsx|xls|csv|tsv|txt|zip|pdf|html|yml)\b(?:#\S+)?",
    r"\b[a-z]+(?:[_.][a-z0-9]+)+\b",
    r"\b[A-Z]+[A-Z0-9.-]*\d[A-Za-z0-9.*-]*",
    r"\b(?:XLSX|XLS|Excel|Word|CSV|PNG|PDF|HTML|KB|MB|DRG|DIP|ICD|MAD|TOP|ID|SHA|sha256)\b",
    # a command to be typed
    r"\byibao(?: [a-z]+)?\b",
)
# Streamlit's own names of parts of the page, which only a screen reader tells
_TOLD_ONLY = frozenset(
    {
        "App pages",
        "Close",
        "Help",
        "Open",
        "Scroll tabs left",
        "Scroll tabs right",
        "Sidebar",
        "Vega visualization",
    }
)


def english(page: Page, codes: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """Texts in which an English word is left when all codes are taken away; a text may be one of `codes` as a whole."""
    found = []
    for kind, words in texts(page):
        # ASCII: a Chinese character ends a word
        rest = re.sub("|".join(_CODES), " ", words, flags=re.ASCII)
        allowed = words in codes or (kind == "aria-label" and words in _TOLD_ONLY)
        if not allowed and re.search(r"[A-Za-z]{2,}", rest):
            found.append((kind, words))
    return found
