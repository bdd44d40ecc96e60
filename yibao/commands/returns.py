"""`yibao returns`: the 退回清单 of the published generation."""

from __future__ import annotations

from pathlib import Path

import click

from yibao import formatting, publishing
from yibao.command import ChineseCommand, Session
from yibao.contract import load_contract
from yibao.disk import place_problem
from yibao.options import FOLDER, data_option, existing, project_option
from yibao.project import find_project
from yibao.returns import Listing, read_listing, write_returns
from yibao.screen import Column, Screen


@click.command(cls=ChineseCommand, help="退回清单：把有错的行和拒收的文件写成 Excel，交报送单位更正。")
@click.option(
    "--out",
    type=FOLDER,
    metavar="文件夹",
    help="写到哪里，每一版一个子文件夹；不写则为数据文件夹下的 returns。",
)
@data_option
@project_option
@click.pass_obj
def returns(session: Session, out: Path | None, data: Path | None, project: Path | None) -> None:
    """One workbook for each source and dataset, one for the refused files of each source."""
    paths = existing(session, data)
    contract = load_contract(find_project(project).contract_file)
    with publishing.open_current(paths) as opened:
        listing = read_listing(opened, contract)
    if not listing.rows and not listing.files:
        session.screen.line(f"版本 {listing.about.run_id} 没有要退回的行和文件。")
        return
    folder = (out or paths.returns).absolute()
    try:
        written = write_returns(listing, folder)
    except OSError as error:
        raise place_problem(
            error,
            "退回清单写不了",
            folder,
            "请关闭正在打开旧清单的程序，检查权限和磁盘空间，或用 --out 换一个文件夹。",
        ) from error
    _show(session.screen, listing, written)


def _show(screen: Screen, listing: Listing, written: dict[str, Path]) -> None:
    columns = [
        Column("退回清单"),
        *(Column(title, figure=True) for title in ("必须更正", "请核对", "已更正")),
    ]
    rows = [
        (written[part.name].name, part.total("open"), part.total("warned"), part.total("corrected"))
        for part in listing.rows
    ]
    files = [(written[part.name].name, len(part.open), 0, len(part.corrected)) for part in listing.files]
    screen.table(
        columns,
        [
            [name, *(formatting.count(number, grouped=True) for number in counts)]
            for name, *counts in rows + files
        ],
    )
    screen.line(f"位置 {next(iter(written.values())).parent}")
    screen.line("请把各个文件发给报送单位；更正后重新导出的文件放进收件夹，再执行 yibao run。")
