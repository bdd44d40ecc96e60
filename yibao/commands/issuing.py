"""`yibao sign`, `yibao issue`, `yibao issued`: three sign a report, it is frozen and sent, the ledger tells of it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from yibao import accounts, audit_log, formatting, issuing
from yibao.accounts import Refusal, Refused, User
from yibao.audit_log import Action, AuditEntry
from yibao.command import ChineseCommand, Session
from yibao.commands.which_report import part_option, product_option
from yibao.figures import Scope, open_figures, regions
from yibao.issuing import ROLES, Issued, Issuer, MadeReport, ReportKey, Signed, SigningRole
from yibao.lock import data_lock
from yibao.options import data_option, existing
from yibao.paths import DataPaths
from yibao.problem import Problem, as_verdict
from yibao.reporting.content import STATUS_ZH, Status
from yibao.reporting.product import require_parts
from yibao.reporting.products import PRODUCTS, name_zh
from yibao.road import require_period_form
from yibao.screen import Column

period_option = click.option("--period", required=True, metavar="年-月", help="报告的期间，例如 2026-09。")


@click.command(
    cls=ChineseCommand, help="签字：制表、审核、签发依次由三个人用自己的账号签；换了数据版本要重新签。"
)
@period_option
@product_option
@part_option
@click.option(
    "--as",
    "role",
    type=click.Choice([role.value for role in ROLES]),
    required=True,
    metavar="身份",
    help="，".join(f"{role.value} {role.name_zh}" for role in ROLES) + "。",
)
@click.option("--user", required=True, metavar="登录名", help="签字人的账号（yibao user list）。")
@click.option("--password-stdin", is_flag=True, help="密码从标准输入读一行；不写则提示输入，不显示。")
@data_option
@click.pass_obj
def sign(
    session: Session,
    period: str,
    product: str,
    part: str,
    role: str,
    user: str,
    password_stdin: bool,
    data: Path | None,
) -> None:
    """One signature on the report of the current generation."""
    require_period_form(period)
    paths, now = existing(session, data), session.now()
    password = _line() if password_stdin else click.prompt("密码", hide_input=True)
    with data_lock(paths, "sign", now):
        made = _made(paths, period, product, part)
        signer = _identified(session, paths, user, password)
        state = issuing.sign(paths, made, SigningRole(role), signer, now)
    screen = session.screen
    told = made.listing
    screen.line(
        f"{signer.display_name} 已签字（{SigningRole(role).name_zh}）：{period} {name_zh(product, told.part)}，"
        f"版本 {told.run_id}"
    )
    missing = [other.name_zh for other in ROLES if state.signature(other) is None]
    if missing:
        screen.line(f"还差：{'、'.join(missing)}")
    else:
        again = "（定为最终数的写 --status final）" if state.issued else ""
        screen.line(
            f"三人已签齐。下一步重新生成，印上签字和状态：yibao report {told.key.options} "
            f"--status provisional{again}；再用 yibao issue 报送。"
        )


@click.command(cls=ChineseCommand, help="报送：三人签齐后，把报告和当时的全部指标值留存，写入不可改的台账。")
@period_option
@product_option
@part_option
@click.option(
    "--status",
    type=click.Choice(["provisional", "final"]),
    required=True,
    metavar="状态",
    help="provisional 已报送（初步数），final 最终数；最终数不能再报。",
)
@click.option("--reason", default="", metavar="原因", help="再次报送初步数的原因；第一次不用写。")
@data_option
@click.pass_obj
def issue(
    session: Session, period: str, product: str, part: str, status: Status, reason: str, data: Path | None
) -> None:
    """Freeze and enter it."""
    require_period_form(period)
    paths, now = existing(session, data), session.now()
    issuer = Issuer(audit_log.command_line_user(), reason)
    with data_lock(paths, "issue", now):
        entry = issuing.issue(paths, _made(paths, period, product, part), status, issuer, now)
    screen = session.screen
    screen.line(f"已报送 {period} {name_zh(product, entry.part)}：{STATUS_ZH[status]}，版本 {entry.run_id}")
    screen.line(f"留存 {paths.issued / entry.issue}（{len(entry.files)} 个报告文件，不可改）")
    if entry.copies:
        screen.line("以后数据有变化时，yibao run 会与这一次逐项比较，列出差异和原因。")


@click.command(
    cls=ChineseCommand,
    help="报送台账：列出每次签字和报送，核对台账和留存的文件有没有被改动。被改动过则退出码为 3。",
)
@data_option
@click.pass_obj
def issued(session: Session, data: Path | None) -> None:
    """Verify, then list."""
    paths = existing(session, data)
    with as_verdict():
        found = issuing.history(paths)
        issuing.verify_copies(paths, found)
    screen = session.screen
    if not found.entries:
        screen.line("还没有签字或报送过任何报告")
        return
    screen.line(f"报送台账共 {len(found.entries)} 条，校验链完整；留存的文件都与台账相符")
    screen.line(f"最后一条的校验值 {found.last_hash}（可另行抄存：台账末尾被删时，靠它才能发现）")
    titles = ("时间", "期间", "地区", "报告", "事项", "版本", "由谁", "原因")
    screen.table([Column(title) for title in titles], [_told(entry) for entry in found.entries])


def _told(entry: Signed | Issued) -> list[str]:
    what = entry.role.name_zh + "签字" if isinstance(entry, Signed) else "报送：" + STATUS_ZH[entry.status]
    who = entry.display_name if isinstance(entry, Signed) else entry.by
    return [
        formatting.clock(issuing.moment_of(entry)),
        entry.period,
        entry.region_code,
        name_zh(entry.product, entry.part),
        what,
        entry.run_id,
        who,
        entry.reason if isinstance(entry, Issued) else "",
    ]


def _made(paths: DataPaths, period: str, product: str, part: str) -> MadeReport:
    require_parts(PRODUCTS[product], part)
    figures = open_figures(paths, Scope())
    key = ReportKey(period, regions(figures)[0].code, product, part)
    return issuing.read_made(paths, key, figures.generation.run_id)


def _identified(session: Session, paths: DataPaths, name: str, password: str) -> User:
    """The user, who has proven it by the password. A wrong one counts as a failed login of the dashboard."""
    answer = accounts.log_in(paths, name, password, session.now())
    if isinstance(answer, Refused):
        known = answer.user.name if answer.user else audit_log.UNKNOWN_USER
        role = answer.user.role.value if answer.user else ""
        audit_log.record(paths, AuditEntry(session.now(), known, role, Action.LOGIN_FAILED, page="sign"))
        locked = answer.reason is Refusal.LOCKED
        raise Problem(
            "连续输错密码，账号暂时锁定" if locked else "登录名或密码不对，没有签字",
            where="--user",
            todo="请过一刻钟再试。"
            if locked
            else "请核对登录名和密码；忘了密码请管理员执行 yibao user reset。",
        )
    # only the proof was wanted
    accounts.log_out(paths, answer.token)
    return answer.user


def _line() -> str:
    return sys.stdin.readline().rstrip("\r\n")
