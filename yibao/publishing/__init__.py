"""Published generations: immutable folders, one of them current. Dashboard and reports read only these."""

from yibao.publishing.generation import (
    CorrectedFile,
    Generation,
    InputSheet,
    Manifest,
    Provenance,
    RefusedFile,
    Table,
)
from yibao.publishing.store import (
    RUN_ID,
    OpenGeneration,
    current,
    current_id,
    find,
    list_generations,
    open_current,
    require_current,
    rollback,
)
from yibao.publishing.writer import Contents, publish

__all__ = [
    "RUN_ID",
    "Contents",
    "CorrectedFile",
    "Generation",
    "InputSheet",
    "Manifest",
    "OpenGeneration",
    "Provenance",
    "RefusedFile",
    "Table",
    "current",
    "current_id",
    "find",
    "list_generations",
    "open_current",
    "publish",
    "require_current",
    "rollback",
]
