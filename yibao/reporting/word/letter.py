"""What stands in the places of the letter: head, recipient, annex note, signature, identity."""

from __future__ import annotations

import unicodedata

from yibao.reporting.content import STATUS_ZH, Report
from yibao.reporting.letter import day_zh, identity_line

BODY_PLACE = "正文"
ANNEX_PLACE = "附件说明"
ISSUER_PLACE = "署名"
# a draft must look like one, and every page tells what it was made from
REQUIRED = (BODY_PLACE, "标识", "状态")


def places(report: Report) -> dict[str, str]:
    """The text for each placeholder; those that take paragraphs (正文, 附件说明) are not among them."""
    head = report.letterhead
    return {
        "红头": head.red_head,
        "发文字号": head.document_number,
        "签发人标题": "签发人：" if report.reader == "superior" else "",
        "签发人": head.signer if report.reader == "superior" else "",
        "标题": report.title,
        "主送": f"{head.recipient}：" if head.recipient else "",
        ISSUER_PLACE: head.issuer,
        "日期": day_zh(report.dated),
        "附注": f"（联系人：{head.contact}）" if head.contact else "",
        "标识": identity_line(report.identity),
        "状态": STATUS_ZH["draft"] if report.identity.status == "draft" else "",
    }


def half_widths(text: str) -> int:
    """How wide a text is, in Latin letters."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def issuer_indent(issuer: str, dated: str) -> int:
    """The issuer stands centred over the date, which is four characters in from the right: its own indent from the
    right, in hundredths of a character."""
    return max(0, 400 + 25 * half_widths(dated) - 25 * half_widths(issuer))


def red_head_scale(red_head: str, available_points: float, size_points: float) -> int:
    """By how many per cent the letters of a long red head are narrowed, so that it stays on one line."""
    needed = half_widths(red_head) / 2 * size_points
    return 100 if needed <= available_points else int(100 * available_points / needed)
