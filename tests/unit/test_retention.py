"""Pruning takes what is old and nothing that is in force, that one may go back to, or that was sent out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.small_warehouse import CONTENTS, NOW, checked_warehouse, no_page, passed_warehouse
from yibao import cli, durable, publishing, retention
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.retention import Rules, make_plan, prune


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """Five generations, of five days."""
    paths = passed_warehouse(tmp_path / "data")
    warehouse = checked_warehouse(paths)
    for day in range(5):
        publishing.publish(paths, warehouse, CONTENTS, NOW + timedelta(days=day), no_page)
    # the tests make their own checks
    durable.remove_folder(paths.quality)
    return paths


def run_ids(paths: DataPaths) -> list[str]:
    return [generation.run_id for generation in publishing.list_generations(paths)]


def gone(paths: DataPaths, generations: int = 1) -> set[str]:
    """The generations that pruning removes; they are removed."""
    before = run_ids(paths)
    plan = make_plan(paths, Rules(generations, 24), NOW)
    assert prune(paths, plan) == ()
    assert {item.path.name for item in plan.generations} == set(before) - set(run_ids(paths))
    return set(before) - set(run_ids(paths))


def test_the_newest_stay(paths: DataPaths) -> None:
    first, second, *rest = run_ids(paths)
    assert gone(paths, 3) == {first, second}
    assert run_ids(paths) == rest
    assert [path.name for path in paths.published.iterdir() if path.name.startswith(".")] == []


def test_the_one_to_go_back_to_stays(paths: DataPaths) -> None:
    first, second, third, fourth, fifth = run_ids(paths)
    assert gone(paths) == {first, second, third}
    assert publishing.rollback(paths).run_id == fourth
    assert fifth in run_ids(paths)


def test_the_current_one_stays_however_old_with_its_predecessor(paths: DataPaths) -> None:
    first, second, third, fourth, fifth = run_ids(paths)
    publishing.rollback(paths, second)
    assert gone(paths) == {third, fourth}
    assert run_ids(paths) == [first, second, fifth]
    with publishing.open_current(paths) as opened:
        assert opened.generation.run_id == second


@pytest.mark.parametrize("place", ["name", "text"])
def test_what_was_issued_stays(paths: DataPaths, place: str) -> None:
    first, second, third, *_ = run_ids(paths)
    folder = paths.issued / "2026-09"
    folder.mkdir(parents=True)
    if place == "name":
        (folder / f"{first}.docx").write_bytes(b"\xff\xd8 not a text")
    else:
        (folder / "chain.jsonl").write_text(f'{{"run_id": "{first}"}}\n', encoding="utf-8")
    assert gone(paths) == {second, third}


def test_an_unreadable_record_of_what_was_issued_stops_pruning(paths: DataPaths) -> None:
    paths.issued.mkdir()
    (paths.issued / "chain.json").write_bytes(b"\xff\xfe")
    before = run_ids(paths)
    with pytest.raises(Problem, match="报送记录"):
        make_plan(paths, Rules(1, 24), NOW)
    assert run_ids(paths) == before


@pytest.mark.parametrize("content", [None, "20200101T000000Z-00000000", "garbage"])
def test_nothing_goes_while_it_is_not_known_what_is_current(paths: DataPaths, content: str | None) -> None:
    if content is None:
        paths.current.unlink()
    else:
        paths.current.write_text(content, encoding="utf-8")
    with pytest.raises(Problem):
        make_plan(paths, Rules(1, 24), NOW)


def names(items: tuple[retention.Item, ...]) -> set[str]:
    return {item.path.name for item in items}


def test_checks_and_logs_go_by_the_time_in_their_name(paths: DataPaths) -> None:
    # NOW is 2026-11-21; 24 months before is 2024-11-21
    checks = ["20241121T101459Z-aaaaaa", "20241121T101500Z-bbbbbb", "20261101T000000Z-cccccc"]
    logs = [
        "run-20200101T000000Z-00000000.json",
        "error-20241121T101459Z.log",
        "error-20241121T101500Z.log",
        "notes.txt",
        "last-run.json",
    ]
    paths.logs.mkdir(exist_ok=True)
    for name in checks:
        (paths.quality / name).mkdir(parents=True)
        (paths.quality / name / "run.json").write_text("{}", encoding="utf-8")
    for name in logs:
        (paths.logs / name).write_text("{}", encoding="utf-8")
    plan = make_plan(paths, Rules(12, 24), NOW)
    assert names(plan.checks) == {"20241121T101459Z-aaaaaa"}
    assert names(plan.logs) == {"run-20200101T000000Z-00000000.json", "error-20241121T101459Z.log"}
    assert [item.size for item in plan.checks] == [2]
    prune(paths, plan)
    assert {path.name for path in paths.quality.iterdir()} == set(checks[1:])
    assert {path.name for path in paths.logs.iterdir()} == set(logs[2:])


def test_the_newest_check_stays_however_old(paths: DataPaths) -> None:
    for name in ("20100101T000000Z-aaaaaa", "20110101T000000Z-bbbbbb"):
        (paths.quality / name).mkdir(parents=True)
    plan = make_plan(paths, Rules(12, 1), NOW)
    assert names(plan.checks) == {"20100101T000000Z-aaaaaa"}


@pytest.mark.parametrize(
    ("now", "months", "oldest"),
    [
        (datetime(2026, 1, 31, tzinfo=UTC), 1, "20251231T000000Z"),
        (datetime(2026, 3, 31, tzinfo=UTC), 1, "20260231T000000Z"),
        (datetime(2026, 12, 1, tzinfo=UTC), 12, "20251201T000000Z"),
        (datetime(2026, 1, 1, tzinfo=UTC), 25, "20231201T000000Z"),
    ],
)
def test_months_are_counted_by_the_calendar(now: datetime, months: int, oldest: str) -> None:
    assert retention._months_before(now, months) == oldest


def test_what_a_pruning_that_died_left_is_swept(paths: DataPaths) -> None:
    first, *_ = run_ids(paths)
    (paths.published / first).rename(paths.published / f".pruned-{first}")
    prune(paths, make_plan(paths, Rules(12, 24), NOW))
    assert [path.name for path in paths.published.iterdir() if path.name.startswith(".")] == []


def test_a_dry_run_tells_and_touches_nothing(paths: DataPaths) -> None:
    paths.lock.touch()
    before = sorted(paths.root.rglob("*"))
    first, second, third, fourth, fifth = run_ids(paths)
    arguments = ["prune", "--keep-generations", "1", "--data", str(paths.root)]
    told = CliRunner().invoke(cli.main, [*arguments, "--dry-run"])
    assert told.exit_code == 0, told.output
    assert "去掉 --dry-run 才会删除" in told.output
    assert all(run_id in told.output for run_id in (first, second, third, fourth, fifth))
    assert sorted(paths.root.rglob("*")) == before
    done = CliRunner().invoke(cli.main, arguments)
    assert (done.exit_code, "已腾出" in done.output) == (0, True)
    assert run_ids(paths) == [fourth, fifth]


def test_landed_files_never_go(paths: DataPaths) -> None:
    landed = paths.landed_files / "000001-0123456789ab" / "settlement-1.parquet"
    landed.parent.mkdir(parents=True)
    landed.write_bytes(b"x")
    gone(paths)
    assert landed.is_file()
