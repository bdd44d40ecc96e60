"""The bureau's sentences, every figure computed by hand."""

from __future__ import annotations

import pytest

from tests.unit.reporting.kit import figure
from yibao.reporting.content import Figure, Kind
from yibao.reporting.sentences import (
    Clause,
    beside_target,
    completed,
    from_to,
    grew,
    more_or_less,
    moved,
    named,
    paragraph,
    sentence,
    told,
    told_or_unreported,
    valued,
)


def number(value: str | None, kind: Kind) -> Figure:
    return figure("part_rate", "参保率", value, kind)


def said(clause: Clause) -> str:
    return "".join(block.text for block in paragraph(clause))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("3.59", "比去年同期提高3.59个百分点"),
        ("-3.56", "比去年同期下降3.56个百分点"),
        # rounds to 0.00: neither up nor down
        ("0.0049", "与去年同期持平"),
        ("-0.0049", "与去年同期持平"),
        # half up, away from zero
        ("0.005", "比去年同期提高0.01个百分点"),
        ("-0.005", "比去年同期下降0.01个百分点"),
        (None, ""),
    ],
)
def test_a_ratio_moves_by_its_rounded_change(change: str | None, expected: str) -> None:
    assert said(moved(number(change, "points"))) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("25.5649", "比去年同期增长25.56%"),
        ("-3.4649", "比去年同期下降3.46%"),
        ("99.99", "比去年同期增长99.99%"),
        # seed A15: 340 is 9.71 times 35, but grew by (340 - 35) / 35 = 8.7143 times
        ("871.4286", "比去年同期增长8.71倍"),
        ("100", "比去年同期增长1.00倍"),
        ("0.001", "与去年同期持平"),
        (None, ""),
    ],
)
def test_an_amount_grows_in_per_cent_and_from_twice_the_base_in_times(
    change: str | None, expected: str
) -> None:
    assert said(grew(number(change, "change"))) == expected


@pytest.mark.parametrize(
    ("difference", "kind", "expected"),
    [
        ("257", "yuan", "比去年同期增加257.00元"),
        ("-60.3208", "yuan", "比去年同期减少60.32元"),
        ("0.004", "yuan", "与去年同期持平"),
        # 49.99 yuan are 0.00 万元, 50 yuan are 0.01 (half up)
        ("49.99", "wan", "与去年同期持平"),
        ("50", "wan", "比去年同期增加0.01万元"),
        ("-0.4", "count", "与去年同期持平"),
    ],
)
def test_an_amount_is_more_or_less_as_it_is_printed(difference: str, kind: Kind, expected: str) -> None:
    assert said(more_or_less(number(difference, kind))) == expected


def test_the_measure_word_of_a_count_stands_behind_it_and_not_behind_flat() -> None:
    assert said(more_or_less(number("-12", "count"), after="人次")) == "比去年同期减少12人次"
    assert said(more_or_less(number("0", "count"), after="人次")) == "与去年同期持平"


def test_from_and_to_says_what_is_known() -> None:
    then, now = number("19.18", "percent"), number("15.62", "percent")
    missing = number(None, "percent")
    lost = number(None, "points")
    assert (
        said(from_to("转出率", then, now, number("-3.56", "points")))
        == "转出率由去年同期的19.18%下降到15.62%，下降了3.56个百分点"
    )
    assert said(from_to("转出率", then, then, number("0", "points"))) == "转出率为19.18%，与去年同期持平"
    assert said(from_to("转出率", missing, now, lost)) == "转出率为15.62%"
    assert said(from_to("转出率", then, missing, lost)) == "转出率未报"


def test_a_target_is_met_passed_or_missed() -> None:
    target = number("70", "percent")
    assert said(beside_target(number("-0.5535", "points"), target)) == "低于目标（70.00%）0.55个百分点"
    assert said(beside_target(number("0.004", "points"), target)) == "与目标（70.00%）持平"
    assert said(beside_target(number(None, "points"), number(None, "percent"))) == ""
    task, rate = number("1238400", "wan"), number("100.1801", "percent")
    assert said(completed(task, rate, "征缴任务")) == "完成征缴任务123.84万元的100.18%"
    assert said(completed(number(None, "wan"), rate)) == ""


def test_a_sentence_leaves_out_what_is_missing_and_never_prints_a_dash() -> None:
    spoken = sentence(
        told("参保", number("2342", "count"), "人"),
        told("其中职工", number(None, "count"), "人"),
        told_or_unreported("参保率", number(None, "percent")),
        moved(number(None, "points")),
        named(
            "低于目标的有",
            [valued("甲乡", number("84.9", "percent")), valued("乙镇", number(None, "percent"))],
        ),
        begin="全县",
    )
    assert said(spoken) == "全县参保2342人，参保率未报，低于目标的有甲乡（84.90%）、乙镇。"
    assert paragraph(sentence(told("参保", number(None, "count"), "人"), begin="全县")) == ()
    assert said(named("低于目标的有", [])) == ""
