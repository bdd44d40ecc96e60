"""`yibao backup`, `yibao restore`, `yibao prune`: keeping the data folder."""

from __future__ import annotations

from pathlib import Path

import click

from yibao import backup as archives
from yibao import formatting, issuing, publishing, retention
from yibao.command import ChineseCommand, Session
from yibao.disk import is_full, place_problem
from yibao.lock import data_lock
from yibao.options import FOLDER, data_option, existing
from yibao.paths import data_paths, key_path
from yibao.problem import Problem
from yibao.screen import Column, Screen


@click.command(
    cls=ChineseCommand, help="备份：把导入、发布、报送的内容和日志打成一个文件（不含密钥，密钥要另外备份）。"
)
@click.option(
    "--to",
    "folder",
    type=FOLDER,
    required=True,
    metavar="文件夹",
    help="备份放在哪里；应在另一块磁盘或另一台机器上。",
)
@data_option
@click.pass_obj
def backup(session: Session, folder: Path, data: Path | None) -> None:
    """One verified archive of what cannot be made again."""
    paths, now = existing(session, data), session.now()
    with data_lock(paths, "backup", now), session.screen.progress("备份") as show:
        try:
            packed = archives.pack(paths, folder.absolute(), now, show)
        except OSError as error:
            raise _failed(
                "备份没有做成", error, f"--to {folder.absolute()}", f"--data {paths.root}"
            ) from error
    screen = session.screen
    screen.line(f"已备份 {len(packed.contents.members)} 个文件，共 {_megabytes(packed.contents.size)}")
    screen.line(f"位置 {packed.archive}（{_megabytes(packed.size)}，已复核）")
    screen.line(f"sha256 {packed.sha256}")
    screen.line("数仓不在备份里：恢复后第一次 yibao run 会由导入的文件全部重建。")
    _warn_of_key(screen, packed.contents.key_id)


@click.command(cls=ChineseCommand, help="恢复：由备份文件建一个新的数据文件夹。")
@click.option(
    "--from", "archive", type=FOLDER, required=True, metavar="备份文件", help="yibao backup 写的 .tar.gz。"
)
@data_option
@click.pass_obj
def restore(session: Session, archive: Path, data: Path | None) -> None:
    """A new data folder, or none."""
    paths = data_paths(data)
    with session.screen.progress("恢复") as show:
        try:
            contents = archives.restore(archive.absolute(), paths, show)
        except OSError as error:
            raise _failed(
                "没有恢复", error, f"--data {paths.root}", f"--from {archive.absolute()}"
            ) from error
    # not before: the log of an error would have made the folder, and the next call be refused
    session.paths = paths
    screen = session.screen
    screen.line(
        f"已恢复 {len(contents.members)} 个文件，共 {_megabytes(contents.size)}，全部与备份时一致"
        f"（备份于 {contents.created_at}）"
    )
    screen.line(f"位置 {paths.root}，当前版 {publishing.current_id(paths) or '无'}")
    screen.line(f"下一步：yibao status --data {paths.root}；下一次 yibao run 会全部重新建仓。")
    _warn_of_key(screen, contents.key_id)
    # last: the folder came back as it was backed up, and the ledger in it may have been damaged before
    found = issuing.history(paths)
    issuing.verify_copies(paths, found)
    if found.issues:
        screen.line(f"报送台账完整：{len(found.issues)} 次报送，留存的文件都与台账相符")


@click.command(cls=ChineseCommand, help="清理：删除旧的发布版、检查结果和日志（导入的文件从不删除）。")
@click.option(
    "--keep-generations",
    type=click.IntRange(1),
    default=12,
    show_default=True,
    metavar="版",
    help="保留最近几版；当前版、它的前一版、已报送的各版总是保留。",
)
@click.option(
    "--keep-months",
    type=click.IntRange(1),
    default=24,
    show_default=True,
    metavar="月",
    help="检查结果和日志保留几个月；最近一次检查总是保留。",
)
@click.option("--dry-run", is_flag=True, help="只列出会删除什么，不删除。")
@data_option
@click.pass_obj
def prune(
    session: Session, keep_generations: int, keep_months: int, dry_run: bool, data: Path | None
) -> None:
    """Remove what the rules no longer keep."""
    paths, now = existing(session, data), session.now()
    with data_lock(paths, "prune", now):
        plan = retention.make_plan(paths, retention.Rules(keep_generations, keep_months), now)
        stuck = () if dry_run else retention.prune(paths, plan)
    _show_plan(session.screen, plan)
    freed = sum(item.size for item in plan.items) - sum(item.size for item in stuck)
    if dry_run:
        session.screen.line(f"会腾出 {_megabytes(freed)}；去掉 --dry-run 才会删除。")
    else:
        session.screen.line(f"已腾出 {_megabytes(freed)}。")
    for item in stuck:
        session.screen.line(f"没有删除 {item.path}：正被别的程序打开，下次再清理。")


def _show_plan(screen: Screen, plan: retention.Plan) -> None:
    screen.heading("保留的版本")
    screen.table(
        [Column("版本"), Column("期间"), Column("原因")],
        [[generation.run_id, generation.period, reason] for generation, reason in plan.kept],
    )
    screen.heading("删除")
    parts = (("发布的旧版", plan.generations), ("检查结果", plan.checks), ("日志", plan.logs))
    screen.table(
        [Column("内容"), Column("个数", figure=True), Column("大小", figure=True)],
        [
            [name, formatting.count(len(items)), _megabytes(sum(item.size for item in items))]
            for name, items in parts
        ],
    )
    for item in (*plan.generations, *plan.checks):
        screen.line(f"  {item.path}")


def _warn_of_key(screen: Screen, key_id: str | None) -> None:
    screen.heading("密钥不在备份里")
    screen.line(f"这些数据要用编号 {key_id} 的密钥，这台电脑上的密钥文件应在 {key_path()}")
    screen.line(
        "密钥丢了，就不能再往这些数据里导入。请把密钥文件另行备份，由专人保管，不要和数据的备份放在一起。"
    )


def _failed(what: str, error: OSError, written: str, read: str) -> Problem:
    """Only a full disk says by itself on which side it is."""
    option = written.split()[0]
    return place_problem(
        error,
        what,
        written if is_full(error) else f"{written}，{read}",
        f"请检查路径、权限和磁盘空间，或用 {option} 换一个文件夹；没有留下不完整的内容。",
    )


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
