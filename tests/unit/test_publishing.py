"""A generation is published whole or not at all, never changes, and CURRENT always names a whole one."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.unit.small_warehouse import (
    CONTENTS,
    FINGERPRINT,
    NOW,
    PUBLISHED,
    checked_warehouse,
    fill,
    no_page,
    passed_warehouse,
)
from yibao import durable, publishing
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.project import find_project
from yibao.publishing import Generation
from yibao.publishing import generation as generation_file
from yibao.quality import checked
from yibao.quality.kept import TABLES as QUALITY_TABLES
from yibao.warehouse import BuildResult, Finding, Outcome, engine_for


def publish(paths: DataPaths, days: int = 0) -> Generation:
    return publishing.publish(
        paths, checked_warehouse(paths, days), CONTENTS, NOW + timedelta(days=days), no_page
    )


def test_a_generation_holds_the_published_tables_only(tmp_path: Path) -> None:
    paths = passed_warehouse(tmp_path)
    generation = publish(paths)
    assert re.fullmatch(r"20261121T101500Z-[0-9a-f]{8}", generation.run_id)
    assert sorted(path.name for path in generation.folder.iterdir()) == [
        "manifest.json",
        "marts.duckdb",
        "quality.html",
    ]
    with publishing.open_current(paths) as opened:
        names = opened.connection.execute(
            "select table_name from information_schema.tables where table_schema = 'main' order by all"
        ).fetchall()
        assert [name for (name,) in names] == sorted([*PUBLISHED, *QUALITY_TABLES])
        assert opened.connection.execute("select max(period) from main.dim_period").fetchall() == [
            ("2026-09",)
        ]
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            opened.connection.execute("create table t as select 1")
        assert opened.generation == generation


def test_the_manifest_tells_where_the_figures_come_from(tmp_path: Path) -> None:
    generation = publish(passed_warehouse(tmp_path))
    manifest = json.loads((generation.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["run_id"] == generation.folder.name
    assert (manifest["period"], manifest["counties"], manifest["created_at"], manifest["previous"]) == (
        "2026-09",
        ["990101"],
        "2026-11-21T10:15:00Z",
        None,
    )
    assert manifest["code_fingerprint"] == FINGERPRINT
    assert manifest["inputs"][0] == {
        "file": "九月/结算.xlsx",
        "sheet": "Sheet1",
        "dataset": "settlement",
        "rows": 10,
        "sha256": "a" * 64,
        "batch": "000001",
    }
    assert manifest["refused"][0]["message_zh"] == "没有找到表头"
    assert manifest["tables"]["indicator_value"]["rows"] == 8
    assert manifest["duckdb_version"] == duckdb.__version__
    assert len(manifest["database_sha256"]) == 64


def test_a_manifest_of_a_later_version_is_read_and_a_broken_one_is_not(tmp_path: Path) -> None:
    generation = publish(passed_warehouse(tmp_path))
    text = (generation.folder / "manifest.json").read_text(encoding="utf-8")
    later = {**json.loads(text), "colour": "red", "manifest_version": 2}
    assert generation_file.from_json(json.dumps(later)).tables == generation.manifest.tables
    assert generation_file.from_json(text) == generation.manifest
    for broken in ("[]", "{", json.dumps({"run_id": "x"})):
        with pytest.raises(ValueError):
            generation_file.from_json(broken)


def test_files_are_read_only(tmp_path: Path) -> None:
    for path in publish(passed_warehouse(tmp_path)).folder.iterdir():
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_equal_contents_have_equal_ids_and_others_do_not(tmp_path: Path) -> None:
    first = publish(passed_warehouse(tmp_path))
    second = publish(passed_warehouse(tmp_path))
    later = publish(passed_warehouse(tmp_path), days=1)
    fill(DataPaths(tmp_path), "update indicator_value set value = value + 1 where region_code = '990101001';")
    other = publish(_approved(tmp_path), days=2)
    assert second.run_id == first.run_id.replace("T101500Z", "T101501Z")  # never the same folder twice
    assert later.run_id.split("-")[1] == first.run_id.split("-")[1]
    assert other.run_id.split("-")[1] != first.run_id.split("-")[1]


def test_current_names_the_newest_and_the_older_stay(tmp_path: Path) -> None:
    paths = passed_warehouse(tmp_path)
    assert publishing.current(paths) is None
    first = publish(paths)
    second = publish(paths, days=1)
    assert publishing.current(paths) == second
    assert publishing.list_generations(paths) == (first, second)
    assert second.manifest.previous == first.run_id
    assert (paths.published / "CURRENT").read_text(encoding="utf-8") == f"{second.run_id}\n"


def test_an_open_generation_is_not_disturbed_by_the_next(tmp_path: Path) -> None:
    paths = passed_warehouse(tmp_path)
    publish(paths)
    with publishing.open_current(paths) as old:
        fill(paths, "delete from indicator_value;")
        publish(_approved(tmp_path), days=1)
        assert old.connection.execute("select count(*) from indicator_value").fetchall() == [(8,)]
        with publishing.open_current(paths) as new:
            assert new.connection.execute("select count(*) from indicator_value").fetchall() == [(0,)]


def test_rollback_goes_to_the_one_before_or_to_a_named_one(tmp_path: Path) -> None:
    paths = passed_warehouse(tmp_path)
    first, second, third = publish(paths), publish(paths, days=1), publish(paths, days=2)
    assert publishing.rollback(paths) == second
    assert publishing.rollback(paths) == first
    with pytest.raises(Problem, match="之前没有别的版本") as none_before:
        publishing.rollback(paths)
    assert none_before.value.exit_code == ExitCode.WRONG_USE
    assert publishing.rollback(paths, third.run_id) == publishing.current(paths) == third


@pytest.mark.parametrize("run_id", ["20260101T000000Z-00000000", "../../etc", ""])
def test_rollback_to_an_unknown_run_is_refused(tmp_path: Path, run_id: str) -> None:
    paths = passed_warehouse(tmp_path)
    generation = publish(paths)
    with pytest.raises(Problem, match="没有这一版") as problem:
        publishing.rollback(paths, run_id)
    assert generation.run_id in problem.value.todo
    assert publishing.current(paths) == generation


def test_rollback_refuses_a_generation_whose_bytes_changed(tmp_path: Path) -> None:
    paths = passed_warehouse(tmp_path)
    first, second = publish(paths), publish(paths, days=1)
    first.database.chmod(0o644)
    with first.database.open("ab") as file:
        file.write(b"x")
    with pytest.raises(Problem) as problem:
        publishing.rollback(paths, first.run_id)
    assert problem.value.exit_code == ExitCode.UNEXPECTED
    assert publishing.current(paths) == second


def test_a_current_that_names_nothing_is_told(tmp_path: Path) -> None:
    paths = passed_warehouse(tmp_path)
    with pytest.raises(Problem, match="还没有发布过"):
        publishing.open_current(paths)
    publish(paths)
    paths.current.write_text("20260101T000000Z-00000000\n", encoding="utf-8")
    with pytest.raises(Problem, match="CURRENT 坏了") as problem:
        publishing.open_current(paths)
    assert problem.value.exit_code == ExitCode.UNEXPECTED


def test_a_missing_table_publishes_nothing_and_leaves_nothing_aside(tmp_path: Path) -> None:
    paths = passed_warehouse(tmp_path)
    first = publish(paths)
    fill(paths, "drop table indicator_trend;")
    with pytest.raises(Problem, match="indicator_trend"):
        publish(_approved(tmp_path), days=1)
    assert publishing.current(paths) == first
    assert sorted(path.name for path in paths.published.iterdir()) == sorted(["CURRENT", first.run_id])


# --- the gate -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.BROKEN])
def test_a_build_that_did_not_pass_is_not_published(tmp_path: Path, outcome: Outcome) -> None:
    finding = Finding("t", "题", "", "m", 3, None)
    paths = passed_warehouse(tmp_path, BuildResult(outcome, failed=(finding,)))
    with pytest.raises(Problem) as problem:
        checked(find_project(), engine_for("duckdb", paths))
    assert problem.value.exit_code == ExitCode.NOT_PUBLISHED


def test_a_build_that_died_is_not_published(tmp_path: Path) -> None:
    paths = passed_warehouse(tmp_path)
    state = json.loads((tmp_path / "build.json").read_text(encoding="utf-8"))
    (tmp_path / "build.json").write_text(json.dumps({**state, "state": "building"}), encoding="utf-8")
    with pytest.raises(Problem, match="中途停止"):
        checked(find_project(), engine_for("duckdb", paths))


def test_a_warehouse_changed_after_its_checks_is_not_published(tmp_path: Path) -> None:
    paths = passed_warehouse(tmp_path)
    with duckdb.connect(str(paths.warehouse)) as connection:
        connection.execute("create table added as select range as n from range(100000)")
    with pytest.raises(Problem, match="改动过") as problem:
        checked(find_project(), engine_for("duckdb", paths))
    assert problem.value.exit_code == ExitCode.NOT_PUBLISHED


def test_nothing_built_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(Problem) as problem:
        checked(find_project(), engine_for("duckdb", DataPaths(tmp_path)))
    assert problem.value.exit_code == ExitCode.WRONG_USE


# --- a process that dies ------------------------------------------------------------------------------------------

_DIE = """
import os, sys
from datetime import timedelta
from pathlib import Path
from tests.unit.small_warehouse import CONTENTS, NOW, no_page
from yibao import publishing
from yibao.paths import DataPaths
from yibao.project import find_project
from yibao.publishing import writer
from yibao.quality import checked
from yibao.warehouse import engine_for

