"""A damaged pointer, a lost key, a clock set back, a folder without rights, a second run: each told, each survived."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults import county
from tests.faults.conftest import Size, Survived
from tests.faults.faults import Fault
from tests.faults.stage import Runner, Stage
from yibao import publishing
from yibao.landing import read_ledger

_HOUR = 3600


POINTERS: dict[str, tuple[bytes | None, str]] = {
    "empty": (b"", "内容是空的"),
    "blank": (b"\n \n", "内容是空的"),
    "dangling": (b"20200101T000000Z-00000000\n", "不在了"),
    "a path": (b"../../etc", "../../etc"),
    "bytes": (bytes(range(256)), "内容是"),
    "long": (b"x" * 100_000, "xxxx"),
    "gone": (None, "不见了"),
}


def test_a_damaged_pointer(stage: Stage, size: Size, survived: Survived) -> None:
    assert stage.play().code == 0
    published = str(publishing.current_id(stage.paths))
    stage.keep("before")
    for name, (content, told) in POINTERS.items():
        stage.put_back("before")
        stage.paths.current.unlink()
        if content is not None:
            stage.paths.current.write_bytes(content)
        for command in (("show", "part_rate"), ("rollback",)):
            played = stage.play(*command)
            assert played.code == 1, name
            assert "CURRENT" in played.said and told in played.said, name
            assert f"yibao rollback --to {published}" in played.said, name
        listed = stage.play("status")
        assert listed.code == 0 and published in listed.said, name
        # each of the two ways that the message names
        if size.long or name in ("dangling", "bytes"):
            stage.keep("damaged")
            assert stage.play().code == 0, name
            assert publishing.require_current(stage.paths).manifest.previous == published, name
            stage.put_back("damaged")
        assert stage.play("rollback", "--to", published).code == 0, name
        assert publishing.require_current(stage.paths).run_id == published, name
    survived("damaged pointers", len(POINTERS))


def test_a_generation_deleted_by_hand(stage: Stage) -> None:
    runs = []
    for number in (2, 3, 4):
        county.export(stage.inbox, number)
        assert stage.play().code == 0
        runs.append(str(publishing.current_id(stage.paths)))
    shutil.rmtree(stage.paths.published / runs[1])
    back = stage.play("rollback")
    assert back.code == 2 and runs[1] in back.said and runs[0] in back.said
    assert publishing.current_id(stage.paths) == runs[2]
    shutil.rmtree(stage.paths.published / runs[2])
    shown = stage.play("show", "part_rate")
    assert shown.code == 1 and runs[2] in shown.said and f"--to {runs[0]}" in shown.said
    assert stage.play().code == 0
    assert publishing.require_current(stage.paths).manifest.previous == runs[0]


def test_a_folder_without_rights(stage: Stage) -> None:
    assert stage.play().code == 0
    old = stage.current()
    for path in (stage.data, *stage.data.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    county.export(stage.inbox, 2)
    played = stage.play(powerless=True)
    assert played.code == 2, played.said
    assert "不能写入" in played.said and str(stage.data) in played.said and "权限" in played.said
    assert stage.play("show", "part_rate", powerless=True).code == 0
    assert stage.current() == old


def test_two_runs_at_once(stage: Stage) -> None:
    assert stage.play().code == 0
    county.export(stage.inbox, 2)
    held = stage.home / "held"
    first = stage.request(hold={"step": 40, "file": str(held)})
    stage.runner.begin(first)
    while not held.exists():
        time.sleep(0.02)
    with Runner() as other:
        second = Stage(stage.home, other, outputs=20).play()
    held.unlink()
    done = stage.runner.end(first)
    assert second.code == 2 and "另一个 yibao 正在使用" in second.said, second.said
    holder = json.loads(second.said.split("进程号 ")[1].split("，")[0])
    assert "yibao run" in second.said and holder > 1
    assert done.code == 0, done.said
    assert len(publishing.list_generations(stage.paths)) == 2


def test_a_clock_set_back(stage: Stage) -> None:
    runs = []
    for number, hours in ((2, 0), (3, -48), (4, -47)):
        county.export(stage.inbox, number)
        played = stage.play(clock=hours * _HOUR)
        assert played.code == 0, played.said
        runs.append(str(publishing.current_id(stage.paths)))
    # in the order in which they were published, whatever the clock said
    assert runs == sorted(runs)
    assert [generation.run_id for generation in publishing.list_generations(stage.paths)] == runs
    batches = [entry.landed_at for entry in sorted(read_ledger(stage.paths), key=lambda entry: entry.batch)]
    assert batches == sorted(batches)
    assert stage.play("rollback", clock=-100 * _HOUR).code == 0
    assert publishing.current_id(stage.paths) == runs[1]


KEYS: dict[str, tuple[Callable[[Stage], object], str]] = {
    "missing": (lambda stage: stage.key.unlink(), "找不到密钥文件"),
    "another": (lambda stage: stage.key.write_text("ab" * 32), "密钥不是导入这些数据时用的那一把"),
    "empty": (lambda stage: stage.key.write_bytes(b""), "密钥文件损坏"),
    "cut": (lambda stage: os.truncate(stage.key, 40), "密钥文件损坏"),
    "no record": (lambda stage: stage.paths.key_record.unlink(), "密钥登记文件不见了"),
    "record cut": (lambda stage: os.truncate(stage.paths.key_record, 1), "密钥登记文件读不出来"),
}


def test_a_key_that_is_not_the_one(stage: Stage, survived: Survived) -> None:
    assert stage.play().code == 0
    stage.keep("before")
    old = stage.current()
    county.export(stage.inbox, 2)
    for name, (damage, told) in KEYS.items():
        stage.put_back("before")
        damage(stage)
        damaged = [_content(stage.key), _content(stage.paths.key_record)]
        played = stage.play()
        assert played.code == 2 and told in played.said, (name, played.said)
        assert "恢复" in played.said or "找回" in played.said, name
        # never a new key, never a new record, nothing landed with either
        assert [_content(stage.key), _content(stage.paths.key_record)] == damaged, name
        assert stage.current() == old and len(read_ledger(stage.paths)) == 2, name
    stage.put_back("before")
    assert stage.play().code == 0 and stage.current() != old
    survived("keys lost or changed", len(KEYS))


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def test_the_note_of_a_killed_run_holds_nobody_up(stage: Stage) -> None:
    assert stage.play().code == 0
    killed = stage.play(fault=Fault("kill", 30))
    assert killed.code == -9 and (stage.data / "yibao.lock.json").exists()
    assert "正在使用" not in stage.play("status").said
    assert stage.play().code == 0
    assert not (stage.data / "yibao.lock.json").exists()
