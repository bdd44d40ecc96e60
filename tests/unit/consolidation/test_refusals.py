"""A package comes from outside: what was changed, cut, blown up or made up on the way is refused, with its place."""

from __future__ import annotations

import hashlib
import stat
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.unit.consolidation.small import EAST, Files, files, package, standard, value
from yibao.consolidation.archive import Limits
from yibao.consolidation.reading import Package, read_package
from yibao.problem import ExitCode, Problem

GOOD = value("part_rate", "96", "100", "96", period="2026-08")
SMALL = Limits(entries=30, file_bytes=1 << 20, total_bytes=2 << 20, ratio=50)


def read(path: Path) -> Package:
    return read_package(path, SMALL, standard(), checker())


@cache
def checker() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def refusal(path: Path) -> Problem:
    with pytest.raises(Problem) as raised:
        read(path)
    assert raised.value.exit_code == ExitCode.NOT_PUBLISHED
    assert raised.value.todo
    return raised.value


def test_a_package_is_read_with_exact_numbers(tmp_path: Path) -> None:
    cells = [
        value("part_rate", "0.0001", "3", "0.0033333333"),
        value("ip_avg_cost", "-1", "3", "-0.3333333333", status="net_reversal"),
    ]
    institution = ("H99010100001", "'=1+1", "1", "05", "county", "889901", "1", None, None, "1", "true")
    plain = ("H99010100002", "-12.50万元", *institution[2:])
    found = read(package(tmp_path, EAST, files(EAST, cells, {"dim_institution": [institution, plain]})))
    assert [str(row) for row in found.tables["indicator_value"].column("numerator").to_pylist()] == [
        "0.0001",
        "-1.0000",
    ]
    # the apostrophe that a county puts before a formula is taken off again
    # and what it writes as it is, since no spreadsheet runs it, is no fault
    assert found.tables["dim_institution"].column("inst_name").to_pylist() == ["=1+1", "-12.50万元"]
    assert found.sha256 == hashlib.sha256((tmp_path / "990101.zip").read_bytes()).hexdigest()


# what is wrong with a line of indicators.csv, in which column, and a word of what is told
WRONG_LINES: dict[str, tuple[tuple[str | None, ...], str, str]] = {
    "a value that its parts do not make": (value("part_rate", "96", "100", "97"), "value", "不等于分子除以分母"),
    "a value beside no data": (value("part_rate", None, "100", "1", status="no_data"), "value", "不等于"),
    "ok without a denominator": (value("part_rate", "96", "0", None), "status", "状态与分子、分母不符"),
    "fewer than nobody": (value("part_rate", "-96", "100", "-96"), "numerator", "是负数"),
    "fewer than nobody to insure": (
        value("part_rate", "96", "-100", None, status="no_denominator"), "denominator", "是负数",
    ),
    "reversed heads": (
        value("part_rate", "-96", "100", "-96", status="net_reversal"), "status", "状态与分子、分母不符",
    ),
    "text turned round": (value("part_rate", "96", "100", "96", part=("inst", "\u202eH")), "breakdown_value", "控制字符"),
    "a line break": (value("part_rate", "96", "100", "96", part=("inst", "H\n1")), "breakdown_value", "控制字符"),
    "no exact decimal": (value("part_rate", "9.6e1", "100", "96"), "numerator", "不是规定的小数"),
    "too many places": (value("part_rate", "96.00001", "100", "96"), "numerator", "不是规定的小数"),
    "infinite": (value("part_rate", "inf", "100", "96"), "numerator", "不是规定的小数"),
    "another county's": (value("part_rate", "96", "100", "96", region="990102"), "region_code", "不在 990101 之下"),
    "the city itself": (value("part_rate", "96", "100", "96", region="990100"), "region_code", "不在 990101 之下"),
    "an indicator nobody knows": (value("my_rate", "96", "100", "96"), "indicator_code", "指标目录"),
    "another month": (value("part_rate", "96", "100", "96", period="2026-07"), "period", "期间"),
    "a breakdown nobody knows": (value("part_rate", "96", "100", "96", part=("person", "1")), "breakdown", "细分"),
    "no key": (value("part_rate", "96", "100", "96", mode=None), "period_mode", "期间口径"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_LINES)
def test_a_wrong_cell_is_told_with_line_and_column(tmp_path: Path, name: str) -> None:
    line, column, word = WRONG_LINES[name]
    problem = refusal(package(tmp_path, EAST, files(EAST, [GOOD, line])))
    assert word in problem.what
    assert problem.where == f"990101.zip / indicators.csv，第 3 行，{column}"


def test_a_formula_that_no_county_of_ours_wrote(tmp_path: Path) -> None:
    content = files(EAST, [GOOD, value("part_rate", "96", "100", "96", part=("inst", "=cmd|' /C calc'!A0"))])
    # ours would have put an apostrophe before it
    content["indicators.csv"] = content["indicators.csv"].replace(b"'=cmd", b"=cmd")
    problem = refusal(package(tmp_path, EAST, content))
    assert "公式" in problem.what
    assert problem.where == "990101.zip / indicators.csv，第 3 行，breakdown_value"


def test_a_line_that_stands_twice(tmp_path: Path) -> None:
    problem = refusal(package(tmp_path, EAST, files(EAST, [GOOD, GOOD])))
    assert "出现两次：2026-08，ytd，990101" in problem.what


def test_a_table_with_rows_of_another_county(tmp_path: Path) -> None:
    fund = ("2026-09", "ytd", "990102", "all", "all", *["1"] * 8)
    problem = refusal(package(tmp_path, EAST, files(EAST, [GOOD], {"mart_fund": [fund]})))
    assert problem.where == "990101.zip / tables/mart_fund.csv，第 2 行，region_code"


PERSONS = ("990101", "河东县", "county", "all", "50", "1", "0", "0", "0", "0", "100", "100", "100", "100")
RATES = ("50", "50", "50", "1")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("2026-10", *PERSONS, *RATES), "period"),
        (("2026-13", *PERSONS, *RATES), "period"),
        (("2026-09", *PERSONS, "99", *RATES[1:]), "part_rate"),
        (("2026-09", *PERSONS[:4], "-50", *PERSONS[5:], "-50", "-50", "-50", "1"), "insured_persons"),
    ],
)
def test_persons_that_cannot_be(tmp_path: Path, row: tuple[str, ...], column: str) -> None:
    problem = refusal(package(tmp_path, EAST, files(EAST, [GOOD], {"mart_participation": [row]})))
    assert problem.where == f"990101.zip / tables/mart_participation.csv，第 2 行，{column}"


