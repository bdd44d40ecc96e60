"""What a bill costs, what of it is in scope, and who pays which part."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from .chance import Bools, Ints, choose, skewed, spread, whole
from .text import Column

PLACES = (
    "township",
    "county_first",
    "county_second",
    "county_private",
    "city_inside",
    "city",
    "province",
    "cross",
)


def first_hospital_factor(month: int) -> float:
    """Cost per admission of 示范县人民医院: steady until 2025, climbing through 2026."""
    since = month - 2026 * 12
    return 1.0 if since < 0 else 1.1 + 0.012 * since


def split(
    total: Ints, kind: Ints, place: Ints, scheme: Ints, aided: Bools, rng: np.random.Generator
) -> dict[str, Ints]:
    """Parts of each bill: what is in scope, who pays. `place` indexes PLACES (township 0, county 1-3, above
    4-7)."""
    n = len(total)
    admitted = kind <= 1
    employee = scheme != 1
    tier = np.select([place == 0, place <= 3, place <= 5, place == 6], [0, 1, 2, 3], 4)
    outside = np.array([0.03, 0.06, 0.09, 0.12, 0.13])[tier] * (0.6 + 0.8 * rng.random(n))
    full_selfpay = whole(np.where(admitted, outside, 0.02) * total)
    over_limit = whole(np.where(admitted, 0.01, 0.0) * total)
    pre_selfpay = whole(np.where(admitted, 0.04, 0.01) * total)
    in_scope = total - full_selfpay - over_limit - pre_selfpay
    line = np.where(
        admitted, np.array([15000, 40000, 80000, 120000, 150000])[tier], np.where(kind == 2, 1000, 0)
    )
    deductible = np.minimum(line, in_scope)
    resident_rate = np.array([0.88, 0.76, 0.66, 0.58, 0.5])[tier]
    employee_rate = np.array([0.93, 0.9, 0.86, 0.82, 0.78])[tier]
    rate = np.select(
        [admitted & employee, admitted, kind == 2, kind == 3, kind == 4, employee],
        [employee_rate, resident_rate, 0.56, 0.62, 0.52, 0.0],
        0.35,
    )
    pool = np.floor((in_scope - deductible) * rate).astype(np.int64)
    left = in_scope - pool
    large = np.where(admitted & employee & (left > 300000), np.floor((left - 300000) * 0.7), 0).astype(
        np.int64
    )
    major = np.where(admitted & ~employee & (left > 900000), np.floor((left - 900000) * 0.6), 0).astype(
        np.int64
    )
    civil = np.where(admitted & employee & (left > 50000), np.floor(left * 0.08), 0).astype(np.int64)
    still = left - large - major - civil
    aid = np.where(admitted & aided, np.floor(still * 0.55), 0).astype(np.int64)
    fund = pool + large + major + civil + aid
    rest = total - fund
    account = np.where(employee, np.floor(rest * np.where(admitted, 0.25, 0.8)), 0).astype(np.int64)
    mutual = np.where(employee & (kind == 5) & (rng.random(n) < 0.1), rest - account, 0)
    return {
        "total_cost": total, "full_selfpay": full_selfpay, "over_limit_selfpay": over_limit,
        "pre_selfpay": pre_selfpay,
        "in_scope": in_scope, "deductible": deductible, "pool_pay": pool, "large_amount_pay": large,
        "catastrophic_pay": major, "civil_servant_pay": civil, "aid_pay": aid, "other_pay": np.zeros(n,
        dtype=np.int64),
        "fund_total": fund, "account_pay": account, "mutual_account_pay": mutual,
        "cash_pay": rest - account - mutual,
    }  # fmt: skip


def costs(kind: Ints, place: Ints, village: Bools, month: int, rng: np.random.Generator) -> Ints:
    base_ip = np.array(
        [250000, 610000, 560000, 480000, 1150000, 1400000, 2250000, 2100000], dtype=np.float64
    )[place]
    base_ip = np.where(place == 1, base_ip * first_hospital_factor(month), base_ip)
    base_op = np.select([village, place == 0, place >= 4], [4200, 8200, 26000], 13800)
    base = np.select(
        [kind == 0, kind == 1, kind == 2, kind == 3, kind == 4], [base_ip, 420000, base_op, 18000, 5200], 8000
    )
    u = rng.random(len(kind))
    for p in range(
        len(PLACES)
    ):  # even spread of costs for each place: a small hospital's mean is then steady
        at = np.flatnonzero((kind == 0) & (place == p))
        u[at] = spread(rng, len(at))
    return np.maximum(whole(base * skewed(u, 0.38)), 500)


def med_types(kind: Ints, outside: Bools, rng: np.random.Generator) -> Column:
    u = spread(rng, len(kind))
    home = np.array(["21", "22", "26", "28"])[choose(u, [0.8, 0.06, 0.09, 0.05])]
    away = np.array(["23", "25", "27", "24"])[choose(u, [0.45, 0.25, 0.2, 0.1])]
    visit = np.array(["11", "13", "12", "51"])[choose(u, [0.91, 0.05, 0.02, 0.02])]
    ip = np.where(outside, away, home)
    return pa.array(np.select([kind == 0, kind == 1, kind == 2, kind == 5], [ip, "52", visit, "41"], "14"))
