"""Files that were cut short, changed by a bit, taken away or added: found and named, never other figures."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import Progress, Size, Survived
from tests.faults.stage import Stage
from tests.landing_kit import REGION, ROSTER, Desk, roster_row
from yibao import publishing
from yibao.landing import LandingError, read_ledger, require_intact
from yibao.problem import Problem


def flip(path: Path, position: int, chance: random.Random) -> None:
    """Another bit in that byte; the file's time stays, as when a disk rots."""
    before = path.stat()
    mode = before.st_mode
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[position] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    path.chmod(mode)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def landed_desk(home: Path) -> Desk:
    desk = Desk(home)
    desk.put("a.csv", REGION + "".join(f"99010100{place},虚构镇{place}\n" for place in range(9)))
    desk.put("b.csv", ROSTER + "".join(map(roster_row, range(20))))
    desk.land()
    require_intact(desk.paths)
    return desk


def landed(desk: Desk) -> list[Path]:
    return sorted(path for path in desk.paths.landed_files.glob("000001-*/*"))


def test_every_flipped_bit_of_landed_files_is_found(home: Path, size: Size, survived: Survived) -> None:
    desk = landed_desk(home)
    chance = random.Random(size.seed)
    tried = 0
    for path in landed(desk):
        whole = path.read_bytes()
        for position in size.of(range(len(whole)), 40):
            flip(path, position, chance)
            with pytest.raises(LandingError) as found:
                require_intact(desk.paths)
            # of the list of sums itself the file that it names is told
            assert found.value.where.startswith(str(path.parent))
            assert path.name in (Path(found.value.where).name, "SHA256SUMS")
            path.write_bytes(whole)
            tried += 1
    require_intact(desk.paths)
    survived("flipped bits of landed files", tried)


def test_every_length_that_a_landed_file_is_cut_to_is_found(
    home: Path, size: Size, survived: Survived
) -> None:
    desk = landed_desk(home)
    tried = 0
    for path in landed(desk):
        whole = path.read_bytes()
        for length in size.of(range(len(whole)), 20):
            path.write_bytes(whole[:length])
            with pytest.raises(LandingError, match=path.parent.name):
                require_intact(desk.paths)
            tried += 1
        path.write_bytes(whole)
    survived("landed files cut short", tried)


@pytest.mark.parametrize("name", ["region-0.parquet", "ledger.parquet", "SHA256SUMS"])
def test_a_landed_file_that_is_gone_is_named(home: Path, name: str) -> None:
    desk = landed_desk(home)
    (path,) = [
        path for path in landed(desk) if path.name == name and (path.parent / "region-0.parquet").exists()
    ]
    path.unlink()
    with pytest.raises(LandingError) as found:
        require_intact(desk.paths)
    assert found.value.where == str(path)


def test_a_file_put_among_the_landed_by_hand_is_named(home: Path) -> None:
    desk = landed_desk(home)
    source = next(path for path in landed(desk) if path.name == "region-0.parquet")
    shutil.copy(source, source.with_name("region-1.parquet"))
    with pytest.raises(LandingError) as found:
        require_intact(desk.paths)
    assert found.value.where == str(source.with_name("region-1.parquet"))


def test_a_ledger_of_another_folder_is_not_believed(home: Path) -> None:
    desk = landed_desk(home)
    first, second = (path for path in landed(desk) if path.name == "ledger.parquet")
    shutil.copy(first, second)
    with pytest.raises(LandingError, match="台账"):
        read_ledger(desk.paths)


