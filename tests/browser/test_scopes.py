"""Two users at the same time: neither sees what is the other's, whatever stands in the address."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from dashboard.pages import PAGES
from dashboard.pages import Page as Listed
from tests.browser.conftest import USERS, Enter
from tests.browser.site import OTHER_TOWN, TOWN, Site, settle, texts
from tests.browser.test_figures import asked

OF_A_CLERK = [page for page in PAGES if page.right in USERS["clerk"][0].rights]
CLOSED = [
    pytest.param(name, page, id=f"{name}-{page.path}")
    for name in ("leader", "clerk", "auditor")
    for page in PAGES
    if page.right not in USERS[name][0].rights
]


def towns(site: Site) -> dict[str, str]:
    """The townships' names by code, without the unknown one."""
    found = asked(site, "select region_code, region_name from dim_region where level = 'township'")
    return {code: str(name) for code, name in found if not code.endswith("000")}


def told(page: Page) -> str:
    return "\n".join(words for _, words in texts(page))


@pytest.mark.parametrize("listed", OF_A_CLERK, ids=lambda page: page.path)
def test_a_clerk_sees_his_township_while_an_analyst_sees_all(
    site: Site, enter: Enter, listed: Listed
) -> None:
    names = towns(site)
    clerk, _ = enter("clerk")
    analyst, _ = enter("analyst")
    site.open(analyst, listed.path)
    # the same page, the same filters, right after the analyst's answers were kept
    site.open(clerk, f"{listed.path}?region={OTHER_TOWN}")
    seen = told(clerk)
    # asked for another's, he is given his own
    assert f"region={TOWN}" in clerk.url
    # a hospital bears its township's name, and is no secret
    for _, hospital in asked(site, "select inst_code, inst_name from dim_institution"):
        seen = seen.replace(str(hospital), "")
    assert [name for code, name in names.items() if code != TOWN and name in seen] == []
    assert f"region={TOWN}" in clerk.url


def test_the_filter_of_a_clerk_offers_nothing_else(site: Site, enter: Enter) -> None:
    clerk, _ = enter("clerk")
    site.open(clerk, "overview")
    clerk.locator(".st-key-region").click()
    offered = clerk.locator("[role=option]").all_inner_texts()
    assert [name.strip() for name in offered] == [towns(site)[TOWN]]


def test_two_clerks_do_not_share_what_was_read(site: Site, enter: Enter) -> None:
    names = towns(site)
    pages = {TOWN: enter("clerk")[0], OTHER_TOWN: enter("neighbour")[0]}
    for code, page in pages.items():
        site.open(page, "overview")
        assert names[code] in page.locator(".findings").inner_text()
    figures = [page.locator(".cards").inner_text() for page in pages.values()]
    assert figures[0] != figures[1]


@pytest.mark.parametrize(("name", "listed"), CLOSED)
def test_a_page_that_a_role_may_not_open_stays_closed_by_address(
    site: Site, enter: Enter, name: str, listed: Listed
) -> None:
    page, _ = enter(name)
    site.open(page, listed.path)
    assert "这一页不对您的角色开放" in page.locator("[data-testid=stMain]").inner_text()
    assert page.locator("table").count() == 0
    assert page.get_by_role("link", name=listed.title, exact=True).count() == 0


def test_a_link_shows_the_same_view_to_the_next_reader(site: Site, enter: Enter) -> None:
    page, _ = enter("analyst")
    site.open(page, f"overview?region={OTHER_TOWN}&mode=month")
    shown = page.locator(".findings").inner_text()
    assert towns(site)[OTHER_TOWN] in shown and "本月" in shown
    reader, _ = enter("leader")
    reader.goto(page.url)
    settle(reader)
    assert reader.locator(".findings").inner_text() == shown
