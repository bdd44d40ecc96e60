"""A new generation is there at the next click, whole; a run that failed is told in red."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import duckdb
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Enter
from tests.browser.site import PATIENCE, Site, settle
from yibao import logs, publishing
from yibao.publishing import Generation
from yibao.publishing.generation import to_json
from yibao.publishing.store import set_current, sha256_of

SECOND = "20990101T000000Z-0000beef"


@pytest.fixture
def second(site: Site) -> Iterator[Generation]:
    """A generation like the first, but for a participation rate of 12.34 everywhere; not current."""
    first = publishing.require_current(site.paths)
    folder = site.paths.published / SECOND
    shutil.copytree(first.folder, folder)
    database = folder / first.database.name
    for path in folder.iterdir():
        path.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        for table in ("indicator_trend", "indicator_value"):
            connection.execute(f"update {table} set value = 12.34 where indicator_code = 'part_rate'")
    manifest = replace(
        first.manifest, run_id=SECOND, previous=first.run_id, database_sha256=sha256_of(database)
    )
    (folder / "manifest.json").write_text(to_json(manifest), encoding="utf-8")
    yield Generation(folder, manifest)
    set_current(site.paths, first.run_id)
    shutil.rmtree(folder)


@contextmanager
def last_run(site: Site, **report: object) -> Iterator[None]:
    """As if the last run had ended like this."""
    file = site.paths.logs / logs.LAST_RUN
    before = file.read_bytes()
    logs.write_run_report(site.paths, "of-a-test", report)
    try:
        yield
    finally:
        file.write_bytes(before)


def rate(page: Page) -> str:
    return page.locator(".card[data-code=part_rate] .figure b").inner_text()


def test_a_new_generation_is_there_at_the_next_click_and_no_page_mixes_two(
    site: Site, enter: Enter, second: Generation
) -> None:
    first = publishing.require_current(site.paths)
    page, _ = enter("analyst")
    site.open(page, "overview?region=990101&mode=ytd")
    before = rate(page)
    assert before != "12.34" and first.run_id in page.locator(".banner").inner_text()

    set_current(site.paths, second.run_id)
    page.get_by_text("本月", exact=True).first.click()
    expect(page.locator(".banner")).to_contain_text(SECOND, timeout=PATIENCE)
    expect(page.locator(".card[data-code=part_rate] .figure b")).to_have_text("12.34", timeout=PATIENCE)
    settle(page)
    assert first.run_id not in page.locator("body").inner_text()
    assert "参保率12.34%" in page.locator(".findings").inner_text()

    publishing.rollback(site.paths, first.run_id)
    site.open(page, "overview?region=990101&mode=ytd")
    assert rate(page) == before


def test_a_run_that_was_not_published_is_told_in_red_with_its_reason(site: Site, enter: Enter) -> None:
    page, _ = enter("leader")
    site.open(page, "overview")
    assert page.locator(".banner .reason").count() == 0
    report = {
        "exit_code": 3,
        "finished_at": "2099-01-01T00:00:00Z",
        "problem": {"what": "质量检查没有通过", "details": ["指标值有负数", "<b>"]},
    }
    with last_run(site, **report):
        site.open(page, "overview")
        assert "bad" in str(page.locator(".banner").get_attribute("class"))
        reason = page.locator(".banner .reason").inner_text()
        assert "没有发布，以下仍是上一版数据" in reason
        assert "质量检查没有通过（指标值有负数；<b>）" in reason
    with last_run(site, exit_code=0, finished_at="2099-01-01T00:00:00Z"):
        site.open(page, "overview")
        assert page.locator(".banner .reason").count() == 0
