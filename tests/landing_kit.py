"""A desk to land at: an inbox, a data folder and a key, all synthetic (region codes begin with 99)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yibao.contract import Contract, load_contract
from yibao.landing import LandingSummary, PseudonymKey, land
from yibao.paths import DataPaths

CONTRACT = load_contract(Path(__file__).parents[1] / "models" / "staging" / "_sources.yml")
NOW = datetime(2026, 11, 21, 10, 15, 0, 123456, UTC)
SECRET = bytes(range(32))

# a small dataset of two columns and one with persons
REGION = "区划代码,区划名称\n"
ROSTER = "名单序号,证件号码,姓名,人群类别,所属区划,列入日期\n"
SETTLEMENT = "结算ID,个人编号,险种类型,医疗类别,定点医药机构编号,参保区划,结算日期,总费用,统筹基金支出,基金支付总额,是否有效,是否冲销"


def roster_row(number: int, certificate: str = "", name: str = "测甲乙", group: str = "低保") -> str:
    return f"{number},{certificate},{name},{group},990101001,2026-01-01\n"


@dataclass
class Desk:
    root: Path
    contract: Contract = CONTRACT
    key: PseudonymKey = field(default_factory=lambda: PseudonymKey(SECRET, Path("nowhere")))

    @property
    def inbox(self) -> Path:
        path = self.root / "inbox"
        path.mkdir(exist_ok=True)
        return path

    @property
    def paths(self) -> DataPaths:
        return DataPaths(self.root / "data")

    def put(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    def land(self, now: datetime = NOW, workers: int = 1, **options: Any) -> LandingSummary:
        return land(self.inbox, self.paths, self.contract, now, self.key, workers=workers, **options)

    def table(self, dataset: str) -> pa.Table:
        """All landed rows of a dataset, in the order of file folder, sheet and row."""
        files = sorted(self.paths.landed_files.glob(f"*/{dataset}-*.parquet"))
        return pa.concat_tables(
            [pq.read_table(path, partitioning=None) for path in files], promote_options="default"
        )

    def rows(self, dataset: str) -> list[dict[str, Any]]:
        return self.table(dataset).to_pylist()

    def refusal(self) -> tuple[str, str]:
        """Lands; exactly one file must be refused and none taken. Its reason code and message."""
        summary = self.land()
        assert not summary.taken
        (refused,) = summary.refused
        return refused.reason_code, refused.message_zh
