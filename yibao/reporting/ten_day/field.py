"""The regions below in a ten-day: who can be ranked, whose number is not shown."""

from __future__ import annotations

from dataclasses import dataclass

from yibao.reporting import few
from yibao.reporting import sentences as say
from yibao.reporting.content import Figure
from yibao.reporting.ranking import ranks
from yibao.reporting.scene import Scene
from yibao.reporting.sentences import Clause
from yibao.reporting.ten_day.choice import TenDay, cell


@dataclass(frozen=True)
class Field:
    """The regions below. `towns` are those with a place among the others, `unplaced` the payers without a known township."""

    scene: Scene
    told: TenDay
    towns: tuple[str, ...]
    unplaced: str | None

    @classmethod
    def of(cls, scene: Scene, told: TenDay) -> Field:
        codes = [region.code for region in scene.below]
        unknown = next((code for code in codes if scene.is_unknown(code)), None)
        if unknown is not None and not cell(scene, told, "amount_so_far", unknown).value:
            unknown = None
        return cls(scene, told, tuple(code for code in codes if not scene.is_unknown(code)), unknown)

    @property
    def rows(self) -> tuple[str, ...]:
        """Every region that stands in a table."""
        return (*self.towns, self.unplaced) if self.unplaced else self.towns

    @property
    def can_be_ranked(self) -> bool:
        """Not where most payers have no township, as before the enrollment of a year is delivered: who pays then is last."""
        placed = sum(self.cell("persons_so_far", town).value or 0 for town in self.towns)
        lost = self.cell("persons_so_far", self.unplaced).value or 0 if self.unplaced else 0
        return len(self.towns) > 1 and placed > lost

    @property
    def few(self) -> frozenset[str]:
        """Those whose number of payers is not shown, nor what would tell it."""
        return frozenset(
            self.rows[at]
            for at in few.hidden([self.cell("persons_so_far", code).value for code in self.rows])
        )

    def cell(self, column: str, region: str = "") -> Figure:
        return cell(self.scene, self.told, column, region)

    def name(self, region: str) -> str:
        return self.scene.region_names[region]

    def valued(self, region: str, column: str) -> Clause:
        """The name with its figure."""
        return say.valued(self.name(region), self.cell(column, region))

    def places(self, column: str) -> dict[str, int]:
        """名次; none where the figure is not shown, which its place would bound."""
        held = {town: self.cell(column, town).value for town in self.towns if town not in self.few}
        return ranks(held, highest_first=True)
