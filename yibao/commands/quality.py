"""`yibao quality`: the quality page of a published generation, or of a check that was not published."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from yibao import durable, publishing, quality_page
from yibao.command import ChineseCommand, Session
from yibao.disk import place_problem
from yibao.intake import dataset_names
from yibao.options import FOLDER, data_option, existing
from yibao.paths import DataPaths
from yibao.project import find_project


@click.command(
    cls=ChineseCommand, help="质量报告：一个网页文件，说明数据是怎样通过检查的、还要处理什么；不联网。"
)
@click.option(
    "--run",
    "run_id",
    metavar="版本",
    help="版本号（见 yibao status），或没有发布的检查的编号；不写则为当前版。",
)
@click.option(
    "--out", type=FOLDER, metavar="文件", help="写到这个文件；不写则放在这一版（这次检查）的文件夹里。"
)
@data_option
@click.pass_obj
def quality(session: Session, run_id: str | None, out: Path | None, data: Path | None) -> None:
    """Write the page where it is not there yet, say where it is, and open it where there is a desktop."""
    paths = existing(session, data)
    names = dataset_names(find_project(None))
    if run_id is not None and quality_page.CHECK_ID.fullmatch(run_id):
        page = out or quality_page.check_page(paths, run_id)
        _write(page, quality_page.page_of_check(paths, run_id, names))
    else:
        generation = publishing.find(paths, run_id) if run_id else publishing.require_current(paths)
        page = out or generation.page
        # a generation never changes: the page it was published with stays
        if out or not page.is_file():
            _write(page, quality_page.page_of_generation(generation, names))
    session.screen.line(f"质量报告 {page.absolute()}")
    if run_id is None:
        _tell_of_a_refused_check(session, paths)
    if session.screen.out.is_terminal and _has_desktop():
        click.launch(str(page.absolute()))


def _write(page: Path, text: str) -> None:
    try:
        durable.write_text(page, text)
    except OSError as error:
        raise place_problem(
            error, "质量报告写不进去", page.absolute(), "请检查路径、权限和磁盘空间，或用 --out 换一个文件。"
        ) from error


def _tell_of_a_refused_check(session: Session, paths: DataPaths) -> None:
    """The current generation may be older than the last check, which then was not published."""
    check = quality_page.newest_check(paths)
    if check and check.verdict != "passed":
        session.screen.line(f"注意：最近一次检查没有通过，没有发布，见 yibao quality --run {check.check_id}")


def _has_desktop() -> bool:
    return sys.platform in ("win32", "darwin") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
