"""达标与否: what the published table says of an indicator's target, and how many there are of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yibao.reporting import sentences as say
from yibao.reporting.content import Figure, Span
from yibao.reporting.scene import Scene
from yibao.reporting.sentences import Clause

STATUS_ZH = {"met": "达标", "missed": "未达标"}


@dataclass(frozen=True)
class _Row:
    indicator_code: str
    target_status: str | None


def standing(scene: Scene, code: str, region: str = "") -> str | None:
    """`met`, `missed`, or None where there is no value, no target, or no direction (indicator_trend.target_status)."""
    return _standings(scene, region or scene.order.region_code).get(code)


def count(scene: Scene, status: str, region: str = "") -> Figure:
    """How many indicators of a region, all schemes, year to date, have that status."""
    return scene.numbers.cell(
        "indicator_trend",
        "target_status",
        "count",
        f"{STATUS_ZH[status]}指标数",
        (
            ("period", scene.order.period),
            ("period_mode", "ytd"),
            ("region_code", region or scene.order.region_code),
            ("insutype", "all"),
            ("breakdown", "none"),
            ("target_status", status),
        ),
        how="count",
    )


def missed(scene: Scene, codes: Sequence[str], begin: str) -> Clause:
    """A sentence of those that miss their target: `未达标的有：参保任务完成率为99.07%，低于目标（100.00%）0.93个百分点；…`."""
    parts = [_short_of_target(scene, code) for code in codes if standing(scene, code) == "missed"]
    if not parts:
        return say.NOTHING
    spans: list[Span] = [f"{begin}："]
    for at, part in enumerate(parts):
        spans += ["；", *part] if at else part
    return (*spans, "。")


def _short_of_target(scene: Scene, code: str) -> Clause:
    if scene.tells_few(code):
        return (f"{scene.name(code)}（人数较少，不列示数值）",)
    return (f"{scene.name(code)}为", scene.numbers.indicator(code), "，", *_beyond(scene, code))


def _beyond(scene: Scene, code: str) -> Clause:
    if say.direction(scene.numbers.indicator(code, minus="target_value")) == 0:
        # printed alike, and missed all the same
        return ("按未取整的数未达到目标（", scene.numbers.indicator(code, "target_value"), "）")
    return scene.beside_target(code)


def _standings(scene: Scene, region: str) -> dict[str, str | None]:
    found = scene.numbers.figures.rows(
        _Row,
        """
        select indicator_code, target_status
        from indicator_trend
        where
            period = ? and period_mode = 'ytd' and region_code = ? and insutype = 'all' and breakdown = 'none'
        """,
        (scene.order.period, region),
    )
    return {row.indicator_code: row.target_status for row in found}
