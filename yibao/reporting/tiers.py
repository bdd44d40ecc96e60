"""The institutions in the quarterly bulletin: each among those of its tier, by what they cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from yibao.figures import CASES_NEEDED, Institution, parts
from yibao.labels import TIERS
from yibao.reporting import balance, few
from yibao.reporting import sentences as say
from yibao.reporting.content import Block, Column, Content, Figure, Heading, Kind, Table
from yibao.reporting.ranking import by_rank, most_and_least, ranks, shown
from yibao.reporting.scene import Scene
from yibao.reporting.sentences import Clause

_COST, _SELFPAY = "ip_avg_cost", "ip_selfpay_share"
_GROWTH = (_COST, "last_year_change")
# what they are ranked by, the lowest first: indicator and column of it, and what the text calls it
_RANKED = {
    (_COST, "value"): "住院次均费用",
    _GROWTH: "住院次均费用同比增幅",
    (_SELFPAY, "value"): "住院自费费用占比",
}


def by_tier(scene: Scene) -> tuple[tuple[Block, ...], tuple[Table, ...]]:
    """The institutions of the region itself: what is told of every tier, and the ranking of each that has two to rank."""
    found: dict[str, list[Institution]] = {}
    for value in parts(scene.numbers.figures, _COST, scene.selection, "inst"):
        known = scene.own_institution(value.breakdown_value)
        if known and value.denominator:
            found.setdefault(known.service_tier, []).append(known)
    blocks: list[Block] = []
    forms: list[Table] = []
    for code, title in TIERS.items():
        if code not in found:
            continue
        tier = _Tier(scene, code, tuple(found[code]))
        blocks += [Heading(2, f"{title}定点医疗机构"), *say.paragraph(*tier.told())]
        if tier.is_ranked:
            forms.append(tier.table())
    return tuple(blocks), tuple(forms)


@dataclass(frozen=True)
class _Tier:
    """The institutions of one tier that had inpatients; `enough` cases make an institution one to be ranked."""

    scene: Scene
    code: str
    held: tuple[Institution, ...]

    @cached_property
    def names(self) -> dict[str, str]:
        return {each.code: each.name for each in self.held}

    @cached_property
    def cases(self) -> dict[str, Figure]:
        return {inst: self._figure(_COST, inst, "denominator") for inst in self.names}

    @cached_property
    def enough(self) -> tuple[str, ...]:
        return tuple(inst for inst, cases in self.cases.items() if (cases.value or 0) >= CASES_NEEDED)

    @property
    def is_ranked(self) -> bool:
        return len(self.enough) >= 2

    @cached_property
    def before(self) -> dict[str, Decimal | None]:
        """Inpatient cases of each institution in the same months of last year."""
        then = replace(self.scene.selection, period=self.scene.year_before)
        return {
            value.breakdown_value: value.denominator
            for value in parts(self.scene.numbers.figures, _COST, then, "inst")
        }

    @cached_property
    def figures(self) -> dict[tuple[str, str], dict[str, Figure]]:
        return {
            (code, column): {inst: self._figure(code, inst, column) for inst in self.names}
            for code, column in _RANKED
        }

    @cached_property
    def places(self) -> dict[tuple[str, str], dict[str, int]]:
        # a growth comes from the cases of two years
        grown = {inst for inst in self.enough if (self.before.get(inst) or 0) >= CASES_NEEDED}
        return {
            by: ranks(
                {inst: held[inst].value for inst in self.enough if by != _GROWTH or inst in grown},
                highest_first=False,
            )
            for by, held in self.figures.items()
        }

    def told(self) -> tuple[Clause, ...]:
        """Who is highest and lowest, no figure of few cases."""
        if not self.is_ranked:
            return ((f"住院人次达到{CASES_NEEDED}的机构不足两家，不排名。",),)
        order = list(self.names)
        silent = {order[at] for at in few.hidden([self.cases[inst].value for inst in order])}
        sentences: list[Clause] = []
        if len(self.enough) < len(order):
            sentences.append((f"住院人次达到{CASES_NEEDED}的机构中，",))
        for by, name in _RANKED.items():
            known = {inst: figure for inst, figure in self.figures[by].items() if inst in self.places[by]}
            sentences.append(say.sentence(*most_and_least(known, self.names, silent=silent), begin=name))
        return tuple(sentences)

    def table(self) -> Table:
        """Every institution by its place in cost; those without a place at the end."""
        order = by_rank(list(self.names), self.places[_COST, "value"])
        return balance.table(
            f"institutions_{self.code}",
            f"{TIERS[self.code]}定点医疗机构排名表",
            (
                Column(("机构",)),
                Column(("住院人次",), "count"),
                Column(("次均费用", "本期（元）"), "yuan"),
                Column(("次均费用", "名次")),
                Column(("次均费用同比", "增幅（%）"), "change"),
                Column(("次均费用同比", "名次")),
                Column(("自费费用占比", "本期（%）"), "percent"),
                Column(("自费费用占比", "名次")),
            ),
            few.guarded([self._row(inst) for inst in order], 1),
            "单位：人次，元，%",
            notes=(
                f"各项由低到高排名，相同的并列；本年累计住院人次不足{CASES_NEEDED}的不参加排名。",
                f"同比增幅只在去年同期住院人次也达到{CASES_NEEDED}的机构中排名。自费费用占比为目录外费用占住院总费用的百分比。",
            ),
        )

    def _row(self, inst: str) -> tuple[Content, ...]:
        cells: list[Content] = [self.names[inst], self.cases[inst]]
        for by, held in self.figures.items():
            told_few = by == _GROWTH and few.is_few(self.before.get(inst))
            cells += [few.HIDDEN if told_few else held[inst], shown(self.places[by], inst)]
        return tuple(cells)

    def _figure(self, code: str, inst: str, column: str) -> Figure:
        kind: Kind | None = "count" if column == "denominator" else None
        return self.scene.numbers.indicator(code, column, kind, breakdown=("inst", inst))
