"""What the checker tells: a finding in a file, and the faults that rules see in plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]
LEVEL_ZH: dict[Level, str] = {"error": "错误", "warning": "提醒"}


@dataclass(frozen=True)
class Finding:
    """One thing that a clerk has to look at. All texts are Chinese; `place` names paragraph, cell, page or part."""

    rule: str
    level: Level
    place: str
    what: str
    todo: str


@dataclass(frozen=True)
class Fault:
    """What a rule sees in a text; `at` is where (characters from the text's beginning)."""

    what: str
    todo: str
    level: Level = "error"
    at: int = 0


def listing(findings: Sequence[Finding]) -> tuple[tuple[str, str, str, str, str], ...]:
    """Rows for the screen: level, rule, place, what, what to do; errors first, else in the order of the file."""
    ordered = sorted(findings, key=lambda finding: finding.level != "error")
    return tuple((LEVEL_ZH[one.level], one.rule, one.place, one.what, one.todo) for one in ordered)
