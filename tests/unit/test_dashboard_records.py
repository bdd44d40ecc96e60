"""Pages of rows, reports and records: what the address asks for, what lies ready, what an alert rule says."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from dashboard.components.block import Block, Column, Table, row
from dashboard.components.export import Stamp, workbook
from dashboard.components.report_rows import standing_of
from dashboard.pages.audit import entries_of
from dashboard.pages.catalogue import rule_zh
from dashboard.pages.settlements import marks, narrowing_of
from dashboard.report_files import reports_of
from tests.unit.figures_kit import PERIOD, cell, publish
from tests.unit.issuing_kit import FILES, make, send, sign_all
from yibao import audit_log, issuing, publishing
from yibao.audit_log import Action, AuditEntry
from yibao.figures import AlertRule, Narrowing, Scope, Settlement, alert_rules, catalogue, open_figures
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.reporting.content import Status

STAMP = Stamp("期间 2026-09", "2026-09-30", "20261001T000000Z-00000000", "张（zhang）", "2026-10-01 08:00")


def test_the_address_says_what_is_listed() -> None:
    asked = {
        "inst": "H1",
        "service_class": "inpatient,maternity_inpatient",
        "outside": "1",
        "unreferred": "no",
    }
    assert narrowing_of(asked) == Narrowing("H1", ("inpatient", "maternity_inpatient"), outside=True)
    assert narrowing_of({}) == Narrowing()


def settlement(**told: object) -> Settlement:
    fields = dict.fromkeys(Settlement.__dataclass_fields__)
    known = {"setl_id": "S1", "setl_time": date(2026, 9, 1), "sign": 1, "warnings": 0}
    return Settlement(**{**fields, **known, **told})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, ""),
        ({"sign": -1}, "冲销"),
        ({"is_unreferred": True, "is_readmitted": True, "warnings": 2}, "未转诊、再住院、有提醒"),
    ],
)
def test_what_is_special_about_a_row(told: dict[str, object], expected: str) -> None:
    assert marks(settlement(**told)) == expected


def test_the_sheet_holds_the_rows_that_the_page_leaves_out() -> None:
    columns = (Column("号", "count"),)
    block = Block("b", "表", Table(columns, (row(1),)), whole=lambda: Table(columns, (row(1), row(2))))
    exported = workbook(block.complete, STAMP)
    sheet = openpyxl.load_workbook(BytesIO(exported.content)).active
    assert sheet is not None
    assert [cells[0].value for cells in sheet.iter_rows(min_row=5, max_row=6)] == [1, 2]
    assert exported.rows == 2


def test_reports_are_those_of_the_period(tmp_path: Path) -> None:
    paths = publish(tmp_path / "data")
    made = make(paths, "draft")
    parts = [make(paths, product="ten_day", part=part).listing for part in ("20", "10")]
    # one that is being written, and one whose listing is no listing
    shutil.copytree(made.folder, made.folder.with_name(".weekly-0a"))
    broken = made.folder.with_name("annual")
    broken.mkdir()
    (broken / "report.json").write_text('{"files": {"../../secret": "0"}}', encoding="utf-8")
    [report, *others], [problem] = reports_of(paths, PERIOD)
    assert [each.listing for each in others] == parts[::-1]
    assert (report.listing.product, report.listing.status) == ("monthly", "draft")
    assert [(file.path.name, file.size, file.whole) for file in report.files] == [
        ("月报.docx", 4, True),
        ("附表.xlsx", 5, True),
    ]
    assert problem.where == str(broken / "report.json")
    assert reports_of(paths, "2026-08") == ((), ())


def test_a_changed_file_is_not_handed_out(tmp_path: Path) -> None:
    paths = publish(tmp_path / "data")
    folder = make(paths).folder
    [report], _ = reports_of(paths, PERIOD)
    word = report.files[0]
    assert word.content() == FILES["月报.docx"]
    # changed after the page was drawn, and before
    (folder / "月报.docx").write_bytes(b"wort")
    with pytest.raises(Problem):
        word.content()
    (folder / "附表.xlsx").unlink()
    [report], _ = reports_of(paths, PERIOD)
    assert [file.whole for file in report.files] == [False, False]


def test_how_far_a_report_is(tmp_path: Path) -> None:
    paths = publish(tmp_path / "data", [cell("part_rate", "95")])

    def told(status: Status) -> str:
        listing = issuing.read_listing(make(paths, status).folder)
        current = publishing.require_current(paths).run_id
        return str(standing_of(listing, issuing.history(paths), current).content)

    assert told("draft") == "草稿（未报送）"
    sign_all(paths, make(paths, "draft"))
    assert told("draft") == "草稿（未报送），已签：制表 zhang先生、审核 li先生、签发 wang先生"
    assert told("provisional") == "签字已齐的初步数，尚未报送"
    send(paths)
    assert told("provisional") == "已报送（初步数） 2026-11-22"
    assert told("final") == "签字已齐的最终数，尚未报送"
    listing = issuing.read_listing(make(paths, "draft").folder)
    assert standing_of(listing, issuing.history(paths), "a newer run").content == "不是当前版，请重新生成"


def test_entries_of_a_month_are_the_newest_first(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    # the first is 23:59 of 31 August by the bureau's clock, the second a minute later
    moments = [
        datetime(2026, 8, 31, 15, 59, tzinfo=UTC),
        datetime(2026, 8, 31, 16, 0, tzinfo=UTC),
        datetime(2026, 9, 9, tzinfo=UTC),
    ]
    for moment in moments:
        audit_log.record(paths, AuditEntry(moment, "zhang", "leader", Action.VIEW, "总览"))
    assert [entry.at for entry in entries_of(paths, "2026-09")] == [moments[2], moments[1]]
    assert entries_of(paths, "2026-12") == []


def test_alert_rules_in_words(tmp_path: Path) -> None:
    figures = open_figures(publish(tmp_path), Scope())
    known, rules = catalogue(figures), alert_rules(figures)
    assert [rule_zh(rule, known["part_rate"]) for rule in rules["part_rate"]] == [
        "报警：本期值高于100.00%",
        "预警：本期值低于目标",
    ]
    told = {rule_zh(rule, known[code]) for code, found in rules.items() for rule in found}
    assert "预警：同比变化高于5.00%" in told
    assert any("序时进度加5.00个百分点" in each for each in told), told
    assert any("（乡级机构）" in each for each in told)
    assert not [
        each for each in told if any(character.isascii() and character.isalpha() for character in each)
    ]


def test_a_threshold_below_zero_keeps_its_sign(tmp_path: Path) -> None:
    known = catalogue(open_figures(publish(tmp_path), Scope()))
    rule = AlertRule("ip_avg_cost", "warning", "last_year_change", "<", "number", Decimal(-3), None, None, "")
    assert rule_zh(rule, known["ip_avg_cost"]) == "预警：同比变化低于-3.00%"
