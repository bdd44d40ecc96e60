"""The package: what is in it, that its manifest tells the truth of it, and that the same run packs the same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.unit.reporting.kit import sample_report
from yibao.figures import Figures, Scope, open_figures
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.publishing import Generation, InputSheet, Manifest, Provenance
from yibao.publishing.generation import Table
from yibao.publishing.store import sha256_of
from yibao.reporting.content import Report, SignOff
from yibao.reporting.package import package

RUN_ID = "20261005T010203Z-0123abcd"
DOCUMENTS = {"报告.docx": b"word", "报告.pdf": b"pdf"}
TABLES = """
create table dim_period as select * from (values
    ('2025-09', '2024-09', '2025-08'), ('2026-08', '2025-08', '2026-07'), ('2026-09', '2025-09', '2026-08')
) as t(period, last_year_period, previous_period);
create table dim_region as select * from (values
    ('990101001', '一乡', 'township'), ('990101', '示例县', 'county'), ('9901', '示例市', 'city'),
    ('990102', '邻县', 'county')
) as t(region_code, region_name, level);
create table indicator as select * from (values
    ('part_rate', '参保率', null, 'participation', 'insured', 'population', 'percent', 2, 'higher', 95.0,
     null, 'ytd', '口径', '来源', 1),
    ('avg_cost', '次均费用', null, 'cost', 'cost', 'cases', 'yuan', 2, 'lower', null, null, 'month|ytd', '', '', null)
) as t(code, name_zh, name_en, domain, numerator, denominator, unit, decimals, direction, default_target, breakdowns,
       modes, definition_zh, source_zh, headline);
create table measure as select 'insured' as measure, '参保人数' as name_zh, 'persons' as unit, '' as definition_zh;
create table alert_rule as select 'part_rate' as indicator_code, 95.0000::decimal(18, 4) as threshold;
create table indicator_value as
select
    periods.period, 'ytd' as period_mode, regions.region_code, 'all' as insutype, 'none' as breakdown,
    'all' as breakdown_value, 'part_rate' as indicator_code, 2::decimal(38, 4) as numerator,
    3::decimal(38, 4) as denominator, 66.6666666667::decimal(38, 10) as value, 'ok' as status
from
    (values ('2024-09'), ('2025-09'), ('2026-07'), ('2026-08'), ('2026-09'), ('2026-10')) as periods(period),
    (values ('990101'), ('990101001'), ('990102')) as regions(region_code);
