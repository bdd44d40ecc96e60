"""Which files are taken, skipped and refused; ledger, batches, lineage (semantics 1)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.landing_kit import CONTRACT, NOW, REGION, ROSTER, Desk, roster_row
from yibao.landing import LandingError, Progress, land, read_ledger
from yibao.paths import DataPaths


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_file_is_landed_with_its_lineage(desk: Desk) -> None:
    desk.put("甲/区划.csv", REGION + "990101,虚构县\n990101001,虚构镇\n")
    summary = desk.land()
    assert summary.rows == {"region": 2}
    assert summary.batch == "000001"
    first, second = desk.rows("region")
    sha = summary.taken[0].entries[0].sha256
    assert first == {
        "region_code": "990101",
        "region_name": "虚构县",
        "_fault": None,
        "_file": "甲/区划.csv",
        "_sheet": None,
        "_row": 2,
        "_batch": "000001",
        "_landed_at": "2026-11-21T10:15:00.123456Z",
        "_file_id": f"000001-{sha[:12]}",
    }
    assert second["_row"] == 3


def test_the_ledger_tells_what_was_landed(desk: Desk) -> None:
    content = "导出表\n\n" + ROSTER.strip() + ",备注\n" + roster_row(1).strip() + ",x\n\n"
    path = desk.put("r.csv", content, "gb18030")
    desk.land()
    (entry,) = read_ledger(desk.paths)
    assert (entry.dataset, entry.rows, entry.encoding, entry.header_row) == (
        "priority_roster",
        1,
        "gb18030",
        3,
    )
    assert (entry.size, entry.blank_rows, entry.extra_columns) == (path.stat().st_size, 1, "备注")
    assert entry.months is None
    modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    assert entry.modified_on == modified.date().isoformat()


def test_months_come_from_the_main_date(desk: Desk) -> None:
    head = "凭证号,记账日期,险种类型,收支方向,科目,金额\n"
    dates = ["2026-01-31", "2026/2/1", "20260301", "2026年4月1日", "46143", "2026-06-01 08:00:00", "昨天", ""]
    desk.put("l.csv", head + "".join(f"V{i},{text},390,收入,x,1\n" for i, text in enumerate(dates)))
    # 46143 is 2026-05-01 counted from 1899-12-30
    assert desk.land().months == ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06")


def test_the_date_of_a_file_is_that_of_the_callers_zone(desk: Desk) -> None:
    import os

    path = desk.put("a.csv", REGION + "990101,虚构县\n")
    moment = datetime(2026, 9, 30, 20, 0, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    desk.land(now=NOW.astimezone(timezone(timedelta(hours=8))))
    assert read_ledger(desk.paths)[0].modified_on == "2026-10-01"


def test_the_same_content_is_not_landed_twice(desk: Desk) -> None:
    desk.put("a.csv", REGION + "990101,虚构县\n")
    desk.land()
    desk.put("b.csv", REGION + "990101,虚构县\n")
    summary = desk.land()
    assert not summary.taken and summary.batch is None
    assert [(file.file, file.reason_code) for file in summary.skipped] == [
        ("a.csv", "already_landed"),
        ("b.csv", "already_landed"),
    ]
    assert "第 1 批" in summary.skipped[1].message_zh
    assert len(desk.rows("region")) == 1


def test_the_same_content_twice_in_one_inbox_is_landed_once(desk: Desk) -> None:
    desk.put("b.csv", REGION + "990101,虚构县\n")
    desk.put("a.csv", REGION + "990101,虚构县\n")
    summary = desk.land()
    assert [file.file for file in summary.taken] == ["a.csv"]
    assert [(file.file, file.reason_code) for file in summary.skipped] == [("b.csv", "same_content")]


def test_twins_of_a_refused_file_are_refused_alike(desk: Desk) -> None:
    desk.put("b.csv", "x,y\n")
    desk.put("a.csv", "x,y\n")
    summary = desk.land()
    assert [(file.file, file.reason_code) for file in summary.refused] == [
        ("a.csv", "unknown_dataset"),
        ("b.csv", "unknown_dataset"),
    ]


def test_a_corrected_file_under_the_same_name_gets_a_name_of_its_own(desk: Desk) -> None:
    desk.put("a.csv", REGION + "990101,虚构县\n")
    desk.land()
    desk.put("a.csv", REGION + "990101,虚构市\n")
    summary = desk.land()
    sha = summary.taken[0].entries[0].sha256
    assert summary.taken[0].file == f"a.csv~{sha[:8]}"
    assert {row["_file"] for row in desk.rows("region")} == {"a.csv", f"a.csv~{sha[:8]}"}
    assert not summary.notices and not desk.land().notices


def test_a_file_put_back_as_it_was_before_its_correction_is_told(desk: Desk) -> None:
    """It is known and not landed again, so the correction that it should undo would go on to count, unsaid."""
    desk.put("a.csv", REGION + "990101,虚构县\n")
    desk.land()
    desk.put("a.csv", REGION + "990101,虚构市\n")
    corrected = desk.land().taken[0].file
    desk.put("a.csv", REGION + "990101,虚构县\n")
    summary = desk.land()
    assert [(file.file, file.reason_code) for file in summary.skipped] == [("a.csv", "already_landed")]
    (notice,) = summary.notices
    assert f"第 2 批导入过同名的另一份“{corrected}”" in notice and "在表头上方加一行标题" in notice
    desk.put("a.csv", "更正\n" + REGION + "990101,虚构县\n")
    assert desk.land().taken and not desk.land().notices


def test_batches_count_only_runs_that_took_something(desk: Desk) -> None:
    desk.put("a.csv", REGION + "990101,虚构县\n")
    desk.land()
    desk.land()
    desk.put("b.csv", REGION + "990102,虚构市\n")
    assert desk.land().batch == "000002"


def test_landing_time_grows_even_when_the_clock_is_set_back(desk: Desk) -> None:
    desk.put("a.csv", REGION + "990101,虚构县\n")
    desk.land()
    desk.put("b.csv", REGION + "990102,虚构市\n")
    summary = desk.land(now=NOW - timedelta(days=1))
    assert summary.landed_at == "2026-11-21T10:15:00.123457Z"


def test_every_glob_matches_before_anything_is_landed(desk: Desk) -> None:
    desk.land()
    for name, dataset in CONTRACT.datasets.items():
        glob = desk.paths.landed_files / "*" / f"{name}-*.parquet"
        relation = duckdb.sql(f"select * from read_parquet('{glob.as_posix()}', union_by_name = true)")
        assert relation.fetchall() == []
        assert [field.name for field in dataset.fields] == [
            column for column in relation.columns if column in {field.name for field in dataset.fields}
        ]
    assert (
        duckdb.sql(f"select * from '{(desk.paths.contract_files / 'ledger.parquet').as_posix()}'").fetchall()
        == []
    )
    assert read_ledger(desk.paths) == []


def test_a_landed_file_has_the_columns_of_the_contract_file(desk: Desk) -> None:
    desk.put("a.csv", ROSTER + roster_row(1))
    desk.land()
    schema = pq.read_schema(desk.paths.contract_files / "priority_roster-schema.parquet")
    assert desk.table("priority_roster").schema.names == schema.names
    assert desk.table("priority_roster").schema.types == schema.types


def test_refusals_are_those_of_the_last_run(desk: Desk) -> None:
    path = desk.put("a.pdf", b"%PDF")
    desk.land()
    (told,) = json.loads(desk.paths.refusals.read_text(encoding="utf-8"))
    assert (told["file"], told["reason_code"]) == ("a.pdf", "unknown_file_type")
    assert set(told) == {"file", "sha256", "reason_code", "message_zh", "seen_at"}
    path.unlink()
    desk.land()
    assert json.loads(desk.paths.refusals.read_text(encoding="utf-8")) == []


def test_lock_files_and_hidden_files_are_no_files(desk: Desk) -> None:
    for name in ("~$a.xlsx", ".a.csv", "a.tmp", "Thumbs.db", ".git/a.csv"):
        desk.put(name, b"x")
    summary = desk.land()
    assert not summary.taken and not summary.refused and not summary.skipped


def test_progress_ends_with_every_byte(desk: Desk) -> None:
    desk.put("a.csv", REGION + "990101,虚构县\n")
    desk.put("b.csv", REGION + "990102,虚构市\n")
    seen: list[Progress] = []
    desk.land(progress=seen.append)
    assert [report.file for report in seen if report.done == report.size] == ["a.csv", "b.csv"]
    assert seen[-1].all_done == seen[-1].all_size == sum(path.stat().st_size for path in desk.inbox.iterdir())


def test_processes_give_what_one_gives(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        desk.put(f"{number}.csv", REGION + f"99010{number},虚构县{number}\n")
    desk.put("bad.csv", "什么,都不是\n甲,乙\n")
    alone = desk.land()
    monkeypatch.setattr("yibao.landing.run.WORTH_A_PROCESS", 0)
    other = DataPaths(tmp_path / "other")
    seen: list[Progress] = []
    several = land(desk.inbox, other, CONTRACT, NOW, desk.key, seen.append, workers=2)
    assert several == alone
    assert sum(report.done == report.size for report in seen) == 6
    for taken in alone.taken:
        name = f"{taken.file_id}/region-0.parquet"
        assert (other.landed_files / name).read_bytes() == (desk.paths.landed_files / name).read_bytes()


def test_an_inbox_that_is_not_there_is_wrong_use(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(LandingError) as caught:
        land(tmp_path / "no", desk.paths, CONTRACT, NOW, desk.key)
    assert "不存在" in caught.value.what
    assert caught.value.where.endswith("no")
    assert not desk.paths.root.exists()


def test_a_second_run_at_the_same_time_is_turned_away(desk: Desk) -> None:
    from filelock import FileLock

    desk.put("a.csv", REGION + "990101,虚构县\n")
    desk.paths.landing.mkdir(parents=True)
    with FileLock(desk.paths.landing_lock), pytest.raises(LandingError, match="另一个导入正在进行"):
        desk.land()
    assert desk.land().taken