setattr(writer if "." not in {step!r} else writer.durable, {step!r}.split(".")[-1], lambda *_: os._exit(9))
paths = DataPaths(Path({root!r}))
publishing.publish(
    paths, checked(find_project(), engine_for("duckdb", paths)), CONTENTS, NOW + timedelta(days=1), no_page
)
"""


@pytest.mark.parametrize(
    ("step", "folders"),
    [("_copy", 1), ("durable.sync_file", 1), ("durable.write_text", 1), ("set_current", 2)],
)
def test_a_process_that_dies_leaves_the_old_generation(tmp_path: Path, step: str, folders: int) -> None:
    paths = passed_warehouse(tmp_path)
    first = publish(paths)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    died = subprocess.run(
        [sys.executable, "-c", _DIE.format(step=step, root=str(tmp_path))], env=environment, check=False
    )
    assert died.returncode == 9
    assert publishing.current(paths) == first
    assert len(publishing.list_generations(paths)) == folders
    with publishing.open_current(paths) as opened:
        assert opened.connection.execute("select count(*) from indicator_value").fetchall() == [(8,)]
    publish(paths, days=2)
    assert not list(paths.published.glob(".*")), "the next publishing sweeps what was left aside"


def test_a_failed_replacement_leaves_the_old_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "CURRENT"
    durable.write_text(target, "old")

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(durable.os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        durable.write_text(target, "new")
    assert target.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["CURRENT"]


def test_a_folder_that_could_not_be_filled_leaves_the_old_one(tmp_path: Path) -> None:
    for name in ("old", "new"):
        with durable.new_folder(tmp_path / "out") as aside:
            (aside / name).write_text("x", encoding="utf-8")
    with pytest.raises(OSError, match="full"), durable.new_folder(tmp_path / "out") as aside:
        (aside / "half").write_text("x", encoding="utf-8")
        raise OSError("full")
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == [
        "out",
        "out/new",
    ]


def test_drafts_that_a_killed_process_left_go_with_the_next_folder(tmp_path: Path) -> None:
    """Whatever folder they were to become; not what another process may be filling now."""
    for name in ("dead", "alive"):
        with durable.new_folder(tmp_path / name) as aside:
            (aside / "a.docx").write_text("x", encoding="utf-8")
            shutil.copytree(aside, tmp_path / f".yibao-draft-{name}")
    day_before = time.time() - 90_000
    os.utime(tmp_path / ".yibao-draft-dead", (day_before, day_before))
    with durable.new_folder(tmp_path / "out"):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"dead", "alive", "out", ".yibao-draft-alive"}


def _approved(root: Path) -> DataPaths:
    """Marks the warehouse as it is now as passed."""
    paths = DataPaths(root)
    state = json.loads((root / "build.json").read_text(encoding="utf-8"))
    mark = engine_for("duckdb", paths).mark()
    (root / "build.json").write_text(json.dumps({**state, "mark": mark}), encoding="utf-8")
    return paths
