"""The leadership dashboard: every rerun finds out who asks, opens the current generation, draws the frame and one page.

A rerun reads one generation from beginning to end, so a page never mixes two; the next one finds a newer.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st

from dashboard import frame
from dashboard.pages import PAGES, Page
from dashboard.session import record_export, record_view, require_user
from dashboard.view import View
from yibao.accounts import User
from yibao.figures import Scope, open_figures, periods, regions, schemes
from yibao.paths import DATA_VARIABLE, DataPaths
from yibao.problem import Problem

_STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
_TITLE = "医疗保障数据看板"


def main() -> None:
    """One rerun."""
    now = datetime.now(UTC)
    st.set_page_config(page_title=_TITLE, layout="wide", initial_sidebar_state="auto")
    st.html(f"<style>{_STYLE}</style>")
    paths = DataPaths(Path(os.environ[DATA_VARIABLE]))
    user = require_user(paths, now)
    # Streamlit is told the menu only: the page itself is drawn below, where the view is known. It knows the pages that the user
    # may not open too, or a link to one would end in its own English words
    drawn = {
        page.path: st.Page(
            _nothing,
            title=page.title,
            url_path=page.path,
            visibility="visible" if user.may(page.right) else "hidden",
        )
        for page in PAGES
    }
    start = st.Page(_nothing, title=_TITLE, url_path="start", default=True, visibility="hidden")
    opened = st.navigation({"": [start], **_sections(drawn)}, position="sidebar")
    if opened is start:
        # Streamlit answers the default page at "/" only: its own address would be "Page not found"
        st.switch_page(drawn[PAGES[0].path], query_params=st.query_params.to_dict())
    page = next(page for page in PAGES if drawn[page.path] is opened)
    frame.show_user(user)
    if not user.may(page.right):
        st.html(
            '<div class="banner bad"><b>这一页不对您的角色开放</b><span>请从菜单选择其他页面。</span></div>'
        )
        return
    try:
        _draw(paths, user, page, drawn, now)
    except Problem as problem:
        # what was drawn before it stays; nothing below it could be relied on
        frame.show_problem(problem)


def _draw(paths: DataPaths, user: User, page: Page, drawn: Mapping[str, Any], now: datetime) -> None:
    """The page of that user. Raises Problem where nothing is published, or something that the page needs cannot be read."""
    figures = open_figures(paths, Scope(user.region_code))
    others = frame.other_parameters()
    st.title(page.title, anchor=False)
    months = periods(figures)
    chosen = frame.choose(months, regions(figures), schemes(figures))
    frame.write_address(chosen, others)
    period = next(month for month in months if month.period == chosen.period)

    def go(path: str, **parameters: str) -> NoReturn:
        st.switch_page(drawn[path], query_params={**frame.address_of(chosen), **parameters})

    view = View(
        paths=paths,
        user=user,
        figures=figures,
        chosen=chosen,
        period=period,
        now=now,
        parameters=others,
        go=go,
        log=partial(record_export, paths, user, page.title, chosen),
    )
    frame.show_banner(paths, figures, period, chosen, view.filters_zh)
    record_view(paths, user, page.title, chosen, now)
    page.render(view)


def _sections(drawn: dict[str, Any]) -> dict[str, list[Any]]:
    sections: dict[str, list[Any]] = {}
    for page in PAGES:
        sections.setdefault(page.section, []).append(drawn[page.path])
    return sections


def _nothing() -> None:
    """The page is drawn by `main`, which knows the view."""
