"""The 退回清单: every fault in the right workbook and sheet, nothing that a spreadsheet could run, the same bytes again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from tests.landing_kit import CONTRACT, NOW, REGION, Desk
from tests.unit.file_limit import file_limit
from yibao import cli
from yibao.intake import corrected_files
from yibao.landing import LandingError, read_ledger
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.publishing import (
    CorrectedFile,
    Generation,
    InputSheet,
    Manifest,
    OpenGeneration,
    Provenance,
    RefusedFile,
)
from yibao.publishing.generation import from_json, to_json
from yibao.publishing.store import sha256_of
from yibao.returns import read_listing, write_returns

RUN_ID = "20261121T101500Z-0123abcd"
TABLES = """
create table rule as select * from (values
    ('required_missing', '必填项没有值', '补齐后重新导出'),
    ('unknown_code', '代码不在代码表中', '核对代码')
) as t(rule_code, message_zh, advice_zh);
create table file_conservation as select * from (values
    ('settlement', '九月.xlsx#结算', 10), ('settlement', '县医院/结算.csv', 20), ('settlement', '更正.csv', 2),
    ('region', '区划.csv', 30)
) as t(dataset, file, landed_rows);
create table quarantine as select * from (values
    -- one row with two faults is one row
    ('settlement', '九月.xlsx#结算', 3, 'psn_no', 'required_missing', null, '结算ID=J3', 'open', null, null),
    ('settlement', '九月.xlsx#结算', 3, 'setl_time', 'required_missing', null, '结算ID=J3', 'open', null, null),
    ('settlement', '九月.xlsx#结算', 7, 'psn_no', 'required_missing', null, '结算ID=J7', 'corrected', '更正.csv', 2),
    -- what came again at fault goes back once, as it came last
    ('settlement', '九月.xlsx#结算', 2, 'psn_no', 'required_missing', null, '结算ID=J3', 'repeated', null, null),
    ('settlement', '县医院/结算.csv', 5, null, 'required_missing', '43/45', null, 'open', null, null)
) as t(dataset, file, row, field, rule_code, value_masked, record_key, status, corrected_file, corrected_row);
create table row_warning as select * from (values
    ('settlement', '九月.xlsx#结算', 4, 'med_type', 'unknown_code', '=HYPERLINK("http://x")')
) as t(dataset, file, row, field, rule_code, value_masked);
"""


def generation(folder: Path, **provenance: Any) -> Generation:
    inputs = (
        InputSheet("九月.xlsx", "结算", "settlement", 10, "a" * 64, "000001"),
        InputSheet("县医院/结算.csv", None, "settlement", 20, "b" * 64, "000001"),
        InputSheet("区划.csv", None, "region", 30, "c" * 64, "000001"),
        InputSheet("更正.csv", None, "settlement", 2, "d" * 64, "000002"),
    )
    source = Provenance(
        **{
            "code_version": "1",
            "code_fingerprint": "f",
            "catalogue_hash": "c",
            "inputs": inputs,
            "refused": (),
        }
        | provenance
    )
    manifest = Manifest(
        RUN_ID, "2026-09", "2026-11-21T10:15:00Z", None, ("990101",), source, {}, duckdb.__version__, "0" * 64
    )
    return Generation(folder, manifest)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenGeneration]:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        yield OpenGeneration(generation(tmp_path), connection)


def sheets(path: Path) -> dict[str, Worksheet]:
    book = openpyxl.load_workbook(path)
    return {name: book[name] for name in book.sheetnames}


def rows(sheet: Worksheet) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_each_source_and_dataset_has_its_workbook(opened: OpenGeneration, tmp_path: Path) -> None:
    written = write_returns(read_listing(opened, CONTRACT), tmp_path / "out")
    names = ["退回清单_县医院_结算单.xlsx", "退回清单_结算单.xlsx"]
    assert sorted(path.name for path in (tmp_path / "out" / RUN_ID).iterdir()) == names
    assert sorted(path.name for path in written.values()) == names
    assert [path.name for path in (tmp_path / "out").iterdir()] == [RUN_ID]


def test_faults_stand_where_they_belong(opened: OpenGeneration, tmp_path: Path) -> None:
    written = write_returns(read_listing(opened, CONTRACT), tmp_path)
    book = sheets(written["退回清单_结算单"])
    assert list(book) == ["说明", "必须更正", "请核对", "已更正"]
    header = ["文件", "工作表", "行号", "主键", "字段", "原值（已脱敏）", "问题", "怎么办"]
    assert rows(book["必须更正"]) == [
        header,
        ["九月.xlsx", "结算", 3, "结算ID=J3", "个人编号", None, "必填项没有值", "补齐后重新导出"],
        ["九月.xlsx", "结算", 3, "结算ID=J3", "结算日期", None, "必填项没有值", "补齐后重新导出"],
    ]
    assert rows(book["已更正"])[1:] == [
        ["九月.xlsx", "结算", 7, "结算ID=J7", "个人编号", None, "必填项没有值", "更正.csv 第2行"]
    ]
    assert [row[2] for row in rows(book["请核对"])[1:]] == [4]
    (fault,) = rows(sheets(written["退回清单_县医院_结算单"])["必须更正"])[1:]
    assert fault[:6] == ["县医院/结算.csv", None, 5, None, "（整行）", "应有43列，实有45列"]


def test_the_first_sheet_counts_rows_and_says_of_what(opened: OpenGeneration, tmp_path: Path) -> None:
    written = write_returns(read_listing(opened, CONTRACT), tmp_path)
    told = rows(sheets(written["退回清单_结算单"])["说明"])
    facts = {row[0]: row[1] for row in told if row[0] and row[1]}
    assert facts["版本"] == RUN_ID
    # 10:15 UTC is 18:15 in Beijing; two batches were landed
    assert facts["数据截至"] == "期间 2026-09，已导入 2 批，北京时间 2026-11-21 18:15 发布"
    assert [str(facts[name]).split(" ")[0] for name in ("必须更正", "请核对", "已更正")] == ["1", "1", "1"]
    assert told[-1] == ["九月.xlsx", "结算", 1, 10, 1, 1, 1]
    (addressee,) = {
        row[1] for row in rows(sheets(written["退回清单_县医院_结算单"])["说明"]) if row[0] == "发给"
    }
    assert str(addressee).startswith("县医院（")


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+1+1", "'+1+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (" =1", "' =1"),
        ("\t=1", "'\t=1"),
        ("\rx", "'_x000D_x"),
        ("＝1+1", "'＝1+1"),
        ("-12.50", "-12.50"),
        ("-1,234.50", "-1,234.50"),
        ("{=1}", "{=1}"),
        ("http://x", "http://x"),
        ("12.50", "12.50"),
    ],
)
def test_no_cell_can_become_a_formula(opened: OpenGeneration, tmp_path: Path, found: str, shown: str) -> None:
    opened.connection.execute("update row_warning set value_masked = ?", [found])
    sheet = sheets(write_returns(read_listing(opened, CONTRACT), tmp_path)["退回清单_结算单"])["请核对"]
    cell = sheet.cell(2, 5)
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert cell.value == shown.replace("_x000D_", "\r") or cell.value == shown


def test_the_same_generation_gives_the_same_bytes(opened: OpenGeneration, tmp_path: Path) -> None:
    first = write_returns(read_listing(opened, CONTRACT), tmp_path / "a")
    before = {name: path.read_bytes() for name, path in first.items()}
    again = write_returns(read_listing(opened, CONTRACT), tmp_path / "a")
    assert {name: path.read_bytes() for name, path in again.items()} == before


def test_a_list_is_ready_to_print(opened: OpenGeneration, tmp_path: Path) -> None:
    sheet = sheets(write_returns(read_listing(opened, CONTRACT), tmp_path)["退回清单_结算单"])["必须更正"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.print_title_rows, sheet.freeze_panes, sheet.auto_filter.ref) == ("$1:$1", "A2", "A1:H3")
    assert "&P" in sheet.oddFooter.center.text
    assert sheet.cell(2, 7).alignment.wrap_text


def test_refused_files_have_a_workbook_of_their_own(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        for table in ("quarantine", "row_warning"):
            connection.execute(f"delete from {table}")
        opened = OpenGeneration(
            generation(
                tmp_path,
                refused=(RefusedFile("税务局/空.csv", None, "empty_file", "文件是空的。"),),
                corrected=(
                    CorrectedFile("税务局/旧.csv", "no_header", "没有表头。", "税务局/旧.csv", "000002"),
                ),
            ),
            connection,
        )
        written = write_returns(read_listing(opened, CONTRACT), tmp_path)
    assert list(written) == ["退回清单_税务局_拒收的文件"]
    book = sheets(written["退回清单_税务局_拒收的文件"])
    assert rows(book["必须更正"])[1:] == [["税务局/空.csv", "empty_file", "文件是空的。"]]
    assert rows(book["已更正"])[1:] == [["税务局/旧.csv", "no_header", "没有表头。", "税务局/旧.csv", 2]]


def test_a_generation_of_an_older_program_is_explained(opened: OpenGeneration) -> None:
    opened.connection.execute("alter table quarantine drop column record_key")
    with pytest.raises(Problem, match="旧程序") as caught:
        read_listing(opened, CONTRACT)
    assert "yibao run" in caught.value.todo


def test_a_manifest_keeps_the_corrected_files_and_an_older_one_has_none(tmp_path: Path) -> None:
    corrected = (CorrectedFile("旧.csv", "no_header", "没有表头。", "旧.csv", "000002"),)
    manifest = generation(tmp_path, corrected=corrected).manifest
    assert from_json(to_json(manifest)).provenance.corrected == corrected
    older = json.loads(to_json(manifest))
    del older["corrected"]
    assert from_json(json.dumps(older)).provenance.corrected == ()


# ---- files that were refused, and came again ----
GOOD = REGION + "990101,虚构县\n"
BAD = "行政名\n990101\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def told(desk: Desk) -> list[tuple[str, str, str]]:
    taken = {entry.file for entry in read_ledger(desk.paths)}
    return [(found.file, found.corrected_file, found.batch) for found in corrected_files(desk.paths, taken)]


def test_a_refused_file_that_comes_again_is_corrected(desk: Desk) -> None:
    desk.put("甲/区划.csv", BAD)
    desk.put("其他.csv", REGION + "990102,另一县\n")
    assert [file.file for file in desk.land().refused] == ["甲/区划.csv"]
    assert told(desk) == []
    desk.put("甲/区划.csv", GOOD)
    desk.land(NOW + timedelta(days=1))
    assert told(desk) == [("甲/区划.csv", "甲/区划.csv", "000002")]


def test_it_may_be_away_in_between(desk: Desk) -> None:
    path = desk.put("区划.csv", BAD)
    desk.land()
    path.unlink()
    desk.put("其他.csv", REGION + "990102,另一县\n")
    desk.land(NOW + timedelta(days=1))
    assert told(desk) == []
    desk.put("区划.csv", GOOD)
    desk.land(NOW + timedelta(days=2))
    assert told(desk) == [("区划.csv", "区划.csv", "000002")]


def test_a_good_file_from_before_corrects_nothing(desk: Desk) -> None:
    desk.put("区划.csv", GOOD)
    desk.land()
    desk.put("区划.csv", BAD)
    desk.land(NOW + timedelta(days=1))
    assert told(desk) == []
    # its next content is landed under a name with a mark, and is its correction all the same
    desk.put("区划.csv", REGION + "990101,虚构县\n990101001,虚构镇\n")
    desk.land(NOW + timedelta(days=2))
    ((file, corrected, batch),) = told(desk)
    assert (file, batch) == ("区划.csv", "000002")
    assert corrected.startswith("区划.csv~")


def test_a_file_that_is_refused_again_is_not_corrected(desk: Desk) -> None:
    for day, content in enumerate((BAD, GOOD, BAD)):
        desk.put("区划.csv", content)
        desk.land(NOW + timedelta(days=day))
    assert told(desk) == []


def test_a_damaged_history_is_told(desk: Desk) -> None:
    desk.put("区划.csv", BAD)
    desk.land()
    desk.paths.refusal_history.write_text("[{", encoding="utf-8")
    with pytest.raises(LandingError, match="拒收记录"):
        corrected_files(desk.paths, ())


# ---- the command ----
@pytest.fixture
def published(tmp_path: Path) -> DataPaths:
    """A data folder with one generation."""
    return publish(tmp_path / "data", TABLES)


def publish(data: Path, tables: str) -> DataPaths:
    """A data folder whose one generation has these tables."""
    paths = DataPaths(data)
    folder = paths.published / RUN_ID
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "marts.duckdb")) as connection:
        connection.execute(tables)
    manifest = replace(generation(folder).manifest, database_sha256=sha256_of(folder / "marts.duckdb"))
    (folder / "manifest.json").write_text(to_json(manifest), encoding="utf-8")
    paths.current.write_text(RUN_ID, encoding="utf-8")
    return paths


def test_the_command_tells_what_it_wrote_and_where(published: DataPaths) -> None:
    done = CliRunner().invoke(cli.main, ["returns", "--data", str(published.root)])
    assert done.exit_code == 0, done.output
    told = [line.split() for line in done.output.splitlines()]
    assert ["退回清单_结算单.xlsx", "1", "1", "1"] in told
    assert ["退回清单_县医院_结算单.xlsx", "1", "0", "0"] in told
    assert ["位置", str(published.returns / RUN_ID)] in told


def test_nothing_to_return_is_told(tmp_path: Path) -> None:
    published = publish(tmp_path / "data", f"{TABLES}; delete from quarantine; delete from row_warning")
    done = CliRunner().invoke(cli.main, ["returns", "--data", str(published.root)])
    assert (done.exit_code, "没有要退回的" in done.output) == (0, True)
    assert not published.returns.exists()


def test_a_full_disk_is_told_as_one(published: DataPaths, tmp_path: Path) -> None:
    asked = ["returns", "--data", str(published.root), "--out", str(tmp_path / "out")]
    with file_limit(2_000):
        done = CliRunner().invoke(cli.main, asked)
    assert (done.exit_code, "退回清单写不了：磁盘空间不足" in done.stderr) == (ExitCode.UNEXPECTED, True)
    assert str(tmp_path / "out") in "".join(done.stderr.split())
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("source", ["县" * 80, "x" * 250], ids=["Chinese", "Latin"])
def test_a_source_with_a_long_name_has_its_workbooks(
    opened: OpenGeneration, tmp_path: Path, source: str
) -> None:
    listing = read_listing(opened, CONTRACT)
    rows = tuple(replace(rows, source=f"{source}{number}") for number, rows in enumerate(listing.rows))
    written = write_returns(replace(listing, rows=rows), tmp_path)
    assert len({path.name for path in written.values()}) == len(rows) == 2
    assert all(path.is_file() and "结算单" in path.name for path in written.values())


def test_what_a_workbook_is_made_of_lies_beside_it(
    opened: OpenGeneration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not on another disk, which may be the full one, nor where nobody sweeps."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    assert write_returns(read_listing(opened, CONTRACT), tmp_path / "out")


def test_a_place_that_cannot_be_written_is_told(published: DataPaths, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = CliRunner().invoke(
        cli.main, ["returns", "--data", str(published.root), "--out", str(tmp_path / "file")]
    )
    assert (done.exit_code, "退回清单写不了" in done.output) == (2, True)
