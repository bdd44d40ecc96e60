"""What a run tells at its end: on the screen, and as DATA/logs/run-<id>.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from yibao import formatting, marts, publishing, show_check
from yibao.figures import Scope, open_figures, quarantined_open
from yibao.formatting import MISSING
from yibao.intake import refusal_lines
from yibao.landing import LandingSummary
from yibao.paths import DataPaths
from yibao.quality import Report, Status
from yibao.quality_page import check_page
from yibao.road import RunReport, finding_zh
from yibao.screen import Column, Screen

_LEVEL_ZH = {"alarm": "报警", "warning": "预警"}
# more counties than this are told by the city's figures alone
_REGIONS_SHOWN = 6
_LINES_SHOWN = 10
_STEPS_ZH = {
    "land": "导入",
    "verify": "核对已导入的文件",
    "build": "建仓与校验",
    "check": "数据质量检查",
    "publish": "发布",
}


def show_run(screen: Screen, report: RunReport, paths: DataPaths, names: Mapping[str, str]) -> None:
    """The summary, with the Chinese names of datasets; the caller shows the problem that stopped the run, if any."""
    if report.intake is not None:
        show_files(screen, report.intake)
    _show_rows(screen, report.conservation, names)
    if report.check is not None:
        show_check.show(screen, report.check)
        if report.generation is None:
            screen.line(f"质量报告 {check_page(paths, report.check.check_id)}")
    if report.generation is not None:
        with publishing.open_current(paths) as opened:
            _show_figures(screen, opened)
            _show_next(screen, report, quarantined_open(open_figures(paths, Scope())))


def report_of(report: RunReport, paths: DataPaths, finished: datetime) -> dict[str, Any]:
    """The same as data, for JSON: figures exact, as text."""
    content: dict[str, Any] = {
        "started_at": report.started_at,
        "finished_at": finished.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "exit_code": int(report.exit_code),
        "run_id": report.generation.run_id if report.generation else None,
        "period": report.period,
        "refresh": report.refresh.value if report.refresh else None,
        "seconds": report.seconds,
        "landing": _landing(report.intake) if report.intake else None,
        "build": asdict(report.build) if report.build else None,
        "conservation": [asdict(row) for row in report.conservation],
        "check": _check(report.check) if report.check else None,
        "problem": None,
    }
    if report.problem:
        problem = report.problem
        content["problem"] = {
            "what": problem.what,
            "where": problem.where,
            "todo": problem.todo,
            "details": list(problem.details),
        }
    if report.generation:
        with publishing.open_current(paths) as opened:
            regions = marts.counties(opened.connection)
            codes = [region.code for region in regions]
            content["headline"] = [
                asdict(reading)
                for code in codes
                for reading in marts.headline(opened.connection, opened.generation.period, code)
            ]
            content["alerts"] = [
                asdict(reading)
                for reading in marts.alerts(opened.connection, opened.generation.period, codes)
            ]
    return content


def show_files(screen: Screen, intake: LandingSummary) -> None:
    """Files taken, skipped and refused by one landing."""
    screen.heading("文件")
    taken, skipped, refused = len(intake.taken), len(intake.skipped), len(intake.refused)
    rows = formatting.count(sum(intake.rows.values()), grouped=True)
    screen.line(f"新导入 {taken} 个（{rows} 行），跳过 {skipped} 个（已导入过），拒收 {refused} 个")
    for line in refusal_lines(intake.refused, _LINES_SHOWN):
        screen.line(f"  拒收 {line}")
    for notice in intake.notices:
        screen.line(f"  注意 {notice}")


def _show_rows(screen: Screen, rows: tuple[marts.Conservation, ...], names: Mapping[str, str]) -> None:
    if not rows:
        return
    screen.heading("数据行（累计）")
    columns = [Column("数据集"), *(Column(title, figure=True) for title in _ROW_TITLES)]
    lines = [[names.get(row.dataset, row.dataset), *_counts(row)] for row in rows]
    total = marts.total(rows)
    screen.table(columns, [*lines, ["合计", *_counts(total)]])


_ROW_TITLES = ("文件", "导入", "采用", "隔离", "重复", "被替代")


def _counts(row: marts.Conservation) -> list[str]:
    numbers = (row.files, row.landed, row.accepted, row.quarantined, row.duplicate, row.superseded)
    return [formatting.count(number, grouped=True) for number in numbers]


def _show_figures(screen: Screen, opened: publishing.OpenGeneration) -> None:
    period, connection = opened.generation.period, opened.connection
    regions = marts.counties(connection)
    shown = regions if len(regions) <= _REGIONS_SHOWN else regions[:1]
    for region in shown:
        screen.heading(f"主要指标：{region.name} {period}（本年累计）")
        readings = marts.headline(connection, period, region.code)
        screen.table(
            [
                Column("指标"),
                Column("数值", figure=True),
                Column("同比", figure=True),
                Column("目标", figure=True),
            ],
            [_figure_row(reading) for reading in readings],
        )
    alerts = marts.alerts(connection, period, [region.code for region in regions])
    if alerts:
        screen.heading(f"预警（{len(alerts)} 条）")
        names = {region.code: region.name for region in regions}
        for alert in alerts:
            level = _LEVEL_ZH.get(alert.alert_level or "", alert.alert_level or "")
            value = formatting.quantity(alert.value, alert.unit, alert.decimals)
            screen.line(f"  {level} {names[alert.region_code]} {alert.name_zh} {value}：{alert.alert_zh}")


def _figure_row(reading: marts.Reading) -> list[str]:
    value = formatting.quantity(reading.value, reading.unit, reading.decimals)
    if reading.value is None:
        value = f"{MISSING}（{formatting.status_zh(reading.status)}）"
    return [
        reading.name_zh,
        value,
        formatting.change(reading.last_year_change, reading.unit),
        formatting.quantity(reading.target, reading.unit, reading.decimals),
    ]


def _show_next(screen: Screen, report: RunReport, to_correct: int) -> None:
    assert report.generation is not None
    screen.heading("已发布")
    screen.line(f"期间 {report.generation.period}，版本 {report.generation.run_id}")
    screen.line(f"位置 {report.generation.folder}")
    screen.line(f"质量报告 {report.generation.page}")
    steps = "，".join(f"{_STEPS_ZH[step]} {seconds:.0f}" for step, seconds in report.seconds.items())
    screen.line(f"用时 {sum(report.seconds.values()):.0f} 秒（{steps}）")
    todo = []
    if report.intake and report.intake.refused:
        todo.append(
            f"{len(report.intake.refused)} 个文件被拒收：按上面的原因更正后放回收件夹，再执行 yibao run"
        )
    if to_correct:
        todo.append(f"{to_correct} 行被隔离，没有计入指标：yibao returns 写出退回清单，交报送单位更正")
    if report.build and report.build.warned:
        todo.append(f"{len(report.build.warned)} 项提醒：")
        todo += [f"  {finding_zh(finding)}" for finding in report.build.warned[:_LINES_SHOWN]]
    todo.append("生成月报：yibao report；打开看板：yibao dashboard")
    todo.append("查看单个指标：yibao show 参保率 --by region；退回上一版：yibao rollback")
    screen.heading("接下来")
    for number, text in enumerate(todo, start=1):
        screen.line(f"{number}. {text}" if not text.startswith(" ") else text)


def _check(check: Report) -> dict[str, Any]:
    unmet = (result for result in check.results if result.judged.status is not Status.PASS)
    return {
        "check_id": check.check_id,
        "verdict": check.verdict.value,
        "expectations": len(check.results),
        "passed": check.passed,
        "seconds": check.seconds,
        "unmet": [{"id": result.expectation.id, "message": result.message_zh} for result in unmet],
    }


def _landing(intake: LandingSummary) -> dict[str, Any]:
    return {
        "batch": intake.batch,
        "taken": [{"file": file.file, "file_id": file.file_id, "rows": file.rows} for file in intake.taken],
        "skipped": [asdict(file) for file in intake.skipped],
        "refused": [asdict(file) for file in intake.refused],
        "notices": list(intake.notices),
    }
