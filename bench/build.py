"""`python -m bench.build --data DIR`: the build of `yibao run` alone, from nothing, with its data tests."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from yibao.lock import data_lock
from yibao.paths import data_paths
from yibao.project import code_fingerprint, find_project
from yibao.warehouse import DbtRequest, Outcome, build_warehouse, engine_for


def now() -> datetime:
    return datetime.now(UTC)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.build", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    paths = data_paths(parser.parse_args().data)
    project = find_project()
    request = DbtRequest(project.root, engine_for("duckdb", paths), period=None, full_refresh=True)
    with data_lock(paths, "build", now()):
        result = build_warehouse(request, code_fingerprint(project), now=now)
    told = {
        "outcome": result.outcome.value,
        "nodes": dict(result.counts),
        "seconds_by_group": dict(result.seconds_by_group),
        "failed": [finding.name for finding in result.failed],
        "broken": [f"{broken.name}: {broken.message[:300]}" for broken in result.broken],
        "skipped": result.skipped,
    }
    print(json.dumps(told, ensure_ascii=False))
    return 0 if result.outcome is Outcome.PASSED else 3


if __name__ == "__main__":
    raise SystemExit(main())
