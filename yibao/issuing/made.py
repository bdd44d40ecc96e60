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
_TOLD = ("run_id", "period", "region_code", "product", "dated")


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


@dataclass(frozen=True)
class Listing:
    """What report.json says of a report: the report it is, the run it was made from, and the sha256 of its files by name.

    `title` may be empty.
    """

    run_id: str
    period: str
    region_code: str
    product: str
    status: Status
    dated: str
    title: str
    # a mapping has no hash
    files: Mapping[str, str] = field(hash=False)


def read_listing(folder: Path) -> Listing:
    """The listing of the report in that folder. Raises Problem (exit 1) where it cannot be read or names what no report has."""
    return _listing(folder / LISTING, (folder / LISTING).read_bytes())


def _listing(path: Path, text: bytes) -> Listing:
    try:
        content = json.loads(text)
        told = {name: str(content[name]) for name in _TOLD}
        status: Status = content["status"]
        hashes = {name: str(sha256) for name, sha256 in dict(content["files"]).items()}
        if status not in STATUS_ZH or not all(_is_plain(name) for name in hashes):
            raise ValueError("a status or a file name that no report has")
        return Listing(**told, status=status, title=str(content.get("title", "")), files=hashes)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(path, str(error)) from error


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
    text = listing.read_bytes()
    told = _listing(listing, text)
    if (told.period, told.product) != (period, product):
        raise _unreadable(listing, "the report of another period or product")
    if told.run_id != run_id:
        raise Problem(
            "报告不是由当前发布版生成的",
            where=f"{listing}：版本 {told.run_id}，当前版 {run_id}",
            todo=f"请执行 yibao report --period {period} --product {product} 重新生成，由三人重新签字。",
        )
    files = {LISTING: text}
    for name, sha256 in told.files.items():
        path = folder / name
        files[name] = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(files[name]).hexdigest() != sha256:
            raise Problem(
                "报告文件在生成之后被改动或删除",
                where=str(path),
                todo="请用 yibao report 重新生成；要改的内容请改数据或设置，不要改文件。",
                exit_code=ExitCode.UNEXPECTED,
            )
    return MadeReport(folder, told.run_id, period, told.region_code, product, told.status, told.dated, files)


def _unreadable(path: Path, why: str) -> Problem:
    return Problem(
        f"报告的清单 {LISTING} 读不懂",
        where=str(path),
        todo="请用 yibao report 重新生成这份报告。",
        exit_code=ExitCode.UNEXPECTED,
        details=(why,),
    )


def _is_plain(name: str) -> bool:
    """A file directly in the folder, and none that would take the place of what is frozen beside it."""
    return Path(name).name == name and "\\" not in name and name not in {"", ".", "..", LISTING, *COPIES}
