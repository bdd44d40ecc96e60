"""The Chinese words for codes: those that the contract lists, and those that the models derive (semantics 5)."""

from __future__ import annotations

from functools import cache

from yibao.contract import Contract, load_contract
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
DOMAINS = {
    "participation": "参保",
    "collection": "征缴",
    "benefit": "受益",
    "compensation": "补偿",
    "referral": "就医流向",
    "cost": "费用",
    "service": "医保服务",
    "fund": "基金",
    "supervision": "监管",
}
BREAKDOWNS = {
    "region": "地区",
    "insutype": "险种",
    "service_tier": "机构层级",
    "inst": "定点机构",
    "group": "人群",
    "account_item": "收支科目",
    "inst_type": "机构类型",
}
# why an issued value would be another one now
RESTATED = {
    "late": "补报",
    "reversed": "冲销",
    "corrected": "更正",
    "catalogue": "指标定义改变",
    "calculation": "计算方法改变",
}
UNITS = {
    "percent": "%",
    "yuan": "元",
    "days": "天",
    "months": "个月",
    "persons": "人",
    "visits": "人次",
    "institutions": "家",
    "findings": "条",
    "times": "次",
}


def dataset(code: str | None) -> str:
    """The contract's name of a dataset; an unknown one is shown as it is."""
    found = _contract().datasets.get(code or "")
    return found.zh if found else code or ""


def field(dataset_code: str, name: str | None) -> str:
    """The contract's name of a dataset's field; an unknown one is shown as it is."""
    found = _contract().datasets.get(dataset_code)
    named = [each.zh for each in found.fields if each.name == name] if found else []
    return named[0] if named else name or ""


@cache
def _contract() -> Contract:
    return load_contract(find_project().contract_file)


@cache
def _codes(dataset: str, field: str) -> dict[str, str]:
    found = [each for each in _contract().datasets[dataset].fields if each.name == field]
    return dict(found[0].codes)


def label(dataset: str, field: str, code: str | None) -> str:
    """The contract's label of a code of a field; an unknown code is shown as it is, none as nothing.

    Raises KeyError or IndexError for a dataset or field that the contract does not have.
    """
    return _codes(dataset, field).get(code, code) if code else ""
