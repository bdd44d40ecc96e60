"""`yibao user add|list|disable|reset` and `yibao audit`: who may use the dashboard, and what was done there."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from yibao import accounts, audit_log, publishing
from yibao.accounts import Role
from yibao.audit_log import Action, AuditEntry
from yibao.command import ChineseCommand, ChineseGroup, Session
from yibao.options import data_option, existing
from yibao.paths import DataPaths
from yibao.problem import Problem, as_verdict
from yibao.screen import Column

_ROLES = "，".join(f"{role.value} {role.name_zh}" for role in Role)
name_argument = click.argument("name", metavar="登录名")
password_option = click.option(
    "--password-stdin", is_flag=True, help="首次密码从标准输入读一行；不写则由程序随机生成，只显示一次。"
)


@click.group(cls=ChineseGroup, help="看板的账号：新建、列出、停用、重置。没有默认账号，也没有默认密码。")
def user() -> None:
    """The group."""


@user.command(help="新建账号；首次登录时必须改密码。")
@name_argument
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    metavar="角色",
    help=f"{_ROLES}。",
)
@click.option("--display", required=True, metavar="称呼", help="看板上显示的称呼，例如“张局长”。")
@click.option("--region", metavar="乡镇代码", help="9 位乡镇代码；只有乡镇经办人员要写。")
@password_option
@data_option
@click.pass_obj
def add(
    session: Session,
    name: str,
    role: str,
    display: str,
    region: str | None,
    password_stdin: bool,
    data: Path | None,
) -> None:
    """One user more."""
    paths = existing(session, data)
    if region is not None:
        _require_township(paths, region)
    given = _given(password_stdin)
    chosen = Role(role)
    first = accounts.add_user(paths, name, display, chosen, region, session.now(), given)
    filters = {"name": name, "role": role} | ({"region": region} if region else {})
    _record(session, paths, Action.USER_ADDED, filters)
    session.screen.line(f"已新建账号 {name}（{display}，{chosen.name_zh}{'，' + region if region else ''}）")
    _tell_first(session, first, given)


@user.command("list", help="列出全部账号。")
@data_option
@click.pass_obj
def list_(session: Session, data: Path | None) -> None:
    """All users."""
    found = accounts.list_users(existing(session, data))
    session.screen.table(
        [Column("登录名"), Column("称呼"), Column("角色"), Column("乡镇"), Column("状态")],
        [
            [
                one.name,
                one.display_name,
                one.role.name_zh,
                one.region_code or "全县",
                "已停用" if one.disabled else "待改密码" if one.must_change else "正常",
            ]
            for one in found
        ],
    )


@user.command(help="停用账号：不能再登录，正在用的会话立即结束。")
@name_argument
@data_option
@click.pass_obj
def disable(session: Session, name: str, data: Path | None) -> None:
    """No more logins."""
    paths = existing(session, data)
    accounts.disable_user(paths, name)
    _record(session, paths, Action.USER_DISABLED, {"name": name})
    session.screen.line(f"已停用账号 {name}；重新启用请用 yibao user reset {name}")


@user.command(help="重置账号：给一个新的首次密码，结束全部会话，解除锁定，停用的重新启用。")
@name_argument
@password_option
@data_option
@click.pass_obj
def reset(session: Session, name: str, password_stdin: bool, data: Path | None) -> None:
    """A new first password."""
    paths = existing(session, data)
    given = _given(password_stdin)
    first = accounts.reset_user(paths, name, given)
    _record(session, paths, Action.USER_RESET, {"name": name})
    session.screen.line(f"已重置账号 {name}，原来的会话全部结束")
    _tell_first(session, first, given)


@click.command(cls=ChineseCommand, help="审计日志：核对有没有被改动，列出最近的记录。被改动过则退出码为 3。")
@click.option(
    "--last", type=click.IntRange(0), default=20, show_default=True, metavar="条", help="列出最近几条。"
)
@data_option
@click.pass_obj
def audit(session: Session, last: int, data: Path | None) -> None:
    """Verify the chain, then its end."""
    paths = existing(session, data)
    with as_verdict():
        state = audit_log.verify(paths)
    screen = session.screen
    if not state.files:
        screen.line("还没有审计记录")
        return
    screen.line(
        f"审计日志共 {state.lines} 条（{state.files[0].stem} 至 {state.files[-1].stem}），校验链完整，没有被改动"
    )
    screen.line(f"最后一条的校验值 {state.last_hash}（可另行抄存：日志末尾被删时，靠它才能发现）")
    for place in state.torn:
        screen.line(f"{place} 没有写完（断电或磁盘满时留下），它所记的操作没有完成；不影响其他记录")
    recent = audit_log.entries(paths)[-last:] if last else []
    screen.table(
        [Column(title) for title in ("时间", "账号", "角色", "操作", "页面", "条件", "行数", "sha256")],
        [_line(entry) for entry in recent],
    )


def _line(entry: AuditEntry) -> list[str]:
    return [
        entry.at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
        entry.user,
        Role(entry.role).name_zh if entry.role in set(Role) else entry.role,
        entry.action.name_zh,
        entry.page,
        "，".join(f"{key}={value}" for key, value in entry.filters.items()),
        "" if entry.rows is None else str(entry.rows),
        (entry.sha256 or "")[:12],
    ]


def _given(password_stdin: bool) -> str | None:
    return sys.stdin.readline().rstrip("\r\n") if password_stdin else None


def _tell_first(session: Session, first: str, given: str | None) -> None:
    if given is None:
        session.screen.line(f"首次密码 {first}（只显示这一次，请当面交给本人）")
    session.screen.line("首次登录时必须修改密码。")


def _record(session: Session, paths: DataPaths, action: Action, filters: dict[str, str]) -> None:
    who = audit_log.command_line_user()
    audit_log.record(paths, AuditEntry(session.now(), who, "", action, filters=filters))


def _require_township(paths: DataPaths, region: str) -> None:
    """The townships of the current generation; before the first is published, any code will do."""
    if publishing.current_id(paths) is None:
        return
    with publishing.open_current(paths) as opened:
        rows = opened.connection.execute(
            # ...000 stands for rows whose township is not known
            "select region_code, region_name from main.dim_region"
            " where level = 'township' and not ends_with(region_code, '000') order by 1"
        ).fetchall()
    if region not in {code for code, _ in rows}:
        raise Problem(
            f"没有代码为 {region[:40]} 的乡镇",
            where="--region",
            todo="请写当前发布版里的乡镇代码：",
            details=tuple(f"{code} {name}" for code, name in rows),
        )
