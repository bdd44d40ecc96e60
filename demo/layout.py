"""The settlements and items of the small set: each quarter in another format and spelling, as systems
differ."""

from __future__ import annotations

from pathlib import Path

from .fields import fields
from .files import Place, Sheet, write_csv, write_xlsx
from .registers import write_registers
from .spelling import Style
from .text import Row

LATE = "late"  # the mark of rows that stand in the file of late and corrected settlements
LEAN = (
    "setl_id", "psn_no", "insutype", "med_type", "inst_code", "inst_admdvs", "insu_admdvs", "begin_date",
    "end_date", "setl_time", "total_cost", "full_selfpay", "over_limit_selfpay", "pre_selfpay", "in_scope",
    "pool_pay", "large_amount_pay", "catastrophic_pay", "civil_servant_pay", "aid_pay", "other_pay",
    "fund_total", "account_pay", "mutual_account_pay", "cash_pay", "disease_code", "payment_method",
    "setl_channel", "filing_id", "credential_type", "valid_flag", "refund_flag", "original_setl_id",
)  # fmt: skip
ITEM_LEAN = ("item_sn", "setl_id", "charge_type", "amount")
PLATFORM = {  # the national platform's own names, as some exports head their columns
    "setl_id": "setl_id", "psn_no": "psn_no", "insutype": "insutype", "med_type": "med_type",
    "inst_code": "fixmedins_code", "inst_admdvs": "fix_blng_admdvs", "insu_admdvs": "insu_admdvs",
    "begin_date": "begndate", "end_date": "enddate", "setl_time": "setl_time", "total_cost": "medfee_sumamt",
    "full_selfpay": "fulamt_ownpay_amt", "over_limit_selfpay": "overlmt_selfpay",
    "pre_selfpay": "preselfpay_amt", "in_scope": "inscp_scp_amt", "pool_pay": "hifp_pay",
    "large_amount_pay": "hifob_pay", "catastrophic_pay": "hifmi_pay", "civil_servant_pay": "cvlserv_pay",
    "aid_pay": "maf_pay", "other_pay": "oth_pay", "fund_total": "fund_pay_sumamt", "account_pay": "acct_pay",
    "mutual_account_pay": "acct_mulaid_pay", "cash_pay": "psn_cash_pay", "disease_code": "dise_no",
    "setl_channel": "pay_loc", "credential_type": "mdtrt_cert_type", "valid_flag": "vali_flag",
    "refund_flag": "refd_setl_flag", "original_setl_id": "init_setl_id",
}  # fmt: skip
PLATFORM_ITEM = {"item_sn": "feedetl_sn", "charge_type": "med_chrgitm_type", "amount": "det_item_fee_sumamt"}
HOSPITAL = {  # as a hospital's own system heads them
    "begin_date": "入院日期", "end_date": "出院日期", "total_cost": "医疗费总额",
    "in_scope": "政策范围内费用",
    "pool_pay": "基本医保统筹基金支出", "inst_code": "就诊机构编码", "setl_time": "结算时间",
    "certno": "身份证号",
}  # fmt: skip
QUARTERS = ("一", "二", "三", "四")


def _settlement(root: Path, year: int, quarter: int, rows: list[Row]) -> list[Place]:
    name = f"结算单_{year}年第{QUARTERS[quarter - 1]}季度"
    full = tuple(fields("settlement"))

    def sheet(columns: tuple[str, ...], style: Style, headers: dict[str, str] | None = None) -> Sheet:
        return Sheet("settlement", columns, rows, style, headers or {})

    match (year, quarter):
        case (2024, _):
            found = sheet(LEAN, Style("compact", "short", times=False))
            return write_csv(root, f"2024年/{name}.csv", found, "gb18030")
        case (2025, 1):
            found = sheet(full, Style("cell", "number", labels=True), HOSPITAL)
            titles = ("示范县医疗保险结算单", "导出时间：2025年4月8日　　单位：元")
            found = found.named("结算单", titles, {"经办人员": "张三丰"})
            return write_xlsx(root, f"{name}.xlsx", [found])
        case (2025, 2):
            found = sheet(LEAN, Style("slash", "thousands", times=False))
            return write_csv(root, f"{name}.csv", found, "utf-8-sig")
        case (2025, 3):
            return write_csv(root, f"{name}.csv", sheet(full, Style()), "gb18030")
        case (2025, 4):
            found = sheet(LEAN, Style("serial", "number", times=False, labels=True)).named("Sheet1")
            return write_xlsx(root, f"{name}.xlsx", [found])
        case (2026, 1):
            found = sheet(LEAN, Style("iso", "short", times=False, null=r"\N"), PLATFORM)
            return write_csv(root, f"SETL_D_{year}Q{quarter}.tsv", found, "utf-8", "\t", "\n")
        case (2026, 2):
            found = sheet(full, Style("zh", "thousands", labels=True), HOSPITAL)
            return write_xlsx(root, f"{name}.xlsx", [found.named("结算明细", ("结算明细表",))])
    return write_csv(root, f"{name}.csv", sheet(LEAN, Style("iso", "short", times=False)), "gb18030")


def _items(root: Path, year: int, quarter: int, rows: list[Row]) -> list[Place]:
    name = f"费用明细_{year}年第{QUARTERS[quarter - 1]}季度"
    short = Style(amounts="short")
    match (year, quarter):
        case (2024, _):
            sheet = Sheet("settlement_item", ITEM_LEAN, rows, short)
            return write_csv(root, f"2024年/{name}.csv", sheet, "gb18030")
        case (2025, 3):
            sheet = Sheet("settlement_item", tuple(fields("settlement_item")), rows, short)
            return write_csv(root, f"{name}.csv", sheet, "gb18030")
        case (2026, 1):
            sheet = Sheet("settlement_item", ITEM_LEAN, rows, short, PLATFORM_ITEM)
            return write_csv(root, f"FEE_LIST_{year}Q{quarter}.tsv", sheet, "utf-8", "\t", "\n")
    style = Style(amounts="number", labels=(year, quarter) == (2026, 2))
    return write_xlsx(
        root, f"{name}.xlsx", [Sheet("settlement_item", ITEM_LEAN, rows, style, name="费用明细")]
    )


def _by_quarter(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows by the file they belong to: `2025-3`, or LATE."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        place = row.get("#file") or row.get("#when") or row["setl_time"]
        if place != LATE:
            place = min(place[:7], "2026-09")  # items of the settlement far in the future: in the newest file
            place = f"{place[:4]}-{(int(place[5:7]) + 2) // 3}"
        found.setdefault(place, []).append(row)
    return found


def write_small(root: Path, data: dict[str, list[Row]]) -> list[Place]:
    """All files of the small inbox; the place of every row."""
    root.mkdir(parents=True, exist_ok=True)
    places = write_registers(root, data)
    for quarter, rows in _by_quarter(data["settlement"]).items():
        if quarter == LATE:
            sheet = Sheet("settlement", tuple(fields("settlement")), rows, Style("slash", "yuan"))
            places += write_csv(root, "结算单补报_2026年.csv", sheet, "gb18030")
        else:
            places += _settlement(root, int(quarter[:4]), int(quarter[5]), rows)
    for quarter, rows in _by_quarter(data["settlement_item"]).items():
        places += _items(root, int(quarter[:4]), int(quarter[5]), rows)
    return places
