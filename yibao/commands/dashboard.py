"""`yibao dashboard`: serves the dashboard until it is stopped."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import click

from yibao import accounts, publishing
from yibao.command import ChineseCommand, Session
from yibao.options import data_option, existing
from yibao.paths import DataPaths
from yibao.problem import Problem


@click.command(cls=ChineseCommand, help="打开看板：在浏览器里查看当前发布的一版；按 Ctrl+C 停止。")
@click.option(
    "--address", default="127.0.0.1", show_default=True, metavar="地址", help="在本机的哪个地址上提供服务。"
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8501, show_default=True, metavar="端口", help="端口。"
)
@click.option("--behind-https", is_flag=True, help="浏览器经由本机的 HTTPS 代理（如 nginx）访问时写上。")
@data_option
@click.pass_obj
def dashboard(session: Session, address: str, port: int, behind_https: bool, data: Path | None) -> None:
    """Serve until told to stop."""
    paths = existing(session, data)
    publishing.require_current(paths)
    _require_users(paths)
    # Streamlit takes two seconds to import, which no other command should pay
    from dashboard import serving

    site = serving.Site(paths, _bureau(paths), behind_https, session.now)
    bound = serving.bind(site, address, port)
    screen = session.screen
    if not behind_https and not _is_loopback(address):
        screen.note("注意：没有 HTTPS，密码会在网上明文传送。请按 docs/dashboard.zh.md 在前面架设 nginx。")
    try:
        serving.serve(bound, started=lambda: screen.line(f"看板已启动：{bound.address}（按 Ctrl+C 停止）"))
    except KeyboardInterrupt:
        screen.note("看板已停止")


def _require_users(paths: DataPaths) -> None:
    if any(not user.disabled for user in accounts.list_users(paths)):
        return
    raise Problem(
        "还没有可以登录的账号",
        where=str(paths.accounts),
        todo=f"请先新建一个：yibao user add zhang --role leader --display 张局长 --data {paths.root}",
    )


def _bureau(paths: DataPaths) -> str:
    """The bureau's name, by the county (or city) of the current generation."""
    with publishing.open_current(paths) as opened:
        rows = opened.connection.execute(
            "select region_name from main.dim_region where parent_code is null"
        ).fetchall()
    return f"{rows[0][0]}医疗保障局" if len(rows) == 1 else "医疗保障局"


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
