"""Stands before everything else: without a session nothing but the login is served.

A plain ASGI middleware, because those of Starlette see no WebSocket. It also sets the security headers of every answer, hides what of
Streamlit nobody needs here, and puts Streamlit's page into Chinese.
"""

from __future__ import annotations

import re
from functools import partial
from urllib.parse import quote, urlencode

import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.serving.cookies import SESSION_COOKIE, cookies_of
from dashboard.serving.shell import in_chinese
from dashboard.serving.site import Site
from yibao import accounts
from yibao.accounts import User

HEALTH = "/_stcore/health"
PASSWORD = "/password"
# what the page needs of Streamlit's own interface; not metrics, uploads, its agent API, its own login
_CORE = re.compile(r"/_stcore/(health|host-config|stream|bidi-components/.+)")
_OTHER_LOGIN = re.compile(r"/(auth/|oauth2callback)")
_FILES = ("/static/", "/media/", "/component/", "/_stcore/")
_READING = frozenset({"GET", "HEAD"})
# the policy code for a WebSocket that is refused
_REFUSED = 1008

_POLICY = "; ".join(
    (
        "default-src 'self'",
        # no eval: Streamlit has Vega interpret its expressions; blob: is how it runs our table (components/table.js)
        "script-src 'self' blob:",
        # Streamlit styles its elements as it makes them
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Security-Policy": _POLICY,
}


class Gate:
    """The middleware; `own` are the paths of our own pages, which look after themselves."""

    def __init__(self, app: ASGIApp, site: Site, own: frozenset[str]) -> None:
        self._app, self._site, self._own = app, site, own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._http(scope, receive, self._with_headers(scope, send))
            case "websocket":
                await self._websocket(scope, receive, send)
            case _:
                await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path in self._own or path == HEALTH:
            await self._app(scope, receive, send)
            return
        user = await self._user(scope)
        if user is None or user.must_change:
            await _turned_away(scope, user)(scope, receive, send)
        elif _is_hidden(path):
            await PlainTextResponse("没有这个地址", 404)(scope, receive, send)
        elif scope["method"] not in _READING:
            await PlainTextResponse("不接受这种请求", 405)(scope, receive, send)
        elif path.startswith(_FILES):
            await self._app(scope, receive, send)
        else:
            await self._app(_for_whole_page(scope), receive, _Translated(send).send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = await self._user(scope)
        if user is None or user.must_change or _is_hidden(scope["path"]):
            await send({"type": "websocket.close", "code": _REFUSED})
            return
        await self._app(scope, receive, send)

    async def _user(self, scope: Scope) -> User | None:
        token = cookies_of(scope).get(SESSION_COOKIE)
        look = partial(accounts.user_of, self._site.paths, token, self._site.now())
        return await anyio.to_thread.run_sync(look)

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        is_file = scope["path"].startswith("/static/")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if self._site.behind_https:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                # figures and exports stay in no cache; what comes with Streamlit may
                if not (is_file and message["status"] < 300):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        return sending


def _is_hidden(path: str) -> bool:
    # also below the address of a page: /page/_stcore/...
    return ("/_stcore" in path and not _CORE.fullmatch(path)) or bool(_OTHER_LOGIN.match(path))


def _turned_away(scope: Scope, user: User | None) -> Response:
    """To the login, or to the change of the first password; a plain refusal to whatever is not a page."""
    is_page = scope["method"] in _READING and "text/html" in Headers(scope=scope).get("accept", "")
    if not is_page:
        return PlainTextResponse("请先登录", 401) if user is None else PlainTextResponse("请先修改密码", 403)
    if user is not None:
        return RedirectResponse(PASSWORD, 303)
    wanted = quote(scope["path"]) + (
        "?" + scope["query_string"].decode("latin-1") if scope["query_string"] else ""
    )
    return RedirectResponse("/login" + ("" if wanted == "/" else "?" + urlencode({"next": wanted})), 303)


def _for_whole_page(scope: Scope) -> Scope:
    """The request without what would bring back a packed, partial or unchanged page."""
    left_out = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in left_out]}


class _Translated:
    """Passes an answer on, and a page in Chinese."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """What the application calls instead of the server's own."""
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        body = in_chinese(self._body.decode()).encode() if self._body else b""
        headers = MutableHeaders(scope=start)
        for name in ("etag", "last-modified", "accept-ranges"):
            del headers[name]
        headers["content-length"] = str(len(body))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_page(message: Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return message["status"] == 200 and kind.startswith("text/html")
