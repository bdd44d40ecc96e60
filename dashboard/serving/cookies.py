"""The two cookies of ours: the session, and the token that a form must bring back."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping

from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

from dashboard.serving.site import Site

SESSION_COOKIE = "yibao_session"
# ours is not the only form on this host: another port of it shares our cookies, not our pages
FORM_COOKIE = "yibao_form"
FORM_FIELD = "form_token"


def cookies_of(scope: Scope) -> Mapping[str, str]:
    """The cookies of a request or a WebSocket handshake."""
    pairs = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return cookie_parser("; ".join(pairs))


def set_session(response: Response, token: str, site: Site) -> None:
    """Until the browser is closed; how long it is good for is the server's business."""
    response.set_cookie(
        SESSION_COOKIE, token, path="/", httponly=True, samesite="strict", secure=site.behind_https
    )


def drop_session(response: Response, site: Site) -> None:
    """Makes the browser forget it."""
    response.delete_cookie(
        SESSION_COOKIE, path="/", httponly=True, samesite="strict", secure=site.behind_https
    )


def new_form_token() -> str:
    """For one form; it stands in the form and in a cookie, and another site can read or set neither."""
    return secrets.token_urlsafe(24)


def set_form_token(response: Response, token: str, site: Site) -> None:
    """The cookie beside the form."""
    response.set_cookie(
        FORM_COOKIE, token, path="/", httponly=True, samesite="strict", secure=site.behind_https
    )


def is_own_form(cookies: Mapping[str, str], field: str) -> bool:
    """Whether the form was ours."""
    token = cookies.get(FORM_COOKIE, "")
    return bool(token) and hmac.compare_digest(token.encode(), field.encode())
