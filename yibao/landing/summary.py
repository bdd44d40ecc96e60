"""What a landing run tells its caller, while it runs and at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yibao.landing.ledger import LedgerEntry


@dataclass(frozen=True)
class Progress:
    """A file is being landed: `done` of `size` bytes of `file`; `done == size` comes once, when it is finished.

    `all_done` and `all_size` are the same over all files of the run.
    """

    file: str
    done: int
    size: int
    all_done: int
    all_size: int


ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True)
class TakenFile:
    """A landed file; one entry a sheet."""

    file: str
    file_id: str
    entries: tuple[LedgerEntry, ...]

    @property
    def rows(self) -> dict[str, int]:
        """Landed rows by dataset."""
        counts: dict[str, int] = {}
        for entry in self.entries:
            counts[entry.dataset] = counts.get(entry.dataset, 0) + entry.rows
        return counts


@dataclass(frozen=True)
class SkippedFile:
    """A file that needs no landing: `already_landed` (in an earlier run) or `same_content` (as another in this one)."""

    file: str
    reason_code: str
    message_zh: str


@dataclass(frozen=True)
class RefusedFile:
    """A file that stays where it is. `sha256` is None where it could not be read; `seen_at` ISO UTC."""

    file: str
    sha256: str | None
    reason_code: str
    message_zh: str
    seen_at: str


@dataclass(frozen=True)
class LandingSummary:
    """One run. `batch` is None when nothing was taken."""

    batch: str | None
    landed_at: str | None
    taken: tuple[TakenFile, ...]
    skipped: tuple[SkippedFile, ...]
    refused: tuple[RefusedFile, ...]
    notices: tuple[str, ...]

    @property
    def rows(self) -> dict[str, int]:
        """Landed rows of this run by dataset."""
        counts: dict[str, int] = {}
        for file in self.taken:
            for dataset, rows in file.rows.items():
                counts[dataset] = counts.get(dataset, 0) + rows
        return counts

    @property
    def months(self) -> tuple[str, ...]:
        """The months (YYYY-MM) that the landed rows touch, ascending."""
        entries = (entry for file in self.taken for entry in file.entries)
        return tuple(
            sorted({month for entry in entries for month in (entry.months or "").split(",") if month})
        )
