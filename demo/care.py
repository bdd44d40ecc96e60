"""A month of care as numbers: who went where, for what, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from .bills import PLACES, costs, med_types, split
from .chance import Ints, choose, skewed, spread, stream, whole
from .county import COUNTY, institutions
from .people import People, settled_all_year
from .text import Column, day, numbered

INSTITUTIONS = institutions()
CLASSES = ("inpatient", "maternity", "outpatient", "chronic", "two_disease", "pharmacy")
CLASS_WEIGHTS = [0.105, 0.004, 0.531, 0.115, 0.065, 0.18]
_SEASON = (0, 1.12, 0.86, 1.04, 1.0, 0.97, 0.95, 0.98, 1.0, 0.97, 0.95, 1.05, 1.11)  # by month number
_REFERRAL_POLICY = 2025 * 12 + 6  # July 2025, counted in months from year 0


def used_as(name: str) -> Ints:
    return np.array([i for i, inst in enumerate(INSTITUTIONS) if inst.use == name], dtype=np.int64)


def out_of_county_share(month: int) -> float:
    """Share of admissions outside the county: falls over three months once referral is asked for (July
    2025)."""
    since = month - _REFERRAL_POLICY
    return 0.165 if since < 0 else max(0.085, 0.14 - 0.02 * since)


@dataclass(frozen=True)
class Month:
    """The settlements of one month as numbers; amounts in cents, dates in days since 1970-01-01."""

    year: int
    month: int
    person: Ints
    scheme: Ints
    kind: Ints  # index of CLASSES
    inst: Ints
    begin: Ints
    end: Ints
    settled: Ints
    parts: dict[str, Ints]
    med_type: Column
    filing: Ints  # number of the filing, 0 without one

    def __len__(self) -> int:
        return len(self.person)

    def ids(self) -> Column:
        return numbered(f"S{self.year % 100:02d}{self.month:02d}", np.arange(1, len(self) + 1), 6)


def _choose_persons(people: People, year: int, kind: Ints, seed: int, rng: np.random.Generator) -> Ints:
    fit = settled_all_year(people, year, seed)
    weights = np.cumsum(np.where(fit, people.need, 0.0))
    person = np.searchsorted(weights, rng.random(len(kind)) * weights[-1], side="right")
    shops = np.flatnonzero(fit & (people.scheme == 0))
    buys = (kind == 5) & (rng.random(len(kind)) < 0.6) & (len(shops) > 0)
    person[buys] = shops[np.floor(rng.random(int(buys.sum())) * len(shops)).astype(np.int64)]
    age = year - 1970 - people.born / 365.25
    mothers = np.flatnonzero(fit & (people.gender == 2) & (age > 20) & (age < 42))
    births = kind == 1
    person[births] = mothers[np.floor(rng.random(int(births.sum())) * len(mothers)).astype(np.int64)]
    found: Ints = np.minimum(person, len(people) - 1).astype(np.int64)
    return found


def _choose_institutions(
    kind: Ints, township: Ints, month: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """(institution, place) of each settlement; admissions in exact shares, the rest freely."""
    n = len(kind)
    out = out_of_county_share(month)
    home = 1 - out - 0.015
    ip_share = [home * 0.42, home * 0.31, home * 0.2, home * 0.07, 0.015, out * 0.55, out * 0.33, out * 0.12]
    place = np.zeros(n, dtype=np.int64)
    admitted = np.flatnonzero(kind == 0)
    place[admitted] = choose(spread(rng, len(admitted)), ip_share)
    inst = used_as("township")[township]
    pick = rng.random(n)
    for p, name in enumerate(PLACES[1:], start=1):
        options = used_as(name)
        at = place == p
        inst[at] = options[np.floor(pick[at] * len(options)).astype(np.int64)]
    births = kind == 1
    inst[births], place[births] = used_as("maternity")[0], 2
    visit = rng.random(n)
    out_patient = kind == 2
    village = out_patient & (visit < 0.4)
    inst[village] = used_as("village")[township[village]]
    county = (out_patient & (visit > 0.75)) | (np.isin(kind, (3, 4)) & (visit > 0.55))
    seconds = county & (pick < 0.4)
    inst[county], place[county] = used_as("county_first")[0], 1
    inst[seconds], place[seconds] = used_as("county_second")[0], 2
    away = out_patient & (visit > 0.985)
    inst[away], place[away] = used_as("city")[0], 5
    shop = kind == 5
    shops = np.r_[used_as("pharmacy")[:3], used_as("pharmacy")[:2]]
    inst[shop] = shops[np.floor(pick[shop] * len(shops)).astype(np.int64)]
    return inst, place


def month_of_care(people: People, year: int, month: int, count: int, seed: int, filings: int) -> Month:
    """`count` settlements of a normal month; `filings` is the number of filings made before."""
    rng = stream(seed, f"care/{year}-{month:02d}")
    n = int(count * _SEASON[month] + 0.5)
    index = year * 12 + month - 1
    kind = choose(spread(rng, n), CLASS_WEIGHTS)
    person = _choose_persons(people, year, kind, seed, rng)
    inst, place = _choose_institutions(kind, people.township[person], index, rng)
    village = np.isin(inst, used_as("village"))
    total = costs(kind, place, village, index, rng)
    first, nxt = day(year, month, 1), day(year + month // 12, month % 12 + 1, 1)
    settled = first + np.floor(rng.random(n) * (nxt - first)).astype(np.int64)
    admitted = kind <= 1
    stay = np.maximum(
        1, whole(np.array([6.5, 8.5, 8.2, 9, 9.5, 9.8, 10.5, 10.5])[place] * skewed(rng.random(n), 0.35))
    )
    end = settled - (admitted & (rng.random(n) < 0.3))
    begin = np.where(admitted, end - stay, end)
    outside = np.array([i.region[:6] != COUNTY for i in INSTITUTIONS])[inst]
    order = np.argsort(settled * 10 + np.where(admitted, 0, 1), kind="stable")
    med_type = med_types(kind, outside, rng)
    needs = (kind == 0) & outside & np.isin(med_type.to_numpy(zero_copy_only=False), ("23", "25"))
    filed = needs & (spread(rng, n) < 0.93)
    number = np.zeros(n, dtype=np.int64)
    parts = split(total, kind, place, people.scheme[person], people.group[person] >= 0, rng)
    chosen = pa.array(order)
    ordered = {k: v[order] for k, v in parts.items()}
    number[np.flatnonzero(filed[order])] = filings + np.arange(1, int(filed.sum()) + 1)
    return Month(
        year, month, person[order], people.scheme[person][order], kind[order], inst[order], begin[order],
        end[order],
        settled[order], ordered, med_type.take(chosen), number,
    )  # fmt: skip
