"""Headers, types and code labels of the exports, read from the input contract."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTRACT = Path(__file__).parents[1] / "models" / "staging" / "_sources.yml"


@dataclass(frozen=True)
class Field:
    header: str
    type: str
    required: bool
    codes: dict[str, str]


@cache
def fields(dataset: str) -> dict[str, Field]:
    """The dataset's fields by name, in the contract's order."""
    content: Any = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    table = next(t for t in content["sources"][0]["tables"] if t["name"] == dataset)
    found = {}
    for column in table["columns"]:
        meta = column["config"]["meta"]
        codes = {str(k): str(v) for k, v in (meta.get("codes") or {}).items()}
        found[column["name"]] = Field(meta["zh"], meta["type"], bool(meta.get("required")), codes)
    return found
