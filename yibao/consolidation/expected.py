"""The counties that should report, and the city's targets: two small CSV files of the superior bureau itself."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from yibao.consolidation.adding import Place, Target
from yibao.problem import Problem

_EXPECT = {"region_code": ("区划代码", "地区代码"), "region_name": ("名称", "地区名称")}
_TARGET = {
    "year": ("年度",),
    "region_code": ("区划代码", "地区代码"),
    "indicator_code": ("指标代码",),
    "target_value": ("目标值",),
}
_TODO = "请用 Excel 另存为“CSV UTF-8”，第一行是列名。"


def read_expected(path: Path) -> tuple[Place, tuple[Place, ...]]:
    """The city and its counties. A line whose code ends in 00 names the city; without one its name is the code.

    Raises Problem (exit 2) for a code that is none, one that stands twice, or counties of several cities.
    """
    city_name, counties = "", list[Place]()
    for number, row in _rows(path, _EXPECT, "--expect"):
        code, name = row["region_code"], row["region_name"]
        if not re.fullmatch(r"\d{6}", code) or not name or not name.isprintable() or len(name) > 40:
            raise _wrong("区划代码应是 6 位数字，名称不能为空", path, number, "--expect")
        if any(place.code == code for place in counties):
            raise _wrong(f"区划代码 {code} 出现两次", path, number, "--expect")
        if code.endswith("00"):
            city_name = name
        else:
            counties.append(Place(code, name))
    if not counties:
        raise _wrong("名单里没有县区", path, 1, "--expect")
    cities = sorted({place.code[:4] for place in counties})
    if len(cities) > 1:
        raise _wrong(f"名单里的县区属于不同的市：{'、'.join(cities)}", path, 1, "--expect")
    code = f"{cities[0]}00"
    return Place(code, city_name or code), tuple(counties)


def read_targets(path: Path, indicators: Collection[str], regions: Collection[str]) -> tuple[Target, ...]:
    """The city's targets. Raises Problem (exit 2) for a line that is wrong: which, and why."""
    targets: list[Target] = []
    for number, row in _rows(path, _TARGET, "--targets"):
        try:
            value = Decimal(row["target_value"])
            year = int(row["year"])
            if not value.is_finite():
                raise ValueError(value)
        except (InvalidOperation, ValueError) as error:
            raise _wrong("年度或目标值不是数", path, number, "--targets") from error
        if row["indicator_code"] not in indicators:
            raise _wrong(f"没有指标 {row['indicator_code']!r:.60}", path, number, "--targets")
        if row["region_code"] not in regions:
            raise _wrong(f"{row['region_code']!r:.20} 不是本市或名单里的县区", path, number, "--targets")
        target = Target(year, row["region_code"], row["indicator_code"], value)
        if any(
            (target.year, target.region_code, target.indicator_code)
            == (o.year, o.region_code, o.indicator_code)
            for o in targets
        ):
            raise _wrong("同一年度、地区、指标的目标出现两次", path, number, "--targets")
        targets.append(target)
    return tuple(targets)


def _rows(path: Path, columns: Mapping[str, Sequence[str]], option: str) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem("文件读不出来，或不是 UTF-8", where=f"{option} {path}", todo=_TODO) from error
    lines = list(csv.reader(text.splitlines()))
    head = [cell.strip() for cell in lines[0]] if lines else []
    places = {
        name: next((head.index(title) for title in (name, *titles) if title in head), None)
        for name, titles in columns.items()
    }
    for name, place in places.items():
        if place is None:
            raise _wrong(f"缺少列“{columns[name][0]}”", path, 1, option)
    return [
        (
            number,
            {
                name: line[place].strip() if place is not None and place < len(line) else ""
                for name, place in places.items()
            },
        )
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
    ]


def _wrong(what: str, path: Path, line: int, option: str) -> Problem:
    return Problem(what, where=f"{option} {path} 第 {line} 行", todo=_TODO)
