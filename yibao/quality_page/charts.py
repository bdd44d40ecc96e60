"""Geometry of the page's small line charts (inline SVG, no style attributes: the page's security policy forbids them)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_WIDTH, _HEIGHT = 640, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 62, 12, 26


@dataclass(frozen=True)
class Point:
    """Where a value stands, in the units of the view box."""

    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A series: `tone` and `dash` tell lines apart, `end` is where its last value is written."""

    name: str
    tone: str
    points: tuple[Point, ...]
    last: str
    end: Point

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:g},{point.y:g}" for point in self.points)


@dataclass(frozen=True)
class Chart:
    """Lines over the same moments; ticks are (position, text)."""

    title: str
    lines: tuple[Line, ...]
    rungs: tuple[tuple[float, str], ...]
    moments: tuple[tuple[float, str], ...]
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _WIDTH - _RIGHT


@dataclass(frozen=True)
class Series:
    """Values in the order of the moments."""

    name: str
    tone: str
    values: Sequence[Decimal]
    last: str


def chart(
    title: str,
    series: Sequence[Series],
    moments: Sequence[str],
    low: Decimal,
    high: Decimal,
    ends: tuple[str, str],
) -> Chart:
    """Values from `low` to `high` become heights; `ends` are their texts. Needs at least two moments."""
    span = high - low or Decimal(1)
    step = (_WIDTH - _LEFT - _RIGHT) / (len(moments) - 1)

    def place(index: int, value: Decimal) -> Point:
        share = float((value - low) / span)
        return Point(
            round(_LEFT + index * step, 1), round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)
        )

    lines = []
    taken: list[float] = []
    for one in series:
        points = tuple(place(index, value) for index, value in enumerate(one.values))
        # texts of lines that end together are written under one another
        y = points[-1].y
        while any(abs(y - other) < 14 for other in taken):
            y -= 14
        taken.append(y)
        lines.append(Line(one.name, one.tone, points, one.last, Point(points[-1].x + 8, y + 4)))
    shown = sorted({0, len(moments) // 2, len(moments) - 1})
    return Chart(
        title,
        tuple(lines),
        ((_TOP, ends[1]), (_HEIGHT - _BOTTOM, ends[0])),
        tuple((round(_LEFT + index * step, 1), moments[index]) for index in shown),
    )
