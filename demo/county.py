"""The county itself: townships, villages and institutions (all names and codes are invented)."""

from __future__ import annotations

from dataclasses import dataclass

COUNTY = "990101"
CITY_NEIGHBOUR = "990102"  # first four digits equal: the same city
PROVINCE_CAPITAL = "990201"  # first two digits equal: the same province
OTHER_PROVINCE = "889901"  # the only code that does not begin with 99: outside the province

TOWNSHIPS = ("城关镇", "柳河镇", "青石镇", "南坪镇", "白马乡", "东山乡", "西沟乡", "北岭乡")
TOWNSHIP_WEIGHTS = [0.22, 0.15, 0.13, 0.12, 0.11, 0.10, 0.09, 0.08]
LAGGING = 6  # 西沟乡 lags in collection in 2026
_VILLAGES = (
    "新民村", "红星村", "大桥村", "柳林村", "石门村", "河东村", "李家湾村", "三官庙村", "长岭村", "双井村",
    "杨树沟村", "北关村", "马家坡村", "清水村", "团结村", "前进村", "高台村", "王庄村", "下川村", "凤凰村",
)  # fmt: skip


def township_code(township: int) -> str:
    return f"{COUNTY}{township + 1:03d}"


def village_code(township: int, village: int) -> str:
    return f"{township_code(township)}{village + 1:03d}"


def villages_per_township(persons: int) -> int:
    return 5 if persons <= 20_000 else 20


def regions(persons: int) -> list[tuple[str, str]]:
    """(code, name) of the county, its townships and their villages."""
    rows = [(COUNTY, "示范县")]
    for t, name in enumerate(TOWNSHIPS):
        rows.append((township_code(t), name))
        rows += [
            (village_code(t, v), _VILLAGES[(v + 3 * t) % 20]) for v in range(villages_per_township(persons))
        ]
    return rows


@dataclass(frozen=True)
class Institution:
    """One row of the register; `use` says which settlements choose it."""

    code: str
    name: str
    type: str
    level: str
    tier: str
    region: str
    ownership: str
    begin: str
    end: str
    status: str
    use: str


def _inst(n: int, name: str, level: str, tier: str, region: str, use: str, **other: str) -> Institution:
    values = {
        "type": "1",
        "ownership": "1",
        "begin": "2024-01-01",
        "end": "2026-12-31",
        "status": "1",
    } | other
    return Institution(
        f"H{region[:6]}{n:05d}", name, level=level, tier=tier, region=region, use=use, **values
    )


def institutions() -> tuple[Institution, ...]:
    """32 institutions: village, township, county, city, province, other province, pharmacies."""
    found: list[Institution] = []
    levels = ("08", "08", "09", "09", "09", "10", "10", "10")
    for t, name in enumerate(TOWNSHIPS):
        found.append(_inst(101 + t, f"{name}卫生院", levels[t], "township", township_code(t), "township"))
    for t, name in enumerate(TOWNSHIPS):
        village = village_code(t, 0)
        found.append(
            _inst(201 + t, f"{name}{_VILLAGES[3 * t % 20]}卫生室", "11", "village", village, "village")
        )
    found += [
        _inst(1, "示范县人民医院", "05", "county", COUNTY, "county_first"),
        _inst(2, "示范县中医院", "06", "county", COUNTY, "county_second"),
        _inst(3, "示范县妇幼保健院", "06", "county", COUNTY, "maternity"),
        _inst(4, "示范县康宁医院", "07", "county", COUNTY, "county_private", ownership="2"),
        _inst(5, "示范市第三医院示范院区", "03", "city", COUNTY, "city_inside"),
        _inst(1, "示范市中心医院", "02", "city", CITY_NEIGHBOUR, "city"),
        _inst(2, "示范市第二医院", "05", "city", CITY_NEIGHBOUR, "city"),
        _inst(1, "示范省人民医院", "01", "province", PROVINCE_CAPITAL, "province"),
        _inst(2, "示范省肿瘤医院", "02", "province", PROVINCE_CAPITAL, "province"),
        _inst(1, "邻省大学附属医院", "01", "province", OTHER_PROVINCE, "cross"),
        _inst(2, "邻省儿童医院", "02", "province", OTHER_PROVINCE, "cross"),
    ]
    drug = {"type": "2", "ownership": "2"}
    shops = ("仁和堂大药房", "百姓缘药店", "康民药房", "同心堂药店", "惠民平价药房")
    for n, name in enumerate(shops):
        own = {"begin": "2025-03-01"} if n == 3 else {"end": "2025-06-30", "status": "3"} if n == 4 else {}
        found.append(_inst(301 + n, name, "", "county", township_code(n), "pharmacy", **(drug | own)))
    return tuple(found)
