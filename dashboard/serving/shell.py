"""Streamlit's index.html in Chinese: language, title, what stands there without JavaScript, no pointer to its agent API."""

from __future__ import annotations

import re

from dashboard.serving.site import TITLE

# a shield with a cross; in the page itself, so that nothing is fetched
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Cpath fill='%231f5fa8' d='M16 2 4 6v9c0 8 5 13 12 15 7-2 12-7 12-15V6z'/%3E"
    "%3Cpath fill='%23fff' d='M14 9h4v5h5v4h-5v5h-4v-5H9v-4h5z'/%3E%3C/svg%3E"
)
_CHANGES = (
    (re.compile(r'<html lang="en">'), '<html lang="zh-CN">'),
    (re.compile(r"<title>Streamlit</title>"), f"<title>{TITLE}</title>"),
    (re.compile(r'<link rel="shortcut icon"[^>]*>'), f'<link rel="shortcut icon" href="{ICON}" />'),
    (re.compile(r'\s*<!--\s*Machine-readable.*?-->\s*<link rel="service-desc"[^>]*>', re.DOTALL), ""),
    # one script in the page would mean that the policy allows all of them
    (re.compile(r"\s*<script>\s*window\.prerenderReady = false\s*</script>"), ""),
    (
        re.compile(r"<noscript>.*?</noscript>", re.DOTALL),
        "<noscript><p>请在浏览器里启用 JavaScript 后重新打开。</p></noscript>",
    ),
)


def in_chinese(html: str) -> str:
    """The page with its changes; raises ValueError where one finds no place (another version of Streamlit)."""
    for pattern, replacement in _CHANGES:
        html, found = pattern.subn(replacement, html)
        if found != 1:
            raise ValueError(f"index.html: {pattern.pattern!r} found {found} times")
    return html
