"""`yibao consolidate`: the counties' packages become one generation of the city."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import duckdb

from yibao import formatting
from yibao.command import ChineseCommand, Session
from yibao.consolidation.checking import STATUS_ZH, VERDICT_ZH, Demand, Judgement, Verdict
from yibao.consolidation.city import Outcome, Request, consolidate
from yibao.consolidation.expected import read_expected, read_targets
from yibao.consolidation.writing import city_name
from yibao.intake import dataset_names
from yibao.lock import data_lock
from yibao.options import FOLDER, data_option, made, project_option
from yibao.problem import ExitCode, Problem
from yibao.project import Project, catalogue_hash, find_project
from yibao.publishing import PACKAGE
from yibao.road import require_period_form
from yibao.screen import Column, Screen


@click.command(
    "consolidate", cls=ChineseCommand, help="市级汇总：核对各县区上报的数据包，逐项相加，发布为全市的一版。"
)
@click.argument("packages", nargs=-1, type=FOLDER, required=True, metavar="数据包...")
@click.option("--period", required=True, metavar="年-月", help="汇总哪个期间，例如 2026-09。")
@click.option(
    "--expect", type=FOLDER, required=True, metavar="文件", help="应报县区名单：CSV，列为区划代码、名称。"
)
@click.option("--due", metavar="年-月-日", help="报送期限；数据包落款晚于这一天的算逾期。")
@click.option("--partial", is_flag=True, help="有县区缺报也出数；全市数不含缺报县区，每页注明。")
@click.option(
    "--targets",
    type=FOLDER,
    metavar="文件",
    help="市里下达的目标：CSV，列为年度、区划代码、指标代码、目标值。",
)
@data_option
@project_option
@click.pass_obj
def consolidate_command(
    session: Session,
    packages: tuple[Path, ...],
    period: str,
    expect: Path,
    due: str | None,
    partial: bool,
    targets: Path | None,
    data: Path | None,
    project: Path | None,
) -> int:
    """Check, add up, publish; then the table of counties."""
    require_period_form(period)
    _require_day(due)
    home = find_project(project)
    city, counties = read_expected(expect)
    regions = {city.code, *(place.code for place in counties)}
    request = Request(
        packages=_packages(packages),
        city=city,
        demand=Demand(period, catalogue_hash(home), counties, due, partial),
        targets=read_targets(targets, _indicators(home), regions) if targets else (),
        names={**dataset_names(home), PACKAGE: "县区数据包"},
    )
    paths = made(session, data)
    with (
        data_lock(paths, "consolidate", session.now()),
        session.screen.progress("核对数据包") as show,
    ):
        outcome = consolidate(home, paths, request, session.now(), show)
    _show(session.screen, outcome)
    if outcome.generation is None:
        raise _refusal(outcome)
    session.screen.line(
        f"已发布 {city_name(city, outcome.judgements).name} {period}，版本 {outcome.generation.run_id}"
    )
    session.screen.line(f"位置 {outcome.generation.folder}")
    return ExitCode.DONE


def _packages(given: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files; of a folder its zips, and of `*.zip` what it stands for, since the shell of Windows does not say."""
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            several = sorted(path.glob("*.zip"))
        elif "*" in path.name and not path.exists():
            several = sorted(path.parent.glob(path.name))
        else:
            several = [path]
        if not several:
            raise Problem("没有找到数据包", where=str(path), todo="请检查路径；数据包是 .zip 文件。")
        found += [each.absolute() for each in several]
    for path in found:
        # it is shown, and kept with the generation
        if not path.name.isprintable():
            raise Problem(
                "数据包的文件名带有不能显示的字符",
                where=f"{path.parent}：{path.name!a}",
                todo="请改一个文件名，再执行一次。",
            )
    # one named twice is one
    return tuple(dict.fromkeys(found))


def _show(screen: Screen, outcome: Outcome) -> None:
    titles = ("县区", "状态", "落款日期", "结论", "数据包", "怎么办")
    screen.table([Column(title) for title in titles], [_line(one) for one in outcome.judgements])
    counts = {verdict: sum(one.verdict is verdict for one in outcome.judgements) for verdict in Verdict}
    told = "，".join(f"{VERDICT_ZH[verdict]} {count} 个" for verdict, count in counts.items() if count)
    screen.line(f"{told}；逾期 {sum(one.late for one in outcome.judgements)} 个")


def _line(one: Judgement) -> list[str]:
    manifest = one.manifest
    return [
        one.county.name,
        STATUS_ZH[manifest.status] if manifest else formatting.MISSING,
        (manifest.dated + ("（逾期）" if one.late else "")) if manifest else formatting.MISSING,
        VERDICT_ZH[one.verdict],
        one.path.name if one.path else formatting.MISSING,
        one.todo,
    ]


def _refusal(outcome: Outcome) -> Problem:
    stopping = [one for one in outcome.judgements if one.stops]
    details = [
        f"{one.problem.what}（{one.problem.where}）：{one.problem.todo}" for one in stopping if one.problem
    ]
    if not stopping:
        details = ["没有一个可用的数据包"]
    return Problem(
        f"{len(stopping)} 个县区的数据包不能用或没有报送，没有汇总",
        where="各县区数据包",
        todo="上一版保持不变。请按下列各项处理后重新执行 yibao consolidate。",
        exit_code=ExitCode.NOT_PUBLISHED,
        details=tuple(details),
    )


def _indicators(project: Project) -> frozenset[str]:
    file = next((project.root / "seeds").rglob("indicator.csv"))
    return frozenset(code for (code,) in duckdb.read_csv(str(file)).project("code").fetchall())


def _require_day(text: str | None) -> None:
    try:
        if text is not None:
            date.fromisoformat(text)
    except ValueError as error:
        raise Problem(
            "日期写法不对", where=f"--due {text}", todo="请写成年-月-日，例如 2026-10-10。"
        ) from error
