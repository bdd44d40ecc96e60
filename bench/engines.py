"""`python -m bench.engines --size H|T|M`: the same county on DuckDB and on Spark with one and with two workers, in one run.

Each walks the whole road (`yibao run` from nothing: land, build with all data tests, publish). Spark also tells its tasks,
its shuffle and the memory of all its processes. At the end every published cell of each is compared with DuckDB's.
See bench/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from bench.exports import ROOT, make_exports
from bench.machine import facts
from bench.measure import MIB, TreeWatch, measure
from bench.road import RESULTS

SIZES = ("H", "T", "M")


class Side:
    """One engine: its data folder and what it took. `workers` is 0 for DuckDB."""

    def __init__(self, folder: Path, key: Path, workers: int, memory: int) -> None:
        self.name = f"spark, {workers} worker{'s' if workers > 1 else ''}" if workers else "duckdb"
        self.workers, self.memory = workers, memory
        self.data = folder / f"spark-{workers}" if workers else folder / "duckdb"
        self.logs = folder / "logs"
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("YIBAO_", "SPARK_"))}
        self.environment |= {"YIBAO_KEY_FILE": str(key), "PYTHONUTF8": "1"}

    def walk(self, inbox: Path) -> dict[str, Any]:
        """Starts what is needed, runs the road, stops it again; seconds, MiB and bytes."""
        shutil.rmtree(self.data, ignore_errors=True)
        watches: list[TreeWatch] = []
        services: dict[str, Any] = {}
        if self.workers:
            size = ("--workers", str(self.workers), "--cores", "1", "--memory", str(self.memory))
            self._yibao("cluster start", "cluster", "start", *size)
            record = self.data / "spark" / "cluster" / "cluster.json"
            services = json.loads(record.read_text(encoding="utf-8"))
            watches = [TreeWatch(service["pid"]) for service in services["services"]]
            for watch in watches:
                watch.start()
        try:
            target = ("--target", "spark") if self.workers else ()
            found = self._yibao(self.name, "run", *target, "--inbox", str(inbox))
            told = self._report(found)
            if services:
                told |= spark_counts(services["ports"]["driver_page"])
        finally:
            for watch in watches:
                watch.stop()
            if self.workers:
                self._yibao("cluster stop", "cluster", "stop")
        told["peak_mib"] = round(((found.peak_tree or 0) + sum(watch.peak or 0 for watch in watches)) / MIB)
        return told

    def _yibao(self, name: str, *arguments: str) -> Any:
        print(f"{name} ...", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "yibao", *arguments, "--data", str(self.data)]
        found = measure(name.replace(",", ""), command, cwd=ROOT, env=self.environment, logs=self.logs)
        print(f"{name}: {found.wall:.1f} s", file=sys.stderr, flush=True)
        if found.exit_code:
            raise SystemExit(f"{name}: exit {found.exit_code}: {found.message[-2000:]}")
        return found

    def _report(self, found: Any) -> dict[str, Any]:
        report = json.loads((self.data / "logs" / "last-run.json").read_text(encoding="utf-8"))
        return {"wall": round(found.wall, 1), "seconds": report["seconds"]}

    @property
    def marts(self) -> Path:
        run_id = (self.data / "published" / "CURRENT").read_text(encoding="utf-8").strip()
        return self.data / "published" / run_id / "marts.duckdb"


def spark_counts(port: int) -> dict[str, Any]:
    """Tasks, their seconds, shuffle and spill of all executors so far, from the driver's own pages (loopback)."""
    base = f"http://127.0.0.1:{port}/api/v1/applications"
    application = _json(base)[0]["id"]
    executors = [one for one in _json(f"{base}/{application}/allexecutors") if one["id"] != "driver"]
    stages = _json(f"{base}/{application}/stages")
    return {
        "tasks": sum(one["totalTasks"] for one in executors),
        "task_seconds": round(sum(one["totalDuration"] for one in executors) / 1000),
        "gc_seconds": round(sum(one["totalGCTime"] for one in executors) / 1000),
        "shuffle_mb": round(sum(one["totalShuffleWrite"] for one in executors) / 1e6),
        "spilled_mb": round(sum(stage.get("diskBytesSpilled", 0) for stage in stages) / 1e6),
    }


def _json(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return json.load(answer)


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
    sides = [Side(folder, work / "pseudonym.key", workers, given.memory) for workers in (0, *given.workers)]
    found = {side.name: side.walk(inbox) for side in sides}

    # not at the top: the processes that are measured begin with the memory of this one
    from tests.parity.compare import compare

    base = found[sides[0].name]["wall"]
    unequal = 0
    for side in sides[1:]:
        differences = [item.table for item in compare(sides[0].marts, side.marts) if not item.is_none]
        found[side.name]["tables_that_differ"] = differences
        unequal += len(differences)
    for told in found.values():
        told["x_duckdb"] = round(told["wall"] / base, 2)
    RESULTS.mkdir(parents=True, exist_ok=True)
    result = RESULTS / f"engines-{given.size}.json"
    content = {"size": given.size, "machine": facts(), "at": time.strftime("%Y-%m-%d"), "found": found}
    result.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, told in found.items():
        print(f"{name:<18} {json.dumps(told)}")
    print(f"\n{result}")
    return 1 if unequal else 0


if __name__ == "__main__":
    raise SystemExit(main())
