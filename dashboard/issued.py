"""What was issued, as every rerun asks for it: the ledger is walked again only when something below DATA/issued has changed."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from yibao import issuing
from yibao.issuing import History, Issued
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.reporting.content import Status
from yibao.reporting.products import PRODUCTS

# short, beside the day: where it stands it is plain that the report was issued
STATUS_ZH: dict[Status, str] = {"draft": "草稿", "provisional": "初步数", "final": "最终数"}
_Seen: TypeAlias = tuple[tuple[str, int, int], ...]


def ledger_of(paths: DataPaths) -> History | Problem:
    """The whole ledger, or why it cannot be relied on."""
    seen = _seen(paths)
    found = _read(paths, seen)
    if isinstance(found, Problem) and (now := _seen(paths)) != seen:
        # a report was being issued meanwhile: its line and its folder do not come in one moment
        return _read(paths, now)
    return found


def issues_of(ledger: History, period: str, region_code: str) -> tuple[Issued, ...]:
    """The last issue of every product that tells of the period and, for itself or with others, of the region; in the order of
    PRODUCTS."""
    last = {
        issue.product: issue
        for issue in ledger.issues
        if issue.period == period and region_code.startswith(issue.region_code)
    }
    return tuple(last[product] for product in sorted(last, key=product_place))


def product_place(product: str) -> tuple[int, str]:
    """Sorts products as PRODUCTS lists them, unknown ones at the end."""
    codes = list(PRODUCTS)
    return (codes.index(product) if product in PRODUCTS else len(codes), product)


def _seen(paths: DataPaths) -> _Seen:
    """Names, times and sizes of what lies in DATA/issued: a line in the ledger or a folder of a period changes them."""
    try:
        told = [(path.name, path.stat()) for path in sorted(paths.issued.iterdir())]
    except OSError:
        return ()
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in told)


@lru_cache(maxsize=4)
def _read(paths: DataPaths, seen: _Seen) -> History | Problem:
    """`seen` stands for the contents."""
    try:
        return issuing.history(paths)
    except Problem as problem:
        return problem
    except OSError as error:
        return Problem(
            "报送台账读不出来",
            where=str(paths.issued),
            todo="请检查磁盘，以及运行看板的系统账户能否读 issued 文件夹。",
            exit_code=ExitCode.UNEXPECTED,
            details=(str(error),),
        )
