"""What the recomputation is told from outside: the input contract, the indicators and the measures."""

import csv
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
UNMAPPED = "未映射"
NO_MONEY = ""


@dataclass(frozen=True)
class Field:
    name: str
    zh: str
    aliases: tuple[str, ...]
    type: str
    required: bool
    key: bool
    pii: str
    codes: dict[str, str]

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that name this field, the official one first."""
        return (self.zh, *self.aliases)


@dataclass(frozen=True)
class Dataset:
    name: str
    main_amount: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)


@dataclass(frozen=True)
class Indicator:
    code: str
    numerator: str
    denominator: str
    unit: str
    breakdowns: tuple[str, ...]
    modes: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """`datasets[0]` decides whether the measure was delivered; `dims` are the dimensions it can be cut by."""

    code: str
    datasets: tuple[str, ...]
    kind: str
    dims: frozenset[str]


def load_datasets(path: Path = ROOT / "models" / "staging" / "_sources.yml") -> dict[str, Dataset]:
    source = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"][0]
    datasets = {}
    for table in source["tables"]:
        fields = []
        for column in table["columns"]:
            meta = column["config"]["meta"]
            fields.append(
                Field(
                    name=column["name"],
                    zh=meta["zh"],
                    aliases=tuple(meta.get("aliases", ())),
                    type=meta["type"],
                    required=bool(meta.get("required")),
                    key=bool(meta.get("key")),
                    pii=meta.get("pii") or "",
                    codes={str(code): str(label) for code, label in (meta.get("codes") or {}).items()},
                )
            )
        main_amount = table["config"]["meta"].get("main_amount") or NO_MONEY
        datasets[table["name"]] = Dataset(table["name"], main_amount, tuple(fields))
    return datasets


def _catalogue(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def load_indicators(path: Path = ROOT / "seeds" / "indicator.csv") -> list[Indicator]:
    return [
        Indicator(
            code=line["code"],
            numerator=line["numerator"],
            denominator=line["denominator"],
            unit=line["unit"],
            breakdowns=tuple(b for b in line["breakdowns"].split("|") if b),
            modes=tuple(line["modes"].split("|")),
        )
        for line in _catalogue(path)
    ]


def load_measures(path: Path = ROOT / "seeds" / "measure.csv") -> dict[str, Measure]:
    measures = {}
    for line in _catalogue(path):
        dims = frozenset(d.split(" ")[0] for d in line["dims"].split(", ") if d)
        datasets = tuple(line["dataset"].split(" + "))
        measures[line["measure"]] = Measure(line["measure"], datasets, line["kind"], dims)
    return measures
