"""Suite files: read as written, and a mistake is told by file, id and what to do. Those of the project are whole."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.cluster.conftest import SHARE
from tests.unit.quality_kit import expectation, project_with, suite
from yibao.contract import load_contract
from yibao.problem import ExitCode, Problem
from yibao.project import find_project
from yibao.quality.great import failing_rows
from yibao.quality.suites import Condition, Severity, load_suites, suites_fingerprint

PRESENT = expectation(
    "visit.id.present", "type: expect_column_values_to_not_be_null\narguments: {column: visit_id}", "critical"
)
NEGATIVE = expectation("visit.cost.negative", "rows: select visit_id, cost from {table} where cost < 0")
LATE = expectation("visit.late", "where: begin_date > end_date\nshows: [begin_date, visit_id]")
FEW = expectation("visit.few", "where: cost < 0\nmostly: 0.98")


def test_a_suite_is_read_as_it_is_written(tmp_path: Path) -> None:
    (read,) = load_suites(project_with(tmp_path, visit=suite(PRESENT + NEGATIVE)))
    assert (read.name, read.table, read.layer, read.dataset, read.key) == (
        "visit",
        "visit",
        "fact",
        None,
        ("visit_id",),
    )
    first, second = read.expectations
    assert (first.id, first.severity, first.owner) == ("visit.id.present", Severity.CRITICAL, "待遇保障科")
    assert (first.kind, first.arguments, first.rows) == (
        "expect_column_values_to_not_be_null",
        {"column": "visit_id"},
        None,
    )
    assert second.kind is None
    assert failing_rows(read, second, "main") == "select visit_id, cost from main.visit where cost < 0"


def test_a_condition_is_read_as_it_is_written(tmp_path: Path) -> None:
    (read,) = load_suites(project_with(tmp_path, visit=suite(LATE + FEW)))
    late, few = read.expectations
    assert late.where == Condition("begin_date > end_date", ("begin_date", "visit_id"), None)
    assert few.where == Condition("cost < 0", (), 0.98)
    sql = "select visit_id, begin_date from main.visit where begin_date > end_date"
    assert failing_rows(read, late, "main") == sql, "the key first, and nothing twice"
    assert failing_rows(read, few, "main") is None


def test_the_word_contract_stands_for_the_contract(tmp_path: Path) -> None:
    text = suite(
        expectation(
            "settlement.valid_flag.known",
            "type: expect_column_values_to_be_in_set\narguments: {column: valid_flag, value_set: contract}",
        )
        + expectation(
            "settlement.columns",
            "type: expect_table_columns_to_match_set\narguments: {column_set: contract, exact_match: false}",
        ),
        name="settlement",
        table="stg_settlement",
    ).replace("layer: fact", "layer: landed\ndataset: settlement")
    (read,) = load_suites(project_with(tmp_path, settlement=text))
    codes, columns = (item.arguments for item in read.expectations)
    assert codes["value_set"] == ["1", "0"]
    assert columns["column_set"][0] == "setl_id" and "total_cost" in columns["column_set"]


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("suite: [", "visit.yml", "读不出来"),
        ("- a list", "visit.yml", "内容应是"),
        (suite(PRESENT).replace("zh: 就诊\n", ""), "visit.yml", "缺少 zh"),
        (suite(PRESENT).replace("suite: visit", "suite: other"), "visit.yml", "与文件名相同"),
        (suite(PRESENT).replace("layer: fact", "layer: attic"), "visit.yml", "layer 应是"),
        (suite(PRESENT).replace("key: [visit_id]", "key: [certno]"), "visit.yml", "不能用证件号码或姓名：certno"),
        (suite(PRESENT).replace("table: visit", "table: visit; drop"), "visit.yml", "table 应是"),
        (suite(PRESENT).replace("severity: critical", "severity: fatal"), "visit.id.present", "severity 应是"),
        (suite(PRESENT).replace("zh: 规则", "colour: red\n    zh: 规则"), "visit.id.present", "不认识的项 colour"),
        (suite(PRESENT).replace("to_not_be_null", "to_be_lovely"), "visit.id.present", "不认识的 type"),
        (suite(PRESENT + PRESENT), "visit.id.present", "编号重复"),
        (suite(NEGATIVE).replace("{table}", "visit"), "visit.cost.negative", "rows 里要有 {table}"),
        (suite(NEGATIVE).replace("cost < 0", "{cost} < 0"), "visit.cost.negative", "花括号"),
        (
            suite(NEGATIVE).replace("rows:", "type: expect_table_row_count_to_be_between\n    rows:"),
            "visit.cost.negative",
            "只能写一个",
        ),
        (suite(LATE).replace("where:", "rows: x\n    where:"), "visit.late", "只能写一个"),
        (suite(LATE).replace("> end_date", "> {schema}"), "visit.late", "不能写花括号"),
        (suite(LATE).replace("[begin_date, visit_id]", "[begin_date + 1]"), "visit.late", "shows 应是"),
        (suite(FEW).replace("0.98", "98"), "visit.few", "mostly 是 0 和 1 之间的小数"),
        (suite(NEGATIVE).replace("rows:", "mostly: 0.5\n    rows:"), "visit.cost.negative", "只和 where 一起写"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told(tmp_path: Path, text: str, where: str, why: str) -> None:
    with pytest.raises(Problem) as problem:
        load_suites(project_with(tmp_path, visit=text))
    assert why in problem.value.what
    assert "visit.yml" in problem.value.where and where in problem.value.where
    assert "manual.zh.md" in problem.value.todo
    assert problem.value.exit_code == ExitCode.WRONG_USE


def test_an_id_is_unique_over_all_files(tmp_path: Path) -> None:
    other = suite(PRESENT, name="visit_two")
    with pytest.raises(Problem, match="编号重复") as problem:
        load_suites(project_with(tmp_path, visit=suite(PRESENT), visit_two=other))
    assert "visit_two.yml" in problem.value.where


def test_no_suite_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="没有任何数据质量规则"):
        load_suites(project_with(tmp_path))


def test_a_changed_suite_has_another_fingerprint(tmp_path: Path) -> None:
    project = project_with(tmp_path, visit=suite(PRESENT))
    before = suites_fingerprint(project)
    path = tmp_path / "expectations" / "visit.yml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert suites_fingerprint(project) == before, "line ends do not count"
    path.write_text(suite(PRESENT + NEGATIVE), encoding="utf-8")
    assert suites_fingerprint(project) != before


def test_the_suites_of_the_project_are_whole() -> None:
    suites = {read.name: read for read in load_suites(find_project())}
    expectations = [item for read in suites.values() for item in read.expectations]
    assert len(expectations) >= 120
    datasets = load_contract(find_project().contract_file).datasets
    landed = {read.dataset for read in suites.values() if read.layer == "landed"}
    assert landed == set(datasets), "one suite for each dataset of the contract"
    for read in suites.values():
        assert read.table == (f"stg_{read.dataset}" if read.layer == "landed" else read.name)
        assert all(item.id.startswith(f"{read.name}.") for item in read.expectations)
    facts = {path.stem for path in (find_project().root / "models").rglob("fct_*.sql")}
    assert {read.name for read in suites.values() if read.layer == "fact"} == facts
    assert {item.severity for item in expectations} == set(Severity)


def test_an_export_that_came_again_whole_is_no_fault_of_the_one_before() -> None:
    """Each month 台账 comes with the rows of all months: the file of before is a duplicate from end to end."""
    (read,) = (read for read in load_suites(find_project()) if read.name == "file_conservation")
    rules = {rule.id.removeprefix("file_conservation."): rule for rule in read.expectations}
    files = (
        # batch, file, landed, accepted, quarantined, duplicate, superseded
        ("000001", "台账.xlsx", 109, 0, 0, 109, 0),
        ("000001", "上半年.csv", 285, 0, 0, 284, 1),
        ("000001", "全错.csv", 3, 0, 3, 0, 0),
        ("000002", "台账.xlsx~ef125f25", 120, 120, 0, 0, 0),
        ("000002", "上半年.csv~a99d4595", 285, 200, 0, 85, 0),
        ("000002", "旧的.csv", 7, 0, 0, 0, 7),
    )
    with duckdb.connect() as connection:
        connection.execute("create table stg_file (batch text, label text, dataset text)")
        connection.execute(
            "create table file_conservation (dataset text, file text, landed_rows int, accepted_rows int,"
            " quarantined_rows int, duplicate_rows int, superseded_rows int)"
        )
        for batch, file, *rows in files:
            connection.execute("insert into stg_file values (?, ?, 'visit')", [batch, file])
            connection.execute(
                "insert into file_conservation values ('visit', ?, ?, ?, ?, ?, ?)", [file, *rows]
            )

        def told(rule: str) -> set[str]:
            found = failing_rows(read, rules[rule], "main")
            return {file for _, file, *_ in connection.execute(found or "").fetchall()}

        assert told("file.used") == {"全错.csv", "旧的.csv"}
        assert told("duplicates.some") == {"上半年.csv~a99d4595"}


def test_the_share_that_spark_judges_has_every_kind_of_rule() -> None:
    suites = load_suites(find_project())
    shared = [suite for suite in suites if suite.name in SHARE]
    assert len(shared) == len(SHARE)
    all_kinds, shared_kinds = (
        {
            (rule.kind, rule.where is None, rule.where is not None and rule.where.mostly is None)
            for suite in some
            for rule in suite.expectations
        }
        for some in (suites, shared)
    )
    assert shared_kinds == all_kinds
