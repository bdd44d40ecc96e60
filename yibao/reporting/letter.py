"""What every form of a report words alike: its day and period in Chinese, its annexes, what it was made from."""

from __future__ import annotations

import re
from datetime import date

from yibao.reporting.content import STATUS_ZH, Identity, Report

_MONTH = re.compile(r"(\d{4})-(\d{2})")


def day_zh(iso: str) -> str:
    """`2026年10月5日` of `2026-10-05`; nothing of nothing."""
    if not iso:
        return ""
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def period_zh(period: str) -> str:
    """`2026年9月` of `2026-09`; what is no month stays as it is."""
    found = _MONTH.fullmatch(period)
    return f"{found[1]}年{int(found[2])}月" if found else period


def annex_names(report: Report) -> list[str]:
    """The lines of the annex note. One annex has no number."""
    titles = [annex.title for annex in report.annex]
    if len(titles) < 2:
        return [f"附件：{title}" for title in titles]
    return [f"{'附件：' if at == 1 else ''}{at}. {title}" for at, title in enumerate(titles, start=1)]


def annex_heads(report: Report) -> list[str]:
    """What stands above each annex: 附件1, 附件2; 附件 where there is one."""
    return ["附件" if len(report.annex) == 1 else f"附件{at}" for at in range(1, len(report.annex) + 1)]


def identity_line(identity: Identity) -> str:
    """What the figures were made from."""
    return f"运行号 {identity.run_id}　数据截至 {identity.as_of}　{STATUS_ZH[identity.status]}"
