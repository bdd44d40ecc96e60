"""What a build gave: passed, failed (a check found rows) or broken (something did not run at all)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from yibao.warehouse.progress import group_of


class Outcome(StrEnum):
    """Three states: a broken engine is never "failed", nor "passed"."""

    PASSED = "passed"
    FAILED = "failed"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """A data test that found rows. `title` and `todo` are Chinese where the project gives them."""

    name: str
    title: str
    todo: str
    model: str
    rows: int
    compiled_sql: str | None


@dataclass(frozen=True)
class Breakage:
    """A model, seed or test that could not run, or dbt itself (name `dbt`)."""

    name: str
    message: str


@dataclass(frozen=True)
class BuildResult:
    """Everything the run tells of a build; seconds are those of the nodes, added up by layer."""

    outcome: Outcome
    failed: tuple[Finding, ...] = ()
    warned: tuple[Finding, ...] = ()
    broken: tuple[Breakage, ...] = ()
    skipped: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds_by_group: Mapping[str, float] = field(default_factory=dict)


def from_exception(error: BaseException | None) -> BuildResult:
    """dbt did not come to run anything: a mistake in the project, the profile or the engine."""
    text = str(error) if error is not None else "dbt gave no result"
    return BuildResult(Outcome.BROKEN, broken=(Breakage("dbt", text),))


def from_results(results: Iterable[Any], error: BaseException | None = None) -> BuildResult:
    """From dbt's run results (`RunExecutionResult.results`)."""
    failed: list[Finding] = []
    warned: list[Finding] = []
    broken: list[Breakage] = []
    statuses: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    seconds: defaultdict[str, float] = defaultdict(float)
    for result in results:
        node = result.node
        status = str(result.status)
        statuses[status] += 1
        counts[str(node.resource_type)] += 1
        seconds[group_of(str(node.resource_type), node.path)] += float(result.execution_time or 0)
        if status == "fail":
            failed.append(_finding(result))
        elif status == "warn":
            warned.append(_finding(result))
        elif status not in {"success", "pass", "skipped", "no-op"}:
            broken.append(Breakage(node.name, str(result.message or status)))
    if error is not None:
        broken.append(Breakage("dbt", str(error)))
    if not counts:
        broken.append(Breakage("dbt", "nothing was built"))
    if not failed and not broken and statuses["skipped"]:
        broken.append(Breakage("dbt", f"{statuses['skipped']} nodes were skipped without a reason"))
    verdict = Outcome.BROKEN if broken else Outcome.FAILED if failed else Outcome.PASSED
    return BuildResult(
        verdict,
        failed=tuple(failed),
        warned=tuple(warned),
        broken=tuple(broken),
        skipped=statuses["skipped"],
        counts=dict(counts),
        seconds_by_group={group: round(spent, 3) for group, spent in seconds.items()},
    )


def _finding(result: Any) -> Finding:
    node = result.node
    meta: Mapping[str, Any] = node.config.meta or {}
    attached = getattr(node, "attached_node", None)
    upstream = list(node.depends_on.nodes)
    model = (attached or (upstream[0] if upstream else "")).rsplit(".", maxsplit=1)[-1]
    return Finding(
        name=node.name,
        title=str(meta.get("zh") or node.description or node.name).strip(),
        todo=str(meta.get("todo") or "").strip(),
        model=model,
        rows=int(result.failures or 0),
        compiled_sql=getattr(node, "compiled_path", None),
    )
