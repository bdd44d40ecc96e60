"""Login through another service: only whom it names, only who has an account here, and only as it was begun."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.serving import Site
from dashboard.serving.oidc import read_settings
from tests.unit.login_kit import Answer, Browser, serving
from tests.unit.test_login_server import SECRET, application
from yibao import accounts, audit_log
from yibao.accounts import Role
from yibao.paths import DataPaths
from yibao.problem import Problem

NOW = datetime(2026, 11, 21, 10, 15, 0, tzinfo=UTC)
KEY = RSAKey.generate_key(2048, {"kid": "1"}, private=True)


class Provider:
    """A service that lets everybody in; `claims` is what it says of them."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"preferred_username": "Zhang"}
        self.key = KEY
        self.issuer = ""
        self._nonce = ""

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/jwks", self.jwks),
            ]
        )

    async def discovery(self, request: Request) -> Response:
        ends = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "jwks",
        }
        found = {name: f"{self.issuer}/{path}" for name, path in ends.items()}
        return JSONResponse(
            {"issuer": self.issuer, "id_token_signing_alg_values_supported": ["RS256"], **found}
        )

    async def authorize(self, request: Request) -> Response:
        asked = request.query_params
        assert asked["code_challenge_method"] == "S256" and asked["scope"] == "openid profile"
        self._nonce = asked["nonce"]
        return RedirectResponse(
            f"{asked['redirect_uri']}?{urlencode({'code': 'c', 'state': asked['state']})}", 302
        )

    async def token(self, request: Request) -> Response:
        asked = parse_qs((await request.body()).decode())
        assert asked["code_verifier"]
        at = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "1",
            "aud": "yibao",
            "iat": at,
            "exp": at + 60,
            "nonce": self._nonce,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, {**claims, **self.claims}, self.key)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": signed})

    async def jwks(self, request: Request) -> Response:
        return JSONResponse({"keys": [KEY.as_dict(private=False)]})


@pytest.fixture
def provider() -> Iterator[Provider]:
    one = Provider()
    with serving(one.application()) as port:
        one.issuer = f"http://127.0.0.1:{port}"
        yield one


@pytest.fixture
def paths(tmp_path: Path, provider: Provider) -> DataPaths:
    paths = DataPaths(tmp_path)
    accounts.add_user(paths, "zhang", "张局长", Role.LEADER, None, NOW, "qiu-tian-2026")
    (paths.accounts / "oidc.toml").write_text(
        f'issuer = "{provider.issuer}"\nclient_id = "yibao"\nclient_secret = "s"\n', encoding="utf-8"
    )
    return paths


@pytest.fixture
def browser(paths: DataPaths) -> Iterator[Browser]:
    with serving(application(Site(paths, "示范县医疗保障局", False, lambda: NOW))) as port:
        yield Browser(port)


def there_and_back(browser: Browser) -> Answer:
    """To the service, through it, and to our callback."""
    away = browser.get("/login/oidc?next=/fund").location
    service = Browser(urlsplit(away).port or 0)
    back = service.get(away.partition(str(service.port))[2]).location
    return browser.get(back.partition(str(browser.port))[2])


def test_whom_the_service_names_is_in(browser: Browser, paths: DataPaths) -> None:
    assert "用统一身份认证登录" in browser.get("/login").text
    answer = there_and_back(browser)
    assert answer.status == 200 and 'content="0; url=/fund"' in answer.text
    assert SECRET in browser.get("/fund").text
    (entry,) = audit_log.entries(paths)
    assert (entry.action.value, entry.user, entry.filters["by"]) == ("login", "zhang", "oidc")


@pytest.mark.parametrize("claims", [{"preferred_username": "nobody"}, {"preferred_username": None}, {}])
def test_who_has_no_account_here_stays_out(
    browser: Browser, provider: Provider, claims: dict[str, Any], paths: DataPaths
) -> None:
    provider.claims = claims
    answer = there_and_back(browser)
    assert answer.status == 403 and "没有您的账号" in answer.text
    assert "yibao_session" not in browser.cookies
    assert [entry.action.value for entry in audit_log.entries(paths)] == ["login_failed"]


def test_a_disabled_user_stays_out(browser: Browser, paths: DataPaths) -> None:
    accounts.disable_user(paths, "zhang")
    assert there_and_back(browser).status == 403


@pytest.mark.parametrize(
    "claims", [{"aud": "another"}, {"iss": "http://elsewhere.example"}, {"nonce": "old"}, {"exp": 1}]
)
def test_an_identity_that_is_not_for_us_is_not_taken(
    browser: Browser, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    answer = there_and_back(browser)
    assert answer.status == 403 and "没有成功" in answer.text
    assert "yibao_session" not in browser.cookies


def test_an_identity_signed_by_another_is_not_taken(browser: Browser, provider: Provider) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "1"}, private=True)
    assert there_and_back(browser).status == 403


def test_a_callback_that_was_not_begun_here_is_not_taken(browser: Browser) -> None:
    assert browser.get("/login/oidc/callback?code=c&state=x").status == 403
    assert "yibao_session" not in browser.cookies


@pytest.mark.parametrize(
    "text",
    [
        "no toml",
        'issuer = "https://a.example"',
        'issuer = "http://a.example"\nclient_id = "a"\nclient_secret = "b"',
        'issuer = "https://a.example"\nclient_id = ""\nclient_secret = "b"',
        'issuer = "https://a.example"\nclient_id = "a"\nclient_secret = "b"\nmore = "c"',
    ],
)
def test_a_configuration_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    (tmp_path / "oidc.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match="统一身份认证的配置"):
        read_settings(tmp_path / "oidc.toml")
