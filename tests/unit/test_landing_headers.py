"""Finding the dataset from a header row: aliases, folding, ties, doubles, what is told when nothing fits."""

from __future__ import annotations

import time

import pytest

from tests.landing_kit import CONTRACT, SETTLEMENT
from yibao.landing.errors import Refusal
from yibao.landing.headers import find_header, fold


def found(*cells: str) -> tuple[str, list[str | None]]:
    header = find_header([cells], CONTRACT)
    return header.dataset.name, [field.name if field else None for field in header.fields]


def refused(*rows: tuple[str, ...]) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        find_header(rows, CONTRACT)
    return caught.value.reason_code, caught.value.message_zh


def test_every_dataset_is_found_by_each_kind_of_header() -> None:
    for dataset in CONTRACT.datasets.values():
        for pick in (lambda f: f.zh, lambda f: f.name, lambda f: (*f.aliases, f.zh)[0]):
            header = find_header([[pick(field) for field in dataset.fields]], CONTRACT)
            assert header.dataset is dataset
            assert header.fields == dataset.fields


def test_no_header_of_a_dataset_means_two_fields() -> None:
    for dataset in CONTRACT.datasets.values():
        texts = [fold(text) for field in dataset.fields for text in {fold(text) for text in field.headers}]
        assert len(texts) == len(set(texts)), dataset.name


def test_headers_are_folded() -> None:
    assert fold(" 金额（元） ") == fold("金额(元)")
    assert found("区划 代码", "\u3000区划名称\ufeff") == ("region", ["region_code", "region_name"])
    assert found("Appy_ID", "PSN_NO", "备案原因", "申请时间", "开始日期", "审核状态")[0] == "referral"


def test_columns_in_any_order_with_extra_ones() -> None:
    assert found("备注", "区划名称", "", "区划代码") == ("region", [None, "region_name", None, "region_code"])


def test_the_dataset_that_matches_most_columns_wins() -> None:
    # all of `population` is there, and of `region` too: three or four against two
    assert found("年度", "区划代码", "人口口径", "人数", "区划名称")[0] == "population"


def test_a_tie_is_refused() -> None:
    both = ("区划代码", "年度", "指标代码", "目标值", "人口口径", "人数")
    code, message = refused(both)
    assert code == "ambiguous_dataset"
    assert "“应参保人口”、“目标任务”" in message


def test_missing_columns_are_named_with_the_closest_header() -> None:
    code, message = refused(tuple(SETTLEMENT.replace("结算日期", "结算日子").split(",")))
    assert code == "missing_columns"
    assert "“结算单”" in message and "缺少必填列：结算日期。" in message
    assert "“结算日子”可能就是“结算日期”" in message


def test_the_same_column_twice_is_refused() -> None:
    code, message = refused(("区划代码", "行政区划代码", "区划名称"))
    assert code == "duplicate_column" and "行政区划代码" in message
    code, message = refused(("区划代码", "区划代码", "区划名称"))
    assert code == "duplicate_column"
    code, message = refused(("区划代码", "区划名称", "备注", "备 注"))
    assert code == "duplicate_column" and "备注" in message


def test_an_unknown_dataset_is_told_from_a_missing_header() -> None:
    code, message = refused(("车牌号", "驾驶员", "里程"))
    assert code == "unknown_dataset" and "没有一个列名属于已知的数据" in message
    code, message = refused(("990101", "虚构县", "2026-01-01"), ("990102", "虚构市", "2026-01-01"))
    assert code == "no_header"
    assert "990101" not in message


def test_a_row_that_may_be_of_persons_is_not_quoted() -> None:
    """A sheet of names without a header: only what is nearly a column of ours is repeated."""
    _, message = refused(("张建国", "李秀英", "医疗类型"), ("王志强", "已到", ""))
    assert "张建国" not in message and "李秀英" not in message and "王志强" not in message
    assert "“医疗类型”接近“医疗类别”" in message


def test_a_header_of_any_size_is_judged_in_no_time() -> None:
    began = time.process_time()
    assert refused(tuple(f"列{place}" for place in range(20_000)))[0] == "unknown_dataset"
    assert refused(("区划代码", "甲" * 3_000_000))[0] == "missing_columns"
    assert time.process_time() - began < 5


def test_long_digits_are_never_quoted() -> None:
    _, message = refused(("区划代码", "甲990101199001010019", "x"))
    assert "990101199001010019" not in message
