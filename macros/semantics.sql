{# Rules of semantics.md that several models share, as expressions. #}

{# Scheme family (semantics 3): employee 310 and 340, resident 390 and 380. #}
{% macro scheme_family(insutype) -%}
case when {{ insutype }} in ('310', '340') then 'employee' when {{ insutype }} in ('390', '380') then 'resident' else 'other' end
{%- endmacro %}

{# A code as a dimension value: an unknown one goes to the bucket 未映射 (semantics 2). #}
{% macro bucketed(column, dataset, field) -%}
    {%- set codes = [] %}
    {%- for f in contract_fields(dataset) if f.name == field %}{% do codes.extend(f.codes.keys()) %}{% endfor -%}
case when {{ column }} is null or {{ column }} in ('{{ codes | join("', '") }}') then {{ column }} else '未映射' end
{%- endmacro %}

{# 9-digit township of a region code; a shorter code goes to <county>000, the unknown township. #}
{% macro township_of(region_code) -%}
case when length({{ region_code }}) >= 9 then left({{ region_code }}, 9) else left({{ region_code }}, 6) || '000' end
{%- endmacro %}

{# 12-digit village of a region code; a shorter code goes to <township>000, the unknown village. #}
{% macro village_of(region_code) -%}
case when length({{ region_code }}) >= 12 then left({{ region_code }}, 12) else {{ township_of(region_code) }} || '000' end
{%- endmacro %}

{# Service class of a settlement (semantics 5). #}
{% macro service_class(med_type) -%}
case
    when {{ med_type }} in ('21', '22', '23', '24', '25', '26', '27', '28') then 'inpatient'
    when {{ med_type }} = '52' then 'maternity_inpatient'
    when {{ med_type }} in ('11', '12', '13', '15', '51', '53') then 'outpatient'
    when {{ med_type }} = '14' then 'chronic'
    when {{ med_type }} = '41' then 'pharmacy'
    else 'other'
end
{%- endmacro %}

{# Place of an institution region against the county of insurance (semantics 5); location_class only where there is no region at all. #}
{% macro location_of(inst_region, county, location_class) -%}
case
    when {{ inst_region }} is null then
        case {{ location_class }} when '1' then 'in_county' when '2' then 'city' when '3' then 'province' when '4' then 'cross_province' else 'unknown' end
    when left({{ inst_region }}, 6) = {{ county }} then 'in_county'
    when left({{ inst_region }}, 4) = left({{ county }}, 4) then 'city'
    when left({{ inst_region }}, 2) = left({{ county }}, 2) then 'province'
    else 'cross_province'
end
{%- endmacro %}

{# Service tier of an institution that is not in the register (semantics 5). #}
{% macro tier_of_unregistered(location, hosp_level) -%}
case
    when {{ location }} in ('province', 'cross_province') then 'province'
    when {{ location }} = 'city' then 'city'
    when {{ location }} = 'in_county' then
        case
            when {{ hosp_level }} in ('01', '02', '03', '04') then 'city'
            when {{ hosp_level }} in ('05', '06', '07') then 'county'
            when {{ hosp_level }} in ('08', '09', '10') then 'township'
            when {{ hosp_level }} = '11' then 'village'
            else 'unknown'
        end
    else 'unknown'
end
{%- endmacro %}

{# The township of a person's enrollment (int_residence, aliased residences) as seen from a scheme family. #}
{% macro residence_township(family) -%}
case {{ family }}
            when 'employee' then residences.employee_township
            when 'resident' then residences.resident_township
            else residences.other_township
        end
{%- endmacro %}

{# What a linked reversal takes from its original (semantics 4); setl_time gives the year of the township. #}
{% macro settlement_attributes() %}
{{ return([
    'setl_time', 'psn_no', 'certno', 'certno_check', 'insutype', 'med_type', 'disease_code', 'inst_code', 'hosp_level', 'inst_admdvs',
    'insu_admdvs', 'location_class', 'begin_date', 'end_date', 'payment_method', 'setl_channel', 'credential_type', 'filing_id',
]) }}
{% endmacro %}

{# The amounts of a settlement, in the order of the contract. #}
{% macro settlement_amounts() %}
{{ return([
    'total_cost', 'full_selfpay', 'over_limit_selfpay', 'pre_selfpay', 'in_scope', 'deductible', 'pool_pay', 'large_amount_pay',
    'catastrophic_pay', 'civil_servant_pay', 'aid_pay', 'other_pay', 'fund_total', 'account_pay', 'mutual_account_pay', 'cash_pay',
]) }}
{% endmacro %}

{# Whether a settlement row is a reversal (semantics 4): negative, or flagged and naming the settlement that it takes back. #}
{% macro is_reversal() -%}
(total_cost < 0 or (coalesce(refund_flag = '1', false) and original_setl_id is not null))
{%- endmacro %}
