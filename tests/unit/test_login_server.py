"""Without a session nothing is served but the login; the forms, the cookie and the headers are as safe as they are said to be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from streamlit import file_util
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from dashboard.serving import Site, bind
from dashboard.serving.gate import Gate
from dashboard.serving.login import local_path
from dashboard.serving.server import login_routes
from dashboard.serving.shell import in_chinese
from tests.unit.login_kit import Answer, Browser, serving
from tests.unit.small_warehouse import CONTENTS, NOW, checked_warehouse, no_page, passed_warehouse
from yibao import accounts, audit_log, cli, publishing
from yibao.accounts import Role, passwords
from yibao.paths import DataPaths
from yibao.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
FIRST, OWN = "qiu-tian-2026", "chun-tian-2027"
SHELL = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
SECRET = "参保率 96.07%"


class Clock:
    """Time as the test wants it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, 10, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(1, 8, 1))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def paths(tmp_path: Path, clock: Clock) -> DataPaths:
    paths = DataPaths(tmp_path)
    accounts.add_user(paths, "zhang", "张局长", Role.LEADER, None, clock(), FIRST)
    return paths


async def anything(request: Request) -> Response:
    """In place of Streamlit."""
    if request.url.path.startswith(("/media", "/_stcore", "/static")):
        return PlainTextResponse(SECRET)
    return HTMLResponse(SHELL.replace('<div id="root"></div>', f'<div id="root">{SECRET}</div>'))


async def stream(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(SECRET)
    await websocket.close()


def application(site: Site) -> Starlette:
    routes = login_routes(site)
    return Starlette(
        routes=[
            *routes,
            WebSocketRoute("/{path:path}", stream),
            Route("/{path:path}", anything, methods=["GET", "POST", "PUT", "DELETE"]),
        ],
        middleware=[
            Middleware(Gate, site=site, own=frozenset(route.path for route in routes)),
            # as Streamlit has it
            Middleware(SessionMiddleware, secret_key="of this test"),
        ],
    )


@pytest.fixture
def browser(paths: DataPaths, clock: Clock) -> Iterator[Browser]:
    with serving(application(Site(paths, "示范县医疗保障局", False, clock))) as port:
        yield Browser(port)


@pytest.fixture
def inside(browser: Browser) -> Browser:
    """Logged in, the first password changed."""
    log_in(browser)
    assert browser.send_form("/password", old=FIRST, new=OWN, again=OWN).status == 303
    return browser


def log_in(browser: Browser, password: str = FIRST, path: str = "/login") -> Answer:
    return browser.send_form(path, name=" Zhang ", password=password)


def actions(paths: DataPaths) -> list[tuple[str, str]]:
    return [(entry.action.value, entry.user) for entry in audit_log.entries(paths)]


# without a session ---------------------------------------------------------------------------------------------------

CLOSED = [
    "/",
    "/fund",
    "/static/js/index.js",
    "/media/ab.csv",
    "/component/x/index.html",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/agent/openapi.json",
    "/_stcore/health/",
    "/_stcore/health%2f..%2fstream",
    "//_stcore/health",
    "/login/../media/ab.csv",
    "/login/",
    "/loginx",
    "/LOGIN",
    "/favicon.png",
    # not configured
    "/login/oidc",
    "/login/oidc/callback",
]


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_is_served_without_a_session(browser: Browser, path: str) -> None:
    for headers in ({}, {"Accept": "text/html"}):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
            answer = browser.ask(method, path, headers=headers)
            assert SECRET not in answer.text
            is_page = "Accept" in headers and method in {"GET", "HEAD"}
            assert answer.status == (303 if is_page else 401), (method, path)


def test_a_page_leads_to_the_login_and_back(browser: Browser) -> None:
    answer = browser.get("/fund?period=2026-09")
    assert answer.location == "/login?next=%2Ffund%3Fperiod%3D2026-09"
    log_in(browser)
    browser.send_form("/password", old=FIRST, new=OWN, again=OWN)
    browser.cookies.clear()
    assert log_in(browser, OWN, answer.location).location == "/fund?period=2026-09"


def test_health_is_for_everyone(browser: Browser) -> None:
    assert browser.ask("GET", "/_stcore/health").status == 200


def websocket(browser: Browser, path: str = "/_stcore/stream") -> str:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    with connect(
        f"ws://127.0.0.1:{browser.port}{path}", additional_headers={"Cookie": cookie}, proxy=None
    ) as open_one:
        return str(open_one.recv(timeout=10))


def test_no_websocket_without_a_session(browser: Browser) -> None:
    for path in ("/_stcore/stream", "/login", "/_stcore/health"):
        with pytest.raises(InvalidStatus, match="403"):
            websocket(browser, path)
    log_in(browser)
    # the first password must be changed first
    with pytest.raises(InvalidStatus, match="403"):
        websocket(browser)
    browser.cookies["yibao_session"] = "x" * 43
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        websocket(browser)


# with a session ------------------------------------------------------------------------------------------------------


def test_with_a_session_everything_needed_is_served(inside: Browser) -> None:
    for path in ("/", "/fund", "/media/ab.csv", "/static/js/index.js", "/_stcore/host-config"):
        answer = inside.get(path)
        assert answer.status == 200 and SECRET in answer.text, path
    assert websocket(inside) == SECRET


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/interact",
        "/_stcore/upload_file/a/b",
        "/_stcore/script-health-check",
        "/fund/_stcore/agent/mcp",
        "/auth/login",
        "/oauth2callback",
    ],
)
def test_what_nobody_needs_is_not_there(inside: Browser, path: str) -> None:
    for method in ("GET", "POST", "PUT"):
        assert inside.ask(method, path).status == 404


