"""From measured processes to ratios and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bench.measure import MIB, Measured

FLOOR_TEXT, FLOOR_AGAIN, FLOOR_WORKBOOKS = "floor: text", "floor: text, again", "floor: workbooks"
ROAD_STEPS = ("land", "build", "check", "publish")
ROAD, PEER = "road", "peer: pandas, 4 indicators"
# what is aimed at, for size M
AIM_FLOOR, AIM_MEMORY_MIB = 4.0, 3072


@dataclass(frozen=True)
class Ratios:
    """Wall and CPU of one line as multiples of others'; None where one of them is missing or failed."""

    floor: float | None
    floor_cpu: float | None
    floor_with_workbooks: float | None
    peer: float | None
    peer_cpu: float | None


def by_name(measures: Sequence[Measured]) -> dict[str, Measured]:
    """Measures by name, with the road (its steps one after the other) and the faster of the two floors."""
    found = {m.name: m for m in measures}
    steps = [found[name] for name in ROAD_STEPS if name in found]
    if steps:
        found[ROAD] = together(ROAD, steps, complete=len(steps) == len(ROAD_STEPS))
    again = found.get(FLOOR_AGAIN)
    if again and again.exit_code == 0 and again.wall < found[FLOOR_TEXT].wall:
        found[FLOOR_TEXT] = replace(again, name=FLOOR_TEXT)
    return found


def together(name: str, steps: Sequence[Measured], *, complete: bool = True) -> Measured:
    """Times added, the highest of the peaks; failed when a step is or steps are missing."""
    cpus = [s.cpu for s in steps if s.cpu is not None]
    failed = next((s.exit_code for s in steps if s.exit_code), 0)
    return Measured(
        name=name,
        wall=sum(s.wall for s in steps),
        cpu=sum(cpus) if len(cpus) == len(steps) else None,
        peak_process=max((s.peak_process for s in steps if s.peak_process), default=None),
        peak_tree=max((s.peak_tree for s in steps if s.peak_tree), default=None),
        exit_code=failed or (0 if complete else 1),
        load_before=steps[0].load_before,
    )


def ratios_of(line: Measured, found: dict[str, Measured]) -> Ratios:
    """The line against the floor, the floor with workbooks, and the peer."""
    floor, workbooks, peer = found.get(FLOOR_TEXT), found.get(FLOOR_WORKBOOKS), found.get(PEER)
    both = together("floor", [floor, workbooks]) if floor and workbooks else floor
    return Ratios(
        floor=_over(line, floor, "wall"),
        floor_cpu=_over(line, floor, "cpu"),
        floor_with_workbooks=_over(line, both, "wall"),
        peer=_over(line, peer, "wall"),
        peer_cpu=_over(line, peer, "cpu"),
    )


def _over(line: Measured, base: Measured | None, what: str) -> float | None:
    if base is None or base.exit_code or line.exit_code:
        return None
    above, below = getattr(line, what), getattr(base, what)
    return above / below if above is not None and below else None


def rate(line: Measured, rows: int) -> float:
    """Rows a second: those the process says it read, else `rows`, all there are."""
    return float(line.told.get("rows", rows)) / line.wall


def record(measures: Sequence[Measured], rows: int, facts: dict[str, Any]) -> dict[str, Any]:
    """Everything, as it goes to the JSON file. Seconds, bytes, rows."""
    found = by_name(measures)
    road = found.get(ROAD)
    return {
        **facts,
        "measures": [asdict(m) for m in measures],
        "road": asdict(road) if road else None,
        "rows_per_s": {name: round(rate(m, rows)) for name, m in found.items()},
        "ratios": {name: asdict(ratios_of(m, found)) for name, m in found.items()},
    }


HEADER = ("step", "wall s", "CPU s", "process MiB", "tree MiB", "rows/s", "x floor", "x floor+wb", "x peer")


def lines(measures: Sequence[Measured], rows: int) -> list[tuple[str, ...]]:
    """The table, one tuple a line; `rows` landed for the road, each other line knows its own."""
    found = by_name(measures)
    shown = [*measures]
    if ROAD in found:
        last_step = max(n for n, m in enumerate(shown) if m.name in ROAD_STEPS)
        shown.insert(last_step + 1, found[ROAD])
    table: list[tuple[str, ...]] = []
    for m in shown:
        ratios = ratios_of(m, found)
        failed = f" (failed, {m.exit_code})" if m.exit_code else ""
        table.append(
            (
                m.name + failed,
                f"{m.wall:.1f}",
                _number(m.cpu, 1),
                _number(m.peak_process and m.peak_process / MIB, 0),
                _number(m.peak_tree and m.peak_tree / MIB, 0),
                f"{rate(m, rows):,.0f}",
                _number(ratios.floor, 2),
                _number(ratios.floor_with_workbooks, 2),
                _number(ratios.peer, 2),
            )
        )
    return table


def aims(measures: Sequence[Measured]) -> list[str]:
    """What is aimed at for M, and whether this run reached it."""
    found = by_name(measures)
    road = found.get(ROAD)
    if road is None or road.exit_code:
        return ["the road is incomplete: no verdict"]
    ratios = ratios_of(road, found)
    peak = road.peak_tree or road.peak_process
    checks = (
        (f"within {AIM_FLOOR:g} x floor", ratios.floor, AIM_FLOOR),
        ("ahead of the peer (below 1 x)", ratios.peer, 1.0),
        (f"memory below {AIM_MEMORY_MIB} MiB", peak and peak / MIB, AIM_MEMORY_MIB),
    )
    return [
        f"{what}: {value:.2f} {'reached' if value < aim else 'missed'}"
        for what, value, aim in checks
        if value
    ]


def plain(table: Sequence[tuple[str, ...]]) -> str:
    """Columns in line."""
    everything = [HEADER, *table]
    widths = [max(len(row[n]) for row in everything) for n in range(len(HEADER))]
    return "\n".join(
        row[0].ljust(widths[0]) + "".join(f"  {c.rjust(w)}" for c, w in zip(row[1:], widths[1:], strict=True))
        for row in everything
    )


def markdown(table: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    rule = ("---", *["---:"] * (len(HEADER) - 1))
    return "\n".join("| " + " | ".join(row) + " |" for row in [HEADER, rule, *table])


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:,.{places}f}"
