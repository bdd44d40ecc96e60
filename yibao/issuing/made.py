"""The report as it was made by `yibao report`: its files, and report.json, which says of which run they are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yibao.issuing.frozen import COPIES
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.reporting.content import STATUS_ZH, Status

LISTING = "report.json"


@dataclass(frozen=True)
class MadeReport:
    """A report on the disk. `files`: name to content, each proven to be what report.json names; report.json is among them."""

    folder: Path
    run_id: str
    period: str
    region_code: str
    product: str
    status: Status
    dated: str
    # a mapping has no hash
    files: Mapping[str, bytes] = field(hash=False)


def read_made(paths: DataPaths, period: str, product: str, run_id: str) -> MadeReport:
    """The report of that period and product. `run_id` is the current generation's.

    Raises Problem: exit 2 when it was never made, or is of another run; exit 1 when report.json cannot be read or a file
    was changed since.
    """
    folder = paths.reports / period / product
    listing = folder / LISTING
    if not listing.is_file():
        raise Problem(
            "这份报告还没有生成",
            where=str(folder),
            todo=f"请先执行 yibao report --period {period} --product {product}。",
        )
    try:
        text = listing.read_bytes()
        content = json.loads(text)
        hashes: dict[str, str] = dict(content["files"])
        status: Status = content["status"]
        told = {name: str(content[name]) for name in ("run_id", "period", "region_code", "product", "dated")}
        if status not in STATUS_ZH or not all(_is_plain(name) for name in hashes):
            raise ValueError("a status or a file name that no report has")
        if (told["period"], told["product"]) != (period, product):
            raise ValueError("the report of another period or product")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Problem(
            f"报告的清单 {LISTING} 读不懂",
            where=str(listing),
            todo="请用 yibao report 重新生成这份报告。",
            exit_code=ExitCode.UNEXPECTED,
            details=(str(error),),
        ) from error
    if told["run_id"] != run_id:
        raise Problem(
            "报告不是由当前发布版生成的",
            where=f"{listing}：版本 {told['run_id']}，当前版 {run_id}",
            todo=f"请执行 yibao report --period {period} --product {product} 重新生成，由三人重新签字。",
        )
    files = {LISTING: text}
    for name, sha256 in hashes.items():
        path = folder / name
        files[name] = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(files[name]).hexdigest() != sha256:
            raise Problem(
                "报告文件在生成之后被改动或删除",
                where=str(path),
                todo="请用 yibao report 重新生成；要改的内容请改数据或设置，不要改文件。",
                exit_code=ExitCode.UNEXPECTED,
            )
    return MadeReport(
        folder, told["run_id"], period, told["region_code"], product, status, told["dated"], files
    )


def _is_plain(name: str) -> bool:
    """A file directly in the folder, and none that would take the place of what is frozen beside it."""
    return Path(name).name == name and "\\" not in name and name not in {"", ".", "..", LISTING, *COPIES}