def test_nothing_is_written_by_http(inside: Browser) -> None:
    assert {inside.ask(method, "/fund").status for method in ("POST", "PUT", "DELETE")} == {405}


def test_the_first_password_must_be_changed(browser: Browser, paths: DataPaths) -> None:
    assert log_in(browser).location == "/password"
    assert browser.get("/").location == "/password"
    assert browser.ask("GET", "/media/ab.csv").status == 403
    before = browser.cookies["yibao_session"]
    for new, again in (("short", "short"), (FIRST, FIRST), ("zhang-2026-xx", "zhang-2026-xx"), (OWN, "else")):
        assert browser.send_form("/password", old=FIRST, new=new, again=again).status == 400
    assert "原密码不对" in browser.send_form("/password", old="wrong", new=OWN, again=OWN).text
    assert browser.send_form("/password", old=FIRST, new=OWN, again=OWN).location == "/"
    assert browser.cookies["yibao_session"] != before
    assert SECRET in browser.get("/").text
    assert actions(paths)[-1] == ("password_changed", "zhang")


def test_a_session_ends(inside: Browser, clock: Clock, paths: DataPaths) -> None:
    clock.at += timedelta(minutes=31)
    assert inside.get("/").status == 303
    log_in(inside, OWN)
    assert inside.get("/").status == 200
    accounts.disable_user(paths, "zhang")
    assert inside.get("/").status == 303
    with pytest.raises(InvalidStatus):
        websocket(inside)


def test_who_logs_out_is_out(inside: Browser, paths: DataPaths) -> None:
    token = inside.cookies["yibao_session"]
    # opening the page is no logout: a picture on another site could do that
    assert inside.get("/logout").status == 200
    assert inside.get("/").status == 200
    assert inside.send_form("/logout").location == "/login"
    assert "yibao_session" not in inside.cookies
    inside.cookies["yibao_session"] = token
    assert inside.get("/").status == 303
    assert actions(paths)[-1] == ("logout", "zhang")


# the login -----------------------------------------------------------------------------------------------------------


def test_unknown_and_wrong_get_the_same_answer(browser: Browser) -> None:
    answers = []
    for name in ("zhang", "nobody"):
        answer = browser.send_form("/login", name=name, password="wrong")
        assert answer.status == 401
        answers.append(answer.text.partition('role="alert">')[2].partition("<")[0])
    assert answers[0] == answers[1] != ""


def test_five_failures_lock(browser: Browser, paths: DataPaths) -> None:
    for _ in range(5):
        log_in(browser, "wrong")
    answer = log_in(browser)
    assert answer.status == 401 and "15 分钟" in answer.text
    assert "yibao_session" not in browser.cookies
    last = audit_log.entries(paths)[-1]
    assert dict(last.filters) == {"address": "127.0.0.1", "reason": "locked"}


