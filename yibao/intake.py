"""The landing step as the run sees it: what came in, what is there by now, and what must be there to go on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from yibao import issuing, landing
from yibao.contract import load_contract
from yibao.landing import (
    LandingSummary,
    Progress,
    corrections,
    land,
    open_key,
    read_history,
    read_ledger,
)
from yibao.paths import DataPaths, key_path
from yibao.problem import ExitCode, Problem
from yibao.project import Project
from yibao.publishing import CorrectedFile, RefusedFile

# a period is reported from the first to the last month of these (their main dates)
_REPORTED = ("fund_ledger", "inspection", "settlement")


@dataclass(frozen=True)
class Landed:
    """Everything landed so far. by_dataset: sheets and rows; months: YYYY-MM of the datasets that make periods."""

    files: int
    batches: int
    last_landed_at: str | None
    by_dataset: dict[str, tuple[int, int]]
    months: tuple[str, ...]


def take_in(
    project: Project, paths: DataPaths, inbox: Path, now: datetime, show: Callable[[int, int, str], None]
) -> LandingSummary:
    """Lands the inbox; `show` is told the bytes done, in KiB. What was issued is made ready too: it is a source as well.

    Raises Problem as `land`, `open_key` and `issuing.settle` do.
    """

    def report(progress: Progress) -> None:
        show(progress.all_done >> 10, progress.all_size >> 10, f"KB {progress.file}")

    contract = load_contract(project.contract_file)
    key = open_key(paths, key_path())
    issuing.settle(paths)
    return land(inbox, paths, contract, now, key, report, workers=os.cpu_count() or 1)


def dataset_names(project: Project) -> dict[str, str]:
    """The Chinese names of the datasets."""
    return {name: dataset.zh for name, dataset in load_contract(project.contract_file).datasets.items()}


def require_none_refused(summary: LandingSummary) -> None:
    """For --strict: raises Problem (exit 3) when a file was refused."""
    if summary.refused:
        raise Problem(
            f"有 {len(summary.refused)} 个文件被拒收，按 --strict 的要求不再继续，未发布",
            where="；".join(file.file for file in summary.refused[:10]),
            todo="请按上面列出的原因更正后重新执行，或去掉 --strict。",
            exit_code=ExitCode.NOT_PUBLISHED,
        )


def require_landed(paths: DataPaths, summary: LandingSummary | None = None) -> Landed:
    """What is landed. Raises Problem (exit 2) when there is nothing at all."""
    there = landed(paths)
    if there.files:
        return there
    refused = summary.refused if summary else ()
    raise Problem(
        "没有任何已导入的数据" + (f"，{len(refused)} 个文件全部被拒收" if refused else ""),
        where=str(paths.landing),
        todo="请按上面列出的原因更正后重新执行。"
        if refused
        else "请把导出文件（CSV、XLSX、XLS）放进收件夹后重新执行。",
    )


def landed(paths: DataPaths) -> Landed:
    """The ledger, summed up."""
    entries = read_ledger(paths)
    by_dataset: dict[str, tuple[int, int]] = {}
    for entry in entries:
        sheets, rows = by_dataset.get(entry.dataset, (0, 0))
        by_dataset[entry.dataset] = (sheets + 1, rows + entry.rows)
    named = [entry.months.split(",") for entry in entries if entry.dataset in _REPORTED and entry.months]
    return Landed(
        files=len({entry.file_id for entry in entries}),
        batches=len({entry.batch for entry in entries}),
        last_landed_at=max((entry.landed_at for entry in entries), default=None),
        by_dataset=by_dataset,
        months=tuple(sorted({month for months in named for month in months if month})),
    )


def refused_files(paths: DataPaths) -> tuple[RefusedFile, ...]:
    """The files refused by the last landing, from landing/refusals.json."""
    try:
        content = json.loads(paths.refusals.read_text(encoding="utf-8"))
        return tuple(
            RefusedFile(item["file"], item["sha256"], item["reason_code"], item["message_zh"])
            for item in content
        )
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError) as error:
        raise Problem(
            "拒收清单读不出来",
            where=str(paths.refusals),
            todo="请删除这个文件后重新执行 yibao land，它会重新生成。",
            exit_code=ExitCode.UNEXPECTED,
        ) from error


def corrected_files(paths: DataPaths, taken: Collection[str]) -> tuple[CorrectedFile, ...]:
    """The files refused by some landing before and taken since, by a file of `taken`; not those that are refused again."""
    refused = {file.file for file in refused_files(paths)}
    return tuple(
        CorrectedFile(
            found.refusal.file,
            found.refusal.reason_code,
            found.refusal.message_zh,
            found.corrected_file,
            found.batch,
        )
        for found in corrections(read_history(paths), read_ledger(paths))
        if found.corrected_file in taken and found.refusal.file not in refused
    )


def refusal_lines(refused: Sequence[landing.RefusedFile], limit: int = 10) -> tuple[str, ...]:
    """One line a file, for a panel."""
    lines = tuple(f"{file.file}：{file.message_zh}" for file in refused[:limit])
    more = len(refused) - limit
    return (*lines, f"另有 {more} 个，见 yibao status") if more > 0 else lines
