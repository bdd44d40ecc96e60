"""Login through the bureau's own service (OpenID Connect), where it has one; the user must have an account here as well.

Needs the extra `oidc` (Authlib). Nothing is asked of the service before somebody chooses to log in with it.
"""

from __future__ import annotations

import ipaddress
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.starlette_client import OAuth
from httpx import HTTPError
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.serving.login import LoginPages, in_thread, local_path
from dashboard.serving.site import Site
from yibao import accounts
from yibao.problem import Problem

START, CALLBACK = "/login/oidc", "/login/oidc/callback"
_NEXT = "yibao_next"
_OUT_OF_REACH = "统一身份认证没有成功，请重试，或用登录名和密码登录。"
_STRANGER = "统一身份认证通过了，但这里没有您的账号，或账号已停用；请联系管理员。"


@dataclass(frozen=True)
class OidcSettings:
    """`claim` is what of the identity is the login name here."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str = "preferred_username"


def read_settings(path: Path) -> OidcSettings:
    """The configuration. Raises Problem (exit 2) when it cannot be read, lacks something, or the service is not on HTTPS."""
    try:
        settings = OidcSettings(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise _unfit(path, "内容读不出来，或缺了、多了项目") from error
    if not all(isinstance(value, str) and value for value in vars(settings).values()):
        raise _unfit(path, "每一项都应是不空的文字")
    parts = urlsplit(settings.issuer)
    if not parts.hostname or (parts.scheme != "https" and not _is_loopback(parts.hostname)):
        raise _unfit(path, "issuer 应是 https:// 开头的地址")
    return settings


class OidcPages:
    """The two routes: away to the service, and back."""

    def __init__(self, site: Site, settings: OidcSettings, pages: LoginPages) -> None:
        self._site, self._claim, self._pages = site, settings.claim, pages
        self._client = OAuth().register(
            "bureau",
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
        )

    def routes(self) -> list[Route]:
        return [Route(START, self.leave, methods=["GET"]), Route(CALLBACK, self.come_back, methods=["GET"])]

    async def leave(self, request: Request) -> Response:
        """To the service; state, nonce and verifier wait in Streamlit's signed cookie."""
        request.session[_NEXT] = local_path(request.query_params.get("next"))
        try:
            answer: Response = await self._client.authorize_redirect(
                request, str(request.base_url).rstrip("/") + CALLBACK
            )
        except (OAuthError, HTTPError, ValueError):
            return await self._pages.refuse_vouched(request, "service", _OUT_OF_REACH)
        return answer

    async def come_back(self, request: Request) -> Response:
        """A session for the user whom the service names."""
        following = local_path(request.session.pop(_NEXT, None))
        try:
            token = await self._client.authorize_access_token(request)
        except (OAuthError, HTTPError, JoseError, ValueError):
            return await self._pages.refuse_vouched(request, "service", _OUT_OF_REACH)
        name = (token.get("userinfo") or {}).get(self._claim)
        session = None
        if isinstance(name, str):
            session = await in_thread(
                accounts.open_session, self._site.paths, name.strip().lower(), self._site.now()
            )
        if session is None:
            return await self._pages.refuse_vouched(request, "stranger", _STRANGER)
        return await self._pages.enter(request, session, following, by="oidc")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unfit(path: Path, what: str) -> Problem:
    return Problem(
        f"统一身份认证的配置不能用：{what}",
        where=str(path),
        todo="应有 issuer、client_id、client_secret，可有 claim；写法见 docs/dashboard.zh.md。",
    )
