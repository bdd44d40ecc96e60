{# Faults of a settlement beyond its fields: payment above cost, dates, and the amount identities (semantics 2), tolerance 0.01 yuan. #}
{% macro settlement_faults() %}
    {% set cost_parts = "full_selfpay + over_limit_selfpay + pre_selfpay + in_scope" %}
    {% set paid_parts = "fund_total + account_pay + mutual_account_pay + cash_pay" %}
    {% set fund_parts = "pool_pay + large_amount_pay + catastrophic_pay + civil_servant_pay + aid_pay + other_pay" %}
    {{ return([
        fault('record', 'fund_over_cost', 'fund_total', 'abs(fund_total) - abs(total_cost) > 0.01'),
        fault('record', 'end_before_begin', 'end_date', 'end_date < begin_date'),
        fault('warning', 'cost_identity', 'total_cost', 'abs(total_cost - (' ~ cost_parts ~ ')) > 0.01'),
        fault('warning', 'payment_identity', 'total_cost', 'abs(total_cost - (' ~ paid_parts ~ ')) > 0.01'),
        fault('warning', 'fund_identity', 'fund_total', '(case when total_cost < 0 then -1 else 1 end) * (' ~ fund_parts ~ ' - fund_total) > 0.01'),
        fault('warning', 'bed_days_missing', 'end_date', "(begin_date is null or end_date is null) and med_type in ('21', '22', '23', '24', '25', '26', '27', '28', '52')"),
    ]) }}
{% endmacro %}
