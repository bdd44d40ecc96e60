"""The checker on files about the demo county: what is published passes, what was changed since is named."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.unit.reporting.letter_kit import letter, paragraph
from yibao.figures import Figures, Scope, open_figures
from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.reporting import trace
from yibao.reporting.check import check_file, listing
from yibao.reporting.content import Figure
from yibao.reporting.numbers import Numbers


@pytest.fixture
def figures(demo_data: Path) -> Figures:
    return open_figures(DataPaths(demo_data), Scope())


@pytest.fixture
def told(figures: Figures) -> tuple[Figure, ...]:
    """参保人数, 户籍人口, 参保率 and its change."""
    numbers = Numbers(figures, "2026-09", "990101")
    return (
        numbers.indicator("part_rate", "numerator", "count"),
        numbers.indicator("part_rate", "denominator", "count"),
        numbers.indicator("part_rate"),
        numbers.indicator("part_rate", "last_year_change", size_only=True),
    )


def text(told: Sequence[Figure], *, controls: bool) -> str:
    shown = [one.text + one.unit for one in told]
    if controls:
        shown = [f"[[{one.origin.code}#{number}|{shown[number]}]]" for number, one in enumerate(told)]
    insured, people, rate, change = shown
    assert told[3].value is not None
    way = "提高" if told[3].value > 0 else "下降"
    return f"截至9月底，全县参保{insured}人，户籍人口{people}人，参保率{rate}，比去年同期{way}{change}。"


def checked(file: Path, figures: Figures, content: io.BytesIO) -> list[str]:
    file.write_bytes(content.getvalue())
    return [rule for _, rule, *_ in listing(check_file(file, figures))]


def test_what_is_published_passes_and_what_was_changed_is_named(
    figures: Figures, told: tuple[Figure, ...], tmp_path: Path
) -> None:
    file, traced, written = tmp_path / "月报.docx", text(told, controls=True), text(told, controls=False)
    rate, way = told[2].text, "提高" if "提高" in written else "下降"
    turned = "下降" if way == "提高" else "提高"

    def ours(said: str) -> list[str]:
        return checked(file, figures, letter(paragraph(said), figures=trace.to_json(told)))

    def by_hand(said: str) -> list[str]:
        return checked(file, figures, letter(paragraph(said)))

    assert ours(traced) == []
    assert by_hand(written) == []
    assert "手工改动" in ours(traced.replace(rate, "99.99"))
    assert ours(traced.replace(way, turned)) == ["增减方向"]
    assert by_hand(written.replace(way, turned)) == ["增减方向"]
    assert by_hand(written.replace("参保率", "基金使用率")) == ["张冠李戴", "张冠李戴"]
    assert "比率与分子分母" in by_hand(written.replace(rate, "99.99"))
    assert by_hand("医疗费总额1343453元，支付金额8436249.11元。")[0] == "支付大于费用"


def test_a_package_is_what_its_manifest_and_the_generation_say(
    figures: Figures, told: tuple[Figure, ...], tmp_path: Path
) -> None:
    word = letter(paragraph(text(told, controls=True)), figures=trace.to_json(told)).getvalue()
    files = {"月报.docx": word, "trace.csv": trace.listing(told)}

    def packed(**changed: bytes) -> list[str]:
        stream = io.BytesIO()
        digests = {name: {"sha256": hashlib.sha256(content).hexdigest()} for name, content in files.items()}
        inside = {name: changed.get(name.partition(".")[0], content) for name, content in files.items()}
        with zipfile.ZipFile(stream, "w") as archive:
            for name, content in inside.items():
                archive.writestr(name, content)
            archive.writestr("manifest.json", json.dumps({"files": digests}))
        return checked(tmp_path / "上报包.zip", figures, stream)

    assert packed() == []
    older = trace.listing(told).replace(told[0].text.encode(), b"1")
    assert packed(trace=older) == ["上报包", "比率与分子分母", "已发布的数"]


def test_another_kind_of_file_is_a_problem(figures: Figures, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"只能检查"):
        checked(tmp_path / "月报.pdf", figures, io.BytesIO())
    with pytest.raises(Problem, match=r"打不开"):
        check_file(tmp_path / "没有.docx", figures)
