"""The demo county's faults go back as workbooks and come again corrected, in a data folder that came out of a backup."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.integration.conftest import INBOX, yibao

BAD = INBOX.parent / "inbox_bad"


@pytest.fixture(scope="module")
def restored(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo county's data folder, by way of an archive; its key beside it."""
    base = tmp_path_factory.mktemp("restored")
    packed = yibao("backup", "--to", base / "backups", data=demo_data)
    assert packed.returncode == 0, packed.stderr
    assert "密钥不在备份里" in packed.stdout
    (archive,) = (base / "backups").iterdir()
    data = base / "data"
    shutil.copyfile(demo_data.with_name(demo_data.name + ".key"), base / "data.key")
    done = yibao("restore", "--from", archive, data=data)
    assert done.returncode == 0, done.stderr
    return data


def current(data: Path) -> str:
    return (data / "published" / "CURRENT").read_text(encoding="utf-8").strip()


def query(data: Path, sql: str) -> list[tuple[Any, ...]]:
    database = data / "published" / current(data) / "marts.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def listed(data: Path, out: Path, sheet: str) -> Counter[tuple[str, int]]:
    """File (with its sheet) and row of every line on that sheet of all workbooks."""
    done = yibao("returns", "--out", out, data=data)
    assert done.returncode == 0, done.stderr
    found: Counter[tuple[str, int]] = Counter()
    for path in (out / current(data)).glob("*.xlsx"):
        book = openpyxl.load_workbook(path, read_only=True)
        if sheet in book.sheetnames and not path.stem.endswith("拒收的文件"):
            for file, part, row, *_ in book[sheet].iter_rows(min_row=2, values_only=True):
                found[f"{file}#{part}" if part else str(file), int(str(row))] += 1
    return found


def test_every_fault_of_the_county_is_in_a_workbook(demo_data: Path, tmp_path: Path) -> None:
    for sheet, table, count in (("必须更正", "quarantine", 25), ("请核对", "row_warning", 50)):
        expected = Counter(query(demo_data, f"select file, row from {table}"))
        assert expected.total() == count
        assert listed(demo_data, tmp_path / sheet, sheet) == expected


def test_a_restored_folder_gives_the_same_figures(demo_data: Path, restored: Path) -> None:
    before = current(restored)
    assert before == current(demo_data)
    status = yibao("status", data=restored)
    assert (status.returncode, before in status.stdout) == (0, True)
    done = yibao("run", "--inbox", INBOX, data=restored)
    assert done.returncode == 0, done.stderr
    # the id ends in the digest of every published row
    assert current(restored) != before
    assert current(restored).rsplit("-", 1)[1] == before.rsplit("-", 1)[1]


def test_what_comes_again_corrected_is_told_so(restored: Path, tmp_path: Path) -> None:
    """Z000014 came without its person and the file 列名重复.csv with a column twice: both are put right."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copyfile(BAD / "列名重复.csv", inbox / "列名重复.csv")
    assert yibao("land", "--inbox", inbox, data=restored).returncode == 0
    (inbox / "列名重复.csv").write_text("区划代码,区划名称\n990101099,新镇\n", encoding="utf-8")
    header, *rows = (INBOX / "结算单_2025年第三季度.csv").read_text(encoding="gb18030").splitlines()
    (wrong,) = (row for row in rows if row.startswith("Z000014,"))
    cells = wrong.split(",")
    assert (header.split(",")[2], cells[2]) == ("个人编号", "")
    cells[2] = "9900002339"
    (inbox / "更正.csv").write_text(f"{header}\n{','.join(cells)}\n", encoding="utf-8")
    done = yibao("run", "--inbox", inbox, data=restored)
    assert done.returncode == 0, done.stderr

    corrected = query(
        restored,
        "select record_key, file, corrected_file, corrected_row from quarantine where status <> 'open'",
    )
    assert corrected == [("结算ID=Z000014", "结算单_2025年第三季度.csv", "更正.csv", 2)]
    assert query(restored, "select count(*) from quarantine where status = 'open'") == [(24,)]
    assert listed(restored, tmp_path / "out", "已更正") == {("结算单_2025年第三季度.csv", 343): 1}
    manifest = json.loads(
        (restored / "published" / current(restored) / "manifest.json").read_text(encoding="utf-8")
    )
    assert [(file["file"], file["reason_code"]) for file in manifest["corrected"]] == [
        ("列名重复.csv", "duplicate_column")
    ]
    assert manifest["refused"] == []
    assert (tmp_path / "out" / current(restored) / "退回清单_拒收的文件.xlsx").is_file()
