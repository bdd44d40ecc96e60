"""`yibao status` on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yibao import formatting, publishing, quality
from yibao.intake import landed, refused_files
from yibao.lock import is_held, read_holder
from yibao.logs import read_last_run
from yibao.paths import DataPaths
from yibao.screen import Column, Screen
from yibao.show_check import VERDICT_ZH
from yibao.warehouse import TARGETS, engine_for, read_state

_STATE_ZH = {
    "building": "没有完成（正在进行，或中途停止）",
    "passed": "通过",
    "failed": "校验未通过",
    "broken": "出错",
}
_EXIT_ZH = {0: "已发布", 1: "意外错误", 2: "用法或数据不符", 3: "校验未通过，未发布"}
_GENERATIONS_SHOWN = 10


def show(screen: Screen, paths: DataPaths, names: Mapping[str, str]) -> None:
    """What is landed, refused and published, and how the last run ended."""
    screen.line(f"数据文件夹 {paths.root}")
    if is_held(paths):
        holder = read_holder(paths)
        who = (
            f"yibao {holder.command}，进程 {holder.pid}，主机 {holder.host}，始于 {holder.since}"
            if holder
            else ""
        )
        screen.line(f"正在使用：{who or '另一个 yibao'}")
    _show_landed(screen, paths, names)
    _show_last_run(screen, paths)
    _show_generations(screen, paths)


def _show_landed(screen: Screen, paths: DataPaths, names: Mapping[str, str]) -> None:
    summary = landed(paths)
    screen.heading("已导入")
    if not summary.files:
        screen.line("还没有导入任何文件。")
    else:
        months = f"，涉及 {summary.months[0]} 至 {summary.months[-1]}" if summary.months else ""
        screen.line(
            f"{summary.files} 个文件，{summary.batches} 批，最近一批 {summary.last_landed_at}{months}"
        )
        columns = [Column("数据集"), Column("表", figure=True), Column("行", figure=True)]
        rows = [
            [names.get(name, name), formatting.count(sheets), formatting.count(count, grouped=True)]
            for name, (sheets, count) in sorted(summary.by_dataset.items())
        ]
        screen.table(columns, rows)
    refused = refused_files(paths)
    if refused:
        screen.heading(f"被拒收的文件（{len(refused)} 个）")
        for file in refused:
            screen.line(f"  {file.file}：{file.message_zh}")


def _show_last_run(screen: Screen, paths: DataPaths) -> None:
    screen.heading("上次运行")
    run = read_last_run(paths)
    if run is None:
        screen.line("还没有运行过。")
    else:
        code = run.get("exit_code")
        text = _EXIT_ZH.get(code, "未知") if isinstance(code, int) else "未知"
        screen.line(f"{run.get('started_at')} 至 {run.get('finished_at')}：{text}（退出码 {code}）")
        problem: dict[str, Any] = run.get("problem") or {}
        if problem:
            screen.line(f"  {problem.get('what')}：{problem.get('todo')}")
            for detail in problem.get("details", []):
                screen.line(f"  · {detail}")
    for target in TARGETS:
        state = read_state(engine_for(target, paths).state_file)
        if state is not None:
            ended = state.finished_at or state.started_at
            screen.line(f"数仓（{target}）：{_STATE_ZH.get(state.state, state.state)}（{ended}）")
        checks = [check for check in quality.history(paths) if check.target == target]
        if checks:
            verdict = VERDICT_ZH[checks[-1].verdict]
            screen.line(f"数据质量检查（{target}）：{verdict}（{checks[-1].checked_at}）")


def _show_generations(screen: Screen, paths: DataPaths) -> None:
    screen.heading("已发布")
    generations = publishing.list_generations(paths)
    now = publishing.current_id(paths)
    if not generations:
        screen.line("还没有发布过。")
        return
    rows = [
        [
            "当前" if generation.run_id == now else "",
            generation.run_id,
            generation.period,
            generation.manifest.created_at,
            _counties(generation),
        ]
        for generation in reversed(generations[-_GENERATIONS_SHOWN:])
    ]
    screen.table(
        [Column(""), Column("版本"), Column("期间"), Column("发布时间（UTC）"), Column("县区")], rows
    )
    if len(generations) > _GENERATIONS_SHOWN:
        screen.line(f"另有更早的 {len(generations) - _GENERATIONS_SHOWN} 版，在 {paths.published}")
    if now not in {generation.run_id for generation in generations}:
        screen.line(f"注意：当前版 {now} 读不出来，请用 yibao rollback --to 换一版，或重新执行 yibao run。")


def _counties(generation: publishing.Generation) -> str:
    left_out = "、".join(generation.manifest.provenance.left_out)
    return "、".join(generation.manifest.counties) + (f"（缺报：{left_out}）" if left_out else "")
