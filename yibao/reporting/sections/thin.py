"""Months of the year in which a dataset that comes by month had nothing, or much less than usual."""

from __future__ import annotations

from dataclasses import dataclass

from yibao.reporting.scene import Scene


@dataclass(frozen=True)
class Thin:
    """`month` YYYY-MM; `status` missing or low."""

    dataset: str
    month: str
    status: str


def thin_months(scene: Scene) -> tuple[Thin, ...]:
    """From January to the report's month, by dataset and month."""
    return scene.numbers.figures.rows(
        Thin,
        """
        select dataset, month, status
        from dataset_month
        where month between ? and ? and status in ('missing', 'low')
        order by dataset, month
        """,
        (scene.january, scene.order.period),
    )
