"""What every form of a report words alike: its day and period in Chinese, its annexes, what it was made from."""

from __future__ import annotations

import re
from datetime import date

from yibao.reporting.bureau import left_out_of
from yibao.reporting.content import STATUS_ZH, Identity, Report, Table

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


def span_zh(report: Report) -> str:
    """What stands as 期间 in the heads of the forms."""
    return report.span or period_zh(report.identity.period)


def form_facts(report: Report) -> tuple[str, str]:
    """Who made a form, and for when: at the left of its head."""
    maker = "公示单位" if report.reader == "everybody" else "填报单位"
    who = report.letterhead.issuer + left_out_of(report.identity.region_name)
    return f"{maker}：{who}", f"期　　间：{span_zh(report)}"


def form_head(report: Report, table: Table) -> tuple[str, ...]:
    """表号 and what belongs to it; nothing on a notice."""
    if report.reader == "everybody":
        return ()
    head = report.letterhead
    return (
        f"表　　号：{dict(head.form_numbers).get(table.code, '')}",
        f"制定机关：{head.form_authority}",
        f"批准文号：{head.form_approval}",
        f"有效期至：{head.form_valid_until}",
    )


def form_foot(report: Report) -> tuple[tuple[str, str], ...]:
    """Who signs for a form, title and name; nobody on a notice."""
    signed = report.sign_off
    if report.reader == "everybody":
        return ()
    return (
        ("单位负责人", signed.responsible),
        ("审核人", signed.reviewed),
        ("制表人", signed.prepared),
        ("报出日期", day_zh(signed.on)),
    )


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
