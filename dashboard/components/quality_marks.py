"""How the parts of the quality page show a mark of the check, and what is not known."""

from __future__ import annotations

from dashboard.components.cell import Cell, Content, Gap, Tone
from yibao.quality_page import labels as words

# tones of the quality page in those of the cells
_TONES: dict[str, Tone] = {"good": "good", "bad": "bad", "broken": "bad", "warn": "warn", "plain": "muted"}


def marked(mark: words.Mark) -> Cell:
    """A mark of the check as a cell."""
    return Cell(mark.word, _TONES.get(mark.tone, ""))


def known(number: Content) -> Content:
    """A number, or that there is none."""
    return Gap.NO_BASE if number is None else number