@pytest.mark.parametrize("name", ["region-0.parquet", "ledger.parquet"])
def test_a_run_over_damaged_landed_files_publishes_nothing(stage: Stage, name: str, size: Size) -> None:
    assert stage.play().code == 0
    old = stage.current()
    path = next(iter(sorted(stage.paths.landed_files.glob(f"000001-*/{name}"))))
    whole = path.read_bytes()
    flip(path, len(whole) // 3, random.Random(size.seed))
    stopped = stage.play()
    assert stopped.code == 2
    assert str(path) in stopped.said and "损坏" in stopped.said and "从备份恢复" in stopped.said
    assert stage.current() == old and len(publishing.list_generations(stage.paths)) == 1
    # as the message says: restored, or the folder removed and its file landed again
    path.write_bytes(whole)
    assert stage.play().code == 0 and stage.current() == old
    flip(path, len(whole) // 3, random.Random(size.seed))
    shutil.rmtree(path.parent)
    assert stage.play().code == 0 and stage.current() == old


def test_a_damaged_zero_row_file_is_written_anew(home: Path) -> None:
    desk = landed_desk(home)
    path = desk.paths.contract_files / "region-schema.parquet"
    whole = path.read_bytes()
    for damaged in (b"", whole[:-9], whole[: len(whole) // 2] + b"\0" + whole[len(whole) // 2 + 1 :]):
        path.write_bytes(damaged)
        desk.land()
        assert path.read_bytes() == whole


def test_flipped_bits_of_the_warehouse_never_publish_other_figures(
    stage: Stage, size: Size, survived: Survived, progress: Progress
) -> None:
    assert stage.play().code == 0
    wanted = stage.current()
    stage.keep("before")
    chance = random.Random(size.seed)
    positions = [
        chance.randrange(stage.paths.warehouse.stat().st_size) for _ in range(200 if size.long else 5)
    ]
    refused = 0
    for position in progress("warehouse bits", positions):
        stage.put_back("before")
        flip(stage.paths.warehouse, position, chance)
        played = stage.play("publish")
        assert stage.current() == wanted, position
        if played.code:
            refused += 1
            assert played.code in (1, 3) and "什么：" in played.said and "意外" not in played.said, (
                played.said
            )
            assert str(stage.paths.warehouse) in played.said, played.said
    if size.long:
        assert refused
    survived(f"flipped bits of the warehouse ({refused} refused, the others in no table)", len(positions))


def test_a_changed_generation_is_told_wherever_the_bit_lies(
    stage: Stage, size: Size, survived: Survived
) -> None:
    assert stage.play().code == 0
    generation = publishing.require_current(stage.paths)
    chance = random.Random(size.seed)
    whole = generation.database.read_bytes()
    positions = [chance.randrange(len(whole)) for _ in range(300 if size.long else 20)]
    for position in positions:
        flip(generation.database, position, chance)
        # another time of the file: what was asked before is asked again
        os.utime(generation.database, ns=(position, position))
        with pytest.raises(Problem) as found:
            publishing.open_current(stage.paths)
        assert found.value.where == str(generation.database) and "rollback" in found.value.todo
        generation.database.chmod(0o600)
        generation.database.write_bytes(whole)
    publishing.open_current(stage.paths).close()
    survived("flipped bits of a generation", len(positions))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no tables": lambda folder: (folder / "marts.duckdb").unlink(),
    "tables cut": lambda folder: os.truncate(folder / "marts.duckdb", 5000),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "manifest cut": lambda folder: os.truncate(folder / "manifest.json", 100),
    "manifest empty": lambda folder: (folder / "manifest.json").write_text("{}", encoding="utf-8"),
    "another manifest": lambda folder: shutil.copy(
        next(other for other in folder.parent.glob("2*") if other != folder) / "manifest.json",
        folder / "manifest.json",
    ),
}


def test_a_damaged_generation_is_left_by_rollback_or_run(stage: Stage, survived: Survived) -> None:
    assert stage.play().code == 0
    first = publishing.require_current(stage.paths).run_id
    assert stage.play().code == 0
    stage.keep("before")
    for name, damage in DAMAGES.items():
        stage.put_back("before")
        folder = stage.paths.published / str(publishing.current_id(stage.paths))
        for path in folder.iterdir():
            path.chmod(0o600)
        damage(folder)
        shown = stage.play("show", "part_rate")
        assert shown.code == 1 and folder.name in shown.said and "yibao rollback" in shown.said, name
        assert stage.play("status").code == 0, name
        assert stage.play("rollback", "--to", first).code == 0, name
        assert stage.play("show", "part_rate").code == 0, name
    assert stage.play().code == 0
    survived("damaged generations", len(DAMAGES))
