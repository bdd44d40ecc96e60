"""A chain of records tells every change, and a power cut costs nothing that was acknowledged."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from yibao import chain
from yibao.problem import ExitCode, Problem


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three records."""
    path = tmp_path / "kept" / "ledger.jsonl"
    for number in (1, 2, 3):
        chain.append(path, {"number": number, "name": "张"})
    return path


def test_a_line_is_what_anyone_can_recompute(path: Path) -> None:
    first, second, _ = path.read_text(encoding="utf-8").splitlines()
    text = '{"prev":"' + "0" * 64 + '","record":{"name":"张","number":1}}'
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert json.loads(first)["hash"] == expected
    assert json.loads(second)["prev"] == expected


def test_records_come_back_in_order(path: Path) -> None:
    assert [record["number"] for record in chain.read(path)] == [1, 2, 3]
    verified = chain.verify(path)
    assert (verified.lines, verified.torn) == (3, ())
    assert (
        verified.last_hash == chain.last_hash(path) == json.loads(path.read_text().splitlines()[-1])["hash"]
    )


def test_no_file_is_an_empty_chain(tmp_path: Path) -> None:
    assert chain.read(tmp_path / "none.jsonl") == []
    assert chain.verify(tmp_path / "none.jsonl") == chain.Verified(0, chain.START, ())


@pytest.mark.parametrize(
    ("change", "line"),
    [
        pytest.param(lambda lines: [lines[0].replace("张", "李"), *lines[1:]], 1, id="changed"),
        pytest.param(lambda lines: [lines[0], lines[2]], 2, id="removed"),
        pytest.param(lambda lines: lines[1:], 1, id="first removed"),
        pytest.param(lambda lines: [lines[0], lines[2], lines[1]], 2, id="swapped"),
        pytest.param(lambda lines: [lines[0], lines[0], *lines[1:]], 2, id="twice"),
        pytest.param(lambda lines: [*lines[:2], "", lines[2]], 3, id="empty line"),
        pytest.param(lambda lines: [*lines[:2], lines[2][:-9]], 3, id="last one cut but ended"),
    ],
)
def test_every_change_is_found(path: Path, change: object, line: int) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")  # type: ignore[operator]
    with pytest.raises(Problem, match=f"第 {line} 行") as caught:
        chain.verify(path)
    assert caught.value.exit_code == ExitCode.UNEXPECTED


def test_a_changed_line_with_a_new_hash_is_found_at_the_next(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    link = json.loads(lines[0])
    del link["hash"]
    link["record"]["name"] = "李"
    text = json.dumps(link, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    lines[0] = json.dumps({**link, "hash": hashlib.sha256(text.encode()).hexdigest()}, ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(Problem, match="第 2 行"):
        chain.verify(path)


def whole_line(path: Path) -> bytes:
    """What the next record would look like."""
    with_next = path.with_name("copy.jsonl")
    with_next.write_bytes(path.read_bytes())
    chain.append(with_next, {"number": 4})
    return with_next.read_bytes()[len(path.read_bytes()) :]


@pytest.mark.parametrize("left", [1, 40, -1], ids=["one byte", "a part", "all but the newline"])
def test_a_torn_line_is_told_and_nothing_else_is_lost(path: Path, left: int) -> None:
    torn = whole_line(path)[:left]
    with path.open("ab") as file:
        file.write(torn)
    assert chain.verify(path).torn == (4,)
    assert len(chain.read(path)) == 3

    chain.append(path, {"number": 5})
    verified = chain.verify(path)
    assert (verified.lines, verified.torn) == (4, (4,))
    assert [record["number"] for record in chain.read(path)] == [1, 2, 3, 5]
    assert torn in path.read_bytes()
    # and the fragment is under the chain too
    whole = path.read_bytes()
    for instead in (b"x\n", b""):
        path.write_bytes(whole.replace(torn + b"\n", instead))
        with pytest.raises(Problem, match="第 4 行"):
            chain.verify(path)


def test_a_file_of_one_torn_line_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b'{"hash"')
    chain.append(path, {"number": 1})
    assert chain.verify(path).torn == (1,)
    assert chain.read(path) == [{"number": 1}]


def test_what_the_disk_refuses_is_not_half_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", refuse)
        chain.append(path, {"number": 4})
    assert path.read_bytes() == before


def test_nothing_is_added_to_a_damaged_end(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"no line of ours\n")
    with pytest.raises(Problem, match="最后一行已损坏"):
        chain.append(path, {"number": 4})


def test_many_writers_make_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: chain.append(path, {"number": number}), range(40)))
    assert chain.verify(path).lines == 40
    assert sorted(record["number"] for record in chain.read(path)) == list(range(40))


def test_a_long_last_line_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    chain.append(path, {"text": "长" * 100_000})
    chain.append(path, {"text": "短"})
    assert chain.verify(path).lines == 2


def test_a_second_file_carries_on(path: Path) -> None:
    following = path.with_name("later.jsonl")
    chain.append(following, {"number": 4}, start=chain.last_hash(path))
    assert chain.verify(following, start=chain.verify(path).last_hash).lines == 1
    with pytest.raises(Problem, match="第 1 行"):
        chain.verify(following)
