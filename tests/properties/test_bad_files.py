"""Files that are none: each is taken whole or refused in plain words, and holds up no other."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
import xlwt  # type: ignore[import-untyped]
from hypothesis import event, given
from hypothesis import strategies as st

from tests.integration.conftest import yibao
from tests.landing_kit import REGION, Desk
from tests.properties.delivery import desk_at
from tests.properties.effort import examples
from yibao.landing.inbox import list_inbox
from yibao.landing.summary import RefusedFile

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX only")
GOOD = REGION + "990101,示范县\n"


@cache
def workbook(cells: tuple[tuple[str, str], ...] = ()) -> bytes:
    """An XLSX of 40 regions, with these further cells."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("区划")
        sheet.write_row(0, 0, ["区划代码", "区划名称"])
        for row in range(1, 41):
            sheet.write_row(row, 0, [f"{row:06d}", f"甲{row}"])
        for place, text in cells:
            sheet.write_string(place, text)
    return stream.getvalue()


@cache
def old_workbook() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("区划")
    for row in range(40):
        for place, text in enumerate(["区划代码", "区划名称"] if not row else [f"{row:06d}", "甲"]):
            sheet.write(row, place, text)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """The XLSX with one part of it replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            if item.filename != name:
                new.writestr(item.filename, old.read(item))
        new.writestr(name, content)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
LINK = (
    b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook r:id="rId1"'
    b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></externalLink>'
)
LAUGHS = (
    b'<!DOCTYPE lolz [<!ENTITY a "' + b"lol" * 99 + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 50) for at in range(9))
    + b"]><workbook>&j;</workbook>"
)  # fmt: skip
WHOLE_FILES: dict[str, Callable[[], bytes]] = {
    "a.csv": lambda: (REGION + "".join(f"{row},虚构镇{row}\n" for row in range(60))).encode("gb18030"),
    "b.csv": lambda: (REGION + '1,"甲\n乙"\n2,"丙""丁"\n').encode(),
    "c.xlsx": workbook,
    "d.xls": old_workbook,
}
MADE: dict[str, Callable[[], bytes]] = {
    "empty.csv": bytes,
    "empty.xlsx": bytes,
    "blank.csv": lambda: b" \r\n" * 1000,
    "mark only.csv": lambda: b"\xef\xbb\xbf",
    "nothing.xls": lambda: bytes(5000),
    "nul.csv": lambda: (REGION + "1,甲\0乙\n").encode(),
    "wide header.csv": lambda: ",".join(f"列{place}" for place in range(20_000)).encode() + b"\n1\n",
    "long header.csv": lambda: ("区划代码," + "甲" * 3_000_000 + "\n1,2\n").encode(),
    "same header.csv": lambda: "区划代码,区划名称,区划名称\n1,甲,乙\n".encode(),
    "open quote.csv": lambda: (REGION + '1,"甲\n' + "2,乙\n" * 5000).encode(),
    "utf16.csv": lambda: (REGION + "1,甲\n").encode("utf-16"),
    "page.xlsx": lambda: "<html><table><tr><td>区划代码</td></tr></table></html>".encode(),
    "bomb.xlsx": lambda: with_part(SHEET, b" " * (300 << 20)),
    "far.xlsx": lambda: workbook((("XFD1048576", " "),)),
    "laughs.xlsx": lambda: with_part("xl/workbook.xml", LAUGHS),
    "links.xlsx": lambda: with_part("xl/externalLinks/externalLink1.xml", LINK),
    "no sheet.xlsx": lambda: with_part("xl/workbook.xml", b"<workbook/>"),
    "no xml.xlsx": lambda: with_part(SHEET, b"\0\xff" * 99),
    "up.xlsx": lambda: with_part("../../../etc/passwd", b"x"),
    "program.exe": lambda: b"MZ" + bytes(99),
    "no suffix": lambda: GOOD.encode(),
}
NAMES = (
    "=cmd|' .csv",
    "-rf.csv",
    "换\n行.csv",
    "😀.xlsx",
    "\x1b[31mred.csv",
    "'); drop.csv",
    "%s{}.csv",
    "甲" * 80 + ".csv",
    "a b?.tsv",
)
NOISE_NAMES = ("n.csv", "n.tsv", "n.txt", "n.xlsx", "n.xls", *NAMES)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A whole file with some bytes lost, doubled, or changed."""
    name = draw(st.sampled_from(sorted(WHOLE_FILES)))
    content = bytearray(WHOLE_FILES[name]())
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        length = draw(st.integers(1, 40))
        match draw(st.sampled_from(["cut", "lose", "double", "change"])):
            case "cut":
                del content[at:]
            case "lose":
                del content[at : at + length]
            case "double":
                content[at:at] = content[at : at + length]
            case "change":
                content[at : at + length] = draw(st.binary(min_size=length, max_size=length))
    return name, bytes(content)


