"""Certificates and persons (semantics 3): checks and masks reckoned by hand, no raw identity in what is landed.

99010119900101001: 9*7+9*9+1*5+1*4+1*2+9*1+9*6+1*9+1*5+1*2 = 234, 234 mod 11 = 3, check character 9.
With 006 at the end 232+6*2 = 244, 244 mod 11 = 2, check character X.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.landing_kit import ROSTER, SECRET, SETTLEMENT, Desk, roster_row
from yibao.landing import certificates
from yibao.landing.identity import Identity

GOOD, GOOD_X, OLD_X = "990101199001010019", "99010119900101006X", "990101900101006"


def keyed(text: str) -> str:
    return hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()[:32]


def one(text: str) -> tuple[Any, ...]:
    found = certificates.examine(pa.array([text]))
    return found.normal[0].as_py(), found.check[0].as_py(), found.mask[0].as_py()


@pytest.mark.parametrize(
    ("text", "normal", "check", "mask"),
    [
        (GOOD, GOOD, "ok", "990***********0019"),
        (GOOD_X, GOOD_X, "ok", "990***********006X"),
        (GOOD_X.lower(), GOOD_X, "ok", "990***********006X"),
        ("９９０１０１１９９００１０１００６Ｘ", GOOD_X, "ok", "990***********006X"),
        (OLD_X, GOOD_X, "ok", "990***********006X"),
        ("990101900230006", "99010119900230006", "birth_date", None),
        ("990101199001010018", "990101199001010018", "checksum", "990***********0018"),
        ("990101199002300019", "990101199002300019", "birth_date", "990***********0019"),
        ("990101190002290019", "990101190002290019", "birth_date", "990***********0019"),
        ("990101199013010019", "990101199013010019", "birth_date", "990***********0019"),
        ("9901011990010100", "9901011990010100", "length", "990*********0100"),
        ("E1234567", "E1234567", "length", "E12*4567"),
        ("E123456", "E123456", "length", "E******"),
        ("9", "9", "length", "9*"),
        ("9.90101E+17", "9.90101E+17", "lost_digits", "9.9****E+17"),
        ("9.90101e+17", "9.90101E+17", "lost_digits", "9.9****E+17"),
        ("99010119900101A019", "99010119900101A019", "checksum", "990***********A019"),
    ],
)
def test_known_certificates(text: str, normal: str, check: str, mask: str | None) -> None:
    found = one(text)
    assert found[0].startswith(normal)
    assert len(found[0]) == (18 if text.isdigit() and len(text) == 15 else len(normal))
    assert found[1] == check
    assert mask is None or found[2] == mask


def slow_check(text: str) -> str:
    if len(text) != 18:
        return "length"
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return "birth_date"
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    rest = sum(int(digit) * weight for digit, weight in zip(text, weights, strict=False)) % 11
    return "ok" if text[17] == "10X98765432"[rest] else "checksum"


@given(
    st.lists(
        st.one_of(
            st.dates().map(lambda day: "990101" + day.isoformat().replace("-", "") + "001"),
            st.text("0123456789", min_size=17, max_size=17),
        ).flatmap(lambda body: st.sampled_from("0123456789X").map(lambda last: body + last)),
        min_size=1,
        max_size=30,
        unique=True,
    )
)
def test_the_vectorised_check_is_the_plain_one(texts: list[str]) -> None:
    found = certificates.examine(pa.array(texts))
    assert found.check.to_pylist() == [slow_check(text) for text in texts]
    matrix = np.frombuffer("".join(texts).encode(), dtype=np.uint8).reshape(-1, 18)
    assert certificates.valid(matrix).tolist() == [slow_check(text) == "ok" for text in texts]


def test_hashes_are_hmac_sha256_cut_to_128_bits() -> None:
    values = [GOOD, "张" * 40, "x" * 200, ""]
    assert Identity(SECRET).hashes(pa.array(values)).to_pylist() == [keyed(text) for text in values]


def test_a_long_key_is_hashed_first_as_hmac_wants_it() -> None:
    secret = b"k" * 100
    expected = hmac.new(secret, b"a", hashlib.sha256).hexdigest()[:32]
    assert Identity(secret).hashes(pa.array(["a"])).to_pylist() == [expected]


def test_persons_become_hash_and_mask(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put(
        "a.csv",
        ROSTER + roster_row(1, GOOD) + roster_row(2, OLD_X) + roster_row(3, "", "") + roster_row(4, GOOD),
    )
    desk.land()
    first, second, third, fourth = desk.rows("priority_roster")
    assert (first["certno"], first["certno_mask"], first["certno_check"]) == (
        keyed(GOOD),
        "990***********0019",
        "ok",
    )
    assert (first["psn_name"], first["psn_name_mask"]) == (keyed("测甲乙"), "测**")
    assert second["certno"] == keyed(GOOD_X)
    persons = ("certno", "certno_mask", "certno_check", "psn_name", "psn_name_mask")
    assert {third[name] for name in persons} == {None}
    assert fourth["certno"] == first["certno"]


def test_a_certificate_used_as_another_value_is_hashed_alike(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    head = SETTLEMENT.replace("个人编号", "个人编号,证件号码") + ",备注\n"
    wide = GOOD_X.translate({ord("0") + i: ord("０") + i for i in range(10)} | {ord("X"): "Ｘ"})
    rest = "390,21,H1,990101,2026-01-01,1,1,1,1,0"
    rows = [f"990101199001010018,{GOOD},{GOOD},{rest},{GOOD_X.lower()}\n", f"2,{wide},,{rest},甲\n"]
    desk.put("a.csv", head + "".join(rows))
    desk.land()
    first, second = desk.rows("settlement")
    assert first["psn_no"] == first["certno"] == keyed(GOOD)
    assert first["setl_id"] == "990101199001010018"  # no valid certificate: a number like another
    assert first["extra:备注"] == keyed(GOOD_X)
    assert second["psn_no"] == keyed(GOOD_X)


def test_nothing_raw_is_left_in_the_data_folder(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    name = "测甲乙"
    head = ROSTER.strip() + ",户主,备注\n"
    desk.put("a.csv", head + roster_row(1, GOOD, name).strip() + f",{name},{GOOD}的家属\n", "gb18030")
    desk.put("b.csv", "什么,姓甚名谁\n" + f"{GOOD},{name}\n", "gb18030")
    desk.land()
    import pyarrow.parquet as pq

    texts = [
        str(pq.read_table(path, partitioning=None).to_pylist()) for path in desk.paths.root.rglob("*.parquet")
    ]
    texts += [path.read_text(encoding="utf-8") for path in desk.paths.root.rglob("*.json")]
    assert len(texts) > 3
    for text in texts:
        assert name not in text and GOOD not in text and GOOD[6:14] not in text
