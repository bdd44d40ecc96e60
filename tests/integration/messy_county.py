"""A small county whose rows are drawn at random and in disorder: what a planned fixture would not think of.

Everything that semantics 3 to 6 decide between is drawn with odds high enough to meet: several schemes and rows of a person,
refunds, reversals of each kind, missing dates, unregistered institutions, late filings. Synthetic: codes begin with 99.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

COUNTY = "990101"
MONTHS = [(year, month) for year in (2025, 2026) for month in range(1, 13 if year == 2025 else 10)]
# code, region, tier; the last is in no register
INSTITUTIONS = [
    ("H1", COUNTY, "county"),
    ("H2", "990102", "city"),
    ("H3", "995000", "province"),
    ("T1", COUNTY + "001", "township"),
    ("X1", "", ""),
]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def certificate(number: int) -> str:
    """A valid synthetic certificate (GB 11643)."""
    body = f"{COUNTY}{1950 + number % 60}{1 + number % 12:02d}{1 + number % 28:02d}{number:03d}"
    return body + "10X98765432"[sum(int(digit) * w for digit, w in zip(body, WEIGHTS, strict=True)) % 11]


@dataclass(frozen=True)
class Export:
    """One dataset as the bureau's system writes it: the columns' Chinese headers, and the rows."""

    name: str
    header: list[str]
    rows: list[list[object]]


class County:
    """Draws one county with one seed and writes its exports: so many persons, so many settlements in each month."""

    def __init__(
        self,
        seed: int,
        persons: int = 250,
        months: Sequence[tuple[int, int]] = MONTHS,
        settlements: int = 70,
        filings: int = 400,
    ) -> None:
        self.draw = random.Random(seed)
        self.months, self.settled, self.filed = months, settlements, filings
        self.persons = [
            (
                f"P{number:05d}",
                certificate(number),
                f"{COUNTY}{self.draw.randint(1, 3):03d}" + self.draw.choice(["001", ""]),
                self.draw.choice(["310", "390", "390", "380"]),
            )
            for number in range(persons)
        ]

    def odds(self, chance: float) -> bool:
        return self.draw.random() < chance

    def day(self, year: int, month: int, last: int = 28) -> str:
        return f"{year}-{month:02d}-{self.draw.randint(1, last):02d}"

    def enrollment(self) -> Iterable[list[object]]:
        for year in (2025, 2026):
            for psn_no, certno, region, scheme in self.persons:
                kind = self.draw.choice(["11", "12"]) if scheme == "310" else "14"
                status = self.draw.choice(["1", "1", "1", "1", "2", "4", "0"])
                end = self.day(year, self.draw.randint(4, 12)) if self.odds(0.2) else ""
                updated = f"{self.day(year, self.draw.randint(1, 6))} 08:00:00" if self.odds(0.7) else ""
                shown = certno if self.odds(0.9) else ""
                begin = self.day(year, self.draw.randint(1, 3))
                yield [psn_no, shown, region, scheme, year, kind, status, begin, end, updated]
                if self.odds(0.15):
                    other = "390" if scheme == "310" else "310"
                    yield [psn_no, certno, COUNTY + "001", other, year, "14", "1", f"{year}-02-01", "", ""]

    def contributions(self) -> Iterable[list[object]]:
        for year in (2025, 2026):
            for psn_no, _, _, scheme in self.persons:
                for part in range(self.draw.choice([0, 1, 1, 1, 2])):
                    paid = self.draw.choice([380, 400, 1000])
                    on = self.day(year - self.draw.choice([0, 1]), self.draw.randint(1, 12))
                    yield [
                        f"C{year}{psn_no}{part}",
                        psn_no,
                        self.draw.choice([scheme, "390"]),
                        year,
                        on,
                        paid,
                    ]
                    if self.odds(0.25):
                        back = self.day(year, self.draw.randint(1, 12))
                        yield [
                            f"R{year}{psn_no}{part}",
                            psn_no,
                            scheme,
                            year,
                            back,
                            -self.draw.choice([paid, 100]),
                        ]

    def settlements(self) -> Iterable[list[object]]:
        for number, (year, month) in enumerate(list(self.months) * self.settled):
            psn_no, certno, _, scheme = self.draw.choice(self.persons)
            code, region, _ = self.draw.choice(INSTITUTIONS)
            start = self.draw.randint(1, 20)
            cost = round(self.draw.uniform(50, 9000), 2)
            fund = round(cost * self.draw.uniform(0.1, 0.95), 2)
            pool = round(fund * 0.8, 2)
            row: list[object] = [
                f"S{number:06d}",
                psn_no if self.odds(0.97) else f"Q{number}",
                certno if self.odds(0.5) else "",
                scheme,
                self.draw.choice(["21", "21", "24", "52", "11", "11", "14", "41", "13"]),
                code,
                self.draw.choice(["01", "05", "08", "11", ""]),
                region[:6] if self.odds(0.6) else "",
                COUNTY,
                self.draw.choice(["1", "2", "3", "4", ""]),
                f"{year}-{month:02d}-{start:02d}" if self.odds(0.97) else "",
                f"{year}-{month:02d}-{start + self.draw.randint(0, 8):02d}",
                f"{year}-{month:02d}-28 10:00:00",
                *(cost, round(cost * 0.1, 2), round(cost * 0.8, 2), pool, round(fund - pool, 2), fund),
                self.draw.choice(["HBLB101", "HBLB2011", ""]),
                self.draw.choice(["1", "2"]),
                self.draw.choice(["1", "2", "3", ""]),
                self.draw.choice(["01", "02"]),
                "1" if self.odds(0.97) else "0",
                "1" if self.odds(0.04) else "0",
                "",
            ]
            yield row
            if self.odds(0.06):
                yield self.reversal(row, year, month)

    def reversal(self, row: list[object], year: int, month: int) -> list[object]:
        """Negative or positive, in the same or a later month, of this settlement or of one that nobody delivered."""
        sign = -1 if self.odds(0.6) else 1
        later = min(month + self.draw.randint(0, 2), 12 if year == 2025 else 9)
        twin = list(row)
        twin[0] = f"V{row[0]}"
        twin[11] = ""
        twin[12] = f"{year}-{later:02d}-28 11:00:00"
        twin[13:19] = [sign * amount for amount in row[13:19] if isinstance(amount, float)]
        twin[24:26] = ["1", row[0] if self.odds(0.8) else "NOWHERE"]
        return twin

    def filings(self) -> Iterable[list[object]]:
        for number in range(self.filed):
            year, month = self.draw.choice(self.months)
            end = "" if self.odds(0.3) else f"{year}-{month:02d}-28"
            yield [
                f"F{number}",
                self.draw.choice(self.persons)[0],
                self.draw.choice(["referral", "emergency"]),
                f"{self.day(year, month, 20)} 09:00:00",
                self.day(year, month, 20),
                end,
                self.draw.choice(["1", "1", "1", "0"]),
            ]

    def write(self, inbox: Path) -> None:
        """One CSV file for each dataset."""
        inbox.mkdir(parents=True)
        for export in self.exports():
            with (inbox / f"{export.name}.csv").open("w", newline="", encoding="gb18030") as handle:
                writer = csv.writer(handle)
                writer.writerow(export.header)
                writer.writerows(export.rows)

    def exports(self) -> list[Export]:
        """All datasets; the county is drawn once, so call this once."""
        settlements = list(self.settlements())
        items = [
            [
                f"D{row[0]}{part}",
                row[0],
                self.draw.choice(["01", "08", "09", "11"]),
                round(float(str(row[13])) / 2, 2),
            ]
            for row in settlements
            for part in range(self.draw.randint(0, 2))
        ]
        ledger = [
            [f"E{year}{month}{scheme}{item}", self.day(year, month), scheme, direction, item, due, amount]
            for year, month in self.months
            for scheme in ("310", "390", "380")
            for direction, item, due, amount in (
                ("收入", "个人缴费", 1000, 950.5),
                ("收入", "利息收入", "", 3),
                ("支出", "住院支出", "", 800.25),
                *([("期初结余", "其他收入", "", 5000)] if month == 1 else []),
            )
        ]
        roster = [
            [
                f"N{number}",
                certno,
                self.draw.choice(["低保对象", "孤儿"]),
                region,
                "2025-01-01",
                "",
                self.draw.choice(["", "服刑"]),
            ]
            for number, (_, certno, region, _) in enumerate(self.draw.choices(self.persons, k=60))
        ]
        population = [
            [year, COUNTY + town, kind, count]
            for year in (2025, 2026)
            for town in ("001", "002", "003001", "003002")
            for kind, count in (("户籍人口", 90), ("常住人口", 80), ("长期外出人口", 4), ("农业人口", 70))
        ]
        register = [[code, code, "1", tier, region, "1"] for code, region, tier in INSTITUTIONS if region]
        tables: list[tuple[str, str, Iterable[list[object]]]] = [
            (
                "参保",
                "人员编号 证件号码 所属区划 险种类型 参保年度 人员类别 参保状态 参保开始日期 参保终止日期 更新时间",
                self.enrollment(),
            ),
            ("征缴", "缴费流水号 人员编号 险种类型 费款所属年度 缴费时间 缴费总额", self.contributions()),
            (
                "结算",
                "结算ID 个人编号 证件号码 险种类型 医疗类别 定点医药机构编号 医院等级 医药机构区划 参保区划 医药机构地点类别 "
                "开始日期 结束日期 结算日期 总费用 全自费金额 范围内费用 统筹基金支出 大病保险支出 "
                "基金支付总额 病种编号 支付方式 结算方式 就医凭证类型 是否有效 是否冲销 原结算ID",
                settlements,
            ),
            ("明细", "明细流水号 结算ID 费用类别 金额", items),
            ("备案", "备案编号 人员编号 备案类型 备案时间 有效期开始 有效期结束 审核状态", self.filings()),
            ("机构", "机构编码 机构名称 机构类别 服务层级 所在区划 协议状态", register),
            ("人口", "年度 区划代码 人口口径 人数", population),
            ("台账", "凭证号 记账日期 险种类型 收支方向 科目 应到金额 金额", ledger),
            ("名单", "名单序号 证件号码 人群类别 所属区划 列入日期 退出日期 免参保原因", roster),
        ]
        return [Export(name, header.split(), list(rows)) for name, header, rows in tables]
