"""A served copy of the demo county with users of every role, and a browser; made once for a test session."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.site import (
    CHROMIUM,
    DESK,
    FLAGS,
    OTHER_TOWN,
    PASSWORD,
    TOWN,
    Site,
    Watched,
    add_user,
    fill_login,
    new_context,
    new_page,
    running,
    settle,
)
from tests.integration.conftest import demo_data
from yibao.accounts import Role
from yibao.paths import DataPaths

__all__ = ["demo_data"]

USERS = {
    "leader": (Role.LEADER, None),
    "analyst": (Role.ANALYST, None),
    "supervisor": (Role.SUPERVISOR, None),
    "auditor": (Role.AUDITOR, None),
    "clerk": (Role.CLERK, TOWN),
    "neighbour": (Role.CLERK, OTHER_TOWN),
}
# a page of a logged-in user of that name, in a window of that size
Enter = Callable[..., tuple[Page, Watched]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In one process: server and browser are started once."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


def published_copy(demo_data: Path, folder: Path) -> DataPaths:
    """What the dashboard reads of the demo county, in a folder of its own, so that a test may change it."""
    for name in ("published", "logs"):
        shutil.copytree(demo_data / name, folder / name)
    return DataPaths(folder)


@pytest.fixture(scope="session")
def site(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("served")
    paths = published_copy(demo_data, folder / "data")
    for name, (role, region) in USERS.items():
        add_user(paths, name, role, region)
    with running(paths, folder / "server.log") as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def states(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the cookies of those who have logged in are kept."""
    return tmp_path_factory.mktemp("cookies")


@pytest.fixture
def enter(site: Site, browser: Browser, states: Path) -> Iterator[Enter]:
    """Logs a user in through the login page, the first time; later the same session goes on."""
    opened: list[BrowserContext] = []

    def entering(name: str, size: tuple[int, int] = DESK) -> tuple[Page, Watched]:
        state = states / f"{name}.json"
        if not state.exists():
            first = new_context(browser)
            page = first.new_page()
            page.goto(f"{site.address}/login")
            fill_login(page, name, PASSWORD)
            settle(page)
            first.storage_state(path=state)
            first.close()
        context = new_context(browser, size, state)
        opened.append(context)
        return new_page(context)

    yield entering
    for context in opened:
        context.close()
