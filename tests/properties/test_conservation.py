"""landed = accepted + quarantined + duplicate + superseded, by rows and money, for every file whatever is in it (semantics 2)."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

from hypothesis import event, given
from hypothesis import strategies as st

from tests.properties.delivery import desk_at
from tests.properties.dirty import DirtyFile, dirty_files
from tests.properties.effort import examples
from tests.properties.models import Models
from tests.reference.contract import load_datasets
from tests.reference.read import read_inbox
from tests.reference.rows import Accepted
from yibao.landing import read_ledger

FATES = ("landed", "accepted", "quarantined", "duplicate", "superseded")
DATASETS = load_datasets()
COLUMNS = ", ".join(f"{fate}_rows, {fate}_amount" for fate in FATES)


@examples(15)
@given(files=st.lists(dirty_files(), min_size=1, max_size=4))
def test_every_row_of_every_file_has_one_fate(models: Models, folder: Path, files: list[DirtyFile]) -> None:
    """The fates and their money are those that the auditor finds in the files by himself."""
    desk = desk_at(folder / "dirty")
    try:
        for number, file in enumerate(files):
            file.write(desk, f"{number}")
        summary = desk.land()
        event(f"refused: {sorted({refused.reason_code for refused in summary.refused})}")
        entries = read_ledger(desk.paths)
        written = {f"{number}.{file.form}": file for number, file in enumerate(files)}
        for entry in entries:
            assert (entry.dataset, entry.rows) == (written[entry.file].dataset, written[entry.file].rows)
        told = {file.file for file in (*summary.taken, *summary.skipped, *summary.refused)}
        assert told == set(written)
        if not entries:
            return
        models.build(desk.paths, "dirty", ["file_conservation", "quarantine"])
        found = {
            (dataset, file): tuple(zip(figures[::2], figures[1::2], strict=True))
            for dataset, file, *figures in models.rows(
                f"select dataset, file, {COLUMNS} from dirty.main.file_conservation"
            )
        }
        assert found == {
            (line["dataset"], line["file"]): tuple(
                (int(line[fate]), Decimal(line[f"{fate}_amount"] or 0)) for fate in FATES
            )
            for line in Accepted(read_inbox(desk.inbox, DATASETS), DATASETS).conservation()
        }
        for figures in found.values():
            for landed, *parts in zip(*figures, strict=True):
                assert landed == sum(parts)
        (quarantined,) = models.rows(
            "select count(*) from (select distinct dataset, file, row from dirty.main.quarantine)"
        )
        assert quarantined == (sum(figures[2][0] for figures in found.values()),)
        for place, fate in enumerate(FATES[1:], 1):
            event(f"{fate}: {any(figures[place][0] for figures in found.values())}")
    finally:
        shutil.rmtree(desk.root)
