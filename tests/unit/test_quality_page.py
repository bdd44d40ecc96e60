"""The quality page: what is read from a generation or a check, and what the bureau then sees."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import os
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from tests.unit.file_limit import file_limit
from tests.unit.quality_tables import CHECK_ID, EMPTY, REGIONS, ROWS, fill_quality
from tests.unit.small_warehouse import (
    CONTENTS,
    NOW,
    checked_warehouse,
    checking,
    no_page,
    passed_warehouse,
)
from yibao import cli, publishing, quality_page
from yibao.paths import DataPaths
from yibao.problem import ExitCode, Problem
from yibao.project import find_project
from yibao.publishing import Generation, Manifest, RefusedFile, Table
from yibao.publishing.store import sha256_of
from yibao.quality_page import page_of_check, page_of_generation, read_check, read_generation, render
from yibao.quality_page.report import Standing
from yibao.warehouse import engine_for

NAMES = {
    "settlement": "结算单",
    "enrollment": "参保登记",
    "region": "行政区划",
    "target": "目标任务",
    "contribution": "征缴明细",
}
RUN_ID = "20261121T101500Z-12345678"
ALL_TABLES = sorted(re.findall(r"create table (\w+)", EMPTY))


def generation(folder: Path, sql: str = REGIONS + EMPTY + ROWS) -> Generation:
    """A published generation with these tables."""
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "marts.duckdb")) as connection:
        fill_quality(connection, sql)
    manifest = Manifest(
        run_id=RUN_ID,
        period="2026-09",
        created_at="2026-11-21T16:15:00Z",
        previous=None,
        counties=("990101",),
        provenance=CONTENTS.provenance,
        tables={"indicator_value": Table(1, "0" * 16)},
        duckdb_version="2.0.0",
        database_sha256=sha256_of(folder / "marts.duckdb"),
    )
    return Generation(folder, manifest)


class _Page(HTMLParser):
    """Text by section, and every start tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.sections: dict[str, str] = {}
        self._section = "banner"
        self._silent = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "section":
            self._section = dict(attrs).get("id") or "banner"
        self._silent = tag in ("style", "script", "title")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script", "title"):
            self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            joined = self.sections.get(self._section, "") + " " + data
            self.sections[self._section] = " ".join(joined.split())


def page(text: str) -> dict[str, str]:
    return _Page(text).sections


@pytest.fixture
def published(tmp_path: Path) -> Generation:
    return generation(tmp_path / RUN_ID)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_report_holds_what_the_tables_say(published: Generation) -> None:
    report = read_generation(published)
    assert report.check is not None and report.check.check_id == CHECK_ID
    assert report.standing is Standing.REMINDED
    assert report.check.score == Decimal("62.5")
    assert [result.expectation_id for result in report.unmet] == [
        "settlement.items.agree",
        "fund.balance.holds",
        "enrollment.certificate.valid",
    ], "warnings before remarks, the larger first; nothing of another check"
    assert report.failing is not None
    listing = report.failing["settlement.items.agree"]
    assert (listing.total, len(listing.shown), listing.shown[0].key) == (40, 20, "setl_id=Z000000")
    assert report.conservation is not None
    assert [(row.dataset, row.files, row.rows_off, row.amount_off) for row in report.conservation] == [
        ("region", 1, 1, 0),
        ("settlement", 2, 0, 0),
    ]
    assert report.townships is not None
    assert [(row.year, row.region_name, row.persons) for row in report.townships] == [
        (2026, "城关镇", 1000),
        (2026, "柳河镇", 0),
    ]
    assert report.warnings is not None
    assert [(rule.name_zh, rule.rows, rule.places["file"].total) for rule in report.warnings] == [
        ("当年未参保", 9, 1),
        ("未知代码", 6, 2),
    ]
    assert report.drift is not None and report.drift.counts == {"drift": 1, "ok": 1, "tolerated": 1}
    assert report.reconciliation is not None
    ledger, control = sorted(report.reconciliation, key=lambda books: books.kind)
    assert (control.counts, control.differing.total) == ({"differs": 1, "equal": 1}, 1)
    assert (ledger.counts, ledger.causes) == ({"timing": 1}, {"晚入账": 1})


