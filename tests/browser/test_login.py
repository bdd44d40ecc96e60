"""Nobody comes in without the password, and who is in goes on where he wanted to."""

from __future__ import annotations

import http.client
import sqlite3
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Enter
from tests.browser.site import (
    FIRST_PASSWORD,
    PASSWORD,
    PATIENCE,
    TOWN,
    Site,
    add_user,
    fill_login,
    new_context,
    settle,
)
from yibao import accounts, audit_log
from yibao.accounts import Role
from yibao.audit_log import Action

LOCKED = "失败次数太多"


def test_the_page_that_was_asked_for_opens_after_the_login(site: Site, browser: Browser) -> None:
    context = new_context(browser)
    page = context.new_page()
    page.goto(f"{site.address}/overview?region={TOWN}&mode=month")
    assert page.url.startswith(f"{site.address}/login?next=")
    fill_login(page, "leader", "not-the-password")
    assert "登录名或密码不对" in page.locator("[role=alert]").inner_text()
    fill_login(page, "leader", PASSWORD)
    settle(page)
    assert f"region={TOWN}" in page.url and "mode=month" in page.url
    assert "城关镇" in page.locator(".findings").inner_text()
    context.close()


def test_after_too_many_wrong_passwords_the_right_one_waits_too(site: Site, browser: Browser) -> None:
    add_user(site.paths, "locked", Role.LEADER)
    context = new_context(browser)
    page = context.new_page()
    page.goto(f"{site.address}/login")
    for _ in range(10):
        fill_login(page, "locked", "not-the-password")
        if LOCKED in page.locator("[role=alert]").inner_text():
            break
    fill_login(page, "locked", PASSWORD)
    assert LOCKED in page.locator("[role=alert]").inner_text()
    failed = [entry for entry in audit_log.entries(site.paths) if entry.action is Action.LOGIN_FAILED]
    assert failed[-1].user == "locked"
    context.close()


def test_the_first_password_must_be_changed_before_anything_is_seen(site: Site, browser: Browser) -> None:
    accounts.add_user(site.paths, "fresh", "新人", Role.LEADER, None, datetime.now(UTC), FIRST_PASSWORD)
    context = new_context(browser)
    page = context.new_page()
    page.goto(f"{site.address}/login")
    fill_login(page, "fresh", FIRST_PASSWORD)
    expect(page).to_have_url(f"{site.address}/password")
    page.goto(f"{site.address}/overview")
    expect(page).to_have_url(f"{site.address}/password")
    page.fill("#old", FIRST_PASSWORD)
    page.fill("#new", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("button[type=submit]")
    settle(page)
    assert page.locator("h1").inner_text() == "总览"
    context.close()


def test_who_has_logged_out_is_out(site: Site, browser: Browser) -> None:
    context = new_context(browser)
    page = context.new_page()
    page.goto(f"{site.address}/login")
    fill_login(page, "supervisor", PASSWORD)
    settle(page)
    page.get_by_role("link", name="退出登录").click()
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(f"{site.address}/login")
    page.goto(f"{site.address}/overview")
    assert "/login" in page.url
    context.close()


def test_a_session_that_ended_shows_nothing_more(site: Site, enter: Enter, browser: Browser) -> None:
    add_user(site.paths, "sleeper", Role.LEADER)
    page, _ = enter("sleeper")
    site.open(page, "overview?region=990101&mode=ytd")
    with sqlite3.connect(site.paths.account_store) as store:
        store.execute("update session set seen_at = seen_at - 31 * 60 where name = 'sleeper'")
    page.get_by_text("本月", exact=True).first.click()
    expect(page.get_by_text("登录已过期")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".card")).to_have_count(0, timeout=PATIENCE)
    page.reload()
    assert "/login" in page.url


@pytest.mark.parametrize(
    "path", ["media/0123456789abcdef.png", "_stcore/host-config", "_stcore/metrics", "component/x"]
)
def test_without_a_session_no_file_is_handed_out(site: Site, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{site.address}/{path}", timeout=10)
    assert refused.value.code == 401


@pytest.mark.parametrize("cookie", ["", "yibao_session=0123456789abcdef"])
def test_without_a_session_there_is_no_websocket(site: Site, cookie: str) -> None:
    connection = http.client.HTTPConnection(site.host, timeout=10)
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol": "streamlit",
        "Origin": site.address,
        "Cookie": cookie,
    }
    connection.request("GET", "/_stcore/stream", headers=handshake)
    assert connection.getresponse().status == 403
    connection.close()
