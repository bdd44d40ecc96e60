"""How far the build is, read from the events of dbt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# the layers of the project, as the bureau reads them; the longest folder that fits counts
_GROUPS = {
    "seeds": "目录与代码表",
    "staging": "读入与定型",
    "intermediate": "去重与归并",
    "marts/core": "基础事实",
    "marts/indicators": "指标",
    "marts/quality": "数据质量",
    "marts": "主题表",
    "tests": "校验",
}
_FINISHED = {"LogModelResult", "LogSeedResult", "LogTestResult", "LogSnapshotResult", "SkippingDetails"}


@dataclass(frozen=True)
class Progress:
    """`done` of `total` steps; `name` is the model or test that just started or ended."""

    done: int
    total: int
    name: str
    group: str


Listener = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """A listener that tells nobody."""


def follow(listen: Listener) -> Callable[[Any], None]:
    """A callback for dbtRunner that tells the listener of each start and end; safe from several threads."""
    lock = threading.Lock()
    done = 0

    def hear(event: Any) -> None:
        nonlocal done
        name = event.info.name
        if name != "LogStartLine" and name not in _FINISHED:
            return
        data = event.data
        with lock:
            done += name in _FINISHED
            # a test result tells the total as num_models
            total = int(getattr(data, "total", 0) or getattr(data, "num_models", 0))
            node = data.node_info
            listen(
                Progress(done, max(total, done), node.node_name, group_of(node.resource_type, node.node_path))
            )

    return hear


def group_of(resource_type: str, node_path: str) -> str:
    """The Chinese name of the layer of a node: `marts/core/fct_settlement.sql` gives 基础事实."""
    if resource_type in {"test", "unit_test"}:
        return _GROUPS["tests"]
    if resource_type == "seed":
        return _GROUPS["seeds"]
    path = node_path.replace("\\", "/")
    fitting = [folder for folder in _GROUPS if path.startswith(f"{folder}/")]
    return _GROUPS[max(fitting, key=len)] if fitting else "其他"
