"""A quality report as one HTML file that needs nothing else: no script, font, picture or style from outside."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined

from yibao import __version__, formatting
from yibao.formatting import MISSING, Number
from yibao.quality_page import labels
from yibao.quality_page.charts import Chart, Series, chart
from yibao.quality_page.labels import Mark
from yibao.quality_page.report import (
    Books,
    Check,
    DatasetMonth,
    QualityReport,
    Result,
    Standing,
    urgency,
)

_TEXT_SHOWN = 300
_MONTHS_SHOWN = 24
_CHECKS_SHOWN = 30
_FILES_SHOWN = 30


def render(report: QualityReport, names: Mapping[str, str]) -> str:
    """The page; `names` are the Chinese names of the datasets. The same report gives the same text."""
    style, script = _asset("page.css"), _asset("page.js")
    environment = Environment(
        loader=PackageLoader("yibao.quality_page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        count=_count,
        percent=formatting.percent,
        money=_money,
        measured=_measured,
        moment=moment,
        month=_month,
        cut=_cut,
        dataset=lambda code: names.get(code, code),
        subject=lambda code: report.schemes.get(code, code),
    )
    return environment.get_template("page.html.j2").render(
        report=report,
        labels=labels,
        mark=labels.mark,
        result_mark=result_mark,
        standing=labels.STANDINGS[report.standing],
        sentence=sentence(report),
        suites=_suites(report.results or ()),
        books=_books(report.reconciliation or ()),
        strip=_strip(report.months or ()),
        charts=_charts(report.history or ()),
        checks_shown=_CHECKS_SHOWN,
        files_shown=_FILES_SHOWN,
        quantity=_quantity,
        gap=_gap,
        version=__version__,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


@dataclass(frozen=True)
class Suite:
    """The results of one suite, those not met first."""

    name: str
    name_zh: str
    table_name: str
    layer: str
    results: tuple[Result, ...]

    @property
    def unmet(self) -> int:
        return sum(result.status != "pass" for result in self.results)


@dataclass(frozen=True)
class Strip:
    """Months (YYYY-MM) as columns, datasets as rows; a cell is None where nothing is expected.

    `conspicuous` are the months with another status than ok and first, `earlier` how many of them lie before the columns.
    """

    months: tuple[str, ...]
    rows: Mapping[str, tuple[DatasetMonth | None, ...]]
    conspicuous: tuple[DatasetMonth, ...]
    earlier: int

    @property
    def years(self) -> tuple[tuple[str, int], ...]:
        return tuple((year, len(list(months))) for year, months in groupby(self.months, lambda m: m[:4]))


_LAYERS = tuple(labels.LAYERS)


def _suites(results: Sequence[Result]) -> tuple[Suite, ...]:
    by_name: dict[str, list[Result]] = {}
    for result in results:
        by_name.setdefault(result.suite, []).append(result)
    suites = [
        Suite(
            name,
            found[0].suite_zh,
            found[0].table_name,
            found[0].layer,
            tuple(sorted(found, key=lambda result: (result.status == "pass", urgency(result)))),
        )
        for name, found in by_name.items()
    ]
    rank = {layer: index for index, layer in enumerate(_LAYERS)}
    return tuple(sorted(suites, key=lambda suite: (rank.get(suite.layer, len(rank)), suite.name)))


def _books(books: Sequence[Books]) -> tuple[Books, ...]:
    """In the order of the catalogue of kinds."""
    rank = {kind: index for index, kind in enumerate(labels.KINDS)}
    return tuple(sorted(books, key=lambda one: (rank.get(one.kind, len(rank)), one.kind)))


def _strip(months: Sequence[DatasetMonth]) -> Strip:
    shown = sorted({_month(month.month) for month in months})[-_MONTHS_SHOWN:]
    cells = {(month.dataset, _month(month.month)): month for month in months}
    conspicuous = [month for month in months if month.status not in ("ok", "first")]
    return Strip(
        tuple(shown),
        {
            dataset: tuple(cells.get((dataset, month)) for month in shown)
            for dataset in sorted({month.dataset for month in months})
        },
        tuple(month for month in conspicuous if _month(month.month) >= shown[0]),
        sum(_month(month.month) < shown[0] for month in conspicuous),
    )


def _charts(history: Sequence[Check]) -> tuple[Chart, ...]:
    """Two charts over the last checks; none where a line would have one point."""
    checks = history[-_CHECKS_SHOWN:]
    if len(checks) < 2:
        return ()
    moments = [moment(check.checked_at)[:10] for check in checks]
    scores = [check.score or Decimal(0) for check in checks]
    floor = Decimal(min(90, int(min(scores)) // 10 * 10))
    unmet = {
        "关键": [Decimal(check.failed_critical) for check in checks],
        "出错": [Decimal(check.errors) for check in checks],
        "提醒": [Decimal(check.failed_warning) for check in checks],
    }
    tones = {"关键": "bad", "出错": "broken", "提醒": "warn"}
    top = max(Decimal(1), *(value for values in unmet.values() for value in values))
    return (
        chart(
            "检查项通过率",
            [Series("通过率", "good", scores, formatting.percent(scores[-1]))],
            moments,
            floor,
            Decimal(100),
            (f"{floor}%", "100%"),
        ),
        chart(
            "未通过的检查项数",
            [
                Series(name, tones[name], values, f"{name} {formatting.count(values[-1])}")
                for name, values in unmet.items()
            ],
            moments,
            Decimal(0),
            top,
            ("0", formatting.count(top)),
        ),
    )


def sentence(report: QualityReport) -> str:
    """What the verdict means, for somebody who reads nothing else."""
    check = report.check
    if check is None:
        return "这一版发布时还没有质量检查的记录，数据是否合格无从判断。重新执行 yibao run，新的一版就有检查结果。"
    outcome = "数据可以使用" if report.manifest else "可以发布"
    match check.standing:
        case Standing.PASSED:
            remarks = f"，另有 {check.failed_info} 项参考意见" if check.failed_info else ""
            return f"{check.expectations} 项检查中关键的全部通过，也没有提醒，{outcome}{remarks}。"
        case Standing.REMINDED:
            reasons = f"（其中 {report.tolerated} 项已有书面理由）" if report.tolerated else ""
            return f"关键的检查项全部通过，{outcome}；另有 {check.failed_warning} 项提醒{reasons}，请按下面所列核对。"
        case Standing.ERROR:
            return f"{check.errors} 项检查没有执行成功，不能判断数据是否合格；本次没有发布，上一版仍然有效。"
        case _:
            return f"{check.failed_critical} 项关键的检查没有通过；本次没有发布，上一版仍然有效。"


def result_mark(result: Result) -> Mark:
    """How an expectation of the check ended; a written reason makes a failed one tolerated."""
    if result.tolerance_zh is not None:
        return labels.RESULTS["tolerated"]
    return labels.mark(labels.RESULTS, result.severity if result.status == "fail" else result.status)


def _count(value: Number) -> str:
    return formatting.count(value, grouped=True)


def _money(value: Number) -> str:
    return formatting.wan(value, grouped=True)


def _measured(value: Number, measure: str) -> str:
    _, decimals = labels.MEASURES.get(measure, (measure, 2))
    return formatting.number(value, decimals, grouped=True)


def _quantity(value: Number, unit: str, decimals: int) -> str:
    try:
        return formatting.quantity(value, unit, decimals)
    except ValueError:
        return formatting.number(value, decimals)


def _gap(value: Number, unit: str, decimals: int) -> str:
    """A difference of two values; of percentages in percentage points."""
    return (
        formatting.number(value, decimals) + "个百分点"
        if unit == "percent"
        else _quantity(value, unit, decimals)
    )


def moment(text: str) -> str:
    """ISO UTC as the bureau's clock shows it: `2026-11-22 09:20`; a text that is no time stays."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    return formatting.clock(instant) if instant.tzinfo else text


def _month(value: object) -> str:
    """YYYY-MM of a month or of a date in it."""
    return str(value)[:7]


def _cut(text: str | None, length: int = _TEXT_SHOWN) -> str:
    if not text:
        return MISSING
    return text if len(text) <= length else text[: length - 1] + "…"


def _asset(name: str) -> str:
    return files("yibao.quality_page").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