NOISE = st.tuples(
    st.sampled_from(NOISE_NAMES),
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
    | st.binary(max_size=99).map(lambda noise: b"PK\x03\x04" + noise)
    | st.binary(max_size=99).map(lambda noise: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise)
    | st.text('区划代码名称,\t"\r\n 1甲=+', max_size=200).map(lambda text: (REGION + text).encode()),
)


@examples(60)
@given(files=st.lists(damaged() | NOISE, min_size=1, max_size=8))
def test_whatever_lies_in_the_inbox(folder: Path, files: list[tuple[str, bytes]]) -> None:
    desk = desk_at(folder / "bad")
    try:
        for number, (name, content) in enumerate(files):
            desk.put(f"{number}{name}", content)
        for refused in check(desk):
            event(refused.reason_code)
    finally:
        shutil.rmtree(desk.root)


def check(desk: Desk) -> tuple[RefusedFile, ...]:
    """Every file is taken, skipped or refused with a sentence of Chinese; a good one beside them is taken; a second look takes nothing."""
    desk.put("好.csv", GOOD)
    before = {path: path.read_bytes() for path in desk.inbox.iterdir() if path.is_file()}
    summary = desk.land()
    told = [file.file for file in (*summary.taken, *summary.skipped, *summary.refused)]
    assert sorted(told) == sorted(file.name for file in list_inbox(desk.inbox))
    assert len(told) == len(before) and all(name.replace("\u3000", "").isprintable() for name in told)
    assert "好.csv" in [file.file for file in summary.taken]
    for refused in summary.refused:
        assert refused.message_zh.endswith("。") and any("一" <= char <= "龥" for char in refused.message_zh)
        assert len(refused.message_zh) < 2000
    again = desk.land()
    assert not again.taken and len(again.skipped) == len(summary.taken) + len(summary.skipped)
    assert {path: path.read_bytes() for path in before} == before
    return summary.refused


@pytest.mark.parametrize("name", MADE)
def test_a_file_made_to_harm(tmp_path: Path, name: str) -> None:
    desk = Desk(tmp_path)
    desk.put(name, MADE[name]())
    check(desk)


@posix
def test_the_command_on_all_of_them(tmp_path: Path) -> None:
    """One line for each, no traceback; what is no file (a folder, a pipe, a link to nowhere or to itself) is passed over."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name, content in MADE.items():
        (inbox / name).write_bytes(content())
    for name in NAMES:
        (inbox / name).write_bytes(b"\x01")
    (inbox / "folder.csv").mkdir()
    (inbox / "nowhere.csv").symlink_to(inbox / "gone")
    (inbox / "itself.csv").symlink_to(inbox / "itself.csv")
    (inbox / "round").symlink_to(inbox)
    os.mkfifo(inbox / "pipe.csv")
    (inbox / "好.csv").write_text(GOOD, encoding="utf-8")
    for options, code in (((), 0), (("--strict",), 3)):
        done = yibao("land", "--inbox", inbox, *options, data=tmp_path / "data")
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr and "panicked" not in done.stderr
        assert "\x1b[31m" not in done.stdout
        refused = [
            file["file"] for file in json.loads((tmp_path / "data/landing/refusals.json").read_text("utf-8"))
        ]
        assert set(MADE) - set(refused) == {"links.xlsx", "up.xlsx"}
        assert len(refused) == len(MADE) - 2 + len(NAMES)
