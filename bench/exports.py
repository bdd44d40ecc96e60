"""The exports that are measured: made once by the demo's generator, kept, and used again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STAMP = "exports.json"
# the date of every file, so that a figure does not depend on the day the exports were made (semantics 2)
FILE_TIME = datetime(2026, 10, 8, 9, tzinfo=UTC).timestamp()
TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xls"})

_YEAR = ("--months", "2025-10:2026-09", "--settlements-per-person", "3.75", "--items-per-settlement", "3")
SIZES: dict[str, tuple[str, ...]] = {
    "S": ("--persons", "2400", "--months", "2024-10:2026-09", "--faults"),
    "T": ("--persons", "80000", *_YEAR),
    "H": ("--persons", "100000", *_YEAR),
    "M": ("--persons", "800000", *_YEAR),
    "T36": ("--persons", "80000", "--months", "2023-10:2026-09", *_YEAR[2:]),
}
SPELLED_IN_MANY_WAYS = "S"


@dataclass(frozen=True)
class Exports:
    """One inbox. `label` names size and share (`M`, `M-xlsx33`); `stale` when the generator changed since."""

    label: str
    inbox: Path
    arguments: tuple[str, ...]
    stale: bool

    def files(self, suffixes: frozenset[str]) -> list[Path]:
        """The files of these kinds, sorted."""
        return sorted(p for p in self.inbox.rglob("*") if p.suffix.lower() in suffixes)


def label_of(size: str, xlsx_share: float) -> str:
    return f"{size}-xlsx{round(xlsx_share * 100)}" if xlsx_share else size


def make_exports(work: Path, size: str, xlsx_share: float, *, fresh: bool = False) -> Exports:
    """The exports under WORK/exports/<label>: those of before when the arguments are the same, else new ones."""
    label = label_of(size, xlsx_share)
    share = ("--xlsx-share", str(xlsx_share)) if xlsx_share else ()
    arguments = (*SIZES[size], *share)
    folder = work / "exports" / label
    told = _told(folder / STAMP)
    if fresh or told.get("arguments") != list(arguments):
        _generate(folder, arguments)
        told = _told(folder / STAMP)
    return Exports(label, folder / "inbox", arguments, stale=told["generator"] != generator_print())


def generator_print() -> str:
    """16 hex over the generator and the contract it takes the headers from."""
    digest = hashlib.sha256()
    for path in [*sorted((ROOT / "demo").glob("*.py")), ROOT / "models" / "staging" / "_sources.yml"]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _generate(folder: Path, arguments: tuple[str, ...]) -> None:
    # under another name until it is whole
    part = folder.with_name(f"{folder.name}.part")
    for old in (part, folder):
        shutil.rmtree(old, ignore_errors=True)
    part.mkdir(parents=True)
    made_by = generator_print()
    command = [sys.executable, "-m", "demo.generate", "--out", str(part), *arguments]
    subprocess.run(command, cwd=ROOT, check=True)
    for path in part.rglob("*"):
        if path.is_file():
            os.utime(path, (FILE_TIME, FILE_TIME))
    stamp = {"arguments": arguments, "generator": made_by}
    (part / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    part.rename(folder)


def _told(stamp: Path) -> dict[str, object]:
    try:
        found = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
