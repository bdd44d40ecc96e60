"""Which packages are taken: one for each county, all alike, nobody missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from yibao.consolidation.adding import Place
from yibao.consolidation.manifest import PackageManifest
from yibao.consolidation.refusal import RESEND
from yibao.problem import ExitCode, Problem

STATUS_ZH = {"draft": "草稿", "provisional": "初步数", "final": "最终数", "": "—"}


class Verdict(StrEnum):
    """A package that could not be read is an error, never a failure; one that another replaces is no fault."""

    TAKEN = "taken"
    REPLACED = "replaced"
    FAILED = "failed"
    ERROR = "error"
    MISSING = "missing"
    LEFT_OUT = "left_out"


VERDICT_ZH = {
    Verdict.TAKEN: "采用",
    Verdict.REPLACED: "不用（有更新的）",
    Verdict.FAILED: "拒收",
    Verdict.ERROR: "没有读成",
    Verdict.MISSING: "未报送",
    Verdict.LEFT_OUT: "缺报，不计入",
}
_STOPPING = {Verdict.FAILED, Verdict.ERROR, Verdict.MISSING}


@dataclass(frozen=True)
class Demand:
    """What packages are asked for: the period, the city's own catalogue, the counties expected, the last day (YYYY-MM-DD)."""

    period: str
    catalogue_hash: str
    expected: tuple[Place, ...]
    due: str | None = None
    partial: bool = False


@dataclass(frozen=True)
class Judgement:
    """What became of a package (or of a county without one). `problem` says why it is not taken."""

    county: Place
    verdict: Verdict
    path: Path | None = None
    manifest: PackageManifest | None = None
    problem: Problem | None = None
    late: bool = False

    @property
    def stops(self) -> bool:
        return self.verdict in _STOPPING

    @property
    def todo(self) -> str:
        if self.problem is not None:
            return self.problem.todo
        return "已过报送期限，请提醒该县区" if self.late else ""


def judge(
    manifests: Sequence[tuple[Path, PackageManifest]],
    unread: Sequence[tuple[Path, Problem, bool]],
    demand: Demand,
) -> tuple[Judgement, ...]:
    """One judgement for each package, and one for each expected county without any, by county.

    `unread` are those whose manifest could not be had: the problem, and whether the package itself is at fault.
    """
    names = {place.code: place for place in demand.expected}
    found = [
        Judgement(Place("", path.name), Verdict.FAILED if at_fault else Verdict.ERROR, path, problem=problem)
        for path, problem, at_fault in unread
    ]
    usual = _usual([manifest.calibres for _, manifest in manifests])
    fit: dict[str, list[tuple[Path, PackageManifest]]] = {}
    for path, manifest in manifests:
        problem = _unfit(path, manifest, demand, names, usual)
        if problem:
            found.append(Judgement(_place(manifest, names), Verdict.FAILED, path, manifest, problem))
        else:
            fit.setdefault(manifest.county_code, []).append((path, manifest))
    for several in fit.values():
        found += _chosen(several, demand, names)
    # a county whose package was refused is not missing: its package is to be mended
    told = {judgement.manifest.county_code for judgement in found if judgement.manifest}
    for place in demand.expected:
        if place.code not in told:
            found.append(_absent(place, demand))
    return tuple(sorted(found, key=lambda one: (one.county.code or "~", one.path.name if one.path else "")))


def _unfit(
    path: Path, manifest: PackageManifest, demand: Demand, names: dict[str, Place], usual: str | None
) -> Problem | None:
    def no(what: str, todo: str = RESEND) -> Problem:
        return Problem(what, where=path.name, todo=todo, exit_code=ExitCode.NOT_PUBLISHED)

    if manifest.period != demand.period:
        return no(
            f"期间是 {manifest.period}，本次汇总的是 {demand.period}",
            f"请该县区报送 {demand.period} 的数据包。",
        )
    if manifest.county_code not in names:
        return no(
            f"{manifest.county_name}（{manifest.county_code}）不在应报县区名单里",
            "请核对名单（--expect），或退回该数据包。",
        )
    if manifest.status == "draft":
        return no("还是草稿，没有报送", "请该县区审核签发后，报送初步数或最终数的数据包。")
    if manifest.catalogue_hash != demand.catalogue_hash:
        return no(
            f"指标目录版本不同（该包 {manifest.catalogue_hash[:8]}，本机 {demand.catalogue_hash[:8]}，"
            f"该县区用的是 yibao {manifest.code_version}），同名指标可能不是同一算法，不能相加",
            "请与该县区统一 yibao 版本后重新生成、报送数据包。",
        )
    if manifest.calibres != usual:
        found = "与多数县区不同" if usual else "各县区不一，没有多数可依"
        return no(f"指标口径说明{found}，不能相加", "请与该县区统一口径后重新生成、报送数据包。")
    return None


def _usual(calibres: Sequence[str]) -> str | None:
    """Those of more than half of the packages, if there are such: the catalogue is the same, so one side was written by hand."""
    [(usual, count)] = Counter(calibres).most_common(1) or [("", 0)]
    return usual if 2 * count > len(calibres) else None


def _chosen(
    several: Sequence[tuple[Path, PackageManifest]], demand: Demand, names: dict[str, Place]
) -> list[Judgement]:
    """Of one county's packages the final one, else the later one; where that does not decide, none."""
    ranked = sorted(several, key=lambda each: _rank(each[1]), reverse=True)
    place = _place(ranked[0][1], names)
    best = [each for each in ranked if _rank(each[1]) == _rank(ranked[0][1])]
    # sent twice, or made twice from one generation: it does not matter which
    if len(best) > 1 and len({_same(manifest) for _, manifest in best}) > 1:
        return [
            Judgement(
                place,
                Verdict.FAILED,
                path,
                manifest,
                Problem(
                    f"同一县区有 {len(best)} 个数据包，状态和日期相同、内容不同，无法判断用哪一个",
                    where="、".join(each.name for each, _ in best),
                    todo="请向该县区问明，只留下有效的一个。",
                    exit_code=ExitCode.NOT_PUBLISHED,
                ),
            )
            for path, manifest in best
        ] + [Judgement(place, Verdict.REPLACED, path, manifest) for path, manifest in ranked[len(best) :]]
    (path, manifest), *others = ranked
    late = demand.due is not None and manifest.dated > demand.due
    return [
        Judgement(place, Verdict.TAKEN, path, manifest, late=late),
        *(Judgement(place, Verdict.REPLACED, other, told) for other, told in others),
    ]


def _absent(place: Place, demand: Demand) -> Judgement:
    if demand.partial:
        return Judgement(place, Verdict.LEFT_OUT)
    problem = Problem(
        f"{place.name}（{place.code}）没有报送",
        where=f"期间 {demand.period}",
        todo="请催报；确需先出数，加 --partial，全市数将不含该县区并在每页注明。",
        exit_code=ExitCode.NOT_PUBLISHED,
    )
    return Judgement(place, Verdict.MISSING, problem=problem)


def _rank(manifest: PackageManifest) -> tuple[bool, str]:
    return (manifest.status == "final", manifest.dated)


def _same(manifest: PackageManifest) -> tuple[str, ...]:
    return tuple(f"{name} {listed.sha256}" for name, listed in sorted(manifest.files.items()))


def _place(manifest: PackageManifest, names: dict[str, Place]) -> Place:
    return names.get(manifest.county_code, Place(manifest.county_code, manifest.county_name))
