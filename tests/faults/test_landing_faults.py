"""Bad input that belongs to landing: each a clear answer in Chinese, nothing lost, nothing half landed."""

from __future__ import annotations

import errno
import io
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.landing_kit import CONTRACT, NOW, REGION, ROSTER, Desk, roster_row
from yibao.landing import LandingError, PseudonymKey, crew, land, read_ledger, source_file
from yibao.landing.encodings import Fingerprint
from yibao.problem import ExitCode, Problem

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")
not_root = pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="root may read and write everything"
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def nothing_landed(desk: Desk) -> bool:
    landed = [path.name for path in desk.paths.landed_files.iterdir()]
    return landed == ["000000-contract"] and not desk.paths.incoming.exists()


@pytest.mark.parametrize(
    ("name", "content", "code", "told"),
    [
        ("empty.csv", b"", "empty_file", "文件是空的"),
        ("bom.csv", b"\xef\xbb\xbf", "empty_file", "文件是空的"),
        ("blank.csv", b"\r\n \r\n", "empty_file", "文件是空的"),
        ("empty.xlsx", b"", "empty_file", "文件是空的"),
        ("head.csv", REGION.encode(), "header_only", "只有表头"),
        ("head2.csv", (REGION + "\n,\n").encode(), "header_only", "只有表头"),
        ("nohead.csv", "990101,虚构县\n".encode(), "no_header", "没有找到表头"),
        ("unknown.csv", "车牌,司机\n1,2\n".encode(), "unknown_dataset", "没有一个列名属于已知的数据"),
        ("missing.csv", "区划代码,地名\n1,2\n".encode(), "missing_columns", "缺少必填列：区划名称"),
        (
            "tie.csv",
            "区划代码,年度,指标代码,目标值,人口口径,人数\n".encode(),
            "ambiguous_dataset",
            "应参保人口",
        ),
        ("twice.csv", "区划代码,区划名称,名称\n".encode(), "duplicate_column", "区划名称、名称"),
        ("bom_gbk.csv", b"\xef\xbb\xbf" + (REGION + "1,虚构县\n").encode("gbk"), "broken_utf8", "BOM"),
        ("utf16.csv", (REGION + "1,甲\n").encode("utf-16"), "utf16", "UTF-16"),
        ("nul.csv", (REGION + "1,甲\n2,\0\n").encode(), "nul_bytes", "第 3 行"),
        ("gone.pdf", b"%PDF-1.7", "unknown_file_type", "“.pdf”"),
        ("book.csv", b"PK\x03\x04abc", "wrong_extension", "Excel"),
        ("page.xls", b"<html><table>", "not_a_workbook", "网页"),
        ("text.xlsx", REGION.encode(), "not_a_workbook", "另存为"),
        ("cut.xlsx", b"PK\x03\x04" + b"\x14" * 200, "damaged_workbook", "损坏"),
        ("cut.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged_workbook", "损坏"),
    ],
)
def test_refused_with_a_reason(desk: Desk, name: str, content: bytes, code: str, told: str) -> None:
    path = desk.put(name, content)
    found, message = desk.refusal()
    assert found == code
    assert told in message and "。" in message
    assert nothing_landed(desk)
    assert path.read_bytes() == content


def test_a_broken_byte_is_told_by_line_and_byte(desk: Desk) -> None:
    good = (REGION + "1,甲乙\n").encode()
    desk.put("a.csv", good + "2,丙".encode() + b"\xff" + "丁\n".encode())
    code, message = desk.refusal()
    # header 26 bytes with its line end, row one 9, then "2," and 3 bytes of one character
    assert code == "broken_utf8"
    assert len(good) == 35 and "第 3 行（第 41 个字节）" in message


@pytest.mark.parametrize("before", [0, 300_000])
def test_a_broken_byte_in_gb18030(desk: Desk, before: int) -> None:
    lines = "".join(f"{i},虚构镇\n" for i in range(before))
    good = (REGION + lines + "1,甲乙\n2,丙").encode("gb18030")
    desk.put("a.csv", good + b"\xff\xff\n3,\xbc\xd7\n")
    code, message = desk.refusal()
    assert code == "broken_encoding"
    assert f"第 {before + 3} 行（第 {len(good) + 1} 个字节）" in message
    assert nothing_landed(desk)


