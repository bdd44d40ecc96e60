"""What stands around every page: the trust banner, the filters, who is logged in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.issued import issues_of, ledger_of
from dashboard.view import MODES_ZH
from yibao import formatting, logs, quality_page
from yibao.accounts import User
from yibao.figures import Figures, Period, Region, Scheme, Selection, restated_count
from yibao.issuing import History, compared_issue, moment_of
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.publishing import Provenance
from yibao.reporting.products import name_zh

_FILTERS = ("period", "mode", "region", "scheme")
_WRITTEN = "_address_written"
# never seen, because something is always chosen; Streamlit's would be told to a screen reader in English
_CHOOSE = "请选择"
# of a problem, as many as a reader takes in
_DETAILS = 3


@dataclass(frozen=True)
class _Run:
    """The row of quality_run that the generation was published with."""

    check_id: str
    checked_at: str
    verdict: str
    expectations: int
    passed: int
    failed_warning: int
    failed_info: int


@dataclass(frozen=True)
class Standing:
    """`status` is HTML, `damage` plain text; `restated` the number of indicators of the region that changed since."""

    status: str
    damage: str = ""
    restated: int = 0


def show_banner(
    paths: DataPaths, figures: Figures, period: Period, chosen: Selection, filters_zh: str
) -> None:
    """Data as of, run, verdict of the checks, refused files, what was issued of it; red with the reason when the last run was
    not published or the ledger of what was issued is damaged.

    What is filtered stands there on paper only, where the filters themselves are not.
    """
    manifest = figures.generation.manifest
    checks = figures.rows(
        _Run,
        """
        select check_id, checked_at, verdict, expectations, passed, failed_warning, failed_info
        from quality_run
        order by checked_at desc, check_id desc
        limit 1
        """,
    )
    standing = standing_of(ledger_of(paths), figures, chosen)
    parts = [
        f"<b>数据截至 {period.month_end.isoformat()}</b>",
        f'<span class="on-paper">{escape(filters_zh)}</span>',
        f"<span>{_verdict(checks)}</span>",
        f"<span>{escape(_delivered(manifest.provenance))}</span>",
        f"<span>{standing.status}</span>",
        f'<span class="muted">版本 {escape(manifest.run_id)}　发布于 {quality_page.moment(manifest.created_at)}</span>',
    ]
    reasons = [
        reason
        for reason in (unpublished(logs.read_last_run(paths), manifest.created_at), standing.damage)
        if reason
    ]
    incomplete = manifest.provenance.refused or manifest.provenance.left_out or standing.restated
    tone = "bad" if reasons else "warn" if incomplete else ""
    parts += [f'<span class="reason">■ {escape(reason)}</span>' for reason in reasons]
    st.html(f'<div class="banner {tone}" role="status">{"".join(parts)}</div>')


def show_problem(problem: Problem) -> None:
    """What stopped a page: what, where, and what to do."""
    told = [
        f"<b>■ {escape(problem.what)}</b>",
        f"<span>哪里：{escape(problem.where)}</span>",
        f"<span>怎么办：{escape(problem.todo)}</span>",
        *(f"<span>{escape(detail)}</span>" for detail in problem.details[:_DETAILS]),
    ]
    st.html(f'<div class="banner bad" role="alert">{"".join(told)}</div>')


def standing_of(ledger: History | Problem, figures: Figures, chosen: Selection) -> Standing:
    """What was issued of the period and region, and whether its values are other ones now."""
    if isinstance(ledger, Problem):
        return Standing("状态 无法判断是否报送", damage=f"报送台账不可信。{ledger.what}。{ledger.todo}")
    issues = issues_of(ledger, chosen.period, chosen.region_code)
    if not issues:
        return Standing("状态 内部数据，未报送")
    told = "，".join(
        f"{escape(name_zh(issue.product, issue.part))}{'已报送（初步数）' if issue.status == 'provisional' else '最终数'}"
        f" {formatting.clock(moment_of(issue))[:10]}"
        for issue in issues
    )
    compared = compared_issue(ledger.issues, chosen.period)
    if compared is None or compared.run_id == figures.generation.run_id:
        return Standing(f"状态 {told}")
    if figures.generation.manifest.created_at < compared.at:
        return Standing(f"状态 {told}（报送的是另一版；当前版发布在报送之前，没有与报送的数比较）")
    changed = restated_count(figures, chosen.period, chosen.region_code)
    if not changed:
        return Standing(f"状态 {told}（之后更新过数据，本地区的数没有变化）")
    return Standing(f"状态 {told}，▲ {_linked(figures, chosen, changed)}", restated=changed)


def _linked(figures: Figures, chosen: Selection, changed: int) -> str:
    """In a few words, with the way to the list where the user may see it."""
    words = f"报送后有 {changed:,} 个指标的数变了"
    if figures.scope.township is not None:
        return words
    address = escape(f"/reports?{urlencode(address_of(chosen))}")
    return f'<a href="{address}" target="_self">{words}</a>'


def unpublished(run: Mapping[str, Any] | None, published_at: str) -> str | None:
    """Why the last run was not published, in Chinese; None when it was, or when something was published after it."""
    if run is None or run.get("exit_code") == 0 or str(run.get("finished_at") or "") < published_at:
        return None
    problem = run.get("problem") or {}
    why = problem.get("what") or "没有说明原因"
    details = "；".join(str(detail) for detail in list(problem.get("details") or [])[:_DETAILS])
    ended = quality_page.moment(str(run.get("finished_at") or ""))
    return f"最近一次更新（{ended}）没有发布，以下仍是上一版数据。原因：{why}" + (
        f"（{details}）" if details else ""
    )


def _delivered(provenance: Provenance) -> str:
    """What came in; of a city, whose figures are missing, for every page must say so."""
    if provenance.left_out:
        names = provenance.left_out
        return f"▲ 缺报县区 {len(names)} 个，全市数不含：{'、'.join(names)}"
    if provenance.packages:
        return f"县区数据包 {len(provenance.packages)} 个"
    return f"拒收文件 {len(provenance.refused)} 个"


def _verdict(checks: Sequence[_Run]) -> str:
    if not checks:
        return "没有质量检查记录"
    check = checks[0]
    if check.verdict != "passed":
        return "■ 质量检查未通过"
    parts = (("质量检查通过", check.passed), ("提醒", check.failed_warning), ("参考", check.failed_info))
    return "● " + "，".join(f"{name} {number} 项" for name, number in parts if number)


def choose(periods: Sequence[Period], regions: Sequence[Region], schemes: Sequence[Scheme]) -> Selection:
    """The filters above every page. They stay from page to page and stand in the address; an address decides them."""
    _take_address(
        {
            "period": [period.period for period in periods],
            "mode": list(MODES_ZH),
            "region": [region.code for region in regions],
            "scheme": [scheme.code for scheme in schemes],
        }
    )
    names = {
        region.code: ("　" if region.level == "township" and len(regions) > 1 else "") + region.name
        for region in regions
    }
    scheme_names = {scheme.code: scheme.name for scheme in schemes}
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="filters"):
        period = st.selectbox(
            "期间",
            [period.period for period in periods],
            key="period",
            width=140,
            filter_mode=None,
            placeholder=_CHOOSE,
        )
        mode = st.segmented_control(
            "口径", list(MODES_ZH), format_func=MODES_ZH.__getitem__, key="mode", default=None, required=True
        )
        region = st.selectbox(
            "地区",
            list(names),
            format_func=names.__getitem__,
            key="region",
            width=220,
            filter_mode=None,
            placeholder=_CHOOSE,
        )
        scheme = st.selectbox(
            "险种",
            list(scheme_names),
            format_func=scheme_names.__getitem__,
            key="scheme",
            width=240,
            filter_mode=None,
            placeholder=_CHOOSE,
        )
    return Selection(period, str(mode), region, scheme)


def address_of(chosen: Selection) -> dict[str, str]:
    """The filters as they stand in the address."""
    return {
        "period": chosen.period,
        "mode": chosen.mode,
        "region": chosen.region_code,
        "scheme": chosen.insutype,
    }


def write_address(chosen: Selection, others: Mapping[str, str]) -> None:
    """Makes the address a link to this view: the filters, and what else the page was given."""
    address = {**address_of(chosen), **others}
    if dict(st.query_params) != address:
        st.query_params.from_dict(address)
    st.session_state[_WRITTEN] = address


def other_parameters() -> dict[str, str]:
    """What the address holds beside the filters."""
    return {name: value for name, value in st.query_params.items() if name not in _FILTERS}


def _take_address(options: Mapping[str, Sequence[str]]) -> None:
    """Into the filters goes what the address says, unless it is what this session wrote there itself."""
    written: Mapping[str, str] = st.session_state.get(_WRITTEN, {})
    for name, allowed in options.items():
        asked = st.query_params.get(name)
        if asked in allowed and asked != written.get(name):
            st.session_state[name] = asked
        if st.session_state.get(name) not in allowed:
            st.session_state[name] = allowed[0]


def show_user(user: User) -> None:
    """Who is logged in, and the way out."""
    with st.sidebar:
        st.html(
            f'<div class="who">{escape(user.display_name)}　{escape(user.role.name_zh)}<br>'
            '<a href="/password" target="_self">修改密码</a>　<a href="/logout" target="_self">退出登录</a></div>'
        )
