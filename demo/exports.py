"""The columns of settlements, items, filings and institutions, as an export has them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from .care import CLASS_WEIGHTS, INSTITUTIONS, Month, used_as
from .chance import Floats, choose, shuffled, spread, stream
from .county import COUNTY, Institution
from .people import SCHEMES, People
from .text import Table, amounts, dates, lookup, numbered, repeated, times, where


def settlements(care: Month, people: People, seed: int) -> Table:
    rng = stream(seed, f"settlement/{care.year}-{care.month:02d}")
    n = len(care)
    who = pa.array(care.person)
    attributes: dict[str, list[str]] = {
        "inst_code": [i.code for i in INSTITUTIONS],
        "inst_name": [i.name for i in INSTITUTIONS],
        "hosp_level": [i.level for i in INSTITUTIONS],
        "inst_admdvs": [i.region[:6] for i in INSTITUTIONS],
    }
    at = {name: lookup(values, care.inst) for name, values in attributes.items()}
    regions = np.array(attributes["inst_admdvs"])
    place = np.select(
        [regions == COUNTY, np.char.startswith(regions, COUNTY[:4]), np.char.startswith(regions, COUNTY[:2])],
        [0, 1, 2],
        3,
    )[care.inst]
    manual = (place > 0) & (spread(rng, n) < 0.12)
    channel = np.where(manual, 0, np.array([1, 1, 2, 3])[place])
    single = np.isin(care.med_type.to_numpy(zero_copy_only=False), ("26",))
    admitted = care.kind <= 1
    payment = np.select([single, admitted & (place == 0), admitted, care.kind == 2], [1, 2, 0, 5], 0)
    digital = 0.45 + 0.01 * ((care.year - 2024) * 12 + care.month - 10)
    diseases = {
        "I10.x00": "高血压",
        "E11.900": "2型糖尿病",
        "J18.900": "肺炎",
        "K29.500": "慢性胃炎",
        "I63.900": "脑梗死",
    }
    sick = np.floor(rng.random(n) * 5).astype(np.int64)
    sick = np.where(care.kind == 4, sick % 2, sick)
    known = np.isin(care.kind, (3, 4))
    chronic = where(
        care.kind == 4, lookup(["HBLB101", "HBLB201"], sick % 2), lookup(["M00500", "M01600"], sick % 2)
    )
    table: Table = {
        "setl_id": care.ids(),
        "mdtrt_id": where(
            admitted, numbered(f"M{care.year % 100:02d}{care.month:02d}", np.arange(1, n + 1), 6), ""
        ),
        "psn_no": people.psn_no.take(who),
        "certno": people.certno.take(who),
        "psn_name": people.name.take(who),
        "insutype": lookup(SCHEMES, care.scheme),
        "med_type": care.med_type,
        "inst_code": at["inst_code"],
        "inst_name": at["inst_name"],
        "hosp_level": at["hosp_level"],
        "inst_admdvs": where(spread(rng, n) < 0.9, at["inst_admdvs"], ""),
        "insu_admdvs": repeated(COUNTY, n),
        "location_class": lookup(["1", "2", "3", "4"], place),
        "begin_date": dates(care.begin),
        "end_date": dates(care.end),
        "setl_time": times(care.settled * 86400 + 28800 + np.floor(rng.random(n) * 34000).astype(np.int64)),
    }
    table |= {name: amounts(cents) for name, cents in care.parts.items()}
    filing = numbered("F", care.filing, 7)
    return table | {
        "disease_code": where(known, chronic, ""),
        "disease_name": where(known, where(sick % 2 == 0, "高血压", "糖尿病"), ""),
        "diagnosis_code": lookup(list(diseases), sick),
        "payment_method": lookup(["1", "2", "3", "4", "5", "6"], payment),
        "setl_channel": lookup(["1", "2", "3", "4"], channel),
        "filing_id": where(care.filing > 0, filing, ""),
        "credential_type": lookup(
            ["01", "02", "03"], choose(spread(rng, n), [digital, (1 - digital) / 2, (1 - digital) / 2])
        ),
        "valid_flag": repeated("1", n),
        "refund_flag": repeated("0", n),
        "original_setl_id": repeated("", n),
        "updt_time": times(care.settled * 86400 + 72000 + np.arange(n) % 7200),
    }


_ITEMS = (
    ("09", "XA10BA02", "西药费"), ("03", "FKA03701", "检查费"), ("04", "ABCA0001", "化验费"), ("08",
    "C0101010", "卫生材料费"),
    ("05", "KAA00001", "治疗费"), ("01", "AAAB0001", "床位费"), ("11", "ZA01AAB0", "中成药费"), ("10",
    "T000100", "中药饮片费"),
    ("06", "HAA00001", "手术费"), ("07", "ACAA0001", "护理费"), ("02", "AAAA0001", "诊察费"), ("12",
    "AAAE0001", "一般诊疗费"),
)  # fmt: skip
_ITEM_SHARES = [0.26, 0.13, 0.12, 0.1, 0.12, 0.07, 0.05, 0.03, 0.06, 0.03, 0.02, 0.01]


def items(care: Month, per_settlement: float, seed: int) -> Table:
    """Lines of each bill that add up to it, about `per_settlement` on average."""
    rng = stream(seed, f"item/{care.year}-{care.month:02d}")
    n = len(care)
    admitted = care.kind <= 1
    lines_in = max(4, int(per_settlement * 2.6))
    share_in = sum(CLASS_WEIGHTS[:2])
    wanted = max(1.0, (per_settlement - share_in * lines_in) / (1 - share_in))
    count = np.where(admitted, lines_in, np.floor(wanted + rng.random(n))).astype(np.int64)
    owner = np.repeat(np.arange(n), count)
    starts = np.r_[0, np.cumsum(count)[:-1]]
    last = np.zeros(len(owner), dtype=bool)
    last[starts + count - 1] = True
    place_in = np.arange(len(owner)) - np.repeat(starts, count)
    weight: Floats = 0.25 + rng.random(len(owner))
    total_weight = np.add.reduceat(weight, starts)
    total = care.parts["total_cost"]
    cents = np.maximum(np.floor(total[owner] * weight / total_weight[owner]).astype(np.int64), 0)
    cents[last] += total - np.add.reduceat(cents, starts)
    free = choose(rng.random(len(owner)), _ITEM_SHARES)
    medicine = np.isin(care.kind, (3, 4, 5))[owner]
    what = np.where(
        medicine,
        np.where(free % 3 == 2, 6, 0),
        np.where(place_in == 0, np.where(admitted[owner], 5, 11), free),
    )
    quantity = 1 + np.floor(rng.random(len(owner)) * 3).astype(np.int64)
    quantity[cents % quantity != 0] = 1
    selfpay = np.where((what == 3) & (rng.random(len(owner)) < 0.3), cents, 0)
    return {
        "item_sn": numbered(f"D{care.year % 100:02d}{care.month:02d}", np.arange(1, len(owner) + 1), 7),
        "setl_id": care.ids().take(pa.array(owner)),
        "item_code": lookup([i[1] for i in _ITEMS], what),
        "item_name": lookup([i[2] for i in _ITEMS], what),
        "charge_type": lookup([i[0] for i in _ITEMS], what),
        "catalog_class": where(selfpay > 0, "03", lookup(["01", "02"], what % 2)),
        "quantity": lookup(["0", "1", "2", "3"], quantity),
        "unit_price": amounts(cents // quantity),
        "amount": amounts(cents),
        "price_limit": repeated("", len(owner)),
        "full_selfpay": amounts(selfpay),
    }


def filings(care: Month, people: People, seed: int) -> Table:
    """A filing for each settlement that has one: made 1 to 6 days before the admission."""
    rng = stream(seed, f"filing/{care.year}-{care.month:02d}")
    keep = np.flatnonzero(care.filing > 0)
    n = len(keep)
    settled_elsewhere = care.med_type.take(pa.array(keep)).to_numpy(zero_copy_only=False) == "25"
    filed = care.begin[keep] - 1 - np.floor(rng.random(n) * 6).astype(np.int64)
    begin = filed + (shuffled(rng, n) % 2)
    open_end = settled_elsewhere & (rng.random(n) < 0.5)
    first = lookup(
        [i.code for i in INSTITUTIONS],
        np.where(shuffled(rng, n) % 3 == 0, used_as("county_second"), used_as("county_first")),
    )
    return {
        "filing_id": numbered("F", care.filing[keep], 7),
        "psn_no": people.psn_no.take(pa.array(care.person[keep])),
        "filing_type": where(settled_elsewhere, "long_term", "referral"),
        "filed_at": times(filed * 86400 + 30000 + keep % 30000),
        "from_inst_code": where(settled_elsewhere, "", first),
        "to_admdvs": lookup([i.region[:6] for i in INSTITUTIONS], care.inst[keep]),
        "begin_date": dates(begin),
        "end_date": where(open_end, "", dates(begin + 180)),
        "review_status": repeated("1", n),
    }


def institution_rows(found: tuple[Institution, ...] = INSTITUTIONS) -> list[dict[str, str]]:
    return [
        {
            "inst_code": i.code, "inst_name": i.name, "inst_type": i.type, "hosp_level": i.level,
            "service_tier": i.tier,
            "region_code": i.region, "ownership": i.ownership, "agreement_begin": i.begin,
            "agreement_end": i.end,
            "status": i.status,
        }
        for i in found
    ]  # fmt: skip
