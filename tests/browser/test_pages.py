"""Every page, on a desk and on a phone: it opens, speaks Chinese only, asks nobody else, and fits."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dashboard.pages import PAGES
from dashboard.pages import Page as Listed
from tests.browser.conftest import USERS, Enter
from tests.browser.site import DESK, PHONE, Site, english
from yibao import accounts
from yibao.project import find_project

# for a person to look at
SHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
with (find_project().root / "seeds" / "measure.csv").open(encoding="utf-8", newline="") as _file:
    # measures whose code is one word
    CODES = frozenset(row["measure"] for row in csv.DictReader(_file))
OPENED = [
    pytest.param(page, size, id=f"{page.path}-{name}")
    for page in PAGES
    for name, size in (("desk", DESK), ("phone", PHONE))
]


def a_user_of(page: Listed) -> str:
    """The analyst where the role allows the page; else somebody who may open it."""
    names = ["analyst", *USERS]
    return next(name for name in names if page.right in USERS[name][0].rights)


@pytest.mark.parametrize(("listed", "size"), OPENED)
def test_a_page_opens_in_chinese_and_stays_at_home(
    site: Site, enter: Enter, listed: Listed, size: tuple[int, int]
) -> None:
    page, watched = enter(a_user_of(listed), size)
    site.open(page, listed.path)
    SHOTS.mkdir(parents=True, exist_ok=True)
    width, height = size
    tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(int(tall) + 40, height), 6000)})
    page.wait_for_timeout(300)
    page.screenshot(path=SHOTS / f"{listed.path}-{'phone' if size == PHONE else 'desk'}.png")

    assert page.locator("h1").inner_text() == listed.title
    assert page.locator("[data-testid=stException]").all_inner_texts() == []
    # the names that are typed at login stand in the log of this whole session
    assert english(page, CODES | {user.name for user in accounts.list_users(site.paths)}) == []
    assert watched.foreign(site.host) == []
    assert watched.errors == []
    overflow = page.evaluate(
        "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".map(e => e.scrollWidth - e.clientWidth)"
    )
    assert overflow == [0, 0]