def test_what_was_typed_is_not_logged(browser: Browser, paths: DataPaths) -> None:
    browser.send_form("/login", name="my-secret-password", password=FIRST)
    log_in(browser, "wrong")
    log_in(browser)
    assert actions(paths) == [("login_failed", "-"), ("login_failed", "zhang"), ("login", "zhang")]
    written = b"".join(path.read_bytes() for path in paths.audit.glob("*.jsonl"))
    assert b"my-secret" not in written and FIRST.encode() not in written


def test_a_form_from_elsewhere_is_not_taken(browser: Browser, paths: DataPaths) -> None:
    form = {"name": "zhang", "password": FIRST, "next": "/"}
    assert browser.post("/login", form).status == 400
    browser.get("/login")
    assert browser.post("/login", {**form, "form_token": "guessed"}).status == 400
    assert "yibao_session" not in browser.cookies
    log_in(browser)
    for path in ("/logout", "/password"):
        assert browser.post(path, {"old": FIRST, "new": OWN, "again": OWN}).status == 400
    assert actions(paths) == [("login", "zhang")]


def test_a_huge_form_is_not_read(browser: Browser) -> None:
    assert browser.post("/login", {"name": "x" * 100_000}).status == 400
    assert browser.ask("POST", "/login", "&".join("a=1" for _ in range(1000))).status == 400


