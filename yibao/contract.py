"""The input contract: what an export may hold. Read from models/staging/_sources.yml, the one place it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from yibao.problem import Problem

FIELD_TYPES = frozenset({"code", "text", "integer", "number", "amount", "date", "timestamp"})
# the loader in C reads the contract in 0.1 s, the one in Python in 1 s
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PII_KINDS = frozenset({"", "id", "name"})


@dataclass(frozen=True)
class Field:
    """One column of a dataset. `pii` is `id` (certificate number), `name` (full name) or empty."""

    name: str
    zh: str
    aliases: tuple[str, ...]
    type: str
    required: bool
    key: bool
    pii: str
    codes: Mapping[str, str]
    description: str = ""

    @property
    def headers(self) -> tuple[str, ...]:
        """Every text that means this field in a header row: Chinese header, aliases, English name."""
        return (self.zh, *self.aliases, self.name)


@dataclass(frozen=True)
class Dataset:
    """One kind of export; `main_amount` is the field whose sum must be conserved, None where there is none."""

    name: str
    zh: str
    main_amount: str | None
    fields: tuple[Field, ...]
    description: str = ""

    @property
    def required(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.required)

    def field(self, name: str) -> Field:
        """The field of that English name; KeyError when the dataset has none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.name} has no field {name}")


@dataclass(frozen=True)
class Contract:
    """All datasets, by their English names, in the order of the file."""

    datasets: Mapping[str, Dataset]


def load_contract(path: Path) -> Contract:
    """Reads the dbt source file. Raises Problem when it is missing or is no valid contract."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _broken(path, f"读不出来：{error}") from error
    try:
        tables = content["sources"][0]["tables"]
        datasets = tuple(_dataset(table) for table in tables)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise _broken(path, f"内容不对：{error}") from error
    if len({dataset.name for dataset in datasets}) != len(datasets):
        raise _broken(path, "有两个同名的数据集")
    return Contract({dataset.name: dataset for dataset in datasets})


def _dataset(table: Mapping[str, Any]) -> Dataset:
    name = str(table["name"])
    meta = table["config"]["meta"]
    fields = tuple(_field(name, column) for column in table["columns"])
    names = {field.name for field in fields}
    if len(names) != len(fields):
        raise ValueError(f"{name}: a field twice")
    main_amount = meta.get("main_amount")
    if main_amount is not None and main_amount not in names:
        raise ValueError(f"{name}: main_amount {main_amount} is no field")
    return Dataset(name, str(meta["zh"]), main_amount, fields, str(table.get("description", "")))


def _field(dataset: str, column: Mapping[str, Any]) -> Field:
    meta = column["config"]["meta"]
    field = Field(
        name=str(column["name"]),
        zh=str(meta["zh"]),
        aliases=tuple(str(alias) for alias in meta.get("aliases", ())),
        type=str(meta["type"]),
        required=bool(meta.get("required", False)),
        key=bool(meta.get("key", False)),
        pii=str(meta.get("pii", "")),
        codes={str(code): str(label) for code, label in meta.get("codes", {}).items()},
        description=str(column.get("description", "")),
    )
    if field.type not in FIELD_TYPES:
        raise ValueError(f"{dataset}.{field.name}: unknown type {field.type}")
    if field.pii not in PII_KINDS:
        raise ValueError(f"{dataset}.{field.name}: unknown pii {field.pii}")
    return field


def _broken(path: Path, why: str) -> Problem:
    return Problem(
        f"输入契约（数据字段表）{why}",
        where=str(path),
        todo="请恢复该文件的原样（git checkout），或重新安装 yibao。",
    )
