"""Landing: the bureau's exports become text Parquet with row lineage and without raw identities (semantics 1, 3, 8)."""

from yibao.landing.checksums import require_intact
from yibao.landing.errors import LandingError
from yibao.landing.keys import PseudonymKey, open_key
from yibao.landing.ledger import LedgerEntry, read_ledger
from yibao.landing.run import land
from yibao.landing.summary import (
    LandingSummary,
    Progress,
    ProgressCallback,
    RefusedFile,
    SkippedFile,
    TakenFile,
)

__all__ = [
    "LandingError",
    "LandingSummary",
    "LedgerEntry",
    "Progress",
    "ProgressCallback",
    "PseudonymKey",
    "RefusedFile",
    "SkippedFile",
    "TakenFile",
    "land",
    "open_key",
    "read_ledger",
    "require_intact",
]
