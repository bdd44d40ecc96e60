"""dbt's unit tests, which `yibao run` leaves out: the models' rules by rows that are written down."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.integration.conftest import dbt


def test_dbts_unit_tests_pass(demo_data: Path, tmp_path: Path) -> None:
    """Beside the demo county's tables, whose columns dbt looks up; in a copy, for dbt writes there."""
    data = tmp_path / "data"
    for folder in ("landing", "issued"):
        shutil.copytree(demo_data / folder, data / folder)
    shutil.copyfile(demo_data / "warehouse.duckdb", data / "warehouse.duckdb")
    done = dbt("test", "--select", "test_type:unit", data=data)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    found = re.search(r"PASS=(\d+) WARN=0 ERROR=0 SKIP=0", done.stdout)
    assert found and int(found[1]) > 50, done.stdout[-500:]