def test_what_is_typed_comes_back_as_text(browser: Browser) -> None:
    page = browser.get("/login?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script" not in page and "onerror" not in page


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/fund?period=2026-09", "/fund?period=2026-09"),
        ("/基金", "/%E5%9F%BA%E9%87%91"),
        (None, "/"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("///elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("\\\\elsewhere.example", "/"),
        ("/\t/elsewhere.example", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("/login?next=/login", "/"),
        ("/logout", "/"),
    ],
)
def test_the_login_leads_nowhere_else(wanted: str | None, path: str) -> None:
    assert local_path(wanted) == path


# headers -------------------------------------------------------------------------------------------------------------


def test_the_cookie(browser: Browser) -> None:
    (session,) = [one for one in log_in(browser).set_cookies if one.startswith("yibao_session=")]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(session.split("; "))
    assert "Secure" not in session and "Max-Age" not in session


def test_behind_https_the_cookies_are_for_https_only(paths: DataPaths, clock: Clock) -> None:
    with serving(application(Site(paths, "示范县医疗保障局", True, clock))) as port:
        answer = log_in(Browser(port))
        assert answer.set_cookies and all("Secure" in one for one in answer.set_cookies)
        assert answer.headers["strict-transport-security"]


@pytest.mark.parametrize("path", ["/login", "/", "/media/ab.csv", "/_stcore/metrics", "/static/a.js"])
def test_headers_of_every_answer(inside: Browser, path: str) -> None:
    outside = Browser(inside.port)
    for one in (inside, outside):
        headers = one.get(path).headers
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy and "*" not in policy and "unsafe-eval" not in policy
        assert (headers.get("cache-control") == "no-store") == (path != "/static/a.js" or one is outside)


def test_our_own_pages_run_no_script_and_fetch_nothing(browser: Browser) -> None:
    answer = browser.get("/login")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'nonce-")
    assert "script" not in policy and "<script" not in answer.text
    assert "示范县医疗保障局" in answer.text and "医疗保障数据看板" in answer.text
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert f'<style nonce="{nonce}">' in answer.text
    assert "style=" not in answer.text


# Streamlit -----------------------------------------------------------------------------------------------------------


def test_streamlits_page_is_put_into_chinese(inside: Browser) -> None:
    page = inside.ask("GET", "/", headers={"Accept": "text/html", "Accept-Encoding": "gzip"}).text
    assert '<html lang="zh-CN">' in page and "<title>医疗保障数据看板</title>" in page
    assert "You need to enable JavaScript" not in page and "请在浏览器里启用" in page
    assert "agent" not in page and "window.prerenderReady =" not in page
    assert page.count("<script") == SHELL.count("<script") - 1


def test_another_page_of_streamlit_is_told() -> None:
    with pytest.raises(ValueError, match="<title>"):
        in_chinese(SHELL.replace("<title>", "<title >"))


def test_a_port_that_is_taken_is_told(paths: DataPaths, clock: Clock) -> None:
    site = Site(paths, "", False, clock)
    first = bind(site, "127.0.0.1", 0)
    port = first.listening.getsockname()[1]
    with pytest.raises(Problem, match="已被占用"):
        bind(site, "127.0.0.1", port)
    first.listening.close()
    with pytest.raises(Problem, match="不能在这个地址"):
        bind(site, "192.0.2.1", port)


RUN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from streamlit.config import get_option
from dashboard.serving import Site, bind, serve
from yibao.paths import DataPaths

def started():
    print(bound.listening.getsockname()[1])
    print(get_option("runner.postScriptGC"), flush=True)

site = Site(DataPaths(Path(sys.argv[1])), "示范县医疗保障局", False, lambda: datetime.now(UTC))
bound = bind(site, "127.0.0.1", 0)
serve(bound, Path(sys.argv[2]), started)
"""
SCRIPT = """
import os
import streamlit as st
st.title("总览")
assert os.environ["YIBAO_DATA"]
"""


@pytest.fixture
def streamlit(paths: DataPaths, tmp_path: Path) -> Iterator[Browser]:
    """The real server in a process of its own, logged in; it must stop when it is told to."""
    accounts.reset_user(paths, "zhang", FIRST)
    script = tmp_path / "app.py"
    script.write_text(SCRIPT, encoding="utf-8")
    # what the machine says must not win
    said = {"STREAMLIT_SERVER_ENABLE_AGENT_API": "true", "STREAMLIT_RUNNER_POST_SCRIPT_GC": "true"}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(paths.root), str(script)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), **said},
    )
    assert process.stdout
    browser = Browser(int(process.stdout.readline()))
    try:
        # with it on, a page costs four times as much
        assert process.stdout.readline() == "False\n"
        yield browser
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == -signal.SIGTERM
        process.stdout.close()


def test_streamlit_behind_the_gate(streamlit: Browser) -> None:
    assert streamlit.get("/").status == 303
    assert streamlit.ask("GET", "/_stcore/host-config").status == 401
    with pytest.raises(InvalidStatus, match="403"):
        websocket(streamlit)
    log_in(streamlit)
    streamlit.send_form("/password", old=FIRST, new=OWN, again=OWN)
    page = streamlit.get("/").text
    assert "<title>医疗保障数据看板</title>" in page
    source = page.partition('src="./static/js/')[2].partition('"')[0]
    assert streamlit.get(f"/static/js/{source}").status == 200
    assert json.loads(streamlit.get("/_stcore/host-config").text)["allowedOrigins"] == []
    for path in ("/_stcore/agent/openapi.json", "/_stcore/metrics", "/_stcore/upload_file/a/b"):
        assert streamlit.get(path).status == 404
    cookie = "; ".join(f"{name}={value}" for name, value in streamlit.cookies.items())
    address = f"ws://127.0.0.1:{streamlit.port}/_stcore/stream"
    with connect(
        address, additional_headers={"Cookie": cookie}, subprotocols=[Subprotocol("streamlit")], proxy=None
    ):
        pass
    # another site may not open it, cookie or not
    with pytest.raises(InvalidStatus):
        connect(
            address,
            additional_headers={"Cookie": cookie},
            origin=Origin("http://elsewhere.example"),
            proxy=None,
        )


# the command ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def published(tmp_path: Path) -> DataPaths:
    """A small generation."""
    paths = passed_warehouse(tmp_path / "published")
    publishing.publish(paths, checked_warehouse(paths), CONTENTS, NOW, no_page)
    return paths


def test_no_dashboard_without_a_generation_or_users(published: DataPaths, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = CliRunner().invoke(cli.main, ["dashboard", "--data", str(tmp_path / "empty")])
    assert done.exit_code == 2 and "还没有发布过" in done.output
    done = CliRunner().invoke(cli.main, ["dashboard", "--data", str(published.root)])
    assert done.exit_code == 2
    assert f"yibao user add zhang --role leader --display 张局长 --data {published.root}" in done.output


def test_a_clerks_township_must_be_one_of_the_generation(published: DataPaths) -> None:
    arguments = ["user", "add", "li", "--role", "clerk", "--display", "李", "--data", str(published.root)]
    done = CliRunner().invoke(cli.main, [*arguments, "--region", "990101009"])
    assert done.exit_code == 2 and "990101001 城关镇" in done.output
    assert CliRunner().invoke(cli.main, [*arguments, "--region", "990101001"]).exit_code == 0
