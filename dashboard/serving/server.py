"""Starts Streamlit's own ASGI application in this process, behind our gate."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp
from streamlit.starlette import App
from streamlit.web.bootstrap import load_config_options

from dashboard.serving.gate import Gate
from dashboard.serving.login import LoginPages
from dashboard.serving.site import Site
from yibao.paths import DATA_VARIABLE, oidc_path
from yibao.problem import Problem

SCRIPT = Path(__file__).resolve().parent / "script.py"
# whatever a file or variable of the machine says: what is given here wins
_OPTIONS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    # pages that may hold ours in a frame and send it messages: by default those of Streamlit's own hosting
    "client.allowedOrigins": [],
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "global.developmentMode": False,
    "logger.level": "warning",
    "logger.hideWelcomeMessage": True,
    "runner.magicEnabled": False,
    # else all of the process's memory is searched for garbage after every page: three quarters of what a page costs.
    # Python does so by itself when there is some
    "runner.postScriptGC": False,
    "server.allowRunOnSave": False,
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    "server.headless": True,
    # in MB; the gate lets no upload through at all
    "server.maxUploadSize": 1,
    "server.scriptHealthCheckEnabled": False,
    "server.showEmailPrompt": False,
    "theme.base": "light",
    "theme.primaryColor": "#1f5fa8",
    "theme.font": "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif",
}


@dataclass(frozen=True)
class Serving:
    """An address that is ours: nothing is answered on it before `serve`."""

    site: Site
    listening: socket.socket

    @property
    def address(self) -> str:
        host, port = self.listening.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def bind(site: Site, address: str, port: int) -> Serving:
    """Takes the port. Raises Problem (exit 2) when it is taken, or the address is not one of this machine."""
    listening = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        if os.name != "nt":
            # on Windows it would let two servers have one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise _no_address(error, address, port) from error
    listening.setblocking(False)
    return Serving(site, listening)


def application(site: Site, script: Path = SCRIPT) -> ASGIApp:
    """Streamlit with our options, our pages and our gate; one in a process, because Streamlit has one runtime."""
    os.environ[DATA_VARIABLE] = str(site.paths.root)
    load_config_options(dict(_OPTIONS))
    routes = login_routes(site)
    own = frozenset(route.path for route in routes)
    app: ASGIApp = App(script, routes=routes, middleware=[Middleware(Gate, site=site, own=own)])
    return app


def login_routes(site: Site) -> list[Route]:
    """Our own pages; with the bureau's login service where its configuration is there.

    Raises Problem (exit 2) when that cannot be used.
    """
    configuration = oidc_path(site.paths)
    if not configuration.is_file():
        return LoginPages(site).routes()
    try:
        from dashboard.serving import oidc
    except ImportError as error:
        raise Problem(
            "配置了统一身份认证，但没有安装所需的组件",
            where=str(configuration),
            todo='请执行 pip install "yibao[oidc]"，或移走这个配置文件。',
        ) from error
    pages = LoginPages(site, offers_oidc=True)
    return [*pages.routes(), *oidc.OidcPages(site, oidc.read_settings(configuration), pages).routes()]


def serve(serving: Serving, script: Path = SCRIPT, started: Callable[[], None] | None = None) -> None:
    """Answers until the process is told to stop (Ctrl+C, SIGTERM)."""
    config = uvicorn.Config(
        application(serving.site, script),
        access_log=False,
        log_level="warning",
        server_header=False,
        # the addresses of the browsers, told by a proxy on this machine
        proxy_headers=serving.site.behind_https,
        forwarded_allow_ips="127.0.0.1,::1",
        ws="websockets-sansio",
        # an open page must not keep the server from stopping
        timeout_graceful_shutdown=3,
    )
    if started:
        started()
    uvicorn.Server(config).run(sockets=[serving.listening])


def _no_address(error: OSError, address: str, port: int) -> Problem:
    if error.errno == errno.EADDRINUSE:
        return Problem(
            f"端口 {port} 已被占用",
            where=f"--address {address} --port {port}",
            todo="看板可能已经在运行；否则请用 --port 换一个端口，例如 --port 8502。",
        )
    return Problem(
        "不能在这个地址上提供服务",
        where=f"--address {address} --port {port}",
        todo="请写本机的地址（只供本机和本机上的代理时用 127.0.0.1）和 1024 以上的端口。",
        details=(str(error.strerror or error),),
    )
