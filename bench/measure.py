"""One measured process: wall, CPU and memory, of itself and of everything it starts.

Wall is from start to exit. CPU is user + system of the process and of the children it waited for (wait4). Of memory there
are two figures: `peak_process` is the largest resident set of any one process (ru_maxrss); `peak_tree` is the
highest sum of the resident sets of the process and its descendants, seen every 0.2 s. Pages that
processes share count in each of them, so the sum is an upper bound; a peak shorter than 0.2 s can be missed.

This process must stay small: on Linux a child's ru_maxrss begins with that of the process that started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench.exports import ROOT

INTERVAL = 0.2  # seconds
MIB = 1 << 20


@dataclass(frozen=True)
class Measured:
    """What one process took. Memory in bytes; None where the system does not tell. `told` is its last JSON line."""

    name: str
    wall: float
    cpu: float | None
    peak_process: int | None
    peak_tree: int | None
    exit_code: int
    load_before: float | None
    told: dict[str, Any] = field(default_factory=dict)
    message: str = ""


class TreeWatch(threading.Thread):
    """Samples the resident memory of processes and their descendants, all together, until stopped."""

    def __init__(self, *pids: int) -> None:
        super().__init__(daemon=True)
        self._pids = pids
        self._done = threading.Event()
        self.peak: int | None = None

    def run(self) -> None:
        while not self._done.is_set():
            self.peak = max(self.peak or 0, resident(*self._pids))
            self._done.wait(INTERVAL)

    def stop(self) -> None:
        self._done.set()
        self.join()


def resident(*pids: int) -> int:
    """Bytes resident in the processes and all below them, each counted once; one that ended has none."""
    found: dict[int, int] = {}
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            for each in (process, *process.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    found[each.pid] = each.memory_info().rss
    return sum(found.values())


def measure(name: str, command: list[str], *, cwd: Path, env: dict[str, str], logs: Path) -> Measured:
    """Runs the command to its end; what it prints goes to LOGS/<name>.out and .err."""
    logs.mkdir(parents=True, exist_ok=True)
    stem = name.replace(" ", "_")
    out, err = logs / f"{stem}.out", logs / f"{stem}.err"
    if hasattr(os, "sync"):
        os.sync()  # or the pages that the step before left dirty are written on this one's time
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    with out.open("wb") as stdout, err.open("wb") as stderr:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=stdout, stderr=stderr)
        watch = TreeWatch(process.pid)
        watch.start()
        cpu, peak = _wait(process)
        wall = time.perf_counter() - began
        watch.stop()
    text = out.read_text(encoding="utf-8", errors="replace")
    complaint = err.read_text(encoding="utf-8", errors="replace") or text
    code = process.returncode
    message = "" if code == 0 else complaint.strip()[-2000:]
    return Measured(name, wall, cpu, peak, watch.peak, code, load, _last_json(text), message)


def measure_module(name: str, *arguments: str, key: Path, logs: Path) -> Measured:
    """Measures `python -m <arguments>` of this checkout with the pseudonym key `key`, and tells how it went."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("YIBAO_", "SPARK_"))}
    environment |= {"YIBAO_KEY_FILE": str(key), "PYTHONUTF8": "1"}
    print(f"{name} ...", file=sys.stderr, flush=True)
    found = measure(name, [sys.executable, "-m", *arguments], cwd=ROOT, env=environment, logs=logs)
    outcome = f"exit {found.exit_code}: {found.message[-600:]}" if found.exit_code else "done"
    print(f"{name}: {found.wall:.1f} s, {outcome}", file=sys.stderr, flush=True)
    return found


def _wait(process: subprocess.Popen[bytes]) -> tuple[float | None, int | None]:
    if not hasattr(os, "wait4"):
        process.wait()
        return None, None
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return used.ru_utime + used.ru_stime, used.ru_maxrss * unit


def _last_json(text: str) -> dict[str, Any]:
    lines = text.strip().splitlines()
    try:
        found = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
