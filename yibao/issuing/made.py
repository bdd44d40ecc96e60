"""The report as it was made by `yibao report`: its files, and report.json, which says of which run they are."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yibao.issuing.entries import OfReport, ReportKey
from yibao.issuing.frozen import COPIES
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.reporting.content import STATUS_ZH, Status
from yibao.reporting.products import name_zh

LISTING = "report.json"
_TOLD = ("run_id", "period", "region_code", "product", "dated")
# a part stands in the names of folders
_PART = re.compile(r"[0-9A-Za-z-]*")


@dataclass(frozen=True)
class Listing(OfReport):
    """What report.json says of a report: the report it is, the run it was made from, and the sha256 of its files by name.

    `title` may be empty.
    """

    run_id: str
    status: Status
    dated: str
    title: str
    # a mapping has no hash
    files: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class MadeReport:
    """A report on the disk. `files`: name to content, each proven to be what report.json names; report.json is among them."""

    folder: Path
    listing: Listing
    # a mapping has no hash
    files: Mapping[str, bytes] = field(hash=False)


def made_folder(paths: DataPaths, key: ReportKey, *, is_whole: bool = True) -> Path:
    """Where a report is made; of a region below the whole beside that of the whole."""
    names = (key.product, key.part, "" if is_whole else key.region_code)
    return paths.reports / key.period / "-".join(filter(None, names))


def read_listing(folder: Path) -> Listing:
    """The listing of the report in that folder. Raises Problem (exit 1) where it cannot be read or names what no report has."""
    return _listing(folder / LISTING, (folder / LISTING).read_bytes())


def _listing(path: Path, text: bytes) -> Listing:
    try:
        content = json.loads(text)
        told = {name: str(content[name]) for name in _TOLD}
        part = str(content.get("part", ""))
        status: Status = content["status"]
        hashes = {name: str(sha256) for name, sha256 in dict(content["files"]).items()}
        if status not in STATUS_ZH or not _PART.fullmatch(part) or not all(map(_is_plain, hashes)):
            raise ValueError("a status, a part or a file name that no report has")
        return Listing(**told, part=part, status=status, title=str(content.get("title", "")), files=hashes)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(path, str(error)) from error


def read_made(paths: DataPaths, key: ReportKey, run_id: str) -> MadeReport:
    """The report of the whole that was made. `run_id` is the current generation's.

    Without a part it is the only one that was made of the period. Raises Problem: exit 2 when it was never made, is one of
    several, or is of another run; exit 1 when report.json cannot be read or a file was changed since.
    """
    key = key._replace(part=key.part or _only_part(paths, key))
    folder = made_folder(paths, key)
    listing = folder / LISTING
    if not listing.is_file():
        raise Problem(
            "这份报告还没有生成",
            where=str(folder),
            todo=f"请先执行 yibao report {key.options}。",
        )
    text = listing.read_bytes()
    told = _listing(listing, text)
    if told.key != key:
        raise _unreadable(listing, "the report of another period, region, product or part")
    if told.run_id != run_id:
        raise Problem(
            "报告不是由当前发布版生成的",
            where=f"{listing}：版本 {told.run_id}，当前版 {run_id}",
            todo=f"请执行 yibao report {key.options} 重新生成，由三人重新签字。",
        )
    files = {LISTING: text}
    for name, sha256 in told.files.items():
        path = folder / name
        files[name] = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(files[name]).hexdigest() != sha256:
            raise Problem(
                "报告文件在生成之后被改动或删除",
                where=str(path),
                todo=f"请用 yibao report {key.options} 重新生成；要改的内容请改数据或设置，不要改文件。",
                exit_code=ExitCode.UNEXPECTED,
            )
    return MadeReport(folder, told, files)


def _only_part(paths: DataPaths, key: ReportKey) -> str:
    """The part of the period that was made, empty where none was. Raises Problem (exit 2) for several."""
    parts = sorted(
        told.part
        for listing in (paths.reports / key.period).glob(f"{key.product}-*/{LISTING}")
        if (told := read_listing(listing.parent)).key == key._replace(part=told.part)
    )
    if len(parts) > 1:
        raise Problem(
            f"{key.period} 的{name_zh(key.product)}有 {len(parts)} 份，不知道是哪一份",
            where=str(paths.reports / key.period),
            todo="请加上 --part，可用的有：" + "、".join(parts) + "。",
        )
    return parts[0] if parts else ""


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
