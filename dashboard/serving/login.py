"""The pages of ours: login, logout, change of password. Plain HTML without a script."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote

import anyio.to_thread
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.serving.cookies import (
    FORM_FIELD,
    SESSION_COOKIE,
    drop_session,
    is_own_form,
    new_form_token,
    set_form_token,
    set_session,
)
from dashboard.serving.gate import PASSWORD
from dashboard.serving.shell import ICON
from dashboard.serving.site import TITLE, Site
from yibao import accounts, audit_log
from yibao.accounts import Refusal, Refused, Session, User
from yibao.audit_log import UNKNOWN_USER, Action, AuditEntry

_TEMPLATES = Environment(
    loader=PackageLoader("dashboard.serving"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# the longest form is two passwords of 128 characters, each of at most 4 bytes, percent-encoded
_FORM_LIMIT = 16 << 10
_ANSWERS = {
    Refusal.WRONG: "登录名或密码不对，或者账号已停用。",
    Refusal.LOCKED: "失败次数太多，请 15 分钟后再试；急用时请联系管理员重置账号。",
}
_STALE = "页面放得太久，或浏览器没有接受 Cookie，请重新填写。"


class LoginPages:
    """The routes, for one site."""

    def __init__(self, site: Site, *, offers_oidc: bool = False) -> None:
        self._site, self._offers_oidc = site, offers_oidc

    def routes(self) -> list[Route]:
        return [
            Route("/login", self.show_login, methods=["GET"]),
            Route("/login", self.log_in, methods=["POST"]),
            Route("/logout", self.show_logout, methods=["GET"]),
            Route("/logout", self.log_out, methods=["POST"]),
            Route(PASSWORD, self.show_password, methods=["GET"]),
            Route(PASSWORD, self.change_password, methods=["POST"]),
        ]

    async def show_login(self, request: Request) -> Response:
        """The form; who is in already goes on."""
        following = local_path(request.query_params.get("next"))
        if await self._user(request):
            return RedirectResponse(following, 303)
        return self._login_page(following)

    async def log_in(self, request: Request) -> Response:
        """A session, or the form with the reason."""
        form = await read_form(request)
        following = local_path(form.get("next"))
        if not is_own_form(request.cookies, form.get(FORM_FIELD, "")):
            return self._login_page(following, _STALE, 400)
        name = form.get("name", "").strip().lower()
        now = self._site.now()
        found = await in_thread(accounts.log_in, self._site.paths, name, form.get("password", ""), now)
        if isinstance(found, Refused):
            await self._record(request, Action.LOGIN_FAILED, found.user, {"reason": found.reason.value})
            return self._login_page(following, _ANSWERS[found.reason], 401)
        return await self.enter(request, found, following)

    async def enter(self, request: Request, session: Session, following: str, **how: str) -> Response:
        """On to the page that was asked for, with the session's cookie; recorded first."""
        await self._record(request, Action.LOGIN, session.user, how)
        response: Response
        if how:
            # a redirect that began at another site would not carry the cookie on: the page itself goes on
            response = self._page("arrived.html", following=following)
        else:
            response = RedirectResponse(PASSWORD if session.user.must_change else following, 303)
        set_session(response, session.token, self._site)
        return response

    async def refuse_vouched(self, request: Request, reason: str, answer: str) -> Response:
        """The login page, when the bureau's login service vouched for nobody we know."""
        await self._record(request, Action.LOGIN_FAILED, None, {"reason": reason, "by": "oidc"})
        return self._login_page("/", answer, 403)

    async def show_logout(self, request: Request) -> Response:
        """Asks whether it is meant: a link alone must not log anybody out."""
        user = await self._user(request)
        if user is None:
            return RedirectResponse("/login", 303)
        return self._page("logout.html", user=user, error=None)

    async def log_out(self, request: Request) -> Response:
        """The end of the session."""
        form = await read_form(request)
        user = await self._user(request)
        if user is None:
            return RedirectResponse("/login", 303)
        if not is_own_form(request.cookies, form.get(FORM_FIELD, "")):
            return self._page("logout.html", 400, user=user, error=_STALE)
        await self._record(request, Action.LOGOUT, user)
        await in_thread(accounts.log_out, self._site.paths, request.cookies[SESSION_COOKIE])
        response = RedirectResponse("/login", 303)
        drop_session(response, self._site)
        return response

    async def show_password(self, request: Request) -> Response:
        """The form; it is also where a first password is changed."""
        user = await self._user(request)
        return self._password_page(user) if user else RedirectResponse("/login", 303)

    async def change_password(self, request: Request) -> Response:
        """A new session with the new password, or the form with the reason."""
        form = await read_form(request)
        user = await self._user(request)
        if user is None:
            return RedirectResponse("/login", 303)
        if not is_own_form(request.cookies, form.get(FORM_FIELD, "")):
            return self._password_page(user, _STALE)
        if form.get("new", "") != form.get("again", ""):
            return self._password_page(user, "两次输入的新密码不一致。")
        changed = await in_thread(
            accounts.change_password,
            self._site.paths,
            request.cookies[SESSION_COOKIE],
            form.get("old", ""),
            form.get("new", ""),
            self._site.now(),
        )
        if isinstance(changed, str):
            return self._password_page(user, changed + "。")
        if isinstance(changed, Refused):
            await self._record(request, Action.LOGIN_FAILED, user, {"reason": changed.reason.value})
            wrong = "原密码不对。" if changed.reason == Refusal.WRONG else _ANSWERS[changed.reason]
            return self._password_page(user, wrong)
        await self._record(request, Action.PASSWORD_CHANGED, user)
        response = RedirectResponse("/", 303)
        set_session(response, changed.token, self._site)
        return response

    def _login_page(self, following: str, error: str | None = None, status: int = 200) -> Response:
        return self._page(
            "login.html",
            status,
            following=following,
            error=error,
            oidc=f"/login/oidc?next={quote(following)}" if self._offers_oidc else None,
        )

    def _password_page(self, user: User, error: str | None = None) -> Response:
        return self._page(
            "password.html", 400 if error else 200, user=user, error=error, least=accounts.MIN_LENGTH
        )

    def _page(self, template: str, status: int = 200, **content: Any) -> Response:
        nonce, form_token = secrets.token_urlsafe(16), new_form_token()
        html = _TEMPLATES.get_template(template).render(
            title=TITLE,
            bureau=self._site.bureau,
            icon=ICON,
            nonce=nonce,
            form_field=FORM_FIELD,
            form_token=form_token,
            **content,
        )
        response = HTMLResponse(html, status)
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; form-action 'self';"
            " base-uri 'none'; frame-ancestors 'none'"
        )
        set_form_token(response, form_token, self._site)
        return response

    async def _user(self, request: Request) -> User | None:
        token = request.cookies.get(SESSION_COOKIE)
        found: User | None = await in_thread(accounts.user_of, self._site.paths, token, self._site.now())
        return found

    async def _record(
        self, request: Request, action: Action, user: User | None, more: Mapping[str, str] | None = None
    ) -> None:
        address = {"address": request.client.host} if request.client else {}
        entry = AuditEntry(
            self._site.now(),
            user.name if user else UNKNOWN_USER,
            user.role.value if user else "",
            action,
            filters={**address, **(more or {})},
        )
        await in_thread(audit_log.record, self._site.paths, entry)


def local_path(wanted: str | None) -> str:
    """A path of this site to go on to after the login; `/` for anything that leads elsewhere, or nowhere."""
    if not wanted or not wanted.isprintable() or not wanted.startswith("/") or "\\" in wanted:
        return "/"
    # two slashes, or three, are another host to a browser
    if wanted.startswith(("//", "/login", "/logout")):
        return "/"
    # a Location header is ASCII
    return quote(wanted, safe="/?&=%+-_.~:,;!*'()@$")


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a small form; none of them when it is too long or no form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _FORM_LIMIT:
            return {}
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


async def in_thread(function: Any, *arguments: Any) -> Any:
    """What waits for the disk or takes long must not hold up the other requests."""
    return await anyio.to_thread.run_sync(partial(function, *arguments))
