"""The bench's own logic: how it splits files for the floor, and how it reckons ratios."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bench import report
from bench.exports import label_of
from bench.floor import encoding_of, header_of, write_parquet
from bench.measure import Measured, measure


def taken(name: str, wall: float, *, cpu: float = 1.0, tree: int = 0, exit_code: int = 0) -> Measured:
    return Measured(name, wall, cpu, tree, tree, exit_code, None)


def test_encoding_is_read_from_the_head() -> None:
    assert encoding_of("结算ID,总费用\n".encode()) == "utf-8"
    assert encoding_of("结算ID,总费用\n".encode("gb18030")) == "gb18030"


def test_a_character_cut_at_the_end_of_the_head_is_still_utf8() -> None:
    text = ("结算,总费用\n" * 10_000).encode()[: 64 << 10]
    with pytest.raises(UnicodeDecodeError):
        text.decode()
    assert encoding_of(text) == "utf-8"


def test_header_is_below_the_titles_and_commas_in_quotes_do_not_count() -> None:
    assert header_of('结算单\na,b,c\n1,"1,234.00",3\n', ",") == (1, 3)


def test_floor_keeps_every_row_as_text(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes("编号,金额\n001,1.50\n002,\n".encode("gb18030"))
    assert write_parquet(source, tmp_path / "a.parquet") == (2, 0)
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == [
        {"c0": "001", "c1": "1.50"},
        {"c0": "002", "c1": ""},
    ]


def test_the_road_is_its_steps_and_the_floor_the_faster_one() -> None:
    steps = [
        taken("land", 10, tree=5),
        taken("build", 18, tree=9),
        taken("check", 2, tree=3),
        taken("publish", 2, tree=1),
    ]
    floors = [taken(report.FLOOR_TEXT, 10), taken(report.FLOOR_AGAIN, 8)]
    found = report.by_name([*floors, *steps, taken(report.PEER, 64)])
    road = found[report.ROAD]
    assert (road.wall, road.cpu, road.peak_tree) == (32, 4, 9)
    ratios = report.ratios_of(road, found)
    assert (ratios.floor, ratios.peer) == (4.0, 0.5)


def test_a_road_that_did_not_arrive_has_no_ratio() -> None:
    found = report.by_name([taken(report.FLOOR_TEXT, 10), taken("land", 10), taken("build", 20, exit_code=3)])
    assert report.ratios_of(found[report.ROAD], found).floor is None


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="no CPU and memory of children on this system")
def test_measure_counts_what_children_take(tmp_path: Path) -> None:
    # the memory is that of a grandchild of the command
    code = "import time; x = bytearray(80 << 20); sum(range(3_000_000)); time.sleep(1)"
    for _ in range(2):
        code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
    code += """; print('{"rows": 7}')"""
    found = measure("a b", [sys.executable, "-c", code], cwd=tmp_path, env=dict(os.environ), logs=tmp_path)
    assert found.exit_code == 0
    assert found.told == {"rows": 7}
    assert found.peak_process is not None and found.peak_process > 80 << 20
    assert found.peak_tree is not None and found.peak_tree > 80 << 20
    assert found.cpu is not None and found.cpu > 0


def test_a_failure_carries_its_message(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no space')"]
    found = measure("x", command, cwd=tmp_path, env=dict(os.environ), logs=tmp_path)
    assert (found.exit_code, found.message) == (1, "no space")


def test_labels_keep_the_variants_apart() -> None:
    assert (label_of("M", 0), label_of("M", 0.33)) == ("M", "M-xlsx33")
