"""A generation of the city: what was verified goes with it as a check, every package as an input."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from yibao import __version__, publishing
from yibao.consolidation.adding import Place
from yibao.consolidation.checking import Judgement, Verdict
from yibao.consolidation.reading import Package
from yibao.paths import DataPaths
from yibao.project import Project, catalogue_hash, code_fingerprint
from yibao.publishing import PACKAGE, Contents, Generation, InputSheet, Provenance
from yibao.quality import CheckedWarehouse, Expectation, Judged, Result, Severity, Status, Suite, record
from yibao.quality_page import page_of_generation
from yibao.reporting.bureau import LEFT_OUT
from yibao.warehouse import BuiltWarehouse

_NAMES_SHOWN = 3


@dataclass(frozen=True)
class Taken:
    """What is kept of a package whose rows are in the database: its manifest stands in its judgement."""

    path: Path
    sha256: str
    run_id: str
    files: int
    rows: int
    values: int


def taken_from(package: Package) -> Taken:
    """The package without its rows."""
    return Taken(
        package.path,
        package.sha256,
        package.manifest.run_id,
        len(package.manifest.files),
        package.rows,
        package.tables["indicator_value"].num_rows,
    )


def city_name(city: Place, judgements: Sequence[Judgement]) -> Place:
    """The city as every page and report calls it: with whom its figures do not hold."""
    names = _left_out(judgements)
    if not names:
        return city
    told = "、".join(names[:_NAMES_SHOWN])
    if len(names) > _NAMES_SHOWN:
        told += f"等{len(names)}个县区"
    return Place(city.code, f"{city.name}{LEFT_OUT}{told}）")


def publish_city(
    project: Project,
    paths: DataPaths,
    database: Path,
    tables: Sequence[str],
    period: str,
    judgements: Sequence[Judgement],
    taken: Sequence[Taken],
    names: Mapping[str, str],
    now: datetime,
) -> Generation:
    """Publishes the city's database. The caller holds the lock of the data folder; `names` are those of the datasets.

    Raises Problem (exit 1) where a published table is not there.
    """
    mark = hashlib.sha256("\n".join(sorted(one.sha256 for one in taken)).encode()).hexdigest()
    fingerprint = code_fingerprint(project)
    check_id = record(paths, _results(project, judgements, taken), mark, fingerprint, now)
    built = BuiltWarehouse(database, tuple(sorted(tables)), period, fingerprint, mark)
    provenance = Provenance(
        code_version=__version__,
        code_fingerprint=fingerprint,
        catalogue_hash=catalogue_hash(project),
        inputs=tuple(
            InputSheet(one.path.name, None, PACKAGE, one.rows, one.sha256, one.run_id) for one in taken
        ),
        refused=(),
        left_out=_left_out(judgements),
    )
    counties = tuple(one.county.code for one in judgements if one.verdict is Verdict.TAKEN)
    return publishing.publish(
        paths,
        CheckedWarehouse(built, paths, check_id),
        Contents(period, counties, provenance),
        now,
        page=lambda generation: page_of_generation(generation, names),
    )


def _left_out(judgements: Sequence[Judgement]) -> tuple[str, ...]:
    return tuple(one.county.name for one in judgements if one.verdict is Verdict.LEFT_OUT)


def _results(project: Project, judgements: Sequence[Judgement], taken: Sequence[Taken]) -> tuple[Result, ...]:
    """What was verified of the packages; all of the first kind passed, or nothing would be published."""
    files, rows, values = (sum(getattr(one, name) for one in taken) for name in ("files", "rows", "values"))
    used = [one for one in judgements if one.verdict is Verdict.TAKEN]
    late = [one.county.name for one in used if one.late]
    early = [one.county.name for one in used if one.manifest and one.manifest.status != "final"]
    stated = (
        ("files_intact", "数据包内每个文件与清单的校验值一致", "package files equal their checksums", files),
        ("catalogue_same", "指标目录、预警规则和口径与本机相同", "catalogue and rules are ours", len(taken)),
        (
            "rows_formed",
            "各行类型正确、主键不重复、地区属于本县区",
            "rows typed, keyed, of their county",
            rows,
        ),
        ("values_exact", "指标值等于分子除以分母，状态与分子、分母相符", "values equal their parts", values),
    )
    told = (
        ("counties_complete", Severity.WARNING, "应报县区都已报送", "all counties reported",
         "请催报后重新汇总", _left_out(judgements), len(judgements)),
        ("counties_on_time", Severity.WARNING, "县区在报送期限内报送", "counties in time",
         "请提醒逾期的县区", late, len(used)),
        ("counties_final", Severity.INFO, "县区报送的是最终数", "counties sent final figures",
         "收到最终数后请重新汇总", early, len(used)),
    )  # fmt: skip
    found = [
        (_expectation(code, Severity.CRITICAL, zh, en, "请退回该县区重新报送"), Judged(Status.PASS, count, 0))
        for code, zh, en, count in stated
    ] + [
        (
            _expectation(code, severity, f"{zh}（不符：{'、'.join(names)}）" if names else zh, en, todo),
            Judged(Status.FAIL if names else Status.PASS, count, len(names)),
        )
        for code, severity, zh, en, todo, names, count in told
    ]
    suite = Suite(
        "consolidation",
        "indicator_value",
        "mart",
        None,
        "县区数据包汇总",
        ("region_code",),
        tuple(expectation for expectation, _ in found),
        project.root,
    )
    return tuple(Result(suite, expectation, judged) for expectation, judged in found)


def _expectation(code: str, severity: Severity, zh: str, en: str, todo: str) -> Expectation:
    return Expectation(f"consolidation.{code}", severity, "市级汇总", zh, en, todo)
