"""Answers are kept by generation and scope: nobody gets another's rows, nor a figure of yesterday."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.unit.figures_kit import COUNTY, OTHER_TOWN, TOWN, cell, publish
from yibao import publishing
from yibao.figures import Figures, Scope, open_figures, reader
from yibao.paths import DataPaths
from yibao.problem import Problem

RATES = "select region_code || '=' || cast(value as decimal(10, 2)) from indicator_value order by 1"


def county(root: Path, town: str = "95", days: int = 0) -> DataPaths:
    cells = [
        cell("part_rate", "96", region=COUNTY),
        cell("part_rate", town, region=TOWN),
        cell("part_rate", "97.5", region=OTHER_TOWN),
    ]
    return publish(root, cells, days=days)


def rates(figures: Figures) -> tuple[str, ...]:
    return figures.rows(str, RATES)


def test_two_scopes_never_share_an_answer(tmp_path: Path) -> None:
    paths = county(tmp_path)
    # the same query, asked in turn: the first answer is kept when the second comes
    for _ in range(2):
        assert rates(open_figures(paths, Scope())) == (
            "990101001=95.00",
            "990101002=97.50",
            "990101=96.00",
        )
        assert rates(open_figures(paths, Scope(TOWN))) == ("990101001=95.00",)
        assert rates(open_figures(paths, Scope(OTHER_TOWN))) == ("990101002=97.50",)


def test_the_parameters_and_the_kind_belong_to_what_is_kept(tmp_path: Path) -> None:
    figures = open_figures(county(tmp_path), Scope())
    asked = "select region_code from indicator_value where region_code = ?"
    assert figures.rows(str, asked, (TOWN,)) == (TOWN,)
    assert figures.rows(str, asked, (COUNTY,)) == (COUNTY,)
    assert figures.rows(int, asked, (COUNTY,)) == (990101,)


def test_a_new_generation_is_seen_at_once_and_an_open_page_keeps_its_own(tmp_path: Path) -> None:
    before = open_figures(county(tmp_path), Scope(TOWN))
    assert rates(before) == ("990101001=95.00",)
    paths = county(tmp_path, town="94", days=1)
    after = open_figures(paths, Scope(TOWN))
    assert rates(after) == ("990101001=94.00",)
    # the page that began before goes on with what it began with, also where it asks anew
    assert before.rows(str, "select status from indicator_value") == ("ok",)
    assert rates(before) == ("990101001=95.00",)
    publishing.rollback(paths)
    assert rates(open_figures(paths, Scope(TOWN))) == ("990101001=95.00",)


def test_generations_of_before_are_let_go(tmp_path: Path) -> None:
    for days, town in enumerate(("91", "92", "93", "94")):
        open_figures(county(tmp_path, town, days), Scope())
    assert len(reader._opened) == reader._GENERATIONS_OPEN


def test_what_is_kept_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_ROWS_KEPT", 5)
    figures = open_figures(county(tmp_path), Scope())
    for number in range(4):
        found = figures.rows(int, f"select {number} from indicator_value")
        assert found == (number,) * 3
    assert len(figures._source._answers) == 1
    assert figures._source._rows == 3


def test_many_threads_of_two_scopes_get_their_own(tmp_path: Path) -> None:
    paths = county(tmp_path)

    def ask(number: int) -> bool:
        place = (TOWN, OTHER_TOWN, None)[number % 3]
        # each query is new to the process: nothing is answered from memory
        found = open_figures(paths, Scope(place)).rows(
            str, f"select region_code from indicator_value where {number} = {number}"
        )
        return set(found) == ({place} if place else {COUNTY, TOWN, OTHER_TOWN})

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(120)))


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    paths = county(tmp_path)
    database = publishing.require_current(paths).database
    database.chmod(0o644)
    with database.open("ab") as file:
        file.write(b"x")
    with pytest.raises(Problem, match="损坏"):
        open_figures(paths, Scope())


def test_without_anything_published_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="还没有发布过"):
        open_figures(DataPaths(tmp_path), Scope())
