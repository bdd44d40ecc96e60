"""Published generations: immutable folders, one of them current. Dashboard and reports read only these."""

from yibao.publishing.generation import (
    PACKAGE,
    PAGE,
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
    open_generation,
    require_current,
    require_unchanged,
    rollback,
)
from yibao.publishing.writer import Contents, Page, publish

__all__ = [
    "PACKAGE",
    "PAGE",
    "RUN_ID",
    "Contents",
    "CorrectedFile",
    "Generation",
    "InputSheet",
    "Manifest",
    "OpenGeneration",
    "Page",
    "Provenance",
    "RefusedFile",
    "Table",
    "current",
    "current_id",
    "find",
    "list_generations",
    "open_current",
    "open_generation",
    "publish",
    "require_current",
    "require_unchanged",
    "rollback",
]
