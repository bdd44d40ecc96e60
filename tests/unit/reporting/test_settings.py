"""What the bureau settles of its reports, and what it is told when a word is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from yibao.paths import DataPaths
from yibao.problem import Problem
from yibao.reporting import annual, quarterly
from yibao.reporting.bureau import left_out_of
from yibao.reporting.monthly import SECTIONS
from yibao.reporting.products import known
from yibao.reporting.settings import DEFAULT_FILE, parse, read_settings

CATALOGUE = Path(__file__).parents[3] / "seeds" / "indicator.csv"
INDICATORS = {line.split(",")[0] for line in CATALOGUE.read_text(encoding="utf-8").splitlines()[1:]}
KNOWN = known(INDICATORS)


def test_the_shipped_file_names_nobody_and_every_section() -> None:
    settings = parse([("report.toml", DEFAULT_FILE.read_text(encoding="utf-8"))], KNOWN)
    head = settings.letterhead
    assert {head.issuer, head.recipient, head.signer, head.contact, head.red_head, settings.responsible} == {
        ""
    }
    assert (head.form_numbers, head.form_authority, head.form_approval, head.form_valid_until) == (
        (),
        "",
        "",
        "",
    )
    assert settings.contents("monthly").sections == tuple(SECTIONS)
    assert settings.contents("quarterly").sections == tuple(quarterly.SECTIONS)
    assert settings.contents("annual").sections == annual.SECTIONS
    assert settings.letterhead_for("示例县", "2026-09").issuer == "示例县医疗保障局"
    # the bureau is the city's, whichever counties its figures leave out
    city = "示例市（不含河西县）"
    assert (
        settings.letterhead_for(city, "2026-09").issuer + left_out_of(city)
        == "示例市医疗保障局（不含河西县）"
    )
    assert settings.letterhead_for("示例县", "2026-09").document_number == ""


def test_the_bureau_changes_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    paths.config.mkdir()
    text = """
        [letterhead]
        issuer = "示例县医保局"
        document_number = "示医保〔{year}〕{month}号"
        [forms.numbers]
        main = "示医保统1表"
        [monthly]
        sections = ["fund", "overview"]
    """
    # as the editor of Windows writes it
    (paths.config / "report.toml").write_text(text, encoding="utf-8-sig")
    settings = read_settings(paths, KNOWN)
    head = settings.letterhead_for("示例县", "2026-09")
    assert (head.issuer, head.document_number) == ("示例县医保局", "示医保〔2026〕9号")
    assert head.form_numbers == (("main", "示医保统1表"),)
    assert settings.contents("monthly").sections == ("fund", "overview")
    assert "part_rate" in settings.contents("monthly").indicators
    assert settings.contents("weekly").sections == ()


@pytest.mark.parametrize(
    ("text", "told", "where"),
    [
        ('[leterhead]\nissuer = "甲"', "leterhead", "[leterhead]"),
        ('[letterhead]\nisuer = "甲"', "isuer", "[letterhead] isuer"),
        ('[monthly]\nsections = ["overview", "founds"]', "founds", "[monthly] sections"),
        ('[monthly]\nindicators = ["part_rat"]', "part_rat", "[monthly] indicators"),
        ('[monthly]\nsections = ["fund", "fund"]', "fund", "[monthly] sections"),
        ('[monthly]\nsections = "fund"', "写法不对", "[monthly] sections"),
        ('[forms.numbers]\nmain_table = "1表"', "main_table", "[forms] numbers"),
        ('[letterhead]\ndocument_number = "示医保{number}号"', "{number}", "[letterhead] document_number"),
        ('[letterhead]\ndocument_number = "示医保{号"', "花括号", "[letterhead] document_number"),
        ("[letterhead]\nissuer = 甲", "写法有误", "report.toml 第 2 行"),
    ],
)
def test_a_wrong_word_is_told_with_its_file_and_key(text: str, told: str, where: str) -> None:
    with pytest.raises(Problem) as caught:
        parse([("config/report.toml", text)], KNOWN)
    assert told in caught.value.what
    assert "config/report.toml" in caught.value.where
    assert where in caught.value.where
    assert caught.value.todo


def test_a_file_in_the_encoding_of_old_editors_is_told(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    paths.config.mkdir()
    (paths.config / "report.toml").write_bytes('[letterhead]\nissuer = "示例县"'.encode("gbk"))
    with pytest.raises(Problem, match="UTF-8"):
        read_settings(paths, KNOWN)
