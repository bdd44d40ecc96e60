"""The charts that more than one section draws."""

from __future__ import annotations

from yibao.months import year_before
from yibao.reporting.content import Chart, Figure, Kind, Series
from yibao.reporting.scene import Scene

# below so many points a line tells nothing
_POINTS_NEEDED = 3


def by_month(scene: Scene, code: str) -> tuple[Chart, ...]:
    """An indicator at the end of each month of this year, beside last year where all these months are published.

    None where a month is missing: a line that jumps over a month would lie. It begins after the last month that tells of
    few persons.
    """
    before = {period: year_before(period) for period in scene.months}
    with_last_year = scene.published.issuperset(before.values())

    def is_few(month: str) -> bool:
        drawn = (month, before[month]) if with_last_year else (month,)
        return any(scene.tells_few(code, period=each) for each in drawn)

    begin = max((at for at, month in enumerate(scene.months, start=1) if is_few(month)), default=0)
    months = scene.months[begin:]
    this_year = _line(scene, code, months)
    if this_year is None or len(months) < _POINTS_NEEDED:
        return ()
    series = [Series(f"{scene.year}年", this_year)]
    last_year = _line(scene, code, tuple(before[period] for period in months)) if with_last_year else None
    if last_year is not None:
        series.append(Series(f"{scene.year - 1}年", last_year))
    return (
        Chart(
            f"{code}_by_month",
            f"{scene.whole}{scene.name(code)}（截至各月末）",
            "line",
            tuple(f"{int(period[5:])}月" for period in months),
            tuple(series),
            this_year[0].kind,
        ),
    )


def beside_last_year(
    scene: Scene, code: str, title: str, categories: tuple[str, ...], pairs: tuple[tuple[Figure, Figure], ...]
) -> tuple[Chart, ...]:
    """A column for each category of this year, and of last year where it has all of them."""
    if len(pairs) < 2 or any(now.value is None for now, _ in pairs):
        return ()
    series = [Series(f"{scene.year}年", tuple(now for now, _ in pairs))]
    if all(then.value is not None for _, then in pairs):
        series.append(Series(f"{scene.year - 1}年同期", tuple(then for _, then in pairs)))
    kind: Kind = pairs[0][0].kind
    return (Chart(code, title, "column", categories, tuple(series), kind),)


def _line(scene: Scene, code: str, months: tuple[str, ...]) -> tuple[Figure, ...] | None:
    figures = tuple(scene.numbers.indicator(code, period=period) for period in months)
    return figures if all(figure.value is not None for figure in figures) else None
