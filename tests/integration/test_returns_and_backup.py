"""The demo county's faults go back as workbooks and come again corrected, in a data folder that came out of a backup."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.integration.conftest import INBOX, yibao
from yibao import issuing
from yibao.accounts import Role, User
from yibao.figures import Scope, open_figures
from yibao.paths import DataPaths
from yibao.reporting.content import Letterhead
from yibao.reporting.monthly import MONTHLY
from yibao.reporting.numbers import Numbers
from yibao.reporting.product import Order

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BAD = INBOX.parent / "inbox_bad"
# one process, or the restored county would be made and run twice
pytestmark = pytest.mark.xdist_group("returns")


@pytest.fixture(scope="module")
def restored(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo county's data folder, by way of an archive; its key beside it."""
    base = tmp_path_factory.mktemp("restored")
    packed = yibao("backup", "--to", base / "backups", data=demo_data)
    assert packed.returncode == 0, packed.stderr
    assert "密钥不在备份里" in packed.stdout
    (archive,) = (base / "backups").iterdir()
    data = base / "data"
    shutil.copyfile(demo_data.with_name(demo_data.name + ".key"), base / "data.key")
    done = yibao("restore", "--from", archive, data=data)
    assert done.returncode == 0, done.stderr
    return data


def current(data: Path) -> str:
    return (data / "published" / "CURRENT").read_text(encoding="utf-8").strip()


def query(data: Path, sql: str) -> list[tuple[Any, ...]]:
    database = data / "published" / current(data) / "marts.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def listed(data: Path, out: Path, sheet: str) -> Counter[tuple[str, int]]:
    """File (with its sheet) and row of every line on that sheet of all workbooks."""
    done = yibao("returns", "--out", out, data=data)
    assert done.returncode == 0, done.stderr
    found: Counter[tuple[str, int]] = Counter()
    for path in (out / current(data)).glob("*.xlsx"):
        book = openpyxl.load_workbook(path, read_only=True)
        if sheet in book.sheetnames and not path.stem.endswith("拒收的文件"):
            for file, part, row, *_ in book[sheet].iter_rows(min_row=2, values_only=True):
                found[f"{file}#{part}" if part else str(file), int(str(row))] += 1
    return found


def test_every_fault_of_the_county_is_in_a_workbook(demo_data: Path, tmp_path: Path) -> None:
    for sheet, table, count in (("必须更正", "quarantine", 25), ("请核对", "row_warning", 50)):
        expected = Counter(query(demo_data, f"select file, row from {table}"))
        assert expected.total() == count
        assert listed(demo_data, tmp_path / sheet, sheet) == expected


def test_a_restored_folder_gives_the_same_figures(demo_data: Path, restored: Path) -> None:
    before = current(restored)
    assert before == current(demo_data)
    status = yibao("status", data=restored)
    assert (status.returncode, before in status.stdout) == (0, True)
    done = yibao("run", "--inbox", INBOX, data=restored)
    assert done.returncode == 0, done.stderr
    # the id ends in the digest of every published row
    assert current(restored) != before
    assert current(restored).rsplit("-", 1)[1] == before.rsplit("-", 1)[1]


