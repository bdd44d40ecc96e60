"""Which of the packages are taken: alike in period, catalogue and calibres, one for each county, nobody missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.consolidation.packages import manifest_of
from tests.unit.consolidation.small import CITY, EAST, WEST
from yibao.consolidation.adding import Place
from yibao.consolidation.checking import Demand, Verdict, judge
from yibao.consolidation.expected import read_expected, read_targets
from yibao.consolidation.manifest import Listed, PackageManifest
from yibao.problem import Problem
from yibao.project import catalogue_hash, find_project

DEMAND = Demand("2026-09", catalogue_hash(find_project()), (EAST, WEST))


def manifest(county: Place = EAST, **more: Any) -> PackageManifest:
    told = manifest_of(county.code, county.name)
    names = ("product", "period", "run_id", "status", "dated", "catalogue_hash", "code_version")
    plain = PackageManifest(
        **{name: told[name] for name in names},
        county_code=county.code,
        county_name=county.name,
        calibres="{}",
        files={"indicators.csv": Listed("a" * 64, 1)},
    )
    return replace(plain, **more)


def verdicts(*packages: PackageManifest, demand: Demand = DEMAND) -> list[tuple[str, str]]:
    numbered = [(Path(f"{number}.zip"), one) for number, one in enumerate(packages)]
    return [
        (one.path.name if one.path else one.county.name, one.verdict.value)
        for one in judge(numbered, [], demand)
    ]


def test_one_package_of_each_county() -> None:
    assert verdicts(manifest(), manifest(WEST)) == [("0.zip", "taken"), ("1.zip", "taken")]


def test_who_is_missing_and_left_out_when_asked() -> None:
    assert verdicts(manifest()) == [("0.zip", "taken"), ("河西县", "missing")]
    assert verdicts(manifest(), demand=replace(DEMAND, partial=True))[1] == ("河西县", "left_out")


def test_the_final_one_over_the_provisional_and_the_later_over_the_earlier() -> None:
    early = manifest(status="provisional", dated="2026-10-09")
    final = manifest(status="final", dated="2026-10-08")
    later = manifest(status="provisional", dated="2026-10-11")
    assert verdicts(early, final, later, manifest(WEST))[:3] == [
        ("0.zip", "replaced"),
        ("1.zip", "taken"),
        ("2.zip", "replaced"),
    ]
    assert verdicts(early, later, manifest(WEST))[:2] == [("0.zip", "replaced"), ("1.zip", "taken")]


def test_two_different_ones_of_one_day_are_ambiguous_the_same_one_twice_is_not() -> None:
    other = manifest(files={"indicators.csv": Listed("b" * 64, 1)})
    assert verdicts(manifest(), other, manifest(WEST))[:2] == [("0.zip", "failed"), ("1.zip", "failed")]
    assert verdicts(manifest(), manifest(), manifest(WEST))[:2] == [("0.zip", "taken"), ("1.zip", "replaced")]


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"period": "2026-08"}, "期间是 2026-08"),
        ({"catalogue_hash": "0" * 64}, "指标目录版本不同（该包 00000000"),
        ({"county_code": "990199"}, "不在应报县区名单里"),
        ({"status": "draft"}, "草稿"),
        ({"calibres": '{"other": 1}'}, "口径说明与多数县区不同"),
    ],
)
def test_a_package_that_cannot_be_added_is_named_with_the_reason(more: dict[str, Any], word: str) -> None:
    third = Place("990103", "河南县")
    demand = replace(DEMAND, expected=(EAST, WEST, third))
    judged = judge(
        [
            (Path("a.zip"), manifest(**more)),
            (Path("b.zip"), manifest(WEST)),
            (Path("c.zip"), manifest(third)),
        ],
        [],
        demand,
    )
    (failed,) = [one for one in judged if one.verdict is Verdict.FAILED]
    assert failed.problem is not None
    assert word in failed.problem.what and failed.problem.where == "a.zip" and failed.todo


def test_of_two_calibres_neither_is_right_without_a_majority() -> None:
    other = manifest(calibres='{"other": 1}')
    assert verdicts(other, manifest(WEST)) == [("0.zip", "failed"), ("1.zip", "failed")]


def test_a_package_that_cannot_be_read_is_an_error_not_a_failure() -> None:
    problem = Problem("读不出来", where="x.zip", todo="再试")
    for at_fault, verdict in ((True, Verdict.FAILED), (False, Verdict.ERROR)):
        judged = judge([(Path("a.zip"), manifest())], [(Path("x.zip"), problem, at_fault)], DEMAND)
        assert verdict in {one.verdict for one in judged}
        assert all(one.stops for one in judged if one.verdict is verdict)


def test_who_is_late() -> None:
    judged = judge(
        [(Path("a.zip"), manifest(dated="2026-10-10")), (Path("b.zip"), manifest(WEST, dated="2026-10-11"))],
        [],
        replace(DEMAND, due="2026-10-10"),
    )
    assert [(one.county.name, one.late) for one in judged] == [("河东县", False), ("河西县", True)]


def test_the_list_of_counties(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("﻿名称,区划代码\n示范市,990100\n河东县,990101\n\n河西县,990102\n", encoding="utf-8")
    assert read_expected(path) == (CITY, (EAST, WEST))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("区划代码,名称\n99010,河东县\n", "6 位"),
        ("区划代码,名称\n990101,河东县\n990101,河西县\n", "两次"),
        ("区划代码,名称\n990101,河东县\n990201,河西县\n", "不同的市"),
        ("区划代码\n990101\n", "缺少列“名称”"),
        ("区划代码,名称\n990100,示范市\n", "没有县区"),
    ],
)
def test_a_wrong_list_of_counties(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=word):
        read_expected(path)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("2026,990100,part_rate,x", "不是数"),
        ("2026,990100,part_rate,nan", "不是数"),
        ("2026,990199,part_rate,95", "不是本市"),
        ("2026,990100,no_rate,95", "没有指标"),
        ("2026,990100,part_rate,95\n2026,990100,part_rate,96", "两次"),
    ],
)
def test_a_wrong_target(tmp_path: Path, line: str, word: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"年度,区划代码,指标代码,目标值\n{line}\n", encoding="utf-8")
    with pytest.raises(Problem, match=word):
        read_targets(path, {"part_rate"}, {"990100"})
