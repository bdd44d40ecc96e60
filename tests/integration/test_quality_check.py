"""The check of the demo county: it is published with its planted faults told, and every failing row is listed."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.integration.conftest import ROOT, yibao
from yibao.project import find_project
from yibao.quality.suites import load_suites

Connection = duckdb.DuckDBPyConnection

# a planted fault of demo/planted.json, and the expectation that must list its settlement
TOLD = {
    "identity_cost_parts": "fct_settlement.cost.parts",
    "identity_payers": "fct_settlement.cost.payers",
    "identity_fund_parts": "fct_settlement.fund.parts",
    "items_do_not_add_up": "fct_settlement.items.agree",
    "month_after_newest_file": "settlement.setl_time.of_file",
    "not_enrolled_that_year": "fct_settlement.person.enrolled",
    "admission_without_dates": "fct_settlement.bed_days.present",
}


def test_the_demo_county_is_published_with_what_was_found(marts: Connection) -> None:
    (run,) = marts.execute(
        "select verdict, expectations, passed, failed_critical, failed_warning, failed_info, errors from quality_run"
    ).fetchall()
    verdict, expectations, *counts = run
    assert (verdict, run[3], run[6]) == ("passed", 0, 0)
    suites = load_suites(find_project())
    assert expectations == sum(len(suite.expectations) for suite in suites) == sum(counts)
    assert marts.execute("select count(*) from quality_result").fetchall() == [(expectations,)]
    assert run[4] > 0, "the planted faults are told"


def test_every_failing_row_is_listed(marts: Connection) -> None:
    apart = marts.execute(
        """
        select expectation_id, unexpected_count, count(key)
        from quality_result
        left join quality_failing_key using (check_id, expectation_id)
        where status = 'fail' and unexpected_count is not null and check_id in (select check_id from quality_failing_key)
        group by all
        having unexpected_count <> count(key)
        """
    ).fetchall()
    assert apart == []


@pytest.mark.parametrize(("fault", "expectation"), TOLD.items())
def test_planted_faults_are_listed_by_their_keys(marts: Connection, fault: str, expectation: str) -> None:
    planted = json.loads((ROOT / "demo" / "planted.json").read_text(encoding="utf-8"))["kinds"][fault]
    numbers = {row["number"] for row in planted["rows"] if row["dataset"] == "settlement"}
    listed = marts.execute(
        "select split_part(split_part(key, ', ', 1), '=', 2) from quality_failing_key where expectation_id = ?",
        [expectation],
    ).fetchall()
    assert numbers and numbers <= {number for (number,) in listed}


def test_no_failing_key_names_anybody(marts: Connection) -> None:
    texts = marts.execute("select coalesce(key, '') || ' ' || coalesce(detail, '') from quality_failing_key")
    found = " ".join(text for (text,) in texts.fetchall())
    assert "setl_id=" in found
    for column in ("certno", "psn_name"):
        assert f"{column}=" not in found


def test_a_county_with_broken_keys_is_not_published(demo_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_data, data)
    before = (data / "published" / "CURRENT").read_text(encoding="utf-8")
    with duckdb.connect(str(data / "warehouse.duckdb")) as connection:
        connection.execute("insert into mart_fund select * from mart_fund limit 3")
    # as if the build had left it so
    state = json.loads((data / "build.json").read_text(encoding="utf-8"))
    status = (data / "warehouse.duckdb").stat()
    state["mark"] = f"{status.st_size}-{status.st_mtime_ns}"
    (data / "build.json").write_text(json.dumps(state), encoding="utf-8")

    unchecked = yibao("publish", data=data)
    assert unchecked.returncode == 3 and "还没有做过数据质量检查" in unchecked.stderr
    checked = yibao("check", data=data)
    assert checked.returncode == 3, checked.stdout + checked.stderr
    assert "未通过，不能发布" in checked.stdout
    assert "每月每口径每险种每科目一行（基金主题表，表 mart_fund）" in checked.stderr
    refused = yibao("publish", data=data)
    assert refused.returncode == 3 and "没有通过" in refused.stderr
    assert (data / "published" / "CURRENT").read_text(encoding="utf-8") == before


def test_a_run_speaks_with_one_voice(demo_data: Path) -> None:
    """What the libraries remark in English is not for the bureau's screen."""
    told = demo_data.with_name(f"{demo_data.name}.out").read_text(encoding="utf-8")
    assert "用时" in told
    assert not [
        line for line in told.splitlines() if not re.search(r"[\u4e00-\u9fff]", line) and line.strip()
    ]
