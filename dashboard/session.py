"""Who asks: the session's cookie becomes a user, at every rerun; what the user looks at and takes along is logged."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard.components.export import Exported
from dashboard.serving import SESSION_COOKIE
from yibao import audit_log
from yibao.accounts import User, user_of
from yibao.figures import Selection
from yibao.paths import DataPaths

_SEEN = "_views_logged"


def require_user(paths: DataPaths, now: datetime) -> User:
    """The user of this session; a session that ended gets a word and the way to log in, and the rerun ends here."""
    user = user_of(paths, st.context.cookies.get(SESSION_COOKIE), now)
    if user is None:
        st.html(
            '<div class="banner bad"><b>登录已过期</b><span>为保护数据，请重新登录。</span>'
            '<a href="/login" target="_self">去登录</a></div>'
        )
        st.stop()
    return user


def record_view(paths: DataPaths, user: User, page: str, chosen: Selection, now: datetime) -> None:
    """A page with its filters, once for each time that something else is looked at."""
    looked_at = (page, chosen)
    if st.session_state.get(_SEEN) != looked_at:
        st.session_state[_SEEN] = looked_at
        audit_log.record(
            paths,
            audit_log.AuditEntry(
                now, user.name, user.role, audit_log.Action.VIEW, page=page, filters=_filters(chosen)
            ),
        )


def record_export(
    paths: DataPaths, user: User, page: str, chosen: Selection, title: str, exported: Exported
) -> None:
    """What was handed out: of which page and filters, how many rows, and the file's sha256."""
    audit_log.record(
        paths,
        audit_log.AuditEntry(
            datetime.now(UTC),
            user.name,
            user.role,
            audit_log.Action.EXPORT,
            page=f"{page}：{title}",
            filters=_filters(chosen),
            rows=exported.rows,
            sha256=exported.sha256,
        ),
    )


def _filters(chosen: Selection) -> dict[str, str]:
    return {
        "period": chosen.period,
        "mode": chosen.mode,
        "region": chosen.region_code,
        "scheme": chosen.insutype,
    }
