"""操作日志: who did what and when, and whether the log is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import streamlit as st

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.cards import Fact, show_facts
from dashboard.components.cell import Cell, Tone
from dashboard.components.show import show
from dashboard.view import MODES_ZH, View
from yibao import audit_log, formatting
from yibao.accounts import Role
from yibao.audit_log import UNKNOWN_USER, Action, AuditEntry, AuditState
from yibao.paths import DataPaths
from yibao.problem import Problem

_SHOWN = 500
_ALL = ""


def render(view: View) -> None:
    """Whether the chain is whole, the month in numbers, the entries."""
    whole = _show_state(view)
    months = _months(view)
    month = st.session_state.get("audit_month")
    if month not in months:
        st.session_state["audit_month"] = months[0]
    try:
        found = entries_of(view.paths, st.session_state["audit_month"])
    except Problem as problem:
        st.html(f'<div class="note">{problem.what}，{problem.todo}</div>')
        return
    _show_filters(months, found)
    month = st.session_state["audit_month"]
    show_facts(
        [
            Fact("登录失败", _number(found, Action.LOGIN_FAILED), "count", month),
            Fact("登录", _number(found, Action.LOGIN), "count", month),
            Fact("导出", _number(found, Action.EXPORT), "count", month),
            Fact("导出的数据行", sum(entry.rows or 0 for entry in found), "count", month),
        ]
    )
    _show_users(view, found, month)
    _show_entries(view, found, month, whole)


def entries_of(paths: DataPaths, month: str) -> list[AuditEntry]:
    """The entries of a month (YYYY-MM by the bureau's clock), the newest first. Raises Problem for a damaged line."""
    first = datetime(int(month[:4]), int(month[5:]), 1, tzinfo=formatting.BEIJING)
    after = (first + timedelta(days=32)).replace(day=1)
    return audit_log.entries(paths, first, after - timedelta(microseconds=1))[::-1]


def _show_state(view: View) -> bool:
    """Says whether the chain is whole; the walk is done again only when the files changed."""
    files = tuple(
        (path, path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(view.paths.audit.glob("*.jsonl"))
    )
    try:
        state = _verified(view.paths, files)
    except Problem as problem:
        _tell("bad", f"■ 日志不完整：{problem.what}（{problem.where}）。{problem.todo}")
        return False
    torn = f"有 {len(state.torn)} 行因断电等没有写完，不影响其他记录。" if state.torn else ""
    _tell("", f"● 日志完整：共 {state.lines:,} 条，逐条校验相符，没有被修改、删除或插入。{torn}")
    return True


@lru_cache(maxsize=4)
def _verified(paths: DataPaths, files: tuple[tuple[Path, int, int], ...]) -> AuditState:
    """`files` with sizes and times stand for the contents."""
    return audit_log.verify(paths)


def _tell(tone: str, text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    st.html(f'<div class="banner {tone}" role="status">{escaped}</div>')


def _months(view: View) -> list[str]:
    """Months that may hold entries, the newest first: a file is named by UTC, which is behind by some hours."""
    written = {path.stem for path in view.paths.audit.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl")}
    return sorted({*written, formatting.clock(view.now)[:7]}, reverse=True)


def _show_filters(months: Sequence[str], found: Sequence[AuditEntry]) -> None:
    users = [_ALL, *sorted({entry.user for entry in found})]
    actions = [_ALL, *Action]
    if st.session_state.get("audit_user") not in users:
        st.session_state["audit_user"] = _ALL
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.selectbox(
            "日志月份", list(months), key="audit_month", width=140, filter_mode=None, placeholder="请选择"
        )
        st.selectbox(
            "用户",
            users,
            key="audit_user",
            format_func=lambda user: _user(user) if user else "全部用户",
            width=200,
            filter_mode=None,
            placeholder="请选择",
        )
        st.selectbox(
            "操作",
            actions,
            key="audit_action",
            format_func=lambda action: Action(action).name_zh if action else "全部操作",
            width=160,
            filter_mode=None,
            placeholder="请选择",
        )


def _show_users(view: View, found: Sequence[AuditEntry], month: str) -> None:
    columns = (
        Column("用户"),
        Column("登录", "count"),
        Column("查看", "count"),
        Column("导出", "count"),
        Column("导出数据行", "count", bar=True),
        Column("登录失败", "count"),
    )
    users = sorted({entry.user for entry in found})
    lines = []
    for user in users:
        own = [entry for entry in found if entry.user == user]
        failed = _number(own, Action.LOGIN_FAILED)
        lines.append(
            (
                sum(entry.rows or 0 for entry in own),
                row(
                    _user(user),
                    _number(own, Action.LOGIN),
                    _number(own, Action.VIEW),
                    _number(own, Action.EXPORT),
                    sum(entry.rows or 0 for entry in own),
                    Cell(failed, "warn" if failed else ""),
                ),
            )
        )
    lines.sort(key=lambda line: -line[0])
    show(view, Block("users", f"各用户操作次数（{month}）", Table(columns, tuple(line for _, line in lines))))


def _show_entries(view: View, found: Sequence[AuditEntry], month: str, whole: bool) -> None:
    user, action = st.session_state["audit_user"], st.session_state["audit_action"]
    kept = [
        entry
        for entry in found
        if (not user or entry.user == user) and (not action or entry.action == action)
    ]
    columns = (
        Column("时间"),
        Column("用户"),
        Column("角色"),
        Column("操作"),
        Column("页面"),
        Column("筛选"),
        Column("数据行", "count"),
        Column("文件校验值（SHA-256）"),
    )

    def table(entries: Sequence[AuditEntry]) -> Table:
        return Table(columns, tuple(_line(view, entry) for entry in entries))

    show(
        view,
        Block(
            "entries",
            f"操作记录（{month}）",
            table(kept[:_SHOWN]),
            note=f"共 {len(kept):,} 条，最近的在前"
            + (f"；页面列出最近 {_SHOWN} 条，导出的表格含全部。" if len(kept) > _SHOWN else "。")
            + ("" if whole else "日志不完整，以上记录仅供核对。"),
            whole=lambda: table(kept),
        ),
    )


def _line(view: View, entry: AuditEntry) -> tuple[Cell, ...]:
    tone: Tone = "warn" if entry.action is Action.LOGIN_FAILED else ""
    filters = entry.filters
    told = (
        filters.get("period", ""),
        MODES_ZH.get(filters.get("mode", ""), ""),
        view.region_name(filters.get("region")),
        _scheme(view, filters.get("scheme", "")),
    )
    return row(
        formatting.clock(entry.at, seconds=True),
        _user(entry.user),
        Role(entry.role).name_zh if entry.role in set(Role) else entry.role,
        Cell(entry.action.name_zh, tone),
        entry.page,
        " ".join(text for text in told if text),
        entry.rows,
        entry.sha256 or "",
    )


def _scheme(view: View, code: str) -> str:
    scheme = view.schemes.get(code)
    return scheme.name if scheme else code


def _user(name: str) -> str:
    if name == UNKNOWN_USER:
        return "不存在的登录名"
    return f"服务器账号 {name[3:]}" if name.startswith("os:") else name


def _number(entries: Sequence[AuditEntry], action: Action) -> int:
    return sum(entry.action is action for entry in entries)
