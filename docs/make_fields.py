"""Write docs/fields.zh.md, the table of fields, from the input contract: `python docs/make_fields.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from yibao.contract import Contract, Dataset, Field, load_contract

ROOT = Path(__file__).resolve().parents[1]
CONTRACT = ROOT / "models" / "staging" / "_sources.yml"
PAGE = ROOT / "docs" / "fields.zh.md"

TYPES = {
    "code": "代码",
    "text": "文字",
    "integer": "整数",
    "number": "数字",
    "amount": "金额（元）",
    "date": "日期",
    "timestamp": "日期时间",
}

HEAD = """# 字段表

本表由 `models/staging/_sources.yml` 生成（`python docs/make_fields.py`），请勿手工修改。

- 表头写“列名”或“别名”中的任何一个都可以，列的顺序不限，多余的列会保留但不参与计算。
- “必填”列必须出现在表头里，并且每一行都要有值；其余列可以没有。
- “主键”相同的行视为同一条记录，内容不同时以更新的为准（见[口径](calibres.zh.md)“重复与更新”）。
- 代码列写代码或写中文名称都可以。代码按文本处理，前导零不能丢。
"""


def page(contract: Contract) -> str:
    """The whole page, one section per dataset in the order of the contract."""
    return "\n".join([HEAD, *(section(dataset) for dataset in contract.datasets.values())])


def section(dataset: Dataset) -> str:
    """Heading and table of one dataset."""
    rows = [
        f"## {dataset.zh}（`{dataset.name}`）",
        "",
        "| 列名 | 别名 | 类型 | 必填 | 主键 | 代码 | 字段 |",
        "|---|---|---|---|---|---|---|",
        *(row(field) for field in dataset.fields),
        "",
    ]
    return "\n".join(rows)


def row(field: Field) -> str:
    """One field as a line of the table."""
    cells = (
        field.zh,
        "、".join(field.aliases),
        TYPES[field.type],
        "是" if field.required else "",
        "是" if field.key else "",
        "；".join(f"{code} {label}" for code, label in field.codes.items()),
        f"`{field.name}`",
    )
    return "| " + " | ".join(cells) + " |"


def main() -> int:
    """Write the page; 0."""
    PAGE.write_text(page(load_contract(CONTRACT)), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
