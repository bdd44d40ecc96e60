"""A backup holds all that cannot be made again and never the key; what comes back is what went in, or nothing."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
import os
import random
import sys
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.landing_kit import REGION, SECRET, Desk
from tests.unit.file_limit import file_limit
from yibao import accounts, audit_log, cli
from yibao.accounts import Role
from yibao.audit_log import Action, AuditEntry
from yibao.backup import Packed, contents, pack, restore, unpack
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem

NOW = datetime(2026, 11, 21, 10, 15, 0, tzinfo=UTC)
RUN_ID = "20261121T101500Z-0123abcd"


def quiet(*_: Any) -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """A data folder with something of everything."""
    desk = Desk(tmp_path)
    desk.put("区划.csv", REGION + "990101,虚构县\n")
    desk.land()
    paths = desk.paths
    files = {
        f"published/{RUN_ID}/marts.duckdb": random.Random(1).randbytes(3_000_000),
        f"published/{RUN_ID}/manifest.json": b"{}",
        "published/CURRENT": f"{RUN_ID}\n".encode(),
        "published/.incoming-0a/marts.duckdb": b"left by a run that died",
        "issued/2026-09/报表.json": b"[1]",
        "config/report.toml": b"[people]",
        "quality/20261121T101400Z-0123ab/run.json": b"{}",
        "logs/run-1.json": b"{}",
        "warehouse.duckdb": b"made again",
        "dbt/target/manifest.json": b"made again",
        "yibao.lock": b"",
    }
    for name, content in files.items():
        (paths.root / name).parent.mkdir(parents=True, exist_ok=True)
        (paths.root / name).write_bytes(content)
    (paths.published / RUN_ID / "marts.duckdb").chmod(0o444)
    accounts.add_user(paths, "zhang", "张局长", Role.LEADER, None, NOW, "qiu-tian-2026")
    audit_log.record(paths, AuditEntry(NOW, "zhang", "leader", Action.LOGIN))
    return paths


@pytest.fixture
def packed(paths: DataPaths, tmp_path: Path) -> Packed:
    return pack(paths, tmp_path / "backups", NOW, quiet)


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_what_comes_back_is_what_went_in(paths: DataPaths, packed: Packed, tmp_path: Path) -> None:
    back = DataPaths(tmp_path / "back")
    restore(packed.archive, back, quiet)
    left_out = {"warehouse.duckdb", "dbt/target/manifest.json", "yibao.lock", "landing/landing.lock"}
    expected = {
        name: content
        for name, content in tree(paths.root).items()
        if name not in left_out and ".incoming" not in name and not name.endswith(".lock")
    }
    assert tree(back.root) == expected
    assert {
        "issued/2026-09/报表.json",
        "config/report.toml",
        "accounts/accounts.sqlite",
        "audit/2026-11.jsonl",
    } <= set(expected)
    assert not (back.published / RUN_ID / "marts.duckdb").stat().st_mode & 0o222
    assert back.current.stat().st_mode & 0o200


def rights(root: Path) -> dict[str, int]:
    return {path.relative_to(root).as_posix(): path.stat().st_mode & 0o777 for path in root.rglob("*")}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_an_archive_and_what_comes_out_of_it_are_their_owners_alone(paths: DataPaths, tmp_path: Path) -> None:
    """Accounts and the audit log are in it: no umask may open them."""
    seen: set[int] = set()

    def watch(_: int, __: int, what: str) -> None:
        seen.update(path.stat().st_mode & 0o777 for path in (tmp_path / "backups").glob(".*.part"))

    mask = os.umask(0)
    try:
        archive = pack(paths, tmp_path / "backups", NOW, watch).archive
        restore(archive, DataPaths(tmp_path / "back"), quiet)
    finally:
        os.umask(mask)
    assert seen | {archive.stat().st_mode & 0o777} == {0o600}
    found = rights(tmp_path / "back")
    assert {name for name, mode in found.items() if mode == 0o400} == {f"published/{RUN_ID}/marts.duckdb"}
    folders = {name for name in found if (tmp_path / "back" / name).is_dir()}
    assert {found[name] for name in folders} | {(tmp_path / "back").stat().st_mode & 0o777} == {0o700}
    assert {mode for name, mode in found.items() if name not in folders} == {0o400, 0o600}


def test_the_archive_is_named_by_its_time_and_alone(packed: Packed, tmp_path: Path) -> None:
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [
        "yibao-backup-20261121T101500Z.tar.gz"
    ]
    assert packed.sha256 == hashlib.sha256(packed.archive.read_bytes()).hexdigest()
    assert packed.contents.key_id == hashlib.sha256(b"yibao-key-id" + SECRET).hexdigest()[:16]


def test_what_a_backup_that_was_killed_left_goes_with_the_next(paths: DataPaths, tmp_path: Path) -> None:
    """Not what is younger than a day: another county may be writing its own into the same folder."""
    folder = tmp_path / "backups"
    old = [
        ".yibao-backup-20261119T101500Z.tar.gz.part",
        ".yibao-backup-x1",
        "yibao-backup-1.tar.gz",
        ".other",
    ]
    young = [".yibao-backup-20261121T101500Z.tar.gz.part", ".yibao-backup-x2"]
    for name in old + young:
        path = folder / name / "accounts.sqlite" if "-x" in name else folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    day_before = time.time() - 90_000
    for name in old:
        os.utime(folder / name, (day_before, day_before))
    archive = pack(paths, folder, NOW.replace(minute=16), quiet).archive
    assert {path.name for path in folder.iterdir()} == {*old[2:], *young, archive.name}


def test_any_tar_opens_it(packed: Packed) -> None:
    with tarfile.open(packed.archive, "r:gz") as tar:
        listed = json.loads(tar.extractfile("yibao-backup.json").read())  # type: ignore[union-attr]
        assert sorted(tar.getnames())[:-1] == sorted(member["path"] for member in listed["members"])


@pytest.mark.parametrize("name", ["logs/notes.txt", "landing/files/pseudonym.key"])
def test_the_key_is_never_packed(paths: DataPaths, tmp_path: Path, name: str) -> None:
    (paths.root / name).write_text(SECRET.hex() + "\n", encoding="ascii")
    with pytest.raises(Problem, match="密钥"):
        pack(paths, tmp_path / "backups", NOW, quiet)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_backup_beside_the_data_is_refused(paths: DataPaths) -> None:
    with pytest.raises(Problem, match="不能放在数据文件夹里"):
        pack(paths, paths.root / "backups", NOW, quiet)


def test_nothing_to_back_up_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="没有可备份"):
        pack(DataPaths(tmp_path / "data"), tmp_path / "backups", NOW, quiet)


def test_a_link_is_not_packed_as_if_it_were_data(paths: DataPaths, tmp_path: Path) -> None:
    (paths.logs / "elsewhere").symlink_to(tmp_path)
    with pytest.raises(Problem, match="符号链接"):
        pack(paths, tmp_path / "backups", NOW, quiet)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no name is bytes")
def test_a_name_that_is_no_text_is_told(paths: DataPaths, tmp_path: Path) -> None:
    """As an archiver of Windows leaves it: a Chinese name in GBK."""
    paths.config.mkdir(exist_ok=True)
    Path(os.fsdecode(bytes(paths.config) + b"/" + "模板".encode("gbk"))).touch()
    with pytest.raises(Problem, match="不是 UTF-8"):
        pack(paths, tmp_path / "backups", NOW, quiet)


def test_a_dashboard_in_use_does_not_stop_the_backup(
    paths: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> None:
        accounts.log_in(paths, "zhang", "wrong", NOW)
        audit_log.record(paths, AuditEntry(NOW, "zhang", "leader", Action.LOGIN_FAILED))

    before = tree(paths.root)
    archive = pack(paths, tmp_path / "backups", NOW, busy).archive
    back = DataPaths(tmp_path / "back")
    restore(archive, back, quiet)
    assert back.account_store.read_bytes() == before["accounts/accounts.sqlite"]
    assert audit_log.verify(back).lines == 1 < audit_log.verify(paths).lines
    assert [user.name for user in accounts.list_users(back)] == ["zhang"]


def test_a_file_that_changes_meanwhile_stops_the_backup(paths: DataPaths, tmp_path: Path) -> None:
    target = paths.published / RUN_ID / "marts.duckdb"
    target.chmod(0o644)

    def disturb(done: int, _: int, what: str) -> None:
        # when every file is listed and the packing has begun
        if "打包" in what and target.stat().st_size:
            target.write_bytes(b"")

    with pytest.raises(Problem, match="被改动") as caught:
        pack(paths, tmp_path / "backups", NOW, disturb)
    assert caught.value.exit_code == ExitCode.UNEXPECTED
    assert list((tmp_path / "backups").iterdir()) == []


def refused(archive: Path, tmp_path: Path) -> Problem:
    """The archive must be refused, and nothing be left of the attempt."""
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Problem) as caught:
        restore(archive, DataPaths(tmp_path / "back"), quiet)
    assert sorted(tmp_path.iterdir()) == before
    return caught.value


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9, 0.9999])
def test_an_archive_cut_off_anywhere_is_refused(packed: Packed, tmp_path: Path, share: float) -> None:
    whole = packed.archive.read_bytes()
    packed.archive.write_bytes(whole[: int(len(whole) * share)])
    assert "不完整" in refused(packed.archive, tmp_path).what


def test_an_archive_without_its_last_bytes_is_refused(packed: Packed, tmp_path: Path) -> None:
    """All files are there and right; only the checksum at the end of gzip is cut."""
    packed.archive.write_bytes(packed.archive.read_bytes()[:-4])
    assert "不完整" in refused(packed.archive, tmp_path).what


@pytest.mark.parametrize("seed", range(12))
def test_a_flipped_bit_is_found(packed: Packed, tmp_path: Path, seed: int) -> None:
    content = bytearray(packed.archive.read_bytes())
    # not in the first 10 bytes, where gzip keeps what nobody reads: a time, a system
    content[random.Random(seed).randrange(10, len(content))] ^= 1 << seed % 8
    packed.archive.write_bytes(content)
    assert "不完整" in refused(packed.archive, tmp_path).what


def entry(name: str, content: bytes = b"x", kind: bytes = tarfile.REGTYPE, link: str = "") -> Any:
    header = tarfile.TarInfo(name)
    header.type, header.linkname, header.size = kind, link, len(content)
    return header, content


def archive_of(path: Path, listed: dict[str, bytes], entries: list[Any], /, **changes: Any) -> Path:
    """An archive by hand: what its list says, and what is in it."""
    members = [
        {
            "path": name,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "read_only": False,
            **changes,
        }
        for name, content in listed.items()
    ]
    head = {"version": 1, "created_at": "2026-11-21T10:15:00Z", "yibao_version": "1", "key_id": None}
    text = json.dumps({**head, "members": members}).encode()
    with tarfile.open(path, "w:gz") as tar:
        for header, content in [entry("yibao-backup.json", text), *entries]:
            tar.addfile(header, io.BytesIO(content))
    return path


def test_an_archive_by_hand_is_taken(tmp_path: Path) -> None:
    made = archive_of(tmp_path / "a.tar.gz", {"logs/a": b"x"}, [entry("logs/a")])
    restore(made, DataPaths(tmp_path / "back"), quiet)
    assert tree(tmp_path / "back") == {"logs/a": b"x"}


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../outside",
        "logs/../../outside",
        "logs/./a",
        "logs//a",
        "logs",
        "warehouse.duckdb",
        "dbt/a",
        "logs\\..\\a",
        "C:/a",
        "logs/C:a",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    made = archive_of(tmp_path / "a.tar.gz", {name: b"x"}, [entry(name)])
    assert "清单读不出来" in refused(made, tmp_path).details[0]


@pytest.mark.parametrize("path", [None, 7, ["logs", "a"], {}, "logs/\ud800", "logs/\udcff"], ids=ascii)
def test_a_path_that_is_no_text_is_refused(tmp_path: Path, path: Any) -> None:
    made = archive_of(tmp_path / "a.tar.gz", {"logs/a": b"x"}, [entry("logs/a")], path=path)
    assert "清单读不出来" in refused(made, tmp_path).details[0]


def test_a_list_nested_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no list of a backup"):
        contents.from_json(b"[" * 200_000)


@pytest.mark.parametrize(
    "extra",
    [
        entry("../outside"),
        entry("logs/b"),
        entry("logs/a"),
        entry("logs/b", b"", tarfile.SYMTYPE, "/etc/passwd"),
        entry("logs/b", b"", tarfile.LNKTYPE, "logs/a"),
        entry("logs/b", b"", tarfile.DIRTYPE),
    ],
)
def test_what_the_list_does_not_name_is_refused(tmp_path: Path, extra: Any) -> None:
    made = archive_of(tmp_path / "a.tar.gz", {"logs/a": b"x"}, [entry("logs/a"), extra])
    assert "清单里没有的内容" in refused(made, tmp_path).details[0]


@pytest.mark.parametrize(
    ("kind", "link"), [(tarfile.SYMTYPE, "/etc/passwd"), (tarfile.LNKTYPE, "x"), (tarfile.FIFOTYPE, "")]
)
def test_a_listed_name_must_be_a_file(tmp_path: Path, kind: bytes, link: str) -> None:
    made = archive_of(tmp_path / "a.tar.gz", {"logs/a": b""}, [entry("logs/a", b"", kind, link)])
    assert "清单里没有的内容" in refused(made, tmp_path).details[0]


def test_altered_and_missing_files_are_refused(tmp_path: Path) -> None:
    made = archive_of(tmp_path / "a.tar.gz", {"logs/a": b"x"}, [entry("logs/a", b"y")])
    assert "内容与清单不符：logs/a" in refused(made, tmp_path).details[0]
    made = archive_of(tmp_path / "a.tar.gz", {"logs/a": b"x", "logs/b": b"x"}, [entry("logs/a")])
    assert "缺少 1 个文件" in refused(made, tmp_path).details[0]


def test_a_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    zeros = bytes(64 << 20)
    made = archive_of(tmp_path / "a.tar.gz", {"logs/a": zeros}, [entry("logs/a", zeros)])
    assert made.stat().st_size < 100_000
    assert "不相称" in refused(made, tmp_path).details[0]
    # the list tells of one byte, what follows is another matter
    made = archive_of(tmp_path / "a.tar.gz", {"logs/a": b"x"}, [entry("logs/a"), entry("logs/b", zeros)])
    assert "清单里没有的内容" in refused(made, tmp_path).details[0]
    made.write_bytes(gzip.compress(bytes(200 << 20)))
    assert "备份文件不完整" in refused(made, tmp_path).what


def test_more_than_the_list_says_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of 64 MB stands in the archive before the file that bears it: it must not be held in memory."""
    monkeypatch.setattr(unpack, "CONTENTS_LIMIT", 1 << 20)
    made = archive_of(tmp_path / "a.tar.gz", {"logs/a": b"x"}, [entry("logs/" + "a" * (8 << 20))])
    assert "比清单所写的多" in refused(made, tmp_path).details[0]


