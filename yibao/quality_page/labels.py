"""The Chinese words for the codes of the quality tables; an unknown code is printed as it is."""

from __future__ import annotations

from typing import NamedTuple

from yibao.quality_page.report import Standing


class Mark(NamedTuple):
    """A state told three ways: `tone` (colour), `sign` and `word`, never by colour alone."""

    tone: str
    sign: str
    word: str


STANDINGS = {
    Standing.PASSED: Mark("good", "✓", "通过"),
    Standing.REMINDED: Mark("warn", "!", "有提醒"),
    Standing.FAILED: Mark("bad", "✕", "未通过"),
    Standing.ERROR: Mark("broken", "?", "检查出错"),
    Standing.UNCHECKED: Mark("plain", "—", "没有检查记录"),
}

# of an expectation: its status, where it failed its severity
RESULTS = {
    "pass": Mark("good", "✓", "通过"),
    "error": Mark("broken", "?", "出错"),
    "critical": Mark("bad", "✕", "关键"),
    "warning": Mark("warn", "!", "提醒"),
    "info": Mark("note", "i", "参考"),
    "tolerated": Mark("plain", "≈", "已容忍"),
}

AGREEMENTS = {
    "equal": Mark("good", "✓", "相符"),
    "differs": Mark("bad", "✕", "不符"),
    "timing": Mark("note", "◷", "时间差"),
    "missing_left": Mark("warn", "←", "左方缺"),
    "missing_right": Mark("warn", "→", "右方缺"),
}

MONTHS = {
    "ok": Mark("good", "", "正常"),
    "missing": Mark("bad", "缺", "没有数据"),
    "low": Mark("warn", "低", "明显偏少"),
    "high": Mark("note", "高", "明显偏多"),
    "first": Mark("plain", "首", "首月"),
}

DRIFTS = {
    "drift": Mark("warn", "!", "漂移"),
    "tolerated": Mark("note", "i", "已说明"),
    "ok": Mark("good", "✓", "正常"),
    "no_history": Mark("plain", "—", "历史不足"),
}

SEVERITIES = {"critical": "关键", "warning": "提醒", "info": "参考"}
LAYERS = {"landed": "来件", "fact": "事实表", "mart": "主题表"}
SCOPES = {"file": "文件", "township": "乡镇", "institution": "机构"}
ENGINES = {"duckdb": "本机（DuckDB）", "spark": "集群（Spark）"}

MODES = {"month": "本月", "ytd": "累计"}

# what is counted in a comparison, and the decimals it is shown with: of money no fen is lost
MEASURES = {
    "rows": ("行数", 0),
    "persons": ("人数", 0),
    "receipts": ("票据数", 0),
    "amount": ("金额（元）", 2),
    "fund_amount": ("基金支付（元）", 2),
    "amount_ytd": ("本年累计金额（元）", 2),
}

# what is compared with what, and the bureau's own word for it
KINDS = {
    "control_total": ("账实相符", "对账控制数与实际数据"),
    "contribution_receipt": ("人票款相符", "征缴明细与票据"),
    "contribution_ledger": ("账账相符", "征缴明细与基金收支台账"),
    "settlement_ledger": ("账账相符", "结算单与基金收支台账"),
    "item_settlement": ("明细相符", "费用明细与结算单"),
    "settlement_enrollment": ("参保相符", "结算单与参保登记"),
}


def mark(marks: dict[str, Mark], code: str) -> Mark:
    """The mark of a code."""
    return marks.get(code) or Mark("plain", "—", code)
