"""`python -m bench.engines --size S|H|T|M`: the same county on DuckDB and on Spark with one and with two workers, in one run.

Each walks the whole road (`yibao run` from nothing: land, build with all data tests, publish). Spark also tells its tasks,
its shuffle and the memory of all its processes. At the end every published cell of each is compared with DuckDB's.
See bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from bench.county import County
from bench.exports import make_exports
from bench.machine import facts
from bench.road import RESULTS

SIZES = ("S", "H", "T", "M")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.engines", description=__doc__)
    parser.add_argument("--size", choices=SIZES, required=True)
    parser.add_argument("--work", type=Path, default=RESULTS / "work", help="exports (kept) and runs")
    parser.add_argument(
        "--workers", type=int, nargs="+", default=[1, 2], help="clusters to measure, one after another"
    )
    parser.add_argument("--memory", type=int, default=2048, help="MiB of each worker, and of the driver")
    given = parser.parse_args(arguments)
    work: Path = given.work.absolute()
    inbox = make_exports(work, given.size, 0.0).inbox
    folder = work / "runs" / f"engines-{given.size}"
    counties = [
        County(folder / str(workers), work / "pseudonym.key", workers=workers, memory=given.memory)
        for workers in (0, *given.workers)
    ]
    found: dict[str, dict[str, Any]] = {}
    for county in counties:
        with county:
            found[county.name] = county.run(inbox, "from nothing")
        # a run takes hours: what was measured stays when it is stopped
        _write(given.size, found)

    # not at the top: the processes that are measured begin with the memory of this one
    from tests.parity.compare import compare

    duckdb, *others = counties
    unequal = 0
    for county in others:
        differences = [item.table for item in compare(duckdb.marts, county.marts) if not item.is_none]
        found[county.name]["tables_that_differ"] = differences
        unequal += len(differences)
    for told in found.values():
        told["x_duckdb"] = round(told["wall"] / found[duckdb.name]["wall"], 2)
    result = _write(given.size, found)
    for name, told in found.items():
        print(f"{name:<18} {json.dumps(told)}")
    print(f"\n{result}")
    return 1 if unequal else 0


def _write(size: str, found: dict[str, dict[str, Any]]) -> Path:
    RESULTS.mkdir(parents=True, exist_ok=True)
    result = RESULTS / f"engines-{size}.json"
    content = {"size": size, "machine": facts(), "at": time.strftime("%Y-%m-%d"), "found": found}
    result.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return result


if __name__ == "__main__":
    raise SystemExit(main())
