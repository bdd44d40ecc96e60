"""Which place and months a report speaks of, how it calls them, and the clauses that every section is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from yibao import labels
from yibao.figures import UNKNOWN_TOWNSHIP, Institution, Region, Selection, institutions, periods, regions
from yibao.figures import schemes as all_schemes
from yibao.months import month_before, year_before
from yibao.problem import Problem
from yibao.reporting import sentences as say
from yibao.reporting.bureau import bureau_of
from yibao.reporting.content import Figure
from yibao.reporting.few import is_few
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order
from yibao.reporting.sentences import Clause

# how the whole of a place is called, by the last character of its name: 全县, 全镇
_KINDS_OF_PLACE = frozenset("县市区旗州盟乡镇")
# a township has more
_COUNTY_DIGITS = 6
# in the codes of measures
_OF_PERSONS = ("persons", "cases", "visits")


@dataclass(frozen=True)
class Scene:
    """One region in the months from January to the order's period."""

    numbers: Numbers
    order: Order

    @property
    def year(self) -> int:
        return int(self.order.period[:4])

    @property
    def month(self) -> int:
        return int(self.order.period[5:])

    @property
    def span(self) -> str:
        """`1—9月`; `1月` in January."""
        return f"1—{self.month}月" if self.month > 1 else "1月"

    @property
    def until(self) -> str:
        """`截至9月底`."""
        return f"截至{self.month}月底"

    @property
    def january(self) -> str:
        return f"{self.year}-01"

    @property
    def year_before(self) -> str:
        """The same months of last year."""
        return year_before(self.order.period)

    @property
    def month_before(self) -> str:
        """The month before the order's."""
        return month_before(self.order.period)

    @property
    def year_to_date(self) -> tuple[str, str]:
        """The key that takes the months of a table that has no year to date."""
        return ("period", f"{self.january}..{self.order.period}")

    @property
    def last_day(self) -> date:
        """The last day that the figures cover. Raises Problem for a month that is not published."""
        for each in periods(self.numbers.figures):
            if each.period == self.order.period:
                return each.month_end
        raise Problem(
            f"{self.order.period} 的数据没有发布",
            where=f"已发布的数据 {self.numbers.figures.generation.run_id}",
            todo="请用 yibao status 查看已发布的月份，或先导入该月数据再执行 yibao run。",
        )

    @property
    def issuer(self) -> str:
        """Who writes: as configured, else the region's bureau."""
        return self.order.letterhead.issuer or bureau_of(self.order.region_name)

    @property
    def whole(self) -> str:
        """`全县`."""
        name = self.order.region_name
        return f"全{name[-1:]}" if name[-1:] in _KINDS_OF_PLACE else name

    @property
    def selection(self) -> Selection:
        """The whole region, all schemes, year to date."""
        return Selection(self.order.period, "ytd", self.order.region_code)

    @cached_property
    def region_names(self) -> dict[str, str]:
        """Every region by code."""
        return {region.code: region.name for region in regions(self.numbers.figures)}

    @cached_property
    def below(self) -> tuple[Region, ...]:
        """The regions directly below, the unknown township last."""
        return tuple(
            region for region in regions(self.numbers.figures) if region.parent_code == self.order.region_code
        )

    @property
    def is_city(self) -> bool:
        """Whether counties are below it."""
        return any(region.level == "county" for region in self.below)

    @property
    def below_noun(self) -> str:
        """What the regions below are called: 乡镇, below a city 县区."""
        return "县区" if self.is_city else "乡镇"

    @cached_property
    def schemes(self) -> dict[str, str]:
        """The schemes by code, without `all`."""
        found = all_schemes(self.numbers.figures)
        return {scheme.code: scheme.name for scheme in found if scheme.code != "all"}

    @cached_property
    def institutions(self) -> dict[str, Institution]:
        """Every institution by code."""
        return institutions(self.numbers.figures)

    @cached_property
    def months(self) -> tuple[str, ...]:
        """The published months of this year up to the order's, January first."""
        wanted = (f"{self.year}-{month:02d}" for month in range(1, self.month + 1))
        return tuple(period for period in wanted if period in self.published)

    @cached_property
    def published(self) -> frozenset[str]:
        """Every published month."""
        return frozenset(each.period for each in periods(self.numbers.figures))

    @cached_property
    def counted_periods(self) -> frozenset[str]:
        """The months of which there is what the rates are made of."""
        return frozenset(self.numbers.figures.rows(str, "select distinct period from indicator_value"))

    @cached_property
    def place(self) -> tuple[tuple[str, str], ...]:
        """The key of the region's institutions where others are published too; none for all that are published."""
        return (("region_code", f"{self.prefix}..{self.prefix}~"),) if self.prefix else ()

    @cached_property
    def prefix(self) -> str:
        """The beginning of the codes of the region's institutions, which stand in its villages; empty for all."""
        counties = [region for region in regions(self.numbers.figures) if region.level == "county"]
        if len(self.order.region_code) == _COUNTY_DIGITS and len(counties) < 2:
            return ""
        return self.stem

    @property
    def stem(self) -> str:
        """The digits with which the code of every region inside this one begins."""
        code = self.order.region_code
        return code.removesuffix("00") if self.is_city else code

    def name(self, code: str) -> str:
        """An indicator's Chinese name with full-width brackets."""
        return full_width(self.numbers.catalogue[code].name_zh)

    def institution(self, code: str) -> str:
        """An institution's name; its code where the register has none."""
        found = self.institutions.get(code)
        return found.name if found else code

    def own_institution(self, code: str) -> Institution | None:
        """An institution of the register that stands in the region; None of any other."""
        found = self.institutions.get(code)
        return found if found and (found.region_code or "").startswith(self.stem) else None

    def is_unknown(self, region_code: str) -> bool:
        """Whether it stands for the persons without a known township."""
        return len(region_code) == 9 and region_code.endswith(UNKNOWN_TOWNSHIP)

    def ratio(
        self,
        code: str,
        name: str = "",
        *,
        verb: str = "为",
        target: bool = True,
        expected: bool = False,
        **cell: Any,
    ) -> tuple[Clause, ...]:
        """A ratio, how it moved, and how it stands to its target: three clauses of one sentence.

        `expected`: where its data are missing, that is said; not where there was nothing to divide by. `cell`: further keys
        of `Numbers.indicator`. A ratio out of so few persons that they could be counted back is left out.
        """
        if self.tells_few(code, **cell):
            return ()
        clauses = (
            self._first(
                name or self.name(code),
                self.numbers.indicator(code, **cell),
                verb,
                expected and self.count(code, "denominator", **cell).value != 0,
            ),
            ()
            if self.told_few(code, **cell)
            else say.moved(self.numbers.indicator(code, "last_year_change", **cell)),
        )
        return (*clauses, self.beside_target(code, **cell)) if target else clauses

    def beside_target(self, code: str, **cell: Any) -> Clause:
        """How an indicator stands to its target; one that should be neither high nor low has a 控制线 instead.

        Below zero that line says nothing: `低于控制线` would be read as held.
        """
        direction = self.numbers.catalogue[code].direction
        target = self.numbers.indicator(code, "target_value", **cell)
        if direction == "none" or target.value is None:
            return ()
        if direction == "band" and (self.numbers.indicator(code, **cell).value or 0) < 0:
            return ("低于零",)
        difference = self.numbers.indicator(code, minus="target_value", **cell)
        return say.beside_target(difference, target, "控制线" if direction == "band" else "目标")

    def average(self, code: str, name: str = "", **cell: Any) -> tuple[Clause, ...]:
        """An average of money and how it grew: two clauses of one sentence; none where few persons made it."""
        if self.tells_few(code, **cell):
            return ()
        return (
            say.told(f"{name or self.name(code)}为", self.numbers.indicator(code, **cell)),
            ()
            if self.told_few(code, **cell)
            else say.grew(self.numbers.indicator(code, "last_year_change", **cell)),
        )

    @staticmethod
    def _first(name: str, value: Figure, verb: str, expected: bool) -> Clause:
        return say.told_or_unreported(name, value, verb=verb) if expected else say.told(name + verb, value)

    def counted(self, before: str, persons: Figure, after: str) -> Clause:
        """Persons or cases; nothing where they are few."""
        return () if is_few(persons.value) else say.told(before, persons, after)

    def count(self, code: str, column: str = "numerator", **cell: Any) -> Figure:
        """The numerator or denominator of an indicator as a number of persons, cases or institutions."""
        return self.numbers.indicator(code, column, "count", **cell)

    def money(self, code: str, column: str = "numerator", **cell: Any) -> Figure:
        """The numerator or denominator of an indicator in 万元."""
        return self.numbers.indicator(code, column, "wan", **cell)

    def tells_few(self, code: str, **cell: Any) -> bool:
        """Whether an indicator of persons or cases is made of 1 to 4 of them, or a share of them leaves so many over.

        Of a period without counts (a city has those of one month only) none can be told by a rate of it.
        """
        if cell.get("period", self.order.period) not in self.counted_periods:
            return False
        counts = [
            self.count(code, column, **cell)
            for column in ("numerator", "denominator")
            if any(word in getattr(self.numbers.catalogue[code], column) for word in _OF_PERSONS)
        ]
        if len(counts) == 2 and self._is_share(code):
            # 97.80% of 91 persons are all but two
            counts.append(self.count(code, "denominator", minus="numerator", **cell))
        return any(is_few(count.value) for count in counts)

    def _is_share(self, code: str) -> bool:
        """Whether the numerator counts some of those whom the denominator counts."""
        of, among = self.numbers.catalogue.units_of(code)
        return of == among and self.numbers.catalogue[code].unit == "percent"

    def told_few(self, code: str, **cell: Any) -> bool:
        """The same of last year's months, whose figure is not told then, nor the change, which would give it away."""
        before = self.numbers.indicator(code, "last_year_value", **cell)
        return before.value is not None and self.tells_few(code, period=self.year_before, **cell)


def full_width(text: str) -> str:
    """A name of the catalogue with the brackets of running text."""
    return text.replace("(", "（").replace(")", "）")


def account_item(code: str) -> str:
    """The contract's name of a source or use of the fund."""
    return labels.label("fund_ledger", "account_item", code)


def listed(names: Sequence[str]) -> str:
    """`甲乡、乙镇`."""
    return "、".join(names)
