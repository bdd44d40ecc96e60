"""The command line: it parses, calls and shows; what is done is elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from yibao import __version__, lookup, publishing, quality, show_check, show_status, show_values, summary
from yibao.command import ChineseGroup, Session
from yibao.commands.account import audit, user
from yibao.commands.cluster import cluster
from yibao.commands.consolidate import consolidate_command
from yibao.commands.dashboard import dashboard
from yibao.commands.issuing import issue, issued, sign
from yibao.commands.quality import quality as quality_command
from yibao.commands.report import report
from yibao.commands.returns import returns
from yibao.commands.upkeep import backup, prune, restore
from yibao.intake import dataset_names, require_landed, require_none_refused, take_in
from yibao.lock import data_lock
from yibao.logs import write_run_report
from yibao.options import FOLDER, data_option, existing, made, project_option
from yibao.problem import Problem
from yibao.project import find_project
from yibao.quality import check as check_warehouse
from yibao.quality_page import write_check_page
from yibao.release import publish_checked
from yibao.road import RunRequest, require_period_form, walk
from yibao.warehouse import TARGETS, call_dbt, engine_for

inbox_option = click.option(
    "--inbox",
    type=FOLDER,
    required=True,
    metavar="文件夹",
    help="收件夹：放医保局导出文件的地方，只读不改。",
)
target_option = click.option(
    "--target",
    type=click.Choice(TARGETS),
    default=TARGETS[0],
    metavar="引擎",
    help="duckdb 本机（默认），spark 集群。",
)
period_option = click.option(
    "--period", metavar="年-月", help="期间，例如 2026-09；不写则用数据中最新的月份。"
)


@click.group(cls=ChineseGroup, help="医保指标数仓：从导出文件到发布的指标，一条命令走完。")
@click.version_option(__version__, prog_name="yibao", message="%(prog)s %(version)s", help="显示版本并退出。")
def main() -> None:
    """The group; its class ends the process."""


@main.command(help="走完全程：导入、建仓、数据质量检查、发布。")
@inbox_option
@data_option
@period_option
@click.option("--strict", is_flag=True, help="只要有文件被拒收就停下，不发布（退出码 3）。")
@click.option("--full-refresh", is_flag=True, help="全部重新计算，不沿用上次的结果。")
@target_option
@project_option
@click.pass_obj
def run(
    session: Session,
    inbox: Path,
    data: Path | None,
    period: str | None,
    strict: bool,
    full_refresh: bool,
    target: str,
    project: Path | None,
) -> int:
    """Land, build, check, publish; then the summary."""
    require_period_form(period)
    _require_inbox(inbox)
    paths = made(session, data)
    screen = session.screen
    request = RunRequest(find_project(project), paths, inbox.absolute(), period, strict, full_refresh, target)
    walked = walk(
        request,
        now=session.now,
        tell=screen.note,
        progress=screen.progress,
        call=call_dbt,
        check=check_warehouse,
    )
    summary.show_run(screen, walked, paths, dataset_names(request.project))
    if walked.holds_lock:
        name = walked.generation.run_id if walked.generation else walked.started_at.translate(_NAME)
        try:
            write_run_report(paths, name, summary.report_of(walked, paths, session.now()))
        except OSError as error:
            # what the run did stands, and its own problem is the one to tell
            screen.note(f"运行记录没有写成（{error.strerror}）：{paths.logs}；不影响上面的结果")
    if walked.unexpected:
        raise walked.unexpected
    if walked.problem:
        screen.problem(walked.problem)
    return walked.exit_code


@main.command(help="只导入：把收件夹里的新文件读进数据文件夹。")
@inbox_option
@data_option
@click.option("--strict", is_flag=True, help="只要有文件被拒收，就以退出码 3 结束。")
@project_option
@click.pass_obj
def land(session: Session, inbox: Path, data: Path | None, strict: bool, project: Path | None) -> None:
    """Land only."""
    _require_inbox(inbox)
    paths = made(session, data)
    with data_lock(paths, "land", session.now()), session.screen.progress("导入文件") as show:
        intake = take_in(find_project(project), paths, inbox.absolute(), session.now(), show)
    summary.show_files(session.screen, intake)
    require_landed(paths, intake)
    if strict:
        require_none_refused(intake)


@main.command(help="只检查：对上次建好的数仓做数据质量检查（expectations 文件夹里的规则）。")
@data_option
@target_option
@project_option
@click.pass_obj
def check(session: Session, data: Path | None, target: str, project: Path | None) -> None:
    """Check what the last build left."""
    paths = existing(session, data)
    with data_lock(paths, "check", session.now()), session.screen.progress("数据质量检查") as show:
        home = find_project(project)
        checked = check_warehouse(home, engine_for(target, paths), session.now, show)
        page = write_check_page(paths, checked.check_id, dataset_names(home))
    show_check.show(session.screen, checked)
    session.screen.line(f"质量报告 {page}")
    quality.require_passed(checked)


@main.command(help="只发布：把建好并通过数据质量检查的数仓发布为新的一版。")
@data_option
@period_option
@target_option
@project_option
@click.pass_obj
def publish(
    session: Session, data: Path | None, period: str | None, target: str, project: Path | None
) -> None:
    """Publish what the last build left, if it and its check passed."""
    require_period_form(period)
    paths = existing(session, data)
    with data_lock(paths, "publish", session.now()):
        home = find_project(project)
        warehouse = quality.checked(home, engine_for(target, paths))
        generation = publish_checked(home, paths, warehouse, period, session.now())
    session.screen.line(f"已发布 {generation.period}，版本 {generation.run_id}")
    session.screen.line(f"位置 {generation.folder}")


@main.command(help="现在的情况：已导入的、被拒收的、上次运行的结果、已发布的各版。")
@data_option
@project_option
@click.pass_obj
def status(session: Session, data: Path | None, project: Path | None) -> None:
    """What is landed and published, and how the last run ended."""
    show_status.show(session.screen, existing(session, data), dataset_names(find_project(project)))


@main.command(help="在终端里查看一个指标（写代码或中文名），取自当前发布的一版。")
@click.argument("indicator", required=False, metavar="指标")
@click.option("--list", "listed", is_flag=True, help="列出全部指标。")
@period_option
@click.option("--region", metavar="地区", help="地区代码或名称；不写则为全县（或全市）。")
@click.option(
    "--by",
    type=click.Choice(list(lookup.DIMENSIONS)),
    metavar="细分",
    help="按什么细分：" + "，".join(f"{code} {name}" for code, name in lookup.DIMENSIONS.items()) + "。",
)
@click.option(
    "--mode", type=click.Choice(list(lookup.MODES)), help="ytd 本年累计，month 本月；不写则用累计。"
)
@click.option("--insutype", default="all", metavar="险种", help="险种代码，例如 390；不写则为全部险种。")
@data_option
@project_option
@click.pass_obj
def show(
    session: Session,
    /,
    indicator: str | None,
    listed: bool,
    data: Path | None,
    project: Path | None,
    **query: Any,
) -> None:
    """A table of one indicator."""
    require_period_form(query["period"])
    paths = existing(session, data)
    with publishing.open_current(paths) as opened:
        if listed:
            show_values.show_catalogue(session.screen, lookup.catalogue(opened.connection))
            return
        if indicator is None:
            raise Problem(
                "没有写要看哪个指标",
                where="yibao show",
                todo="例如 yibao show 参保率；yibao show --list 列出全部。",
            )
        answer = lookup.look_up(opened.connection, lookup.Query(indicator, **query), opened.generation.period)
    labels = show_values.code_labels(find_project(project))
    show_values.show_answer(session.screen, answer, labels)


@main.command(help="退回：让以前发布的一版重新成为当前版。")
@click.option("--to", "run_id", metavar="版本", help="版本号（见 yibao status）；不写则为当前版的前一版。")
@data_option
@click.pass_obj
def rollback(session: Session, run_id: str | None, data: Path | None) -> None:
    """Make an earlier generation current."""
    paths = existing(session, data)
    with data_lock(paths, "rollback", session.now()):
        before = publishing.current_id(paths) or ""
        generation = publishing.rollback(paths, run_id)
    session.screen.line(f"当前版现在是 {generation.run_id}（期间 {generation.period}）")
    if generation.run_id != before and generation.content_id == before.rpartition("-")[2]:
        session.screen.line(
            "注意：这一版的数与退回前的完全一样（没有变化时重跑，也会发布新的一版）。"
            "要退到更早的，请用 yibao status 查看各版，再用 yibao rollback --to 版本。"
        )


main.add_command(quality_command)
main.add_command(returns)
main.add_command(report)
main.add_command(sign)
main.add_command(issue)
main.add_command(issued)
main.add_command(consolidate_command)
main.add_command(backup)
main.add_command(restore)
main.add_command(prune)
main.add_command(cluster)
main.add_command(dashboard)
main.add_command(user)
main.add_command(audit)

_NAME = str.maketrans("", "", "-:")


def _require_inbox(inbox: Path) -> None:
    if not inbox.is_dir():
        raise Problem(
            "收件夹不存在，或不是文件夹",
            where=f"--inbox {inbox.absolute()}",
            todo="请检查路径；文件应放在这个文件夹里。",
        )
