"""How the peer reads exports: pandas, only the columns it needs, known by their headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd  # type: ignore[import-untyped]
import yaml

from bench.exports import ROOT, TEXT_SUFFIXES
from bench.floor import HEAD, TITLE_ROWS, encoding_of

# an analyst knows the names of the exports
FILES = {
    "settlement": ("结算单*", "SETL*"),
    "enrollment": ("参保登记*",),
    "contribution": ("征缴明细*",),
    "population": ("population*", "应参保人口*"),
    "institution": ("institution*", "基础资料*"),
}
_NULLS = ["\\N", "-", "—"]
_NOT_AMOUNT = str.maketrans("（）", "()", ",，￥¥ ")
_DAY = re.compile(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})日?")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")

Frame: TypeAlias = pd.DataFrame
Keep: TypeAlias = Callable[[Frame], Frame]


@cache
def _contract() -> Any:
    text = (ROOT / "models" / "staging" / "_sources.yml").read_bytes()
    # the loader in C, where there is one: in Python it would be a tenth of the peer's time at T
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class Dataset:
    """What the contract says of one dataset: which header is which field, and the labels of its codes."""

    def __init__(self, name: str) -> None:
        table = next(t for t in _contract()["sources"][0]["tables"] if t["name"] == name)
        self.name = name
        self.field_of: dict[str, str] = {}
        self.type_of: dict[str, str] = {}
        self.code_of: dict[str, dict[str, str]] = {}
        for column in table["columns"]:
            meta, field = column["config"]["meta"], column["name"]
            self.field_of |= dict.fromkeys([meta["zh"], *meta.get("aliases", [])], field)
            self.type_of[field] = meta["type"]
            if meta.get("codes"):
                self.code_of[field] = {str(label): str(code) for code, label in meta["codes"].items()}


def read(inbox: Path, name: str, needed: list[str], wished: list[str], keep: Keep = lambda f: f) -> Frame:
    """All rows of a dataset, typed: dates as datetime64, amounts and counts as float, the rest as text.

    Files and sheets that lack one of the `needed` columns are passed over; of `wished` ones the lack is filled with nulls.
    `keep` drops rows of each file as soon as it is read. Rows without a needed value are dropped.
    """
    dataset = Dataset(name)
    wanted = [*needed, *wished]
    parts = []
    for path in sorted({p for pattern in FILES[name] for p in inbox.rglob(pattern)}):
        reader = _text_tables if path.suffix.lower() in TEXT_SUFFIXES else _sheets
        for part in reader(path, dataset, needed, set(wanted)):
            for field, codes in dataset.code_of.items():
                if field in part and part[field].isin(codes.keys()).any():
                    part[field] = part[field].replace(codes)
            parts.append(keep(part.reindex(columns=wanted)))
    whole = pd.concat(parts, ignore_index=True)
    for field in wanted:
        kind = dataset.type_of[field]
        if kind in {"date", "timestamp"}:
            whole[field] = moments(whole[field])
        elif kind in {"amount", "integer", "number"}:
            whole[field] = numbers(whole[field])
    return whole.dropna(subset=needed)


def numbers(values: pd.Series) -> pd.Series:
    """As float; `￥1,234.50` and `(1,234.50)` are read too, what is no number becomes null."""
    if values.dtype != object:
        return values.astype(float)
    text = values.astype("string").str.translate(_NOT_AMOUNT)
    text = text.str.replace(r"^\((.*)\)$", r"-\1", regex=True)
    return pd.to_numeric(text, errors="coerce").astype(float)


def moments(values: pd.Series) -> pd.Series:
    """As datetime64; ISO at once, other spellings value by value."""
    text = values.astype(object)
    found = pd.to_datetime(text, format="ISO8601", errors="coerce")
    odd = text[found.isna() & text.notna()]
    if len(odd):
        known = {value: _moment(str(value)) for value in odd.unique()}
        found = found.fillna(odd.map(known))
    return found


def _moment(text: str) -> pd.Timestamp | None:
    match = _DAY.match(text)
    try:
        if match:
            return pd.Timestamp(*(int(part) for part in match.groups()))
        if _SERIAL.fullmatch(text):
            return pd.Timestamp(date(1899, 12, 30) + timedelta(days=int(text[:5])))
    except ValueError:
        pass
    return None


def _chosen(headers: list[str], dataset: Dataset, needed: list[str], wanted: set[str]) -> dict[str, str]:
    """Header to field of the wanted columns; empty when this is not the header row of the dataset."""
    known = {h: dataset.field_of[h.strip()] for h in headers if h.strip() in dataset.field_of}
    if not set(needed) <= set(known.values()):
        return {}
    return {header: field for header, field in known.items() if field in wanted}


def _text_tables(path: Path, dataset: Dataset, needed: list[str], wanted: set[str]) -> Iterator[Frame]:
    with path.open("rb") as file:
        head = file.read(HEAD)
    encoding = encoding_of(head)
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    lines = head.decode(encoding, errors="replace").lstrip("\ufeff").splitlines()
    for row, line in enumerate(lines[: TITLE_ROWS + 1]):
        headers = [header.strip('"') for header in line.split(separator)]
        if chosen := _chosen(headers, dataset, needed, wanted):
            yield _read_csv(path, encoding, separator, row, chosen, dataset)
            return


def _read_csv(
    path: Path, encoding: str, separator: str, row: int, chosen: dict[str, str], dataset: Dataset
) -> Frame:
    amounts = {"amount", "integer", "number"}
    plain = {h: float if dataset.type_of[f] in amounts else str for h, f in chosen.items()}
    settings: dict[str, Any] = {
        "sep": separator,
        "skiprows": row,
        "usecols": list(chosen),
        "encoding": "utf-8-sig" if encoding == "utf-8" else encoding,
        "na_values": _NULLS,
        "on_bad_lines": "skip",
    }
    try:
        found = pd.read_csv(path, dtype=plain, **settings)
    except ValueError:  # amounts with thousands separators or currency signs
        found = pd.read_csv(path, dtype=str, **settings)
    return found.rename(columns=chosen)


def _sheets(path: Path, dataset: Dataset, needed: list[str], wanted: set[str]) -> Iterator[Frame]:
    with pd.ExcelFile(path, engine="calamine") as book:
        for sheet in book.sheet_names:
            for row in range(TITLE_ROWS + 1):
                try:
                    found = book.parse(
                        sheet,
                        header=row,
                        dtype=str,
                        na_values=_NULLS,
                        usecols=lambda h: dataset.field_of.get(str(h).strip()) in wanted,
                    )
                except ValueError:  # the sheet has fewer rows
                    break
                if chosen := _chosen([str(h) for h in found.columns], dataset, needed, wanted):
                    yield found.rename(columns=chosen)
                    break
                if row == 0 and len(found) > 100_000:
                    break  # no title rows in exports of this size
