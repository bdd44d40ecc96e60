"""Landing: the bureau's exports become text Parquet with row lineage and without raw identities (semantics 1, 3, 8)."""

from yibao.landing.checksums import require_intact
from yibao.landing.errors import LandingError
from yibao.landing.identity import mask_numbers
from yibao.landing.keys import PseudonymKey, is_key, known_key_id, open_key
from yibao.landing.ledger import LedgerEntry, read_ledger
from yibao.landing.refusal_history import Correction, corrections, read_history
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
    "Correction",
    "LandingError",
    "LandingSummary",
    "LedgerEntry",
    "Progress",
    "ProgressCallback",
    "PseudonymKey",
    "RefusedFile",
    "SkippedFile",
    "TakenFile",
    "corrections",
    "is_key",
    "known_key_id",
    "land",
    "mask_numbers",
    "open_key",
    "read_history",
    "read_ledger",
    "require_intact",
]