def test_no_indicator_of_the_period(tmp_path: Path) -> None:
    assert "没有报告期 2026-09 的指标" in refusal(package(tmp_path, EAST, files(EAST, [GOOD]))).what


def test_a_compression_that_no_package_has_and_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = package(tmp_path, EAST, files(EAST, [GOOD]))
    content = path.read_bytes()
    # the name of the report, in its entry and in the directory
    path.write_bytes(content.replace("月报.docx".encode(), b"\xff\xfe\xff\xfe\xff\xff.docx"))
    assert "不是 zip" in refusal(path).what
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("manifest.json", "{}")
    assert "压缩方式" in refusal(path).what


def test_the_county_as_its_own_township(tmp_path: Path) -> None:
    region = ("990101", "河东县", "township", "990101")
    problem = refusal(package(tmp_path, EAST, files(EAST, [GOOD], {"dim_region": [region]})))
    assert problem.where == "990101.zip / tables/dim_region.csv，第 2 行，region_code"


def _without(content: Files, name: str) -> Files:
    return {other: text for other, text in content.items() if other != name}


WRONG_FILES: dict[str, tuple[Callable[[Files], Files], dict[str, Any], str]] = {
    "another catalogue under our hash": (
        lambda ours: {**ours, "tables/alert_rule.csv": ours["tables/alert_rule.csv"].replace(b"95.0000", b"90.0000")},
        {}, "指标目录或预警规则与本机不同（2 行）",
    ),
    "a table too few": (lambda ours: _without(ours, "tables/mart_fund.csv"), {}, "缺少必需的文件 tables/mart_fund.csv"),
    "a column too few": (
        lambda ours: {**ours, "tables/dim_scheme.csv": b"insutype,insutype_zh\r\nall,x\r\n"}, {}, "缺 ['family']",
    ),
    "a line too long": (
        lambda ours: {**ours, "indicators.csv": ours["indicators.csv"] + b"1,2\r\n"}, {}, "不是规定的 CSV",
    ),
    "no text": (lambda ours: {**ours, "indicators.csv": b"\xff\xfe\x00"}, {}, "不是规定的 CSV"),
    "a path": (lambda ours: {**ours, "../x.csv": b""}, {}, "不允许的路径"),
    "an absolute path": (lambda ours: {**ours, "/etc/x.csv": b""}, {}, "不允许的路径"),
    "a path of Windows": (lambda ours: {**ours, "..\\x.csv": b""}, {}, "不允许的路径"),
    "a drive": (lambda ours: {**ours, "C:x.csv": b""}, {}, "不允许的路径"),
    "two names that are one": (lambda ours: {**ours, "TRACE.csv": b""}, {}, "同名"),
    "too many files": (lambda ours: {**ours, **{f"{n}.txt": b"" for n in range(30)}}, {}, "超过 30 个"),
    "a file too large": (lambda ours: {**ours, "a.docx": bytes(2 << 20)}, {}, "解开后有 2 MB"),
    "a bomb": (lambda ours: {**ours, "a.docx": bytes(1 << 20), "b.docx": bytes(1 << 19)}, {}, "倍"),
    "more rows than told": (
        lambda ours: ours, {"indicators.csv": {"sha256": "", "size": 0, "rows": 7}}, "清单写 7 行",
    ),
    "another size": (lambda ours: ours, {"trace.csv": {"sha256": "", "size": 7}}, "与清单不符"),
    "a file that is not there": (lambda ours: ours, {"more.csv": {"sha256": "0" * 64, "size": 7}}, "缺少清单所列"),
    "a size that is none": (lambda ours: ours, {"trace.csv": {"sha256": "0" * 64, "size": "7"}}, "files.'trace.csv'"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_wrong_file_is_refused(tmp_path: Path, name: str) -> None:
    change, listed, word = WRONG_FILES[name]
    content = change(files(EAST, [GOOD]))
    for told, entry in listed.items():
        if told in content and not entry["sha256"]:
            right = {"sha256": hashlib.sha256(content[told]).hexdigest(), "size": len(content[told])}
            listed = {told: {**entry, "sha256": right["sha256"], "size": entry["size"] or right["size"]}}
    assert word in refusal(package(tmp_path, EAST, content, listed=listed)).what


def test_one_byte_changed_after_packing(tmp_path: Path) -> None:
    content = files(EAST, [GOOD])
    honest = {
        name: {"sha256": hashlib.sha256(text).hexdigest(), "size": len(text)}
        for name, text in content.items()
    }
    content["indicators.csv"] = content["indicators.csv"].replace(b",96,100,96,", b",98,100,98,")
    problem = refusal(package(tmp_path, EAST, content, listed=honest))
    assert "校验值不同" in problem.what
    assert problem.where == "990101.zip / indicators.csv"


def test_a_file_that_the_manifest_does_not_list(tmp_path: Path) -> None:
    path = package(tmp_path, EAST, files(EAST, [GOOD]))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.csv", "1")
    assert "清单里没有的文件" in refusal(path).what


def _linked(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("link")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(entry, "/etc/passwd")


def _twice(archive: zipfile.ZipFile) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("trace.csv", "2")


@pytest.mark.parametrize(("add", "word"), [(_linked, "不是普通文件"), (_twice, "同名")])
def test_an_entry_that_no_package_has(
    tmp_path: Path, add: Callable[[zipfile.ZipFile], None], word: str
) -> None:
    path = package(tmp_path, EAST, files(EAST, [GOOD]))
    with zipfile.ZipFile(path, "a") as archive:
        add(archive)
    assert word in refusal(path).what


def test_an_encrypted_entry(tmp_path: Path) -> None:
    path = package(tmp_path, EAST, files(EAST, [GOOD]))
    content = bytearray(path.read_bytes())
    # bit 0 of the flags, in the first entry of the central directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "加了密码" in refusal(path).what


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"plain text"])
def test_no_zip(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    assert "不是 zip" in refusal(path).what


WRONG_MANIFESTS: dict[str, tuple[dict[str, Any], str]] = {
    "another format": ({"format_version": 2}, "格式版本是 2"),
    "no package": ({"format": "x"}, "不是数据包"),
    "no county": ({"region_code": "990100"}, "region_code"),
    "a product that turns round": ({"product": "\u202emonthly"}, "product"),
    "a number that is none": ({"calibres": {"part_rate": float("nan")}}, "读不出来"),
    "sql for a county": ({"region_code": "990101' or 1=1 --"}, "region_code"),
    "a formula for a name": ({"region_name": "=1+1"}, "region_name"),
    "no day": ({"dated": "2026-02-30"}, "dated"),
    "no status": ({"status": "best"}, "status"),
    "no hash": ({"catalogue_hash": "x"}, "catalogue_hash"),
}


@pytest.mark.parametrize("name", WRONG_MANIFESTS)
def test_a_wrong_manifest(tmp_path: Path, name: str) -> None:
    more, word = WRONG_MANIFESTS[name]
    assert word in refusal(package(tmp_path, EAST, files(EAST, [GOOD]), **more)).what


def test_a_manifest_that_is_nested_without_end(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", "[" * 100_000)
    assert "读不出来" in refusal(path).what


def test_nothing_is_written_beside_the_package(tmp_path: Path) -> None:
    path = package(tmp_path, EAST, {**files(EAST, [GOOD]), "../../outside.csv": b"x"})
    refusal(path)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