def test_only_a_new_or_empty_folder_is_filled(packed: Packed, paths: DataPaths, tmp_path: Path) -> None:
    before = tree(paths.root)
    with pytest.raises(Problem, match="新的或空的文件夹"):
        restore(packed.archive, paths, quiet)
    assert tree(paths.root) == before
    (tmp_path / "empty").mkdir()
    restore(packed.archive, DataPaths(tmp_path / "empty"), quiet)
    assert (tmp_path / "empty" / "published" / "CURRENT").is_file()


@pytest.mark.parametrize("refusal", [errno.EBUSY, errno.EXDEV])
def test_a_mount_point_is_refused_before_anything_is_unpacked(
    packed: Packed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: int
) -> None:
    rename, place = os.rename, tmp_path / "back"

    def of_a_mount(source: Path, target: Path) -> None:
        if place in (source, target):
            raise OSError(refusal, os.strerror(refusal), str(source))
        rename(source, target)

    place.mkdir()
    monkeypatch.setattr(os, "rename", of_a_mount)
    with pytest.raises(Problem, match="挂载点") as caught:
        restore(packed.archive, DataPaths(place), lambda *_: pytest.fail("unpacked before it was asked"))
    assert (str(place / "yibao") in caught.value.todo, caught.value.exit_code) == (True, ExitCode.WRONG_USE)
    assert list(place.iterdir()) == []


