"""`python -m bench.dashboard --size M --users 20`: how long the dashboard's pages take with that many readers at once.

Beside them the same pages' queries made directly in DuckDB. Writes build/bench/dashboard-<label>.json and prints a table. See
bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.county import County
from bench.dashboard_queries import direct, queries_of
from bench.dashboard_readers import first_pages, steps_of, walk_together
from bench.dashboard_site import running, served_copy
from bench.exports import SIZES, make_exports
from bench.machine import facts
from bench.measure import MIB
from bench.road import RESULTS
from yibao.paths import DataPaths

WARM_AIM, FIRST_AIM = 0.5, 3.0  # seconds


def quantile(seconds: Sequence[float], share: float) -> float:
    """The smallest of the measured values that `share` of them do not exceed."""
    ordered = sorted(seconds)
    return ordered[math.ceil(len(ordered) * share) - 1]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard", description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), required=True)
    parser.add_argument("--users", type=int, default=20, help="readers at once")
    parser.add_argument("--pages", type=int, default=15, help="pages that each of them opens")
    parser.add_argument("--work", type=Path, default=RESULTS / "work", help="exports (kept) and runs")
    parser.add_argument(
        "--data", type=Path, help="a data folder published from these exports: nothing is built"
    )
    parser.add_argument("--date", default="", help="the day of the run, for the record")
    return parser.parse_args(arguments)


def published_county(given: argparse.Namespace, folder: Path) -> DataPaths:
    """The data folder that is served: the one given, else one made of the exports."""
    if given.data:
        return DataPaths(given.data.absolute())
    exports = make_exports(given.work.absolute(), given.size, 0.0)
    with County(folder / "county", given.work.absolute() / "pseudonym.key") as county:
        county.run(exports.inbox, "run")
        return DataPaths(county.data)


def main(arguments: list[str] | None = None) -> int:
    given = parse(arguments)
    folder = given.work.absolute() / "runs" / f"dashboard-{given.size}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = served_copy(published_county(given, folder), folder / "served", given.users)
    steps = steps_of(paths)
    with running(paths, folder) as (port, watch):
        first = first_pages(port, steps)
        taken = walk_together(port, given.users, given.pages, steps)
        memory = round((watch.peak or 0) / MIB)
    beside = {page: direct(paths, queries) for page, queries in queries_of(paths, steps).items()}
    told = {
        "label": f"dashboard-{given.size}",
        "date": given.date,
        "machine": facts(),
        "users": given.users,
        "pages_opened": len(taken.all),
        "first": first,
        "warm_p50": quantile(taken.all, 0.5),
        "warm_p95": quantile(taken.all, 0.95),
        "by_page": {
            page: {
                "opened": len(seconds),
                "p50": quantile(seconds, 0.5),
                "p95": quantile(seconds, 0.95),
                "direct": beside[page],
            }
            for page, seconds in sorted(taken.seconds.items())
        },
        "server_peak_mib": memory,
        "failed": taken.failed,
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    target = RESULTS / f"dashboard-{given.size}.json"
    target.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(shown(told))
    print(f"\n{target}")
    return 1 if taken.failed else 0


def shown(told: dict[str, Any]) -> str:
    """All that is printed."""
    lines = [
        f"{told['label']}  {told['date'] or '(no --date)'}  {told['users']} readers, {told['pages_opened']} pages, "
        f"server at most {told['server_peak_mib']:,} MiB",
        "; ".join(f"{name} {value}" for name, value in told["machine"].items()),
        "",
        f"{'page':<16}{'first s':>9}{'opened':>8}{'p50 s':>8}{'p95 s':>8}{'direct s':>10}{'p50 x direct':>14}",
    ]
    for page, found in told["by_page"].items():
        ratio = f"{found['p50'] / found['direct']:.1f}" if found["direct"] else "-"
        lines.append(
            f"{page:<16}{told['first'][page]:>9.2f}{found['opened']:>8}{found['p50']:>8.2f}{found['p95']:>8.2f}"
            f"{found['direct']:>10.3f}{ratio:>14}"
        )
    first = max(told["first"].values())
    lines += [
        "",
        f"warm, all pages: p50 {told['warm_p50']:.2f} s, p95 {told['warm_p95']:.2f} s (aim {WARM_AIM}: "
        f"{_met(told['warm_p95'], WARM_AIM)}); slowest first page {first:.2f} s (aim {FIRST_AIM}: {_met(first, FIRST_AIM)})",
        *(f"FAILED {each}" for each in told["failed"][:10]),
    ]
    return "\n".join(lines)


def _met(found: float, aim: float) -> str:
    return "met" if found <= aim else "missed"


if __name__ == "__main__":
    raise SystemExit(main())
