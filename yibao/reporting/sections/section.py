"""What a section of a report is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yibao.reporting.content import Block, Table
from yibao.reporting.scene import Scene


def no_forms(scene: Scene) -> tuple[Table, ...]:
    """Of a section that has none."""
    return ()


@dataclass(frozen=True)
class Section:
    """`title` stands without its number; a section whose body is empty is left out, with its forms."""

    title: str
    body: Callable[[Scene], tuple[Block, ...]]
    forms: Callable[[Scene], tuple[Table, ...]] = no_forms
