"""A generation: what was published together, and its manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

DATABASE = "marts.duckdb"
MANIFEST = "manifest.json"
PAGE = "quality.html"
# the dataset of an input that is a county's package
PACKAGE = "package"


@dataclass(frozen=True)
class InputSheet:
    """A landed sheet (one for a CSV) that the generation was made from; sha256 is that of the whole file."""

    file: str
    sheet: str | None
    dataset: str
    rows: int
    sha256: str
    batch: str

    @property
    def label(self) -> str:
        """The name that the published tables know it by (stg_file)."""
        return self.file if self.sheet is None else f"{self.file}#{self.sheet}"


@dataclass(frozen=True)
class RefusedFile:
    """A file of the inbox that was not taken."""

    file: str
    sha256: str | None
    reason_code: str
    message_zh: str


@dataclass(frozen=True)
class CorrectedFile:
    """A file that was refused once, and the one of the same name that was taken later."""

    file: str
    reason_code: str
    message_zh: str
    corrected_file: str
    batch: str


@dataclass(frozen=True)
class Table:
    """A published table; `content_hash` is the same for the same rows in any order (by DuckDB's hash)."""

    rows: int
    content_hash: str


@dataclass(frozen=True)
class Provenance:
    """Where the figures come from: the code, the indicator catalogue and the files; of a city, the counties' packages."""

    code_version: str
    code_fingerprint: str
    catalogue_hash: str
    inputs: tuple[InputSheet, ...]
    refused: tuple[RefusedFile, ...]
    corrected: tuple[CorrectedFile, ...] = ()
    # of a city: the names of the counties that sent nothing and are in no figure
    left_out: tuple[str, ...] = ()

    @property
    def packages(self) -> tuple[InputSheet, ...]:
        """The counties' packages that a city was consolidated from; it holds no row below a sum."""
        return tuple(sheet for sheet in self.inputs if sheet.dataset == PACKAGE)


@dataclass(frozen=True)
class Manifest:
    """manifest.json of a generation; `previous` is the run that was current when this one was published."""

    run_id: str
    period: str
    created_at: str
    previous: str | None
    counties: tuple[str, ...]
    provenance: Provenance
    # a mapping has no hash; what goes by a generation as its key needs one
    tables: Mapping[str, Table] = field(hash=False)
    duckdb_version: str
    database_sha256: str
    manifest_version: int = 1


@dataclass(frozen=True)
class Generation:
    """A published, immutable folder."""

    folder: Path
    manifest: Manifest

    @property
    def run_id(self) -> str:
        return self.manifest.run_id

    @property
    def content_id(self) -> str:
        """The end of the run id: equal period and figures have equal ones."""
        return self.run_id.rpartition("-")[2]

    @property
    def period(self) -> str:
        return self.manifest.period

    @property
    def database(self) -> Path:
        return self.folder / DATABASE

    @property
    def page(self) -> Path:
        """The quality page; a generation of before there were any has none."""
        return self.folder / PAGE


def to_json(manifest: Manifest) -> str:
    """The text of manifest.json: flat (the provenance's fields stand beside the others), keys in a fixed order."""
    content = asdict(manifest)
    content.update(content.pop("provenance"))
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str) -> Manifest:
    """Reads what `to_json` wrote; fields of a later version are passed over.

    Raises ValueError when a field is missing or the text is no JSON object.
    """
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError("manifest.json holds no object")
    try:
        provenance = _make(Provenance, content)
        inputs = tuple(_make(InputSheet, item) for item in provenance["inputs"])
        refused = tuple(_make(RefusedFile, item) for item in provenance["refused"])
        corrected = tuple(_make(CorrectedFile, item) for item in provenance.get("corrected", ()))
        return Manifest(
            **{
                **_make(Manifest, content),
                "counties": tuple(content["counties"]),
                "tables": {name: Table(**_make(Table, table)) for name, table in content["tables"].items()},
                "provenance": Provenance(
                    **{
                        **provenance,
                        "inputs": tuple(InputSheet(**item) for item in inputs),
                        "refused": tuple(RefusedFile(**item) for item in refused),
                        "corrected": tuple(CorrectedFile(**item) for item in corrected),
                        "left_out": tuple(content.get("left_out", ())),
                    }
                ),
            }
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"manifest.json lacks something: {error}") from error


def _make(kind: type[Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of `content` that are fields of the data class."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in content.items() if name in names}