def test_the_check_of_a_generation_is_its_own(tmp_path: Path) -> None:
    paths = passed_warehouse(tmp_path)
    warehouse = checked_warehouse(paths)
    engine = engine_for("duckdb", paths)
    engine.target = "spark"
    checking(find_project(), engine, lambda: NOW + timedelta(days=1), lambda *_: None)
    published = publishing.publish(paths, warehouse, CONTENTS, NOW + timedelta(days=2), no_page)
    report = read_generation(published)
    assert report.check is not None and report.check.check_id == warehouse.check_id
    assert report.history == (report.check,), "a later check, of the other engine, is no part of it"
    again = publishing.publish(paths, checked_warehouse(paths, 3), CONTENTS, NOW + timedelta(days=4), no_page)
    targets = [check.target for check in read_generation(again).history or ()]
    assert targets == ["duckdb", "spark", "duckdb"]


def test_an_empty_table_is_not_called_missing(tmp_path: Path) -> None:
    nothing_found = f"""
    insert into quality_run values
        ('{CHECK_ID}', '2026-11-21T10:10:00Z', 'duckdb', 'passed', 0, 0, 0, 0, 0, 0, 1);
    """
    sections = page(page_of_generation(generation(tmp_path / RUN_ID, REGIONS + EMPTY + nothing_found), NAMES))
    assert "没有这些数据" not in " ".join(sections.values())
    assert "没有未通过的检查项" in sections["todo"]
    told = {
        "scores": "没有导入任何数据。 按乡镇 没有参保登记",
        "conservation": "没有导入任何数据",
        "reconciliation": "没有可以互相核对的数据",
        "months": "没有按月报送的数据",
        "warnings": "没有提示",
        "drift": "没有可以比较的指标",
        "results": "没有任何检查项",
        "examples": "没有不符的行",
    }
    assert {section: text for section, text in told.items() if text not in sections[section]} == {}


@pytest.mark.parametrize("table", ALL_TABLES)
def test_a_table_that_is_not_there_is_told(tmp_path: Path, table: str) -> None:
    without = REGIONS + EMPTY + ROWS + f"drop table {table};"
    text = " ".join(page(page_of_generation(generation(tmp_path / RUN_ID, without), NAMES)).values())
    assert f"这一版里没有这些数据（表 {table} ），不等于零" in text
    if table == "quality_run":
        assert "没有检查记录" in text, "results without the check they belong to say nothing"


def test_a_generation_of_before_the_checks_has_a_page_that_says_so(tmp_path: Path) -> None:
    paths = passed_warehouse(tmp_path)
    now = publishing.publish(paths, checked_warehouse(paths), CONTENTS, NOW, no_page)
    now.database.chmod(0o644)
    with duckdb.connect(str(now.database)) as connection:
        for table in ("quality_run", "quality_result", "quality_failing_key"):
            connection.execute(f"drop table {table}")
    manifest = replace(now.manifest, database_sha256=sha256_of(now.database))
    sections = page(page_of_generation(replace(now, manifest=manifest), NAMES))
    assert "没有检查记录" in sections["banner"] and "无从判断" in sections["banner"]
    assert "2026-09" in sections["banner"] and "示范县" in sections["banner"]
    assert "没有这些数据" in sections["todo"] and "没有未通过" not in sections["todo"]


def test_a_damaged_generation_is_told(published: Generation) -> None:
    published.database.unlink()
    published.database.write_bytes(b"no database" * 1000)
    with pytest.raises(Problem) as problem:
        read_generation(published)
    assert problem.value.exit_code == ExitCode.UNEXPECTED


# --- a check that was not published -----------------------------------------------------------------------------------


def kept_check(paths: DataPaths, check_id: str, verdict: str, **counts: int) -> Path:
    """DATA/quality/<check_id>/, as a check leaves it."""
    folder = paths.quality / check_id
    folder.mkdir(parents=True)
    run = {
        "check_id": check_id,
        "checked_at": f"{check_id[:4]}-{check_id[4:6]}-{check_id[6:8]}T10:10:00Z",
        "target": "duckdb",
        "verdict": verdict,
        **dict.fromkeys(
            ("expectations", "passed", "failed_critical", "failed_warning", "failed_info", "errors"), 0
        ),
        **counts,
        "seconds": 1.5,
        "mark": "of no interest here",
    }
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(EMPTY)
        settlement = (check_id, "settlement", "结算单", "stg_settlement", "landed", "settlement")
        fund = (check_id, "fund", "基金主题表", "mart_fund", "mart", None)
        present = (
            "settlement.setl_id.present",
            "critical",
            "待遇保障科",
            "每一行都有结算ID",
            "en",
            "fail",
            80000,
            12,
        )
        known = ("settlement.inst.known", "warning", "待遇保障科", "机构都已登记", "en", "fail", 80000, 900)
        broken = ("fund.broken", "info", "基金管理科", "结余相符", "en", "error", None, None)
        for row in (
            (*settlement, *known, None, "x", "补报机构", None),
            (*settlement, *present, None, "x", "补齐后重导", None),
            (*fund, *broken, None, "表 mart_fund 没有列 balance", "联系开发人员", None),
        ):
            connection.execute(f"insert into quality_result values ({', '.join('?' * len(row))})", row)
        connection.execute(
            "insert into quality_failing_key values (?, 'settlement.setl_id.present', 'setl_id=空', 'file=九月.csv')",
            [check_id],
        )
        for table in ("quality_result", "quality_failing_key"):
            target = folder / f"{table.removeprefix('quality_')}.parquet"
            connection.execute(f"copy {table} to '{target}' (format parquet)")
    return folder


