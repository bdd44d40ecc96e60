"""What several commands share: the data folder as an option, and the folder itself."""

from __future__ import annotations

from pathlib import Path

import click

from yibao.command import Session
from yibao.disk import disk_problem
from yibao.paths import DataPaths, data_paths
from yibao.problem import ExitCode, Problem

FOLDER = click.Path(path_type=Path)

data_option = click.option(
    "--data",
    type=FOLDER,
    metavar="文件夹",
    help="数据文件夹；不写则用环境变量 YIBAO_DATA，再不然用当前目录下的 data。",
)


project_option = click.option(
    "--project", type=FOLDER, metavar="文件夹", help="dbt 项目文件夹；一般不用写，用自带的。"
)


def made(session: Session, data: Path | None) -> DataPaths:
    """The data folder, made where it is not there. Raises Problem where it cannot be made."""
    paths = data_paths(data)
    try:
        paths.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_problem(error, paths.root) from error
    session.paths = paths
    return paths


def existing(session: Session, data: Path | None) -> DataPaths:
    """The data folder. Raises Problem (exit 2) where it is not there."""
    paths = data_paths(data)
    if not paths.root.is_dir():
        raise Problem(
            "数据文件夹不存在",
            where=f"--data {paths.root}",
            todo="请检查路径；第一次使用请先执行 yibao run --inbox 收件夹 --data 数据文件夹。",
            exit_code=ExitCode.WRONG_USE,
        )
    session.paths = paths
    return paths
