"""The warehouse: one dbt build on one of two engines, and whether its result may be published."""

from yibao.warehouse.build import (
    BuiltWarehouse,
    Refresh,
    build_warehouse,
    built,
    published_tables,
    refresh_needed,
)
from yibao.warehouse.dbt_call import DbtCall, DbtRequest, call_dbt
from yibao.warehouse.engine import TARGETS, Engine, engine_for
from yibao.warehouse.on_duckdb import MEMORY_VARIABLE
from yibao.warehouse.progress import Listener, Progress, silent
from yibao.warehouse.results import Breakage, BuildResult, Finding, Outcome
from yibao.warehouse.state import BuildState, read_state

__all__ = [
    "MEMORY_VARIABLE",
    "TARGETS",
    "Breakage",
    "BuildResult",
    "BuildState",
    "BuiltWarehouse",
    "DbtCall",
    "DbtRequest",
    "Engine",
    "Finding",
    "Listener",
    "Outcome",
    "Progress",
    "Refresh",
    "build_warehouse",
    "built",
    "call_dbt",
    "engine_for",
    "published_tables",
    "read_state",
    "refresh_needed",
    "silent",
]
