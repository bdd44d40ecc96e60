"""The county's people: who they are, where and how they are insured, what they paid, which roster lists
them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from .chance import Bools, Ints, choose, spread, stream, whole
from .county import COUNTY, LAGGING, TOWNSHIP_WEIGHTS, township_code, village_code, villages_per_township
from .text import Column, Table, amounts, dates, day, lookup, numbered, repeated, times, where

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡"
GIVEN = (
    "建国", "秀英", "志强", "桂兰", "海燕", "小明", "玉梅", "国庆", "春花", "文斌", "丽华", "永福", "雪梅",
    "大勇", "美玲",
    "振华", "淑珍", "俊杰", "红霞", "长林", "思远", "晓东", "金凤", "子涵", "梓轩", "德贵", "翠莲", "立军",
    "佳怡", "一鸣",
)  # fmt: skip
PERSONAL = {
    2023: 35000,
    2024: 38000,
    2025: 40000,
    2026: 40000,
    2027: 42000,
}  # cents a resident pays for the year
EMPLOYEE_SHARE = 48000, 192000  # cents a year: own and employer's part
GROUPS = (
    "extreme_poverty", "minimum_living", "returned_poverty", "monitored", "lifted", "orphan",
    "unsupported_child",
    "severe_disability", "preferential",
)  # fmt: skip
_FULLY_PAID = (0, 5, 6)  # groups whose contribution is paid in full for them
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)


def check_character(first17: str) -> str:
    """The 18th character of GB 11643."""
    return "10X98765432"[sum(int(d) * int(w) for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def certificate_variants(what: str, serial: int) -> str:
    """A certificate with the right check character but month 13, or one that ends with a lower-case x."""
    if what == "month 13":
        first17 = f"{COUNTY}19711305{900 + serial:03d}"
        return first17 + check_character(first17)
    for n in range(serial, 1000):
        first17 = f"{COUNTY}19770707{n:03d}"
        if check_character(first17) == "X":
            return first17 + "x"
    raise ValueError("no certificate ends with x")


@dataclass(frozen=True)
class People:
    """One entry per person of the background (the planted persons are not among them)."""

    psn_no: Column
    certno: Column
    name: Column
    gender: Ints
    born: Ints
    household: Ints
    township: Ints
    village: Ints
    scheme: Ints  # 0 = 310, 1 = 390, 2 = 340
    retired: Bools
    first_year: Ints
    leaves: Ints  # day of leaving; a day far off where the person stays
    group: Ints  # index of GROUPS, -1 without one
    need: np.ndarray  # weight of seeking care

    def __len__(self) -> int:
        return len(self.psn_no)


SCHEMES = ("310", "390", "340")
FAR = day(2199, 1, 1)


def certificates(born: Ints, gender: Ints) -> Column:
    order = np.argsort(born, kind="stable")
    ordered = born[order]
    starts = np.r_[0, np.flatnonzero(np.diff(ordered)) + 1]
    rank = np.empty(len(born), dtype=np.int64)
    rank[order] = np.arange(len(born)) - np.repeat(starts, np.diff(np.r_[starts, len(born)]))
    serial = (2 * rank + np.where(gender == 1, 1, 0)) % 1000
    iso = np.datetime_as_string((born).astype("datetime64[D]"), unit="D").astype("S10")
    raw = iso.view(np.uint8).reshape(-1, 10)
    text = np.empty((len(born), 18), dtype=np.uint8)
    text[:, :6] = np.frombuffer(COUNTY.encode(), dtype=np.uint8)
    text[:, 6:14] = raw[:, [0, 1, 2, 3, 5, 6, 8, 9]]
    for place, unit in ((14, 100), (15, 10), (16, 1)):
        text[:, place] = 48 + serial // unit % 10
    text[:, 17] = _CHECK[((text[:, :17] - 48) * _WEIGHTS).sum(axis=1) % 11]
    return pa.array(text.reshape(-1).view("S18")).cast(pa.string())


def settle_people(seed: int, count: int, years: list[int]) -> People:
    rng = stream(seed, "people")
    township = choose(spread(rng, count), TOWNSHIP_WEIGHTS)
    village = np.minimum(
        (rng.random(count) * villages_per_township(count)).astype(np.int64), villages_per_township(count) - 1
    )
    age = np.interp(spread(rng, count), [0, 0.16, 0.4, 0.62, 0.82, 0.95, 1], [0.1, 14, 36, 52, 66, 78, 97])
    born = whole(day(years[0], 1, 1) - age * 365.25)
    gender = 1 + (rng.random(count) < 0.49).astype(np.int64)
    kind = spread(rng, count)
    adult = (age >= 20) & (age < 80)
    veteran = np.zeros(count, dtype=bool)
    veteran[np.flatnonzero(age >= 75)[: max(4, count // 800)]] = True
    scheme = np.where(veteran, 2, np.where(adult & (kind < 0.16), 0, 1))
    fate = rng.random(count)
    first = np.full(count, years[0] - 5)
    for n, year in enumerate(years[1:]):
        first[(fate >= 0.02 * n) & (fate < 0.02 * (n + 1))] = year
    leaves = np.full(count, FAR)
    going = spread(rng, count)
    for n, year in enumerate(years):
        gone = (going >= 0.008 * n) & (going < 0.008 * (n + 1)) & (first <= year)
        leaves[gone] = day(year, 1, 15) + whole(rng.random(count) * 345)[gone]
    listed = (spread(rng, count) < 0.05) & (scheme == 1) & (leaves == FAR) & (first < years[0])
    group = np.where(
        listed, choose(spread(rng, count), [0.1, 0.34, 0.04, 0.08, 0.2, 0.03, 0.03, 0.12, 0.06]), -1
    )
    surname = (rng.random(count) * len(SURNAMES)).astype(np.int64)
    given = (rng.random(count) * len(GIVEN)).astype(np.int64)
    names = [s + g for s in SURNAMES for g in GIVEN]
    return People(
        psn_no=numbered("99", np.arange(1, count + 1), 8),
        certno=certificates(born, gender),
        name=lookup(names, surname * len(GIVEN) + given),
        gender=gender,
        born=born,
        household=np.arange(count) // 3 + 1,
        township=township,
        village=village,
        scheme=scheme,
        retired=(scheme == 0) & (age >= 58),
        first_year=first,
        leaves=leaves,
        group=group,
        need=np.interp(age, [0, 5, 15, 45, 60, 75, 100], [1.2, 0.9, 0.4, 0.7, 1.3, 2.2, 2.4]),
    )


def enrolled(people: People, year: int) -> Bools:
    """Who has an enrollment row of the year."""
    found: Bools = (people.first_year <= year) & (people.leaves >= day(year, 1, 1))
    return found


def unpaid(people: People, year: int, seed: int) -> Bools:
    """Enrolled residents who do not pay for the year: many in the lagging township in 2026."""
    share = np.where((people.township == LAGGING) & (year >= 2026), 0.2, 0.012)
    late = spread(stream(seed, f"unpaid/{year}"), len(people)) < share
    found: Bools = (people.scheme == 1) & (people.group < 0) & late
    return found


def settled_all_year(people: People, year: int, seed: int) -> Bools:
    """Who is insured the whole year, so that any settlement of it is in order."""
    return enrolled(people, year) & (people.leaves >= day(year + 1, 1, 1)) & ~unpaid(people, year, seed)


def enrollment(people: People, year: int, seed: int) -> Table:
    here = enrolled(people, year)
    keep = np.flatnonzero(here)
    chosen = pa.array(keep)
    n = len(keep)
    leaving = people.leaves[keep] < day(year + 1, 1, 1)
    begin = np.maximum(day(year, 1, 1), people.born[keep])
    size = villages_per_township(len(people))
    codes = [village_code(t, v) for t in range(len(TOWNSHIP_WEIGHTS)) for v in range(size)]
    region = lookup(codes, people.township[keep] * size + people.village[keep])
    only_township = (people.household[keep] % 23) == 0  # some rows only name the township
    region = where(only_township, lookup([township_code(t) for t in range(8)], people.township[keep]), region)
    written = day(year - 1, 12, 1) + whole(stream(seed, f"enrollment/{year}").random(n) * 28)
    updated = np.where(leaving, people.leaves[keep], written) * 86400 + 32400 + keep % 28800
    scheme = people.scheme[keep]
    return {
        "psn_no": people.psn_no.take(chosen),
        "certno": people.certno.take(chosen),
        "psn_name": people.name.take(chosen),
        "gender": lookup(["0", "1", "2"], people.gender[keep]),
        "birth_date": dates(people.born[keep]),
        "household_no": numbered("", people.household[keep], 7),
        "region_code": region,
        "insutype": lookup(SCHEMES, scheme),
        "year": repeated(str(year), n),
        "psn_type": lookup(
            ["11", "12", "14"], np.where(scheme == 1, 2, np.where(people.retired[keep] | (scheme == 2), 1, 0))
        ),
        "status": where(leaving, "4", "1"),
        "begin_date": dates(begin),
        "end_date": where(leaving, dates(np.minimum(people.leaves[keep], FAR)), ""),
        "updt_time": times(updated),
    }


def contributions(people: People, year: int, seed: int, until: int) -> Table:
    """What was paid for the insurance year by day `until` (residents pay from September of the year
    before)."""
    rng = stream(seed, f"contribution/{year}")
    n = len(people)
    chance = spread(rng, n)
    season = np.interp(chance, [0, 0.1, 0.75, 0.93, 1], [0, 29, 91, 121, 180])
    late = np.interp(chance, [0, 0.2, 0.6, 1], [20, 80, 125, 180])
    lagging = (people.township == LAGGING) & (year >= 2026)
    resident_day = day(year - 1, 9, 1) + np.floor(np.where(lagging, late, season)).astype(np.int64)
    employee_day = day(year, 1, 5) + np.floor(rng.random(n) * 20).astype(np.int64)
    paid_on = np.where(people.scheme == 1, resident_day, employee_day)
    pays = (people.scheme == 1) | ((people.scheme == 0) & ~people.retired)
    here = (
        enrolled(people, year) & ~unpaid(people, year, seed)
        if until >= day(year, 1, 1)
        else enrolled(people, year - 1)
    )
    keep = np.flatnonzero(here & pays & (paid_on <= until))
    keep = keep[np.argsort(paid_on[keep], kind="stable")]
    chosen = pa.array(keep)
    scheme = people.scheme[keep]
    group = people.group[keep]
    full = PERSONAL[year]
    aided = np.where(np.isin(group, _FULLY_PAID), full, np.where(group >= 0, full // 2, 0))
    subsidy = np.where(scheme == 1, aided, 0)
    own = np.where(scheme == 1, full - subsidy, EMPLOYEE_SHARE[0])
    employer = np.where(scheme == 1, 0, EMPLOYEE_SHARE[1])
    channels = ["税务APP", "微信", "银行柜台", "村(社区)代收", "单位申报"]
    channel = np.where(scheme == 1, choose(rng.random(len(keep)), [0.35, 0.4, 0.1, 0.15]), 4)
    return {
        "payment_id": numbered(f"P{year % 100:02d}", np.arange(1, len(keep) + 1), 7),
        "psn_no": people.psn_no.take(chosen),
        "insutype": lookup(SCHEMES, scheme),
        "year": repeated(str(year), len(keep)),
        "pay_time": times(paid_on[keep] * 86400 + 28800 + keep * 7 % 36000),
        "personal_amount": amounts(own),
        "subsidy_amount": amounts(subsidy),
        "total_amount": amounts(own + subsidy + employer),
        "employer_amount": amounts(employer),
        "receipt_no": numbered(f"{year}", keep + 1, 8),
        "channel": lookup(channels, channel),
    }


def roster(people: People) -> Table:
    keep = np.flatnonzero(people.group >= 0)
    chosen = pa.array(keep)
    group = people.group[keep]
    depts = [
        "民政局",
        "民政局",
        "农业农村局",
        "农业农村局",
        "农业农村局",
        "民政局",
        "民政局",
        "残联",
        "退役军人事务局",
    ]
    listed = day(2022, 3, 1) + keep * 37 % 900
    delisted = keep % 19 == 0
    return {
        "roster_id": numbered("R", np.arange(1, len(keep) + 1), 6),
        "certno": people.certno.take(chosen),
        "psn_name": people.name.take(chosen),
        "group_code": lookup(GROUPS, group),
        "source_dept": lookup(depts, group),
        "region_code": lookup([township_code(t) for t in range(8)], people.township[keep]),
        "listed_on": dates(listed),
        "delisted_on": where(delisted, dates(day(2025, 6, 30) + keep % 300), ""),
        "exempt_reason": repeated("", len(keep)),
    }