@pytest.fixture(scope="module")
def come_again(restored: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder after September was issued and one more run, whose inbox corrects what was refused, quarantined and sent."""
    inbox = tmp_path_factory.mktemp("again") / "inbox"
    inbox.mkdir()
    shutil.copyfile(BAD / "列名重复.csv", inbox / "列名重复.csv")
    assert yibao("land", "--inbox", inbox, data=restored).returncode == 0
    issue_september(restored)
    (inbox / "列名重复.csv").write_text("区划代码,区划名称\n990101099,新镇\n", encoding="utf-8")
    header, wrong = settlement_of("结算单_2025年第三季度.csv", "Z000014")
    assert (header[2], wrong[2]) == ("个人编号", "")
    wrong[2] = "9900002339"
    write_settlements(inbox / "更正.csv", header, wrong)
    change_september(inbox)
    done = yibao("run", "--inbox", inbox, data=restored)
    assert done.returncode == 0, done.stderr
    return restored


def issue_september(data: Path) -> None:
    """A provisional report that was signed by three."""
    paths = DataPaths(data)
    folder = paths.reports / "2026-09" / "monthly"
    folder.mkdir(parents=True)
    (folder / "月报.docx").write_bytes(b"the report")
    listing = {"run_id": current(data), "period": "2026-09", "region_code": "990101", "product": "monthly"}
    listing |= {"status": "provisional", "dated": "2026-10-08"}
    files = {"月报.docx": hashlib.sha256(b"the report").hexdigest()}
    (folder / "report.json").write_text(json.dumps({**listing, "files": files}), encoding="utf-8")
    made = issuing.read_made(paths, issuing.ReportKey("2026-09", "990101", "monthly"), current(data))
    for role in issuing.ROLES:
        user = User(f"u.{role.value}", role.name_zh, Role.LEADER, None, must_change=False, disabled=False)
        issuing.sign(paths, made, role, user, NOW)
    issuing.issue(paths, made, "provisional", issuing.Issuer("os:test"), NOW)


def change_september(inbox: Path) -> None:
    """In three townships: a settlement that is late, one that is corrected by 100 yuan, one that is taken back."""
    quarter = "结算单_2026年第三季度.csv"
    header, late = settlement_of(quarter, "S2609000012")
    late[header.index("结算ID")] = "S2609900001"
    _, corrected = settlement_of(quarter, "S2609000045")
    for name, more in (
        ("总费用", 100),
        ("范围内费用", 100),
        ("统筹基金支出", 80),
        ("基金支付总额", 80),
        ("个人现金支付", 20),
    ):
        place = header.index(name)
        corrected[place] = str(Decimal(corrected[place]) + more)
    _, taken_back = settlement_of(quarter, "S2609000067")
    for place in range(header.index("总费用"), header.index("个人现金支付") + 1):
        taken_back[place] = str(-Decimal(taken_back[place]))
    taken_back[header.index("是否冲销")] = "1"
    taken_back[header.index("原结算ID")] = "S2609000067"
    taken_back[header.index("结算ID")] = "S2609900002"
    write_settlements(inbox / "9月补报.csv", header, late, corrected, taken_back)


def settlement_of(file: str, setl_id: str) -> tuple[list[str], list[str]]:
    """The header and the line of a settlement."""
    header, *rows = csv.reader((INBOX / file).read_text(encoding="gb18030").splitlines())
    (found,) = (row for row in rows if setl_id in row)
    return header, found


def write_settlements(path: Path, *rows: list[str]) -> None:
    path.write_text("".join(f"{','.join(row)}\n" for row in rows), encoding="utf-8")


def test_what_comes_again_corrected_is_told_so(come_again: Path, tmp_path: Path) -> None:
    """Z000014 came without its person and the file 列名重复.csv with a column twice: both are put right."""
    restored = come_again
    corrected = query(
        restored,
        "select record_key, file, corrected_file, corrected_row from quarantine where status <> 'open'",
    )
    assert corrected == [("结算ID=Z000014", "结算单_2025年第三季度.csv", "更正.csv", 2)]
    assert query(restored, "select count(*) from quarantine where status = 'open'") == [(24,)]
    assert listed(restored, tmp_path / "out", "已更正") == {("结算单_2025年第三季度.csv", 343): 1}
    manifest = json.loads(
        (restored / "published" / current(restored) / "manifest.json").read_text(encoding="utf-8")
    )
    assert [(file["file"], file["reason_code"]) for file in manifest["corrected"]] == [
        ("列名重复.csv", "duplicate_column")
    ]
    assert manifest["refused"] == []
    assert (tmp_path / "out" / current(restored) / "退回清单_拒收的文件.xlsx").is_file()


def test_what_was_sent_is_compared_with_what_came_since(come_again: Path) -> None:
    """Late 11729.75 (fund 7692.26), corrected by 100 (80), taken back 1762.45 (1296.96)."""
    rows = query(
        come_again,
        "select period, cause, record_key, township, difference, fund_difference, file, row"
        " from mart_restatement_row where dataset = 'settlement' order by row",
    )
    assert rows == [
        ("2026-09", "late", "结算ID=S2609900001", "990101002", Decimal("11729.75"), Decimal("7692.26"), "9月补报.csv", 2),
        ("2026-09", "corrected", "结算ID=S2609000045", "990101003", Decimal(100), Decimal(80), "9月补报.csv", 3),
        ("2026-09", "reversed", "结算ID=S2609900002", "990101006", Decimal("-1762.45"), Decimal("-1296.96"), "9月补报.csv", 4),
    ]  # fmt: skip
    cells = query(
        come_again,
        "select region_code, numerator - issued_numerator, denominator - issued_denominator, cause from mart_restatement"
        " where indicator_code = 'ip_avg_cost' and period_mode = 'month' and insutype = 'all' and breakdown = 'none' order by 1",
    )
    assert cells == [
        # 11729.75 + 100 - 1762.45
        ("990101", Decimal("10067.30"), 0, "late,reversed,corrected"),
        ("990101002", Decimal("11729.75"), 1, "late"),
        ("990101003", Decimal(100), 0, "corrected"),
        ("990101006", Decimal("-1762.45"), -1, "reversed"),
    ]
    untouched = query(
        come_again,
        "select count(*) from mart_restatement where indicator_code in ('part_rate', 'fund_arrival_rate')"
        " or region_code in ('990101001', '990101004', '990101005') or cause = 'calculation'",
    )
    assert untouched == [(0,)]
    figures = open_figures(DataPaths(come_again), Scope())
    issues = issuing.history(DataPaths(come_again)).issues
    (note,) = issuing.restatement_note(figures, issues, "2026-10", "990101")
    # 10067.30, and 7692.26 + 80 - 1296.96 = 6475.30
    assert note.text.startswith(
        "2026年9月初步数报送后，补报结算单1条、冲销结算单1条、更正结算单1条（总费用净增加1.01万元，基金支付净增加0.65万元）、补报行政区划1条，"
    )
    assert issuing.restatement_note(figures, issues, "2026-09", "990101") == ()


def test_the_report_tells_of_the_newest_check_of_several(come_again: Path) -> None:
    """Every run leaves a check: a county has as many as it had runs."""
    figures = open_figures(DataPaths(come_again), Scope())
    checks = figures.rows(str, "select check_id from quality_run order by checked_at")
    assert len(checks) > 1
    order = Order(
        "2026-09", "990101", "示范县", "2026-10-12", Letterhead("", "", "", "", "", ""), sections=("quality",)
    )
    report = MONTHLY.compose(Numbers(figures, "2026-09", "990101"), order)
    told = [one for one in report.figures if one.origin.table == "quality_run"]
    assert len(told) == 6 and {dict(one.origin.keys)["check_id"] for one in told} == {checks[-1]}
