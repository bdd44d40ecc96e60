"""`python -m tests.parity LEFT RIGHT`: the generations in force of two data folders; exit code 1 where they differ."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.parity.compare import compare, table_of
from yibao import publishing
from yibao.paths import DataPaths


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=__doc__)
    parser.add_argument("left", type=Path, help="data folder, for example that of DuckDB")
    parser.add_argument("right", type=Path, help="data folder, for example that of Spark")
    given = parser.parse_args()
    left, right = (publishing.require_current(DataPaths(folder)) for folder in (given.left, given.right))
    differences = compare(left.database, right.database)
    print(table_of(differences))
    print(f"left {left.run_id}, right {right.run_id}: equal contents end in the same eight letters")
    return 0 if all(item.is_none for item in differences) else 1


if __name__ == "__main__":
    raise SystemExit(main())
