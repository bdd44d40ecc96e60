"""What every part of the server knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from yibao.paths import DataPaths

TITLE = "医疗保障数据看板"


@dataclass(frozen=True)
class Site:
    """`bureau` stands on the login page; `behind_https` when browsers come through a proxy with TLS; `now` is the clock."""

    paths: DataPaths
    bureau: str
    behind_https: bool
    now: Callable[[], datetime]