update indicator_value set value = null, status = 'no_data' where region_code = '990101001';
create table mart_supervision as select * from (values
    ('2026-09', '一院', '990101001'), ('2026-09', '=1+1', null), ('2026-09', '市医院', '990100'),
    ('2026-09', '邻县医院', '990102001'), ('2026-10', '一院', '990101001')
) as t(period, inst_name, region_code);
create table mart_settlement as select 'J1' as setl_id, '张**' as psn_name_mask;
create table quarantine as select 'J2' as record_key;
"""


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    database = tmp_path / "marts.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(TABLES)
        names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
    sheets = (
        InputSheet("乙局/参保 13800138000.xlsx", "甲", "enrollment", 3, "1" * 64, "000002"),
        InputSheet("乙局/参保 13800138000.xlsx", "乙", "enrollment", 3, "1" * 64, "000002"),
        InputSheet("结算_2026.csv", None, "settlement", 3, "2" * 64, "000001"),
    )
    manifest = Manifest(
        run_id=RUN_ID,
        period="2026-09",
        created_at="2026-10-05T01:02:03Z",
        previous=None,
        counties=("990101", "990102"),
        provenance=Provenance("0.1.0", "f" * 64, "0" * 64, sheets, ()),
        tables={name: Table(1, "0" * 16) for name in names},
        duckdb_version=duckdb.__version__,
        database_sha256=sha256_of(database),
    )
    return open_figures(DataPaths(tmp_path), Scope(), Generation(tmp_path, manifest))


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def manifest_of(content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(unpacked(content)["manifest.json"])
    return found


def of(report: Report, **identity: str) -> Report:
    return replace(report, identity=replace(report.identity, **identity))


def test_the_same_run_packs_the_same_bytes(figures: Figures) -> None:
    first = package(figures, sample_report(), DOCUMENTS)
    assert package(figures, sample_report(), dict(reversed(DOCUMENTS.items()))) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(2026, 10, 5, 0, 0, 0)}


def test_the_manifest_tells_every_file_by_its_digest(figures: Figures) -> None:
    content = package(figures, sample_report(), DOCUMENTS)
    files = unpacked(content)
    told = manifest_of(content)["files"]
    assert set(told) == set(files) - {"manifest.json"}
    for name, entry in told.items():
        assert entry["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert entry["size"] == len(files[name])
    assert told["indicators.csv"]["rows"] == 6
    assert told["indicators.csv"]["columns"]["numerator"] == "DECIMAL(38,4)"


def test_the_manifest_tells_what_the_figures_were_made_from(figures: Figures) -> None:
    signed = replace(sample_report(), sign_off=SignOff("制甲", "审乙", "批丙", "责丁", "2026-10-08"))
    content = package(figures, of(signed, status="final"), DOCUMENTS, previous_sha256="3" * 64)
    told = manifest_of(content)
    assert (told["format_version"], told["classification"], told["status"]) == (1, "内部", "final")
    assert (told["product"], told["period"], told["region_code"]) == ("monthly", "2026-09", "990101")
    assert (told["previous_sha256"], told["sign_off"]["approved"]) == ("3" * 64, "批丙")
    assert told["rules_hash"] == told["files"]["tables/alert_rule.csv"]["sha256"]
    assert told["calibres"]["part_rate"]["formula"] == "参保人数 ÷ population × 100%"
    # a file once, however many sheets; a mobile number in its name masked
    assert told["inputs"] == [
        {"file": "结算_2026.csv", "sha256": "2" * 64, "batch": "000001"},
        {"file": "乙局/参保 138****8000.xlsx", "sha256": "1" * 64, "batch": "000002"},
    ]


def test_indicators_are_those_of_the_region_below_it_and_the_periods_they_are_compared_with(
    figures: Figures,
) -> None:
    rows = rows_of(unpacked(package(figures, sample_report(), {}))["indicators.csv"])
    assert [(row["period"], row["region_code"]) for row in rows] == [
        (period, region) for period in ("2025-09", "2026-08", "2026-09") for region in ("990101", "990101001")
    ]
    assert rows[0] == {
        "period": "2025-09",
        "period_mode": "ytd",
        "region_code": "990101",
        "insutype": "all",
        "breakdown": "none",
        "breakdown_value": "all",
        "indicator_code": "part_rate",
        "numerator": "2.0000",
        "denominator": "3.0000",
        "value": "66.6666666667",
        "status": "ok",
    }
    assert (rows[1]["value"], rows[1]["status"]) == ("", "no_data")


def test_tables_hold_the_region_to_the_period_and_nothing_that_runs(figures: Figures) -> None:
    files = unpacked(package(figures, sample_report(), {}))
    supervision = rows_of(files["tables/mart_supervision.csv"])
    assert [(row["period"], row["inst_name"]) for row in supervision] == [
        ("2026-09", "'=1+1"),
        ("2026-09", "一院"),
        ("2026-09", "市医院"),
    ]
    regions = [row["region_code"] for row in rows_of(files["tables/dim_region.csv"])]
    assert regions == ["9901", "990101", "990101001"]
    # the catalogue keeps its order, part_rate before avg_cost
    assert [row["code"] for row in rows_of(files["tables/indicator.csv"])] == ["part_rate", "avg_cost"]
    assert not [name for name in files if "settlement" in name or "quarantine" in name]


def test_a_city_packs_all_its_counties(figures: Figures) -> None:
    files = unpacked(package(figures, of(sample_report(), region_code="9901"), {}))
    assert "邻县医院" in [row["inst_name"] for row in rows_of(files["tables/mart_supervision.csv"])]
    assert "990102" in [row["region_code"] for row in rows_of(files["indicators.csv"])]


def test_a_period_without_indicators_is_no_package(figures: Figures) -> None:
    with pytest.raises(Problem, match="没有该期间"):
        package(figures, of(sample_report(), period="2024-01"), {})


def test_a_report_of_another_run_is_no_package(figures: Figures) -> None:
    with pytest.raises(ValueError, match="figures of"):
        package(figures, of(sample_report(), run_id="20261006T010203Z-0123abcd"), {})


@pytest.mark.parametrize("name", ["", "../报告.docx", "a\\b", "manifest.json", "trace.csv", "C:x"])
def test_a_document_cannot_take_another_place(figures: Figures, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        package(figures, sample_report(), {name: b""})