def test_a_character_cut_by_the_end_of_the_file(desk: Desk) -> None:
    desk.put("a.csv", (REGION + "1,甲乙").encode()[:-1])
    assert desk.refusal()[0] == "broken_utf8"
    desk.put("a.csv", (REGION + "1,甲乙").encode("gbk")[:-1])
    assert desk.refusal()[0] == "broken_encoding"


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ('1,甲\n2,"乙\n3,丙\n', 3),  # never closed
        ('1,甲\n2,"乙\n3,丙"\n4,丁\n', 3),  # closed by a stray quote: two rows would become one
        ('1,"甲"\n2,"乙\n丙"\n"3,丁\n', 5),
        ('1,甲\n2,"', 3),
    ],
)
def test_an_unclosed_quote_names_its_line(desk: Desk, rows: str, line: int) -> None:
    desk.put("a.csv", REGION + rows)
    code, message = desk.refusal()
    assert code == "unclosed_quote" and f"第 {line} 行" in message
    assert nothing_landed(desk)


def test_an_unclosed_quote_in_a_long_file_names_its_line(desk: Desk) -> None:
    lines = [f"{i},虚构镇" for i in range(2, 400_000)]
    lines[200_000] = '200002,"虚构镇'
    desk.put("a.csv", REGION + "\n".join(lines) + "\n", "gb18030")
    code, message = desk.refusal()
    assert code == "unclosed_quote" and "第 200002 行" in message


def test_ragged_rows_lose_nothing(desk: Desk) -> None:
    desk.put("a.csv", REGION + "1\n2,乙,丙\n3,丁\n")
    assert desk.land().rows == {"region": 3}
    assert [row["_fault"] for row in desk.rows("region")] == ["cells:2/1", "cells:2/3", None]


def test_an_encrypted_workbook(desk: Desk) -> None:
    ole = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 500
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 500
    )
    desk.put("a.xlsx", ole)
    code, message = desk.refusal()
    assert code == "encrypted_workbook" and "密码" in message


def test_a_zip_renamed_to_xlsx(desk: Desk) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.csv", REGION)
    desk.put("a.xlsx", stream.getvalue())
    code, message = desk.refusal()
    assert code == "damaged_workbook" and "改名" in message


