"""The files of a report, as they lie in its folder, against the sha256 that was noted when it was made or issued."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dashboard.issued import product_place
from yibao import issuing
from yibao.issuing import LISTING, Listing
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem


@dataclass(frozen=True)
class ReportFile:
    """A file of a report: `sha256` as noted, `size` in bytes (0 where it is gone), `whole`: it is what was noted."""

    path: Path
    sha256: str
    size: int
    whole: bool

    def content(self) -> bytes:
        """Read once, and proven to be what was noted. Raises Problem (exit 1) for a file that was changed, OSError."""
        content = self.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise Problem(
                "报告文件被改动过，不提供下载",
                where=str(self.path),
                todo="请用 yibao report 重新生成。",
                exit_code=ExitCode.UNEXPECTED,
            )
        return content


@dataclass(frozen=True)
class ReportMade:
    """A report of DATA/reports with its files by name."""

    listing: Listing
    files: tuple[ReportFile, ...]


def reports_of(paths: DataPaths, period: str) -> tuple[tuple[ReportMade, ...], tuple[Problem, ...]]:
    """The reports that were made of a period, as PRODUCTS lists them; and the folders whose listing cannot be read."""
    made, unreadable = [], []
    for listing in sorted((paths.reports / period).glob(f"*/{LISTING}")):
        # what begins with a dot is still being written
        if listing.parent.name.startswith("."):
            continue
        try:
            told = issuing.read_listing(listing.parent)
        except FileNotFoundError:
            # replaced by a newer one at this moment
            continue
        except Problem as problem:
            unreadable.append(problem)
            continue
        made.append(ReportMade(told, files_in(listing.parent, told.files)))
    made.sort(key=lambda each: (product_place(each.listing.product), each.listing.region_code))
    return tuple(made), tuple(unreadable)


def files_in(folder: Path, hashes: Mapping[str, str]) -> tuple[ReportFile, ...]:
    """The files of that folder that are named with their sha256."""
    return tuple(_file(folder / name, sha256) for name, sha256 in sorted(hashes.items()))


def _file(path: Path, sha256: str) -> ReportFile:
    try:
        stat = path.stat()
        whole = _sha256(path, stat.st_mtime_ns, stat.st_size) == sha256
    except OSError:
        return ReportFile(path, sha256, 0, whole=False)
    return ReportFile(path, sha256, stat.st_size, whole)


@lru_cache(maxsize=512)
def _sha256(path: Path, modified: int, size: int) -> str:
    """Time and size stand for the content; what is handed out is proven again."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
