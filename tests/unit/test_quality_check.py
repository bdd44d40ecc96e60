"""A check says pass, fail or error, lists every failing row, keeps what it found, and stands before publishing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.unit.quality_kit import expectation, kept_run, keys, project_with, run, suite, warehouse
from tests.unit.small_warehouse import CONTENTS, NOW, no_page
from yibao import publishing
from yibao.problem import ExitCode, Problem
from yibao.quality import Status, Verdict, checked, require_passed
from yibao.warehouse import MEMORY_VARIABLE, engine_for

ALL = (
    expectation(
        "visit.id.present", "type: expect_column_values_to_not_be_null\narguments: {column: visit_id}"
    )
    + expectation("visit.id.unique", "type: expect_column_values_to_be_unique\narguments: {column: visit_id}")
    + expectation(
        "visit.row.unique",
        "type: expect_compound_columns_to_be_unique\narguments: {column_list: [visit_id, _row]}",
    )
    + expectation(
        "visit.day.unique",
        "type: expect_compound_columns_to_be_unique\narguments: {column_list: [visit_id, begin_date]}",
    )
    + expectation(
        "visit.cost.range",
        "type: expect_column_values_to_be_between\narguments: {column: cost, min_value: 0, max_value: 50}",
    )
    + expectation(
        "visit.begin.range",
        "type: expect_column_values_to_be_between\narguments: {column: begin_date, max_value: 2026-09-02}",
    )
    + expectation(
        "visit.type.known",
        'type: expect_column_values_to_be_in_set\narguments: {column: med_type, value_set: ["11", "21"]}',
    )
    + expectation(
        "visit.dates",
        "type: expect_column_pair_values_a_to_be_greater_than_b\n"
        "arguments: {column_A: end_date, column_B: begin_date, or_equal: true}",
    )
    + expectation(
        "visit.dates.strict",
        "type: expect_column_pair_values_a_to_be_greater_than_b\n"
        "arguments: {column_A: end_date, column_B: begin_date}",
    )
    + expectation(
        "visit.id.length",
        "type: expect_column_value_lengths_to_be_between\narguments: {column: visit_id, min_value: 3}",
    )
    + expectation("visit.rows", "type: expect_table_row_count_to_be_between\narguments: {min_value: 7}")
    + expectation("visit.negative", "where: cost < 0\nshows: [cost, certno]")
    # 3 of 6 rows; what is null is neither
    + expectation("visit.half", "where: cost > 25 or begin_date > end_date\nmostly: 0.5")
    + expectation("visit.most", "where: cost > 25 or begin_date > end_date\nmostly: 0.51")
    + expectation("visit.outpatient", "where: \"med_type <> '11' and visit_id like 'A%' -- ours\"")
    + expectation(
        "visit.joined",
        "rows: select v.visit_id, f.file from {table} as v inner join {schema}.stg_file as f using (_file_id)"
        " where v.cost > 50",
    )
    + expectation("visit.aliased", "rows: select count(*) as visits from {table} as v having count(*) < 6")
)


def test_every_type_counts_and_lists_the_same_rows(tmp_path: Path) -> None:
    paths = warehouse(tmp_path / "data")
    report, found = run(project_with(tmp_path / "project", visit=suite(ALL)), paths)
    counts = {identity: result.judged.unexpected_count for identity, result in found.items()}
    assert counts == {
        "visit.id.present": 1,
        "visit.id.unique": 2,
        "visit.row.unique": 0,
        "visit.day.unique": 2,
        "visit.cost.range": 2,
        "visit.begin.range": 1,
        "visit.type.known": 1,
        "visit.dates": 1,
        "visit.dates.strict": 2,
        "visit.id.length": 5,
        "visit.rows": None,
        "visit.negative": 1,
        "visit.half": 3,
        "visit.most": 3,
        "visit.outpatient": 2,
        "visit.joined": 1,
        "visit.aliased": 0,
    }
    assert {identity for identity, result in found.items() if result.judged.status is Status.PASS} == {
        "visit.row.unique",
        "visit.half",
        "visit.aliased",
    }
    assert found["visit.most"].judged.element_count == 6, "a share of what"
    assert found["visit.outpatient"].judged.element_count is None, "nobody said how many have the type at all"
    assert not report.errors and report.verdict is Verdict.PASSED
    assert found["visit.rows"].judged.observed == "6"
    listed = keys(paths, report)
    assert {identity: len(rows) for identity, rows in listed.items()} == {
        identity: count
        for identity, count in counts.items()
        if count and identity not in {"visit.half", "visit.most"}
    }, "a share judges the table as a whole"
    assert listed["visit.id.unique"] == [("visit_id=A2", None)] * 2
    assert listed["visit.id.present"] == [("visit_id=空", None)]
    assert listed["visit.dates"] == [("visit_id=A6", "end_date=2026-09-03, begin_date=2026-09-05")]
    assert listed["visit.negative"] == [("visit_id=A5", "cost=-5.0000")], "never a certificate"


def test_a_landed_row_is_named_by_its_file_and_row(tmp_path: Path) -> None:
    text = suite(
        expectation(
            "visit.cost.range",
            "type: expect_column_values_to_be_between\narguments: {column: cost, min_value: 0}",
        )
    ).replace("key: [visit_id]", "key: [visit_id, _file_id, _row]")
    paths = warehouse(tmp_path / "data")
    report, _ = run(project_with(tmp_path / "project", visit=text), paths)
    assert keys(paths, report) == {"visit.cost.range": [("visit_id=A5, 文件=九月.csv, 行=5", "cost=-5.0000")]}


def test_every_failing_key_is_kept_however_many(tmp_path: Path) -> None:
    many = "create or replace table visit as select 'V' || range as visit_id, -1 as cost from range(250000);"
    text = suite(
        expectation("visit.cost.range", "type: expect_column_values_to_be_between\narguments: {column: cost, min_value: 0}")
        + expectation("visit.cost.rows", "rows: select visit_id from {table} where cost < 0")
    )  # fmt: skip
    paths = warehouse(tmp_path / "data", many)
    report, found = run(project_with(tmp_path / "project", visit=text), paths)
    assert {result.judged.unexpected_count for result in found.values()} == {250_000}
    file = paths.quality / report.check_id / "failing_key.parquet"
    rows = duckdb.sql(
        f"select expectation_id, count(*), count(distinct key) from read_parquet('{file}') group by all order by all"
    ).fetchall()
    assert rows == [("visit.cost.range", 250_000, 250_000), ("visit.cost.rows", 250_000, 250_000)]


def test_what_cannot_be_evaluated_is_an_error_and_the_rest_is_judged(tmp_path: Path) -> None:
    visit = suite(
        expectation(
            "visit.gone.present", "type: expect_column_values_to_not_be_null\narguments: {column: gone}"
        )
        + expectation("visit.broken", "rows: select visit_id from {table} where nonsense(cost)")
        + expectation("visit.negative", "rows: select visit_id from {table} where cost < 0")
        + expectation("visit.some", "type: expect_table_row_count_to_be_between\narguments: {min_value: 1}")
    )
    lost = suite(
        expectation("lost.some", "type: expect_table_row_count_to_be_between\narguments: {min_value: 1}"),
        name="lost",
        table="lost",
    )
    paths = warehouse(tmp_path / "data")
    report, found = run(project_with(tmp_path / "project", visit=visit, lost=lost), paths)
    assert {identity: result.judged.status.value for identity, result in found.items()} == {
        "lost.some": "error",
        "visit.gone.present": "error",
        "visit.broken": "error",
        "visit.negative": "fail",
        "visit.some": "pass",
    }
    assert report.verdict is Verdict.ERROR
    assert kept_run(paths, report)["errors"] == 3
    with pytest.raises(Problem, match="3 项数据质量检查没有检查成") as problem:
        require_passed(report)
    assert problem.value.exit_code == ExitCode.NOT_PUBLISHED
    assert any("nonsense" in line for line in problem.value.details)


def test_the_check_takes_no_more_memory_than_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "512MiB")
    within = "rows: select visit_id from {table} where current_setting('memory_limit') <> '512.0 MiB'"
    project = project_with(tmp_path / "project", visit=suite(expectation("visit.memory", within)))
    _, results = run(project, warehouse(tmp_path / "data"))
    assert results["visit.memory"].judged.status is Status.PASS


def test_a_list_that_contradicts_the_count_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what great-expectations counts is one thing, what we list another: nobody must see two numbers
    monkeypatch.setattr("yibao.quality.failing.failing_rows", lambda *_: "select 1 as visit_id")
    paths = warehouse(tmp_path / "data")
    text = suite(
        expectation(
            "visit.id.unique", "type: expect_column_values_to_be_unique\narguments: {column: visit_id}"
        )
    )
    report, found = run(project_with(tmp_path / "project", visit=text), paths)
    assert found["visit.id.unique"].judged.status is Status.ERROR
    assert "数出 2 行不符，列出的却是 1 行" in found["visit.id.unique"].message_zh
    assert report.verdict is Verdict.ERROR


def test_arguments_that_a_type_does_not_take_are_told_before_anything_runs(tmp_path: Path) -> None:
    paths = warehouse(tmp_path / "data")
    text = suite(
        expectation("visit.cost.range", "type: expect_column_values_to_be_between\narguments: {column: cost, least: 0}")
    )  # fmt: skip
    with pytest.raises(Problem, match="参数不对") as problem:
        run(project_with(tmp_path / "project", visit=text), paths)
    assert "visit.yml" in problem.value.where and "visit.cost.range" in problem.value.where
    assert not paths.quality.exists()


@pytest.mark.parametrize(
    ("severity", "verdict"), [("critical", Verdict.FAILED), ("warning", Verdict.PASSED), ("info", Verdict.PASSED)]
)  # fmt: skip
def test_only_what_is_critical_stops_publication(tmp_path: Path, severity: str, verdict: Verdict) -> None:
    paths = warehouse(tmp_path / "data")
    rule = expectation("visit.negative", "rows: select visit_id from {table} where cost < 0", severity)
    project = project_with(tmp_path / "project", visit=suite(rule))
    report, _ = run(project, paths)
    assert report.verdict is verdict
    engine = engine_for("duckdb", paths)
    if verdict is Verdict.PASSED:
        require_passed(report)
        assert checked(project, engine).check_id == report.check_id
        return
    with pytest.raises(Problem, match="1 项关键的数据质量检查未通过") as problem:
        require_passed(report)
    assert problem.value.exit_code == ExitCode.NOT_PUBLISHED
    assert problem.value.details == ("规则visit.negative（就诊，表 visit）：1 行不符：请更正",)
    with pytest.raises(Problem, match="没有通过") as problem:
        checked(project, engine)
    assert problem.value.exit_code == ExitCode.NOT_PUBLISHED


def test_a_tolerated_failure_is_told_with_its_reason_until_it_expires(tmp_path: Path) -> None:
    paths = warehouse(tmp_path / "data")
    rules = "".join(
        expectation(f"visit.{severity}", "rows: select visit_id from {table} where cost < 0", severity)
        for severity in ("critical", "warning", "info")
    )
    project = project_with(tmp_path / "project", visit=suite(rules))
    head = (
        "expectation_id,indicator_code,region_code,from_period,until_period,reason_zh,reason_en,approved_by\n"
    )

    def write(until: str) -> None:
        seeds = project.root / "seeds"
        seeds.mkdir(exist_ok=True)
        lines = "".join(
            f"visit.{severity},,,2026-01,{until},旧系统补录,old system,待遇保障科\n"
            for severity in ("critical", "warning")
        )
        (seeds / "tolerance.csv").write_text(head + lines, encoding="utf-8")

    write("2026-12")
    report, found = run(project, paths)
    assert found["visit.warning"].tolerance_zh == "旧系统补录（至 2026-12）"
    assert "已容忍：旧系统补录" in found["visit.warning"].message_zh
    assert found["visit.critical"].tolerance_zh is None, "what is critical is never tolerated"
    assert found["visit.info"].tolerance_zh is None
    assert report.verdict is Verdict.FAILED and found["visit.warning"].judged.status is Status.FAIL
    write("2026-08")  # the newest period of the warehouse is 2026-09
    _, found = run(project, paths)
    assert found["visit.warning"].tolerance_zh is None


# --- before publishing ------------------------------------------------------------------------------------------------

SOME = expectation("visit.some", "type: expect_table_row_count_to_be_between\narguments: {min_value: 1}")


def test_what_was_not_checked_since_its_build_is_not_published(tmp_path: Path) -> None:
    paths = warehouse(tmp_path / "data")
    project, engine = project_with(tmp_path / "project", visit=suite(SOME)), engine_for("duckdb", paths)
    with pytest.raises(Problem, match="还没有做过数据质量检查") as problem:
        checked(project, engine)
    assert problem.value.exit_code == ExitCode.NOT_PUBLISHED
    run(project, paths)
    checked(project, engine)
    warehouse(tmp_path / "data", "create table more as select range from range(100000);")
    with pytest.raises(Problem, match="还没有做过数据质量检查"):
        checked(project, engine)


def test_a_changed_suite_must_be_checked_anew(tmp_path: Path) -> None:
    paths = warehouse(tmp_path / "data")
    project, engine = project_with(tmp_path / "project", visit=suite(SOME)), engine_for("duckdb", paths)
    run(project, paths)
    (project.root / "expectations" / "visit.yml").write_text(
        suite(SOME.replace("min_value: 1", "min_value: 2")), encoding="utf-8"
    )
    with pytest.raises(Problem, match="规则在上次检查之后有变化"):
        checked(project, engine)
    run(project, paths)
    checked(project, engine)


def test_the_last_check_counts_whatever_the_clock_says(tmp_path: Path) -> None:
    paths = warehouse(tmp_path / "data")
    rule = expectation("visit.negative", "rows: select visit_id from {table} where cost < 0", "warning")
    project, engine = project_with(tmp_path / "project", visit=suite(rule)), engine_for("duckdb", paths)
    first, _ = run(project, paths)
    checked(project, engine)
    file = project.root / "expectations" / "visit.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("warning", "critical"), encoding="utf-8")
    second, _ = run(project, paths, days=-1)
    assert second.check_id > first.check_id
    with pytest.raises(Problem, match="没有通过"):
        checked(project, engine)


def test_the_results_are_published_and_do_not_change_the_id(tmp_path: Path) -> None:
    paths = warehouse(tmp_path / "data")
    rules = SOME + expectation("visit.negative", "rows: select visit_id from {table} where cost < 0")
    project, engine = project_with(tmp_path / "project", visit=suite(rules)), engine_for("duckdb", paths)
    first, _ = run(project, paths)
    one = publishing.publish(paths, checked(project, engine), CONTENTS, NOW, no_page)
    second, _ = run(project, paths, days=1)
    two = publishing.publish(paths, checked(project, engine), CONTENTS, NOW, no_page)
    assert one.run_id.split("-")[1] == two.run_id.split("-")[1]
    assert two.manifest.tables["quality_run"].rows == 2, "the manifest names them"
    with publishing.open_current(paths) as opened:
        runs = opened.connection.execute(
            "select verdict, expectations, passed, failed_critical, failed_warning, failed_info, errors"
            " from quality_run"
        ).fetchall()
        assert runs == [("passed", 2, 1, 0, 1, 0, 0)] * 2
        results = opened.connection.execute(
            "select expectation_id, status, unexpected_count, count(*) from quality_result group by all order by all"
        ).fetchall()
        assert results == [("visit.negative", "fail", 1, 2), ("visit.some", "pass", None, 2)]
        failing = opened.connection.execute("select check_id, expectation_id, key from quality_failing_key")
        assert failing.fetchall() == [(second.check_id, "visit.negative", "visit_id=A5")], (
            "of this check only"
        )
    assert first.check_id != second.check_id


def test_a_check_that_died_leaves_nothing_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = warehouse(tmp_path / "data")
    project, engine = project_with(tmp_path / "project", visit=suite(SOME)), engine_for("duckdb", paths)
    with monkeypatch.context() as dying:
        dying.setattr("yibao.durable.remove_folder", lambda _: None)
        dying.setattr("yibao.quality.kept.os.rename", lambda *_: (_ for _ in ()).throw(OSError("died")))
        with pytest.raises(OSError, match="died"):
            run(project, paths)
    assert [path.name[:10] for path in paths.quality.iterdir()] == [".incoming-"]
    with pytest.raises(Problem, match="还没有做过数据质量检查"):
        checked(project, engine)
    (leftover,) = paths.quality.iterdir()
    (leftover / "result.parquet").chmod(0o444)
    monkeypatch.setattr("shutil.rmtree", _as_windows(shutil.rmtree))
    report, _ = run(project, paths)
    assert [path.name for path in paths.quality.iterdir()] == [report.check_id], "the next check sweeps it"


def _as_windows(remove: Callable[..., None]) -> Callable[..., None]:
    def remove_writable(folder: Path | str, **options: object) -> None:
        for path in Path(folder).rglob("*"):
            if not path.stat().st_mode & 0o200:
                raise PermissionError(13, "read-only", str(path))
        remove(folder, **options)

    return remove_writable


@pytest.mark.parametrize(
    "damage",
    ["", "[]", "null", {"seconds": None}, {"checked_at": None}, {"checked_at": "2026-11-21T10:15:00"}],
)
def test_a_check_whose_record_is_damaged_is_none(tmp_path: Path, damage: str | dict[str, Any]) -> None:
    paths = warehouse(tmp_path / "data")
    project, engine = project_with(tmp_path / "project", visit=suite(SOME)), engine_for("duckdb", paths)
    report, _ = run(project, paths)
    record = paths.quality / report.check_id / "run.json"
    whole = json.loads(record.read_text(encoding="utf-8"))
    record.chmod(0o644)
    text = damage if isinstance(damage, str) else json.dumps({**whole, **damage})
    record.write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match="还没有做过数据质量检查"):
        checked(project, engine)
    run(project, paths)
    checked(project, engine)


def test_a_damaged_record_is_told(tmp_path: Path) -> None:
    paths = warehouse(tmp_path / "data")
    project, engine = project_with(tmp_path / "project", visit=suite(SOME)), engine_for("duckdb", paths)
    report, _ = run(project, paths)
    file = paths.quality / report.check_id / "result.parquet"
    file.chmod(0o644)
    file.write_bytes(b"PAR1 broken")
    with pytest.raises(Problem, match="记录读不出来") as problem:
        publishing.publish(paths, checked(project, engine), CONTENTS, NOW, no_page)
    assert problem.value.exit_code == ExitCode.UNEXPECTED
    assert publishing.current(paths) is None


def test_the_draft_of_a_page_goes_with_the_next_check(tmp_path: Path) -> None:
    """A run that was killed while it wrote the page leaves the draft in a folder that no other check writes into."""
    paths = warehouse(tmp_path / "data")
    project = project_with(tmp_path / "project", visit=suite(SOME))
    report, _ = run(project, paths)
    left = paths.quality / report.check_id / ".quality.html.draft"
    left.write_text("<html>", encoding="utf-8")
    run(project, paths)
    assert not left.exists() and (left.parent / "run.json").is_file()


# --- great-expectations keeps to itself ---------------------------------------------------------------------------------


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    paths = warehouse(tmp_path / "医保 $HOME ${X} #1 a=b %41")
    _, found = run(project_with(tmp_path / "project", visit=suite(SOME)), paths)
    assert found["visit.some"].judged.status is Status.PASS


_REFUSING = """
import socket
from pathlib import Path

def refuse(*_, **__):
    raise SystemExit("a connection was tried")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from tests.unit.quality_kit import expectation, project_with, run, suite, warehouse

root = Path({root!r})
some = expectation("visit.some", "type: expect_table_row_count_to_be_between\\narguments: {{min_value: 1}}")
report, _ = run(project_with(root / "project", visit=suite(some)), warehouse(root / "data"))
print(report.verdict.value)
"""


def test_nothing_is_sent_and_nothing_is_written_elsewhere(tmp_path: Path) -> None:
    script = _REFUSING.format(root=str(tmp_path))
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home)}
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, cwd=home, check=False
    )
    assert (done.stdout, done.returncode) == ("passed\n", 0), done.stderr
    assert "%|" not in done.stderr, "no progress bars"
    assert not [path for path in home.rglob("*") if path.is_file()]


def test_other_commands_do_not_pay_for_it() -> None:
    code = "import sys, yibao.cli; print({'great_expectations', 'sqlalchemy', 'pandas'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
