"""build.json: how the last build ended, and which code built the warehouse that is there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from yibao import durable

BUILDING = "building"


@dataclass(frozen=True)
class BuildState:
    """`state` is building, passed, failed or broken; a process that died leaves `building`.

    `mark` tells the warehouse as the build left it (Engine.mark); it is None unless the build passed.
    """

    state: str
    period: str | None
    started_at: str
    finished_at: str | None
    fingerprint: str
    mark: str | None


def read_state(path: Path) -> BuildState | None:
    """The state, or None when nothing was built yet, or the file cannot be read (then everything is built anew)."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return BuildState(**content)
    except (OSError, ValueError, TypeError):
        return None


def write_state(path: Path, state: BuildState) -> None:
    """Replaces build.json at once."""
    durable.write_text(path, json.dumps(asdict(state), ensure_ascii=False, indent=2) + "\n")
