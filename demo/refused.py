"""Exports that must be refused, each for another reason; they stand in a folder of their own."""

from __future__ import annotations

from pathlib import Path

_ENROLLMENT = "人员编号,姓名,所属区划,险种类型,参保年度,参保状态,参保开始日期\r\n"


def write_refused(root: Path) -> dict[str, str]:
    """The files, and why each is refused."""
    files = {
        "会议签到表.csv": (
            "序号,参会人员,单位\r\n1,王某,财务股\r\n2,李某,稽核股\r\n".encode("gb18030"),
            "unknown_dataset",
        ),
        "参保登记_只有表头.csv": (_ENROLLMENT.encode("gb18030"), "header_only"),
        "结算单_缺总费用.csv": (
            "结算ID,个人编号,险种类型,医疗类别,定点医药机构编号,参保区划,结算日期,统筹基金支出,基金支付总额,是否有效,是否冲销\r\n"
            "S250100001,9900000001,390,11,H99010100101,990101,2025-01-05,30.00,30.00,1,0\r\n".encode(
                "utf-8-sig"
            ),
            "missing_required_column",
        ),
        "空文件.csv": (b"", "empty"),
        "无表头.csv": (
            "9900000001,某某,990101001,390\r\n9900000002,某某,990101001,390\r\n".encode(),
            "no_header",
        ),
        "列名重复.csv": (
            (_ENROLLMENT.replace("姓名", "人员编号") + "1,2,990101001,390,2025,1,2025-01-01\r\n").encode(),
            "column_twice",
        ),
        "改名的压缩包.xlsx": (b"PK\x05\x06" + b"\x00" * 18, "damaged_workbook"),
    }
    root.mkdir(parents=True, exist_ok=True)
    for name, (content, _) in files.items():
        (root / name).write_bytes(content)
    return {name: reason for name, (_, reason) in files.items()}