def test_the_page_of_a_check_says_what_to_do_and_what_it_cannot_know(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    kept_check(paths, "20261020T101000Z-111111", "passed", expectations=2, passed=2)
    kept_check(
        paths, "20261120T101000Z-222222", "failed", expectations=9, passed=7, failed_critical=1, errors=1
    )
    kept_check(paths, "20261125T101000Z-333333", "passed", expectations=9, passed=9)
    damaged = kept_check(paths, "20261021T101000Z-444444", "passed")
    (damaged / "run.json").write_text("{}", encoding="utf-8")
    report = read_check(paths, "20261120T101000Z-222222")
    assert report.standing is Standing.FAILED
    assert report.history is not None
    assert [check.check_id[-6:] for check in report.history] == ["111111", "222222"], (
        "no later, no damaged one"
    )
    sections = page(render(report, NAMES))
    assert "未通过" in sections["banner"] and "1 项关键的检查没有通过" in sections["banner"]
    assert "上一版仍然有效" in sections["banner"] and "没有发布" in sections["banner"]
    todo = sections["todo"]
    assert todo.index("每一行都有结算ID") < todo.index("结余相符") < todo.index("机构都已登记")
    assert "12 / 80,000 行 （0.02%）" in todo and "补齐后重导" in todo and "待遇保障科" in todo
    assert "哪里 基金主题表 mart_fund" in todo and "表 mart_fund 没有列 balance" in todo
    assert "setl_id=空" in sections["examples"] and "failing_key.parquet" in sections["examples"]
    assert "检查只留下检查结果" in sections["others"] and "conservation" not in sections


def test_a_check_that_is_not_there_and_one_that_is_damaged(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    folder = kept_check(paths, "20261020T101000Z-111111", "failed", failed_critical=1)
    for other in ("20261020T101000Z-999999", "../landing", ""):
        with pytest.raises(Problem) as problem:
            page_of_check(paths, other, NAMES)
        assert problem.value.exit_code == ExitCode.WRONG_USE
    (folder / "result.parquet").write_bytes(b"PAR1")
    with pytest.raises(Problem) as problem:
        page_of_check(paths, folder.name, NAMES)
    assert problem.value.exit_code == ExitCode.UNEXPECTED and str(folder) in problem.value.where


# --- what is seen -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "word", "sign", "tone"),
    [
        (("passed", 8, 8, 0, 0, 0, 0), "通过", "✓", "good"),
        (("passed", 8, 7, 0, 0, 1, 0), "通过", "✓", "good"),
        (("passed", 8, 7, 0, 1, 0, 0), "有提醒", "!", "warn"),
        (("failed", 8, 6, 1, 1, 0, 0), "未通过", "✕", "bad"),
        (("error", 8, 6, 1, 0, 0, 1), "检查出错", "?", "broken"),
    ],
)
def test_a_verdict_has_a_colour_a_sign_and_words(
    published: Generation, counts: tuple[str, int, int, int, int, int, int], word: str, sign: str, tone: str
) -> None:
    report = read_generation(published)
    assert report.check is not None
    verdict, *numbers = counts
    names = ("expectations", "passed", "failed_critical", "failed_warning", "failed_info", "errors")
    check = dataclasses.replace(
        report.check,
        verdict=verdict,
        **dict(zip(names, numbers, strict=True)),  # type: ignore[arg-type]
    )
    text = render(dataclasses.replace(report, check=check), NAMES)
    banner = page(text)["banner"]
    assert f"数据质量报告 {sign} {word} " in banner
    assert f'<section class="banner {tone}"' in text


def test_figures_are_printed_as_the_reports_print_them(published: Generation) -> None:
    sections = page(page_of_generation(published, NAMES))
    assert "发布时间 2026-11-22 00:15" in sections["banner"], "the bureau's clock, not UTC"
    assert "结算单 99.45% 2,000 4 7" in sections["scores"]
    assert "目标任务 — 0 0 0" in sections["scores"], "no rows is no score"
    assert "差 1 行" in sections["conservation"]
    assert "金额（万元） 100.00 90.00 4.00 3.00 3.00 ✓ 平" in sections["conservation"]
    assert "620,452 参保登记 616,910 3,542 ✕ 不符 名册多于登记" in sections["reconciliation"]
    assert "1,545,829.06 基金台账 1,545,829.06 -0.01 ◷ 时间差" in sections["reconciliation"], (
        "half a fen goes up"
    )
    assert "晚入账" in sections["reconciliation"]
    assert "结算单 2026-09 400 950 42.11% 低 明显偏少" in sections["months"]
    assert "征缴明细 缺 高 结算单 首 低" in sections["months"]
    assert "城乡居民基本医疗保险 金额（元）" in sections["reconciliation"], "a scheme by its name"
    assert (
        "参保率 示范县 2026-09 累计 90.13% 96.00% -5.88个百分点 3.00个百分点 ! 漂移" in sections["drift"]
    ), "half up, away from zero"
    assert "新增血透中心，医保办〔2026〕3号" in sections["drift"]
    assert "2026-10-21 18:10 ✕ 未通过 75.00% 8 6 1 1 0 0" in sections["history"]


def test_a_tolerated_warning_is_no_task_but_keeps_its_reason(published: Generation) -> None:
    report = read_generation(published)
    assert report.results is not None
    results = tuple(
        dataclasses.replace(result, tolerance_zh="集中补录，六月底前")
        if result.expectation_id == "settlement.items.agree"
        else result
        for result in report.results
    )
    sections = page(render(dataclasses.replace(report, results=results), NAMES))
    assert "2 项提醒（其中 1 项已有书面理由）" in sections["banner"]
    todo = sections["todo"]
    assert (
        todo.index("证件号码有效")
        < todo.index("≈ 已容忍 明细合计等于总费用")
        < todo.index("集中补录，六月底前")
    )


def test_names_from_outside_are_escaped_everywhere(tmp_path: Path) -> None:
    evil = "<script>alert('x')</script>\"><img src=x>"
    sql = REGIONS + EMPTY + ROWS
    columns = {
        "quality_result": "name_zh owner table_name observed todo_zh suite suite_zh expectation_id",
        "quality_failing_key": "key detail",
        "reconciliation": "subject left_name_zh right_name_zh note_zh period",
        "reconciliation_difference": "subject key cause_zh",
        "dataset_month": "dataset",
        "warning_count": "scope_code scope_name",
        "indicator_drift": "reason_zh region_code",
        "dataset_score": "dataset",
        "township_completeness": "region_code",
    }
    changes = [
        f"update {table} set {column} = $${evil}$$;"
        for table, named in columns.items()
        for column in named.split()
    ]
    own = generation(tmp_path / RUN_ID, sql + "".join(changes))
    provenance = dataclasses.replace(
        own.manifest.provenance, refused=(RefusedFile(f"{evil}.csv", None, "no_header", evil),)
    )
    own = dataclasses.replace(own, manifest=dataclasses.replace(own.manifest, provenance=provenance))
    text = page_of_generation(own, NAMES)
    assert f"{evil}.csv" in page(text)["todo"]
    tags = _Page(text).tags
    assert [tag for tag, _ in tags].count("script") == 1
    assert "img" not in {tag for tag, _ in tags}


def test_a_page_needs_nothing_from_outside(published: Generation) -> None:
    text = page_of_generation(published, NAMES)
    assert not re.search(r"https?:|//\w|@import|url\(|@font-face", text)
    tags = _Page(text).tags
    assert not [attrs for _, attrs in tags if {"src", "srcset", "style", "onclick"} & set(attrs)]
    assert all((attrs["href"] or "").startswith("#") for _, attrs in tags if "href" in attrs)
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {(attrs["href"] or "")[1:] for _, attrs in tags if "href" in attrs} <= set(ids)
    [policy] = [
        attrs["content"] or "" for tag, attrs in tags if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy


def test_the_policy_admits_the_style_and_the_script_of_the_page_only(published: Generation) -> None:
    text = page_of_generation(published, NAMES)
    for tag in ("style", "script"):
        [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src &#39;sha256-{digest}&#39;" in text or f"{tag}-src 'sha256-{digest}'" in text


def test_the_same_generation_gives_the_same_bytes(tmp_path: Path) -> None:
    turned = REGIONS + EMPTY + ROWS
    for table in ALL_TABLES:
        turned += f"create or replace table {table} as select * from {table} order by random();"
    first, second = generation(tmp_path / "a"), generation(tmp_path / "b", turned)
    # the page names the file that it was made from, to the byte
    digests = (second.manifest.database_sha256, first.manifest.database_sha256)
    assert page_of_generation(second, NAMES).replace(*digests) == page_of_generation(first, NAMES)


def test_a_page_stays_small_whatever_fails(tmp_path: Path) -> None:
    many = f"""
    insert into quality_result
        select '{CHECK_ID}', 's' || n % 20, '结算单', 'stg_settlement', 'landed', 'settlement', 'many.' || n, 'warning', '科', '不符',
            'en', 'fail', 1000000, 500, null, null, '核对', null from range(200) as t(n);
    insert into quality_failing_key
        select '{CHECK_ID}', 'many.' || n % 200, 'setl_id=' || printf('%012d', n), repeat('长', 500) from range(100000) as t(n);
    """
    text = page_of_generation(generation(tmp_path / RUN_ID, REGIONS + EMPTY + ROWS + many), NAMES)
    assert len(text.encode()) < 2_000_000
    sections = page(text)
    assert "共 500 条，这里列出前 5 条" in sections["examples"], (
        "the examples are shared out, none is left out"
    )
    assert (
        sections["examples"].count("全部见 marts.duckdb 的表 quality_failing_key（expectation_id 为 many.")
        == 200
    )


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """A data folder with one generation."""
    paths = passed_warehouse(tmp_path / "data")
    publishing.publish(
        paths, checked_warehouse(paths), CONTENTS, NOW, lambda own: page_of_generation(own, NAMES)
    )
    return paths


def run(paths: DataPaths, *arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.main, ["quality", "--data", str(paths.root), *map(str, arguments)])


def test_the_page_of_the_current_generation_is_the_one_it_was_published_with(paths: DataPaths) -> None:
    current = publishing.require_current(paths)
    before = current.page.read_bytes()
    result = run(paths)
    assert result.exit_code == 0, result.output
    assert str(current.page) in result.stdout
    assert current.page.read_bytes() == before
    if os.name == "posix":
        assert current.page.stat().st_mode & 0o777 == 0o444


def test_a_generation_without_a_page_gets_one(paths: DataPaths, tmp_path: Path) -> None:
    current = publishing.require_current(paths)
    out = tmp_path / "报告" / "质量.html"
    assert run(paths, "--run", current.run_id, "--out", out).exit_code == 0
    current.page.unlink()
    assert run(paths).exit_code == 0
    assert current.page.read_bytes() == out.read_bytes()


def test_a_refused_check_has_a_page_and_is_told_of(paths: DataPaths) -> None:
    folder = kept_check(paths, "20261125T101000Z-333333", "failed", expectations=1, failed_critical=1)
    assert f"yibao quality --run {folder.name}" in run(paths).stdout
    result = run(paths, "--run", folder.name)
    assert result.exit_code == 0, result.output
    assert "未通过" in page((folder / "quality.html").read_text(encoding="utf-8"))["banner"]


def test_what_is_not_there_or_cannot_be_written_is_told(paths: DataPaths, tmp_path: Path) -> None:
    assert run(paths, "--run", "20200101T000000Z-00000000").exit_code == 2
    (tmp_path / "file").write_text("")
    result = run(paths, "--out", tmp_path / "file" / "page.html")
    assert result.exit_code == 2 and "质量报告写不进去" in result.stderr
    with file_limit(2_000):
        result = run(paths, "--out", tmp_path / "page.html")
    assert result.exit_code == 1 and "质量报告写不进去：磁盘空间不足" in result.stderr
    empty = DataPaths(tmp_path / "empty")
    empty.root.mkdir()
    assert run(empty).exit_code == 2


def test_the_templates_travel_with_the_package() -> None:
    assert quality_page.__file__ is not None
    folder = Path(quality_page.__file__).parent / "templates"
    assert {path.name for path in folder.iterdir()} >= {"page.html.j2", "page.css", "page.js"}
