"""`python -m tests.cluster.unit_tests DATA`: dbt's unit tests and macro tables on the cluster of a data folder."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from yibao.cluster import spark_remote
from yibao.paths import DATA_VARIABLE, DataPaths

ROOT = Path(__file__).parents[2]
ALL = ("test_type:unit", "tag:macro")


def main(data: str) -> int:
    warnings.filterwarnings("ignore", message=".*spark.sql.catalogImplementation.*")
    paths = DataPaths(Path(data).absolute())
    os.environ.update({DATA_VARIABLE: str(paths.root), "SPARK_REMOTE": spark_remote(paths)})
    from dbt.cli.main import dbtRunner

    where = ["--project-dir", str(ROOT), "--profiles-dir", str(ROOT)]
    folders = [
        "--target-path",
        str(paths.spark / "unit" / "target"),
        "--log-path",
        str(paths.spark / "unit" / "logs"),
    ]
    command = ["--quiet", "test", "--target", "spark", "--select", *ALL]
    return 0 if dbtRunner().invoke([*command, *where, *folders]).success else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