def test_a_workbook_cut_short_or_damaged_inside(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.active.append(["区划代码", "区划名称"])
    for row in range(2000):
        book.active.append([str(row), "甲"])
    stream = io.BytesIO()
    book.save(stream)
    whole = stream.getvalue()
    desk.put("cut.xlsx", whole[: len(whole) // 2])
    parts = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(parts, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            cut = item.filename.startswith("xl/worksheets")
            new.writestr(item.filename, data[: len(data) // 2] if cut else data)
    desk.put("inside.xlsx", parts.getvalue())
    summary = desk.land()
    assert [(file.file, file.reason_code) for file in summary.refused] == [
        ("cut.xlsx", "damaged_workbook"),
        ("inside.xlsx", "damaged_workbook"),
    ]
    assert nothing_landed(desk)


def test_a_workbook_whose_sheets_are_hidden_or_empty(desk: Desk) -> None:
    book = openpyxl.Workbook()
    hidden = book.create_sheet("藏")
    hidden.append(["区划代码", "区划名称"])
    hidden.append(["1", "甲"])
    hidden.sheet_state = "hidden"
    book.save(desk.inbox / "a.xlsx")
    assert desk.refusal()[0] == "empty_file"


def test_a_workbook_with_headers_only(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.active.title = "甲"
    book.active.append(["区划代码", "区划名称"])
    book.save(desk.inbox / "a.xlsx")
    code, message = desk.refusal()
    assert code == "header_only" and "甲" in message


def test_one_bad_file_does_not_hold_up_the_others(desk: Desk) -> None:
    desk.put("a.csv", REGION + "1,甲\n")
    desk.put("b.csv", b"")
    desk.put("c.csv", REGION + "2,乙\n")
    summary = desk.land()
    assert [file.file for file in summary.taken] == ["a.csv", "c.csv"]
    assert [file.file for file in summary.refused] == ["b.csv"]


# files that change, disks that are full, processes that die ---------------------------------------------------------


def test_a_file_that_grows_before_it_is_landed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.put("a.csv", REGION + "1,甲\n")
    whole = source_file.look

    def look_then_grow(looked_at: Path) -> Any:
        found = whole(looked_at)
        with looked_at.open("ab") as file:
            file.write(b"2,b\n")
        return found

    monkeypatch.setattr(crew, "look", look_then_grow)
    code, message = desk.refusal()
    assert code == "file_changing" and "正在写入" in message
    assert nothing_landed(desk)
    monkeypatch.undo()
    assert desk.land().rows == {"region": 2}
    assert path.exists()


def test_a_file_changed_in_place_with_its_time_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.put("a.csv", REGION + "1,甲\n")
    whole = source_file.look

    def look_then_change(looked_at: Path) -> Any:
        found = whole(looked_at)
        times = looked_at.stat()
        looked_at.write_bytes((REGION + "1,乙\n").encode())
        os.utime(looked_at, ns=(times.st_atime_ns, times.st_mtime_ns))
        return found

    monkeypatch.setattr(crew, "look", look_then_change)
    assert desk.refusal()[0] == "file_changing"
    assert path.exists()


def test_a_workbook_that_changes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    book = openpyxl.Workbook()
    book.active.append(["区划代码", "区划名称"])
    book.active.append(["1", "甲"])
    book.save(desk.inbox / "a.xlsx")
    found = source_file.look(desk.inbox / "a.xlsx")
    other = source_file.Looked(
        Fingerprint("0" * 64, found.fingerprint.size, found.fingerprint.modified_ns), None
    )
    monkeypatch.setattr(crew, "look", lambda path: other)
    assert desk.refusal()[0] == "file_changing"


def test_a_file_that_goes_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("a.csv", REGION + "1,甲\n")
    desk.put("b.csv", REGION + "2,乙\n")
    whole = source_file.look

    def look_then_remove(path: Path) -> Any:
        found = whole(path)
        if path.name == "a.csv":
            path.unlink()
        return found

    monkeypatch.setattr(crew, "look", look_then_remove)
    summary = desk.land()
    assert [(file.file, file.reason_code) for file in summary.refused] == [("a.csv", "unreadable")]
    assert [file.file for file in summary.taken] == ["b.csv"]


@not_root
def test_a_file_that_may_not_be_read(desk: Desk) -> None:
    desk.put("a.csv", REGION + "1,甲\n").chmod(0)
    code, message = desk.refusal()
    assert code == "unreadable" and "权限" in message


def test_a_read_only_inbox_is_enough(desk: Desk) -> None:
    path = desk.put("a.csv", REGION + "1,甲\n")
    before = path.stat()
    path.chmod(stat.S_IRUSR)
    desk.inbox.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert desk.land().rows == {"region": 1}
        assert [item.name for item in desk.inbox.iterdir()] == ["a.csv"]
        assert path.stat().st_mtime_ns == before.st_mtime_ns
    finally:
        desk.inbox.chmod(0o700)


def test_no_space_leaves_nothing_half_landed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put("a.csv", REGION + "1,甲\n")
    desk.put("b.csv", ROSTER + roster_row(1))
    desk.put("c.csv", REGION + "2,乙\n")
    write = source_file.LandedWriter.write

    def full(self: Any, table: Any) -> None:
        if "certno" in table.schema.names:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, table)

    monkeypatch.setattr(source_file.LandedWriter, "write", full)
    with pytest.raises(Problem) as caught:
        desk.land()
    assert "磁盘空间不足" in caught.value.what and "重新执行" in caught.value.todo
    assert caught.value.exit_code == ExitCode.UNEXPECTED
    assert [entry.file for entry in read_ledger(desk.paths)] == ["a.csv"]
    assert not desk.paths.incoming.exists()
    monkeypatch.undo()
    summary = desk.land()
    assert [file.file for file in summary.taken] == ["b.csv", "c.csv"]
    assert summary.batch == "000002"


RUNNER = """
import sys
from pathlib import Path
from tests.landing_kit import CONTRACT, NOW, Desk
from yibao.problem import Problem
{prelude}
if __name__ == "__main__":
    try:
        Desk(Path(sys.argv[1])).land(workers={workers})
    except Problem as error:
        print(error.what)
        sys.exit(3)
"""


def start(desk: Desk, prelude: str = "", workers: int = 1) -> subprocess.Popen[str]:
    script = desk.root / "runner.py"
    script.write_text(RUNNER.format(prelude=prelude, workers=workers), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, str(script), str(desk.root)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@posix
def test_a_file_size_limit_counts_as_a_full_disk(desk: Desk) -> None:
    desk.put("a.csv", REGION + "1,甲\n")
    lines = "".join(f"{i},虚构镇{i * 7919 % 1000003}\n" for i in range(300_000))
    desk.put("b.csv", REGION + lines)
    # without bytecode: it would be cut off too, and the next process would stumble over it
    limit = """
import resource
sys.dont_write_bytecode = True
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
"""
    process = start(desk, limit)
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 3, told
    assert "磁盘空间不足" in told
    assert [entry.file for entry in read_ledger(desk.paths)] == ["a.csv"]
    assert desk.land().rows == {"region": 300_000}


@posix
@pytest.mark.parametrize("workers", [1, 2])
def test_killed_in_the_middle_and_run_again(desk: Desk, workers: int) -> None:
    desk.put("a.csv", REGION + "1,甲\n")
    lines = "".join(f"{i},虚构镇{i}\n" for i in range(400_000))
    desk.put("b.csv", REGION + lines)
    # the second file stops half way: a writer that writes, then waits for the end
    wait = """
import time
from yibao.landing import output, run
run.WORTH_A_PROCESS = 0
flush = output.LandedWriter._flush
def slow(self):
    flush(self)
    if self.rows > 1:
        (Path(sys.argv[1]) / "reached").touch()
        time.sleep(60)
output.LandedWriter._flush = slow
"""
    process = start(desk, wait, workers)
    deadline = time.monotonic() + 90
    while not (desk.root / "reached").exists():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    workers_pids = children.read_text().split() if children.exists() else []
    # what an operator's kill -9 does: no handler runs
    process.send_signal(signal.SIGKILL)
    process.wait()
    while any(_runs(pid) for pid in workers_pids):
        assert time.monotonic() < deadline, "a worker outlives its parent"
        time.sleep(0.05)
    assert any(desk.paths.incoming.iterdir())
    landed = [entry.file for entry in read_ledger(desk.paths)]
    assert landed in ([], ["a.csv"])
    summary = desk.land()
    assert not desk.paths.incoming.exists()
    assert sorted(entry.file for entry in read_ledger(desk.paths)) == ["a.csv", "b.csv"]
    assert len(summary.taken) == 2 - len(landed)
    assert desk.table("region").num_rows == 400_001


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_an_inbox_that_is_a_file(desk: Desk) -> None:
    path = desk.put("a.csv", REGION)
    with pytest.raises(LandingError, match="不是文件夹"):
        land(path, desk.paths, CONTRACT, NOW, desk.key)


def test_a_data_folder_that_cannot_be_written(desk: Desk) -> None:
    desk.put("a.csv", REGION + "1,甲\n")
    desk.paths.root.write_text("a file where the folder should be")
    with pytest.raises(Problem, match="不能写"):
        desk.land()


@posix
def test_a_file_name_in_gbk(desk: Desk) -> None:
    desk.put(os.fsdecode("区划.csv".encode("gbk")), REGION + "1,甲\n")
    assert [file.file for file in desk.land().taken] == ["区划.csv"]


@posix
def test_a_file_name_that_a_terminal_would_obey(desk: Desk) -> None:
    desk.put("区\n划\x1b[31m.csv", REGION + "1,甲\n")
    assert [file.file for file in desk.land().taken] == ["区\\u000a划\\u001b[31m.csv"]


def test_another_key_lands_nothing(desk: Desk) -> None:
    desk.put("a.csv", REGION + "1,甲\n")
    desk.land()
    desk.put("b.csv", REGION + "2,乙\n")
    desk.key = PseudonymKey(b"x" * 32, Path("other"))
    with pytest.raises(LandingError, match="密钥不是"):
        desk.land()
    assert desk.table("region").num_rows == 1


def test_a_damaged_ledger_is_told(desk: Desk) -> None:
    desk.put("a.csv", REGION + "1,甲\n")
    desk.land()
    (ledger,) = [
        path for path in desk.paths.landed_files.glob("*/ledger.parquet") if "contract" not in str(path)
    ]
    ledger.write_bytes(b"PAR1 and no more")
    with pytest.raises(LandingError, match="台账"):
        desk.land()
