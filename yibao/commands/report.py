"""`yibao report`: makes a report of the published generation, or checks one that was made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from yibao import formatting, issuing
from yibao.command import ChineseCommand, Session
from yibao.commands.which_report import part_option, product_option
from yibao.disk import disk_problem
from yibao.figures import Scope, open_figures
from yibao.options import data_option, existing
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.report import Asked, Made, make_report
from yibao.reporting.check import check_file, listing
from yibao.reporting.content import STATUS_ZH, Identity, Status
from yibao.road import require_period_form
from yibao.screen import Column, Screen


@click.command(
    cls=ChineseCommand, help="报告：由已发布的数据生成 Word、PDF、Excel 和上报包；或用 --check 校核一份报告。"
)
@click.option("--period", metavar="年-月", help="期间，例如 2026-09；不写则用当前版的期间。")
@product_option
@part_option
@click.option("--region", metavar="地区", help="地区代码或名称；不写则为全县（或全市）。")
@click.option(
    "--status",
    type=click.Choice(list(STATUS_ZH)),
    default="draft",
    show_default=True,
    metavar="状态",
    help="draft 草稿，provisional 初步数，final 最终数；后两种须先由三人签字（yibao sign）。",
)
@click.option("--date", "dated", metavar="年-月-日", help="成文日期；不写则为今天（北京时间）。")
@click.option(
    "--check",
    "checked",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="文件",
    help="不生成，只校核这份报告（docx、xlsx 或 zip）：格式、数字、表内平衡、表间校核、用语。",
)
@data_option
@click.pass_obj
def report(
    session: Session,
    period: str | None,
    product: str,
    part: str,
    region: str | None,
    status: Status,
    dated: str | None,
    checked: Path | None,
    data: Path | None,
) -> int:
    """Make or check."""
    paths = existing(session, data)
    if checked is not None:
        return _check(session, paths, checked)
    require_period_form(period)
    day = _day(dated) if dated else formatting.clock(session.now())[:10]
    with session.screen.progress("生成报告") as show:
        show(0, 1, product)
        made = _made(paths, Asked(period, product, part, region, status, day))
        show(1, 1, product)
    _show(session.screen, made, paths)
    return 0


def _made(paths: DataPaths, asked: Asked) -> Made:
    try:
        return make_report(paths, asked)
    except PermissionError as error:
        raise Problem(
            "报告写不了：没有权限，或者旧报告正被别的程序打开",
            where=str(error.filename or paths.reports),
            todo="请关闭正在打开旧报告的程序，检查文件夹的权限，再执行一次。",
        ) from error
    except OSError as error:
        raise disk_problem(error, paths.reports) from error


def _show(screen: Screen, made: Made, paths: DataPaths) -> None:
    identity = made.report.identity
    screen.line(f"已生成 {made.report.title}")
    screen.line(
        f"印着“{STATUS_ZH[identity.status]}”，版本 {identity.run_id}，数据截至 {identity.as_of}，"
        f"共 {len(made.report.figures)} 个数，每个都可追溯到已发布的数据"
    )
    for name, content in made.files.items():
        screen.line(f"  {name}（{-(-len(content) // 1024)} KB）")
    screen.line(f"位置 {made.folder}")
    # the report of a part of the region is signed by nobody
    if made.product.goes_up and made.is_whole:
        screen.line(_next(identity, paths))


def _next(identity: Identity, paths: DataPaths) -> str:
    key = issuing.ReportKey(identity.period, identity.region_code, identity.product, identity.part)
    which, state = key.options, issuing.state_of(paths, key)
    if state.status == "final":
        return "这份报告已报送最终数，不再签字、报送；现在生成的只供内部参考，报送出去的在 yibao issued 的留存里。"
    if identity.status != "draft":
        return f"下一步报送：yibao issue {which} --status {identity.status}"
    return (
        f"下一步校核：yibao report --check 文件；三人依次签字：yibao sign {which} --as prepared --user 登录名；"
        "然后加 --status provisional 重新生成。"
    )


def _check(session: Session, paths: DataPaths, file: Path) -> int:
    """Exit code 0 without findings or with warnings only, 3 with errors."""
    screen = session.screen
    found = check_file(file, open_figures(paths, Scope()))
    if not found:
        screen.line(f"校核通过：{file.name}，没有发现问题")
        return 0
    errors = sum(finding.level == "error" for finding in found)
    screen.table([Column(title) for title in ("程度", "规则", "位置", "问题", "怎么办")], listing(found))
    screen.line(f"校核发现 {errors} 个错误、{len(found) - errors} 个提醒：{file.name}")
    return ExitCode.NOT_PUBLISHED if errors else 0


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Problem("成文日期写法不对", where=f"--date {text}", todo="例如 2026-10-05。") from error
