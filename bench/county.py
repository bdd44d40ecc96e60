"""One county on one engine: a data folder that `yibao run` fills, and what every run took."""

from __future__ import annotations

import json
import os
import shutil
import urllib.request
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.measure import MIB, Measured, TreeWatch, measure_module


class County:
    """A data folder under `folder`, empty at the start; inside `with`, a cluster of `workers` runs for it.

    workers: nodes of one core each with `memory` MiB, as the driver has; 0 is DuckDB. key: the pseudonym key.
    """

    def __init__(self, folder: Path, key: Path, *, workers: int = 0, memory: int = 2048) -> None:
        self.name = f"spark, {workers} worker{'s' if workers > 1 else ''}" if workers else "duckdb"
        self.data, self._logs, self._key = folder / "data", folder / "logs", key
        self._size = ("--workers", str(workers), "--cores", "1", "--memory", str(memory)) if workers else ()
        self._services: dict[str, Any] = {}
        self._counted: Counter[str] = Counter()

    def __enter__(self) -> Self:
        shutil.rmtree(self.data, ignore_errors=True)
        if self._size:
            self._yibao("cluster start", "cluster", "start", *self._size)
            record = self.data / "spark" / "cluster" / "cluster.json"
            self._services = json.loads(record.read_text(encoding="utf-8"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._services:
            self._yibao("cluster stop", "cluster", "stop")

    def run(self, inbox: Path, name: str) -> dict[str, Any]:
        """`yibao run`: wall, cpu (of the command alone) and `seconds` of its steps; peak MiB of every process; Spark's counts."""
        # the disk is idle when a month arrives: it does not pay for what the run before it left to be written
        if hasattr(os, "sync"):
            os.sync()
        # the command is a child of this process, the cluster's services are not
        watch = TreeWatch(os.getpid(), *(service["pid"] for service in self._services.get("services", ())))
        watch.start()
        target = ("--target", "spark") if self._services else ()
        try:
            found = self._yibao(f"{self.name} {name}", "run", *target, "--inbox", str(inbox))
        finally:
            watch.stop()
        report = json.loads((self.data / "logs" / "last-run.json").read_text(encoding="utf-8"))
        told = {"wall": round(found.wall, 1), "cpu": found.cpu, "seconds": report["seconds"]}
        told["peak_mib"] = round((watch.peak or 0) / MIB)
        told["load_before"] = found.load_before
        return told | self._spark_counts()

    @property
    def marts(self) -> Path:
        """The published generation's database."""
        run_id = (self.data / "published" / "CURRENT").read_text(encoding="utf-8").strip()
        return self.data / "published" / run_id / "marts.duckdb"

    def _yibao(self, name: str, *arguments: str) -> Measured:
        command = ("yibao", *arguments, "--data", str(self.data))
        found = measure_module(name.replace(",", ""), *command, key=self._key, logs=self._logs)
        if found.exit_code:
            raise SystemExit(f"{name}: exit {found.exit_code}")
        return found

    def _spark_counts(self) -> dict[str, int]:
        """Tasks, their seconds and shuffle of all executors since the last run, from the driver's own pages (loopback).

        Spill is told by stage, and of the last 1,000 stages only.
        """
        if not self._services:
            return {}
        base = f"http://127.0.0.1:{self._services['ports']['driver_page']}/api/v1/applications"
        application = _json(base)[0]["id"]
        executors = [one for one in _json(f"{base}/{application}/allexecutors") if one["id"] != "driver"]
        stages = _json(f"{base}/{application}/stages")
        so_far = Counter(
            tasks=sum(one["totalTasks"] for one in executors),
            task_seconds=round(sum(one["totalDuration"] for one in executors) / 1000),
            gc_seconds=round(sum(one["totalGCTime"] for one in executors) / 1000),
            shuffle_mb=round(sum(one["totalShuffleWrite"] for one in executors) / 1e6),
        )
        since = {name: so_far[name] - self._counted[name] for name in so_far}
        self._counted = so_far
        spilled = sum(stage.get("diskBytesSpilled", 0) for stage in stages)
        return since | {"spilled_mb_last_stages": round(spilled / 1e6)}


def _json(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return json.load(answer)
