"""The same rows of a county, delivered in any way: cut into files, in any order, in any form and in several landings."""

from __future__ import annotations

import csv
import io
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import strategies as st

from tests.integration.messy_county import County, Export
from tests.landing_kit import NOW, Desk

MONTHS = [(2025, 12), (2026, 1)]
# the date of every file: a settlement of a later month would be warned of (semantics 2)
WRITTEN = NOW.timestamp()
FORMS = ("utf-8", "utf-8-sig", "gb18030", "tsv", "xlsx")


@dataclass(frozen=True)
class Cut:
    """How the rows of one export are delivered. `landings`: for each file, in which landing it comes; `copies` rows come twice."""

    landings: tuple[int, ...]
    form: str
    titles: int
    copies: int
    shuffle: int


WHOLE = Cut((0,), "utf-8", 0, 0, 0)
CUTS = st.builds(
    Cut,
    landings=st.lists(st.integers(0, 2), min_size=1, max_size=4).map(tuple),
    form=st.sampled_from(FORMS),
    titles=st.integers(0, 2),
    copies=st.integers(0, 3),
    shuffle=st.integers(0, 2**32),
)


@dataclass(frozen=True)
class Rows:
    """The rows of an export; the last `broken` of them are quarantined, so they are never sent twice."""

    export: Export
    broken: int


@cache
def county(seed: int) -> tuple[Rows, ...]:
    """A small county in disorder: several versions of an enrollment (told apart by their time), and rows that do not parse."""
    draw = random.Random(seed)
    exports = County(seed, persons=25, months=MONTHS, settlements=40, filings=60).exports()
    rows = []
    for export in exports:
        good = list(export.rows)
        if export.name == "参保":
            # a date of their own each: two versions of one time would be told apart by where they stand
            good += [
                [*row[:6], draw.choice(["1", "2", "4"]), row[7], "", f"2026-{month:02d}-09 08:00:00"]
                for row in draw.sample(good, 8)
                for month in draw.sample(range(7, 10), 2)
            ]
        bad = [_broken(row, export.name) for row in draw.sample(good, 3)]
        rows.append(Rows(Export(export.name, export.header, good + bad), len(bad)))
    return tuple(rows)


def _broken(row: Sequence[object], name: str) -> list[object]:
    # an id of its own: it must stay out for what is wrong, not for its key
    return [
        f"{row[0]}?",
        *("" if place == _REQUIRED[name] else cell for place, cell in enumerate(row[1:], 1)),
    ]


# the place of a required column of each export
_REQUIRED = {
    "参保": 2,
    "征缴": 5,
    "结算": 13,
    "明细": 3,
    "备案": 4,
    "机构": 1,
    "人口": 3,
    "台账": 6,
    "名单": 1,
}


def deliver(desk: Desk, seed: int, cuts: Sequence[Cut]) -> int:
    """Lands the county as the cuts say, one landing after another; returns the number of rows landed twice."""
    copied = 0
    files = []
    for rows, cut in zip(county(seed), cuts, strict=True):
        draw = random.Random(cut.shuffle)
        places = list(range(len(rows.export.header)))
        sent = list(rows.export.rows)
        again = draw.sample(sent[: len(sent) - rows.broken], cut.copies)
        copied += len(again)
        sent += again
        if cut is not WHOLE:
            draw.shuffle(places)
            draw.shuffle(sent)
        for number, part in enumerate(_parts(sent, len(cut.landings), draw)):
            table = [[rows.export.header[place] for place in places]]
            table += [[str(row[place]) for place in places] for row in part]
            name = f"{draw.randrange(100):02d}{rows.export.name}{number}"
            files.append((cut.landings[number], name, cut, table))
    for landing in sorted({landing for landing, *_ in files}):
        for when, name, cut, table in files:
            if when == landing:
                _write(desk, name, cut, table)
        summary = desk.land(NOW + timedelta(days=landing))
        assert not summary.refused
        # two parts of the same bytes (a row, and its copy) are one file: the second is not landed
        names = [Path(skipped.file).stem for skipped in summary.skipped]
        copied -= sum(len(table) - 1 for when, name, _, table in files if when == landing and name in names)
    return copied


def _parts(rows: list[list[object]], count: int, draw: random.Random) -> Iterator[list[list[object]]]:
    cuts = sorted(draw.sample(range(1, len(rows)), count - 1))
    for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        yield rows[start:end]


def _write(desk: Desk, name: str, cut: Cut, table: list[list[str]]) -> None:
    titles = [["某县医疗保障局导出"]] * cut.titles
    if cut.form == "xlsx":
        path = desk.inbox / f"{name}.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("数据")
            for number, cells in enumerate(titles + table):
                sheet.write_row(number, 0, cells)
    else:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter="\t" if cut.form == "tsv" else ",").writerows(titles + table)
        path = desk.put(f"{name}.csv", text.getvalue(), "utf-8" if cut.form == "tsv" else cut.form)
    os.utime(path, (WRITTEN, WRITTEN))


def desk_at(folder: Path) -> Desk:
    """An empty desk in a new folder."""
    folder.mkdir(parents=True)
    return Desk(folder)
