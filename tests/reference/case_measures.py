"""What one effective settlement adds to each settlement and item measure of `measures.csv`."""

from collections.abc import Callable
from decimal import Decimal

from tests.reference.cases import MATERNITY, OUT_OF_COUNTY, Case


def _yuan(name: str) -> Callable[[Case], Decimal]:
    return lambda case: case.amounts[name]


def _count(case: Case) -> Decimal:
    return Decimal(case.sign)


def _large(case: Case) -> Decimal:
    return case.amounts["catastrophic_pay"] + case.amounts["large_amount_pay"]


def _where(
    test: Callable[[Case], bool], amount: Callable[[Case], Decimal]
) -> Callable[[Case], Decimal | None]:
    return lambda case: amount(case) if test(case) else None


def _inpatient(
    amount: Callable[[Case], Decimal], test: Callable[[Case], bool] = lambda case: True
) -> Callable[[Case], Decimal | None]:
    return _where(lambda case: case.is_inpatient and test(case), amount)


def _of_class(name: str, amount: Callable[[Case], Decimal]) -> Callable[[Case], Decimal | None]:
    return _where(lambda case: case.about.service_class == name, amount)


def _in_county(case: Case) -> bool:
    return case.about.location == "in_county"


def _out(case: Case) -> bool:
    return case.about.location in OUT_OF_COUNTY


def _not_pharmacy(case: Case) -> bool:
    return case.about.service_class != "pharmacy"


def _two_disease(case: Case) -> bool:
    return case.about.two_disease


# what one effective settlement adds to a measure; None = the measure does not take it
SETTLEMENT_MEASURES: dict[str, Callable[[Case], Decimal | None]] = {
    "all_visits": _count,
    "all_cost": _yuan("total_cost"),
    "all_fund": _yuan("fund_total"),
    "all_fund_ex_pharmacy": _where(_not_pharmacy, _yuan("fund_total")),
    "all_fund_in_county": _where(lambda case: _not_pharmacy(case) and _in_county(case), _yuan("fund_total")),
    "ip_cases": _inpatient(_count),
    "ip_cases_in_county": _inpatient(_count, _in_county),
    "ip_cases_out_county": _inpatient(_count, _out),
    "ip_cases_unknown_location": _inpatient(_count, lambda case: case.about.location == "unknown"),
    "ip_cases_above_county_tier": _inpatient(_count, lambda case: case.about.tier in ("city", "province")),
    "ip_cases_county_tier": _inpatient(_count, lambda case: case.about.tier == "county"),
    "ip_cases_township_tier": _inpatient(_count, lambda case: case.about.tier in ("township", "village")),
    "ip_cases_unreferred": _inpatient(_count, lambda case: case.unreferred),
    "ip_cases_single_disease": _inpatient(_count, lambda case: case.about.payment_method == "2"),
    "ip_cases_readmitted_15d": _inpatient(_count, lambda case: case.readmitted),
    "ip_cost": _inpatient(_yuan("total_cost")),
    "ip_cost_in_county": _inpatient(_yuan("total_cost"), _in_county),
    "ip_cost_out_county": _inpatient(_yuan("total_cost"), _out),
    "ip_in_scope": _inpatient(_yuan("in_scope")),
    "ip_full_selfpay": _inpatient(_yuan("full_selfpay")),
    "ip_pool": _inpatient(_yuan("pool_pay")),
    "ip_catastrophic": _inpatient(_large),
    "ip_aid": _inpatient(_yuan("aid_pay")),
    "ip_fund": _inpatient(_yuan("fund_total")),
    "ip_bed_days": _inpatient(lambda case: Decimal(case.bed_days)),
    "op_visits": _of_class("outpatient", _count),
    "op_cost": _of_class("outpatient", _yuan("total_cost")),
    "op_in_scope": _of_class("outpatient", _yuan("in_scope")),
    "op_pool": _of_class("outpatient", _yuan("pool_pay")),
    "chronic_visits": _of_class("chronic", _count),
    "chronic_fund": _of_class("chronic", _yuan("fund_total")),
    "two_disease_visits": _where(_two_disease, _count),
    "two_disease_fund": _where(_two_disease, _yuan("fund_total")),
    "maternity_cases": _of_class(MATERNITY, _count),
    "maternity_fund": _of_class(MATERNITY, _yuan("fund_total")),
    "catastrophic_visits": _where(lambda case: _large(case) != 0, _count),
    "catastrophic_pay": _large,
    "aid_visits": _where(lambda case: case.amounts["aid_pay"] != 0, _count),
    "aid_pay": _yuan("aid_pay"),
    "out_visits": _where(_out, _count),
    "out_visits_direct": _where(lambda case: _out(case) and case.about.channel in ("2", "3", "4"), _count),
    "credential_visits_electronic": _where(lambda case: case.about.credential == "01", _count),
    "item_cost": lambda case: case.items.get("item_cost"),
    "item_drug_cost": lambda case: case.items.get("item_drug_cost"),
    "item_material_cost": lambda case: case.items.get("item_material_cost"),
}
