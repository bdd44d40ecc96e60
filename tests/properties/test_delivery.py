"""What is told is told by the rows, not by the files that they came in, nor by when they came."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from hypothesis import event, given
from hypothesis import strategies as st

from tests.landing_kit import Desk
from tests.properties.delivery import CUTS, WHOLE, Cut, county, deliver, desk_at
from tests.properties.effort import examples
from tests.properties.models import Models

EXPORTS = len(county(0))
FACTS = frozenset(
    {
        "fct_settlement",
        "fct_settlement_item",
        "fct_fund_entry",
        "fct_inspection",
        "int_enrollment",
        "int_coverage_span",
        "int_payer_span",
        "int_payer_change",
    }
)
# where a row stood, and the state of its month or year that is made from it
LINEAGE = frozenset({"_file_id", "_sheet", "_row", "month_fingerprint", "year_fingerprint", "file", "row"})
# they count files, or every copy of a row
BY_FILE = frozenset({"file_conservation", "dataset_score"})
# what holds whatever the cut: no counts by file
ROWS = {"warning_count": " where scope <> 'file'"}
# when a row was corrected depends on which landing was first
WHEN = {"quarantine": frozenset({"status", "corrected_file", "corrected_row"})}
FATES = ("accepted", "quarantined", "superseded")


@cache
def whole(models: Models, folder: Path, seed: int) -> str:
    """The catalog with the models of a county that came as one file for each dataset, in one landing."""
    catalog = f"whole_{seed}"
    desk = desk_at(folder / catalog)
    deliver(desk, seed, [WHOLE] * EXPORTS)
    models.build(desk.paths, catalog, models.published | FACTS)
    return catalog


@examples(6)
@given(seed=st.integers(0, 9), cuts=st.lists(CUTS, min_size=EXPORTS, max_size=EXPORTS))
def test_any_cut_and_any_order_give_the_same_marts(
    models: Models, folder: Path, seed: int, cuts: list[Cut]
) -> None:
    """Keys are unique here or their versions differ in updt_time; of versions without one the last to come wins (semantics 2)."""
    desk = desk_at(folder / "cut")
    try:
        copied = deliver(desk, seed, cuts)
        event(f"landings: {len({landing for cut in cuts for landing in cut.landings})}")
        models.build(desk.paths, "cut", models.published | FACTS)
        expected = whole(models, folder, seed)
        for table in sorted((models.published | FACTS) - BY_FILE):
            left_out = LINEAGE | WHEN.get(table, frozenset())
            kept = [name for name in models.columns("cut", table) if name not in left_out]
            query = f"select {', '.join(kept)} from {{in}}.{table}{ROWS.get(table, '')}"
            assert models.difference(expected, "cut", query) == [], table
        fates = ", ".join(f"sum({fate}_rows), sum({fate}_amount)" for fate in FATES)
        by_dataset = f"select dataset, {fates} from {{in}}.file_conservation group by dataset"
        assert models.difference(expected, "cut", by_dataset) == []
        assert models.rows("select sum(duplicate_rows) from cut.main.file_conservation") == [(copied,)]
    finally:
        shutil.rmtree(desk.root)


def tree(desk: Desk) -> dict[str, bytes]:
    return {
        path.relative_to(desk.paths.landing).as_posix(): path.read_bytes()
        for path in sorted(desk.paths.landing.rglob("*"))
        if path.is_file()
    }


@examples(4)
@given(seed=st.integers(0, 9), cuts=st.lists(CUTS, min_size=EXPORTS, max_size=EXPORTS), data=st.data())
def test_a_file_that_comes_again_changes_nothing(
    folder: Path, seed: int, cuts: list[Cut], data: st.DataObject
) -> None:
    """Under its own name or another, once or twice: not a byte of what is landed."""
    desk = desk_at(folder / "again")
    try:
        deliver(desk, seed, cuts)
        before = tree(desk)
        files = sorted(desk.inbox.iterdir())
        for path in data.draw(st.lists(st.sampled_from(files), max_size=5)):
            shutil.copyfile(path, path.with_name(f"又一次{len(list(desk.inbox.iterdir()))}{path.suffix}"))
        summary = desk.land()
        assert not summary.taken and not summary.refused
        assert len(summary.skipped) == len(list(desk.inbox.iterdir()))
        assert tree(desk) == before
    finally:
        shutil.rmtree(desk.root)
