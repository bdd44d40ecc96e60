"""The machine and the versions a figure belongs to."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

import psutil

_PACKAGES = ("yibao", "dbt-core", "dbt-duckdb", "duckdb", "pyarrow", "python-calamine", "pandas")


def facts() -> dict[str, str]:
    """Name to text; what cannot be read is left out."""
    affinity = getattr(os, "sched_getaffinity", None)
    usable = len(affinity(0)) if affinity else os.cpu_count()
    found = {
        "cores": f"{usable} of {os.cpu_count()}",
        "cpu": _field(Path("/proc/cpuinfo"), "model name") or platform.processor(),
        "memory": f"{psutil.virtual_memory().total / (1 << 30):.1f} GiB",
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: _version(name) for name in _PACKAGES},
    }
    return {name: text for name, text in found.items() if text}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _field(path: Path, name: str) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    found = (line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == name)
    return next(found, "")
