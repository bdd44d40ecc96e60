"""The Chinese words for codes: those that the contract lists, and those that the models derive (semantics 5)."""

from __future__ import annotations

from functools import cache

from yibao.contract import load_contract
from yibao.project import find_project

# from the smallest up: tables and charts list them in this order
TIERS = {
    "village": "村级",
    "township": "乡级",
    "county": "县级",
    "city": "市级",
    "province": "省级",
    "unknown": "层级不明",
    "未映射": "未映射",
}
LOCATIONS = {
    "in_county": "县域内",
    "city": "市内县外",
    "province": "省内市外",
    "cross_province": "省外",
    "unknown": "地点不明",
}
CLASSES = {
    "inpatient": "普通住院",
    "maternity_inpatient": "生育住院",
    "outpatient": "门诊",
    "chronic": "门诊慢特病",
    "pharmacy": "药店购药",
    "other": "其他",
}


@cache
def _codes(dataset: str, field: str) -> dict[str, str]:
    contract = load_contract(find_project().contract_file)
    found = [each for each in contract.datasets[dataset].fields if each.name == field]
    return dict(found[0].codes)


def label(dataset: str, field: str, code: str | None) -> str:
    """The contract's label of a code of a field; an unknown code is shown as it is, none as nothing.

    Raises KeyError or IndexError for a dataset or field that the contract does not have.
    """
    return _codes(dataset, field).get(code, code) if code else ""
