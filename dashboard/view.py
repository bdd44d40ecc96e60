"""What one user looks at: who, which generation, which period, region and scheme. Pages get a View and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import NoReturn

from dashboard.components.export import Exported, Stamp
from yibao import formatting
from yibao.accounts import Right, User
from yibao.figures import (
    Catalogue,
    Figures,
    Institution,
    Period,
    Region,
    Scheme,
    Selection,
    catalogue,
    institutions,
    regions,
    schemes,
)
from yibao.paths import DataPaths

MODES_ZH = {"ytd": "本年累计", "month": "本月"}


@dataclass(frozen=True)
class View:
    """A page's whole world.

    chosen: the filters. now: the moment of this rerun. parameters: what the address holds beside the filters.
    go: leaves for another page with these parameters. log: writes an export to the audit log.
    """

    paths: DataPaths
    user: User
    figures: Figures
    chosen: Selection
    period: Period
    now: datetime
    parameters: Mapping[str, str]
    go: Callable[..., NoReturn]
    log: Callable[[str, Exported], None]

    @cached_property
    def catalogue(self) -> Catalogue:
        return catalogue(self.figures)

    @cached_property
    def regions(self) -> dict[str, Region]:
        return {region.code: region for region in regions(self.figures)}

    @cached_property
    def schemes(self) -> dict[str, Scheme]:
        return {scheme.code: scheme for scheme in schemes(self.figures)}

    @cached_property
    def institutions(self) -> dict[str, Institution]:
        return institutions(self.figures)

    @property
    def region(self) -> Region:
        return self.regions[self.chosen.region_code]

    @property
    def mode_zh(self) -> str:
        return MODES_ZH[self.chosen.mode]

    @property
    def chosen_ytd(self) -> Selection:
        """The filters, for indicators that are counted for the year to date only."""
        return replace(self.chosen, mode="ytd")

    @property
    def is_consolidated(self) -> bool:
        """Whether the figures were added up from counties' packages, which bring no single row."""
        return bool(self.figures.generation.manifest.provenance.packages)

    @property
    def sees_rows(self) -> bool:
        return self.user.may(Right.ROWS)

    @property
    def filters_zh(self) -> str:
        """`期间 2026-09 本年累计 · 示范县 · 全部险种`."""
        return f"期间 {self.chosen.period} {self.mode_zh} · {self.region.name} · {self.schemes[self.chosen.insutype].name}"

    def region_name(self, code: str | None) -> str:
        """The region's name; its code where the user may not see it or nobody named it."""
        found = self.regions.get(code or "")
        return found.name if found else code or ""

    @property
    def stamp(self) -> Stamp:
        """What an export of this view tells of itself."""
        return Stamp(
            filters=self.filters_zh,
            as_of=self.period.month_end.isoformat(),
            run_id=self.figures.generation.run_id,
            user=f"{self.user.display_name}（{self.user.name}）",
            taken_at=formatting.clock(self.now),
        )
