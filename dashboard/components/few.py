"""What of so few persons that they could be recognised is not shown (semantics 8)."""

from __future__ import annotations

from decimal import Decimal

from dashboard.components.cell import Content, Gap, suppressed
from dashboard.view import View


def counted(view: View, persons: Decimal | int | None) -> Content:
    """A count of persons or cases, as the user may see it."""
    return suppressed(persons, rows_allowed=view.sees_rows)


def guarded(view: View, persons: Decimal | int | None, *contents: Content) -> tuple[Content, ...]:
    """What a row tells of these persons: all of it, or nothing where their count may not be shown.

    Their cost and its mean together would tell the count.
    """
    if counted(view, persons) is Gap.SUPPRESSED:
        return (Gap.SUPPRESSED,) * len(contents)
    return contents
