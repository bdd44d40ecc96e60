"""The other datasets of the small set: registers, contributions, ledger, rosters, inspections."""

from __future__ import annotations

from pathlib import Path

from .fields import fields
from .files import Place, Sheet, write_csv, write_xls, write_xlsx
from .spelling import Style
from .text import Row

PAID = (
    "payment_id", "psn_no", "insutype", "year", "pay_time", "personal_amount", "subsidy_amount",
    "employer_amount",
    "total_amount", "receipt_no",
)  # fmt: skip


def _sheet(
    dataset: str, rows: list[Row], style: Style | None = None, headers: dict[str, str] | None = None
) -> Sheet:
    """A sheet with all columns of the dataset."""
    return Sheet(dataset, tuple(fields(dataset)), rows, style or Style(), headers or {})


def _by_year(rows: list[Row], key: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.get("#file") or row[key][:4], []).append(row)
    return found


def _enrollment(root: Path, year: str, rows: list[Row]) -> list[Place]:
    if year == "2025":
        lean = tuple(c for c in fields("enrollment") if c not in ("household_no", "gender"))
        return write_csv(
            root, "参保登记_2025.csv", Sheet("enrollment", lean, rows, Style("compact")), "utf-8-sig"
        )
    if year == "2026":
        headers = {"psn_no": "个人编号", "certno": "公民身份号码", "psn_name": "参保人姓名"}
        headers["household_no"] = "户口簿号"
        titles = ("示范县2026年度参保登记台账", "数据来源：医保信息平台")
        sheet = _sheet("enrollment", rows, Style("cell", "number", times=False, labels=True), headers)
        return write_xlsx(
            root, "参保登记_2026.xlsx", [sheet.named("参保登记", titles, {"联系电话": "13900000000"})]
        )
    return write_xlsx(root, f"{year}年/参保登记_{year}.xlsx", [_sheet("enrollment", rows).named("参保")])


def _contribution(root: Path, year: str, rows: list[Row]) -> list[Place]:
    if year == "2024":
        sheet = Sheet("contribution", PAID, rows, Style("compact", "short", times=False, null="NULL"))
        return write_csv(root, "2024年/征缴明细_2024.tsv", sheet, "gb18030", "\t")
    if year == "2025":
        sheet = _sheet("contribution", rows, Style("cell", "number", labels=True))
        return write_xlsx(root, "征缴明细_2025.xlsx", [sheet.named("征缴")])
    headers = {
        "pay_time": "到账时间",
        "total_amount": "合计金额",
        "year": "所属年度",
        "subsidy_amount": "政府资助",
    }
    sheet = Sheet("contribution", PAID, rows, Style("slash", "short", times=False), headers)
    return write_csv(root, f"征缴明细_{year}.csv", sheet, "gb18030")


def _fund_ledger(root: Path, year: str, rows: list[Row]) -> list[Place]:
    if year == "2024":
        sheet = _sheet("fund_ledger", rows, Style("iso", "thousands"))
        return write_csv(root, "2024年/基金台账_2024年10-12月.csv", sheet, "gb18030")
    if year == "2025":
        headers = {"entry_id": "记账凭证号", "amount": "实到金额", "amount_due": "应到金额"}
        sheet = _sheet("fund_ledger", rows, Style("zh", "paren", labels=True), headers)
        return write_xlsx(root, "基金台账_2025.xlsx", [sheet.named("台账", ("基金收支台账", "单位：元"))])
    sheet = _sheet("fund_ledger", rows, Style("slash", "yuan", labels=True, null="—"))
    return write_csv(root, f"基金台账_{year}年1-9月.csv", sheet, "gb18030")


def _basics(root: Path, data: dict[str, list[Row]]) -> list[Place]:
    """One workbook of several sheets, one of them hidden, one without a header of any dataset; one old
    XLS."""
    old = Sheet(
        "region", ("region_code", "region_name"), [{"region_code": "990101099", "region_name": "已撤销乡"}]
    )
    register = _sheet("institution", data["institution"], Style("slash", labels=True))
    sheets = [
        _sheet("region", data["region"]).named("行政区划", ("行政区划代码表",)),
        register.named("定点机构", ("定点医药机构名册", "截至2026年9月30日")),
        _sheet("budget", data["budget"], Style(amounts="number", labels=True)).named("总额预算"),
        _sheet("target", data["target"], Style(amounts="number")).named("目标任务"),
        old.named("旧区划", hidden=True),
    ]
    notes = {"说明": ["本工作簿由示范县医疗保障局综合股整理。", "旧区划表已停用，隐藏保存。"]}
    places = [place for place in write_xlsx(root, "基础资料.xlsx", sheets, notes) if place.sheet != "旧区划"]
    heads = _sheet("population", data["population"], Style(labels=True))
    return places + write_xls(root, "应参保人口.xls", heads.named("人口", ("应参保人口统计表",)))


def _others(root: Path, data: dict[str, list[Row]]) -> list[Place]:
    visits = _sheet(
        "inspection", data["inspection"], Style("zh", labels=True), {"inst_code": "被检查机构编码"}
    )
    found = _sheet("inspection_finding", data["inspection_finding"], Style("slash", "number", labels=True))
    places = write_xlsx(
        root, "检查台账.xlsx", [visits.named("检查记录", ("检查记录",)), found.named("检查问题")]
    )
    roster = _sheet("priority_roster", data["priority_roster"], Style("zh", labels=True))
    titles = ("重点人群名单（含民政、农业农村、残联、退役军人部门）",)
    places += write_xlsx(root, "重点人群名单.xlsx", [roster.named("名单", titles)])
    filings = _sheet("referral", data["referral"], Style("slash"), {"filing_id": "申请编号"})
    places += write_csv(root, "转诊备案.csv", filings, "gb18030")
    return places + write_csv(root, "对账控制数.csv", _sheet("control_total", data["control_total"]), "utf-8")


def write_registers(root: Path, data: dict[str, list[Row]]) -> list[Place]:
    """All files but those of settlements and items; the place of every row."""
    places = _basics(root, data)
    for dataset, key, write in (
        ("enrollment", "year", _enrollment),
        ("contribution", "year", _contribution),
        ("fund_ledger", "entry_date", _fund_ledger),
    ):
        for year, rows in _by_year(data[dataset], key).items():
            places += write(root, year, rows)
    return places + _others(root, data)