def test_a_restored_folder_keeps_the_log_of_what_failed_after_it(
    packed: Packed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error before it leaves no folder, and so no log in it: the next call would be refused."""
    back = tmp_path / "back"
    asked = ["restore", "--from", str(packed.archive), "--data", str(back)]
    monkeypatch.setattr("yibao.backup.restore", lambda *_: 1 // 0)
    assert CliRunner().invoke(cli.main, asked).exit_code == ExitCode.UNEXPECTED
    assert not back.exists()
    monkeypatch.undo()
    monkeypatch.setattr("yibao.issuing.history", lambda *_: 1 // 0)
    assert CliRunner().invoke(cli.main, asked).exit_code == ExitCode.UNEXPECTED
    assert list((back / "logs").glob("error-*.log"))


def test_a_disk_too_small_is_told_before_anything_is_written(
    packed: Packed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    assert "磁盘空间不足" in refused(packed.archive, tmp_path).what


def test_a_full_backup_disk_is_named_and_not_that_of_the_data(paths: DataPaths, tmp_path: Path) -> None:
    asked = ["backup", "--to", str(tmp_path / "kept"), "--data", str(paths.root)]
    with file_limit(1_000_000):
        done = CliRunner().invoke(cli.main, asked)
    assert (done.exit_code, "备份没有做成：磁盘空间不足" in done.stderr) == (ExitCode.UNEXPECTED, True)
    said = "".join(done.stderr.split())
    assert f"--to{tmp_path / 'kept'}" in said and "用--to换" in said
    assert str(paths.root) not in said
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_disk_that_fills_while_restoring_is_named(packed: Packed, tmp_path: Path) -> None:
    asked = ["restore", "--from", str(packed.archive), "--data", str(tmp_path / "back")]
    with file_limit(1_000_000):
        done = CliRunner().invoke(cli.main, asked)
    assert (done.exit_code, "没有恢复：磁盘空间不足" in done.stderr) == (ExitCode.UNEXPECTED, True)
    assert f"--data{tmp_path / 'back'}" in "".join(done.stderr.split())
    assert not (tmp_path / "back").exists()


def test_a_list_with_a_path_twice_is_no_list() -> None:
    member = {"path": "logs/a", "size": 1, "sha256": "0", "read_only": False}
    text = json.dumps(
        {"version": 1, "created_at": "", "yibao_version": "", "key_id": None, "members": [member, member]}
    )
    with pytest.raises(ValueError, match="twice"):
        contents.from_json(text.encode())
