"""What the published tables look like, as the models' contracts say: columns in order, types, keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from yibao.project import Project

# of an indicator's value; the models test it by another way than a key
CELL = ("period", "period_mode", "region_code", "insutype", "breakdown", "breakdown_value", "indicator_code")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Shape:
    """A published table: column to type (DuckDB's words), and the columns that name a row (empty: none are told)."""

    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)

    @property
    def definition(self) -> str:
        """The inside of `create table t (...)`."""
        return ", ".join(f'"{name}" {kind}' for name, kind in self.columns)


def model_shapes(project: Project) -> dict[str, Shape]:
    """The models that are published, by name."""
    return {
        each["name"]: Shape(
            tuple((column["name"], _type(column["data_type"])) for column in each["columns"]), _key(each)
        )
        for each in _published(project.root / "models", "models")
    }


def seed_types(project: Project) -> dict[str, dict[str, str]]:
    """The seeds that are published, with the columns whose type is fixed."""
    return {
        each["name"]: {column: _type(kind) for column, kind in each["config"].get("column_types", {}).items()}
        for each in _published(project.root / "seeds", "seeds")
    }


@lru_cache(maxsize=4)
def _published(folder: Path, kind: str) -> tuple[dict[str, Any], ...]:
    found = [
        each
        for file in sorted(folder.rglob("_*.yml"))
        for each in yaml.load(file.read_text(encoding="utf-8"), _LOADER).get(kind) or ()  # a safe loader
    ]
    return tuple(each for each in found if each.get("config", {}).get("meta", {}).get("published"))


def _key(model: dict[str, Any]) -> tuple[str, ...]:
    if model["name"] == "indicator_value":
        return CELL
    for test in model.get("data_tests") or ():
        if isinstance(test, dict) and "unique_combination" in test:
            return tuple(test["unique_combination"]["arguments"]["columns"])
    unique = [column["name"] for column in model["columns"] if "unique" in (column.get("data_tests") or ())]
    return tuple(unique[:1])


def _type(text: str) -> str:
    return "varchar" if text == "string" else text
