{# The measures that are sums over settlements (measures.csv): name -> {of: what is summed, when: over which rows}. #}
{% macro settlement_measures() %}
    {% set inpatient = "service_class in ('inpatient', 'maternity_inpatient')" %}
    {% set outpatient = "service_class = 'outpatient'" %}
    {% set away = "location in ('city', 'province', 'cross_province')" %}
    {% set catastrophic = "coalesce(catastrophic_pay, 0) + coalesce(large_amount_pay, 0)" %}
    {% set measures = {
        'all_visits': {'of': 'sign'},
        'all_cost': {'of': 'total_cost'},
        'all_fund': {'of': 'fund_total'},
        'all_fund_ex_pharmacy': {'of': 'fund_total', 'when': "service_class <> 'pharmacy'"},
        'all_fund_in_county': {'of': 'fund_total', 'when': "service_class <> 'pharmacy' and location = 'in_county'"},
        'ip_cases': {'of': 'sign', 'when': inpatient},
        'ip_cases_in_county': {'of': 'sign', 'when': inpatient ~ " and location = 'in_county'"},
        'ip_cases_out_county': {'of': 'sign', 'when': inpatient ~ " and " ~ away},
        'ip_cases_unknown_location': {'of': 'sign', 'when': inpatient ~ " and location = 'unknown'"},
        'ip_cases_above_county_tier': {'of': 'sign', 'when': inpatient ~ " and service_tier in ('city', 'province')"},
        'ip_cases_county_tier': {'of': 'sign', 'when': inpatient ~ " and service_tier = 'county'"},
        'ip_cases_township_tier': {'of': 'sign', 'when': inpatient ~ " and service_tier in ('township', 'village')"},
        'ip_cases_unreferred': {'of': 'sign', 'when': 'is_unreferred'},
        'ip_cases_single_disease': {'of': 'sign', 'when': inpatient ~ " and payment_method = '2'"},
        'ip_cases_readmitted_15d': {'of': 'sign', 'when': 'is_readmitted'},
        'ip_cost': {'of': 'total_cost', 'when': inpatient},
        'ip_cost_in_county': {'of': 'total_cost', 'when': inpatient ~ " and location = 'in_county'"},
        'ip_cost_out_county': {'of': 'total_cost', 'when': inpatient ~ " and " ~ away},
        'ip_in_scope': {'of': 'in_scope', 'when': inpatient},
        'ip_full_selfpay': {'of': 'full_selfpay', 'when': inpatient},
        'ip_pool': {'of': 'pool_pay', 'when': inpatient},
        'ip_catastrophic': {'of': catastrophic, 'when': inpatient},
        'ip_aid': {'of': 'aid_pay', 'when': inpatient},
        'ip_fund': {'of': 'fund_total', 'when': inpatient},
        'ip_bed_days': {'of': 'bed_days', 'when': inpatient},
        'op_visits': {'of': 'sign', 'when': outpatient},
        'op_cost': {'of': 'total_cost', 'when': outpatient},
        'op_in_scope': {'of': 'in_scope', 'when': outpatient},
        'op_pool': {'of': 'pool_pay', 'when': outpatient},
        'chronic_visits': {'of': 'sign', 'when': "service_class = 'chronic'"},
        'chronic_fund': {'of': 'fund_total', 'when': "service_class = 'chronic'"},
        'two_disease_visits': {'of': 'sign', 'when': 'is_two_disease'},
        'two_disease_fund': {'of': 'fund_total', 'when': 'is_two_disease'},
        'maternity_cases': {'of': 'sign', 'when': "service_class = 'maternity_inpatient'"},
        'maternity_fund': {'of': 'fund_total', 'when': "service_class = 'maternity_inpatient'"},
        'catastrophic_visits': {'of': 'sign', 'when': catastrophic ~ " <> 0"},
        'catastrophic_pay': {'of': catastrophic},
        'aid_visits': {'of': 'sign', 'when': 'aid_pay <> 0'},
        'aid_pay': {'of': 'aid_pay'},
        'out_visits': {'of': 'sign', 'when': away},
        'out_visits_direct': {'of': 'sign', 'when': away ~ " and setl_channel in ('2', '3', '4')"},
        'credential_visits_electronic': {'of': 'sign', 'when': "credential_type = '01'"},
        'item_cost': {'of': 'item_cost'},
        'item_drug_cost': {'of': 'item_drug_cost'},
        'item_material_cost': {'of': 'item_material_cost'},
    } %}
    {# two stand for all where sqlfluff reads (is_linting) #}
    {{ return(dict((measures.items() | list)[:2]) if is_linting() else measures) }}
{% endmacro %}

{#
  Who paid the inpatients' cost, beside the pool and aid, which are measures: with them these add up to ip_cost. ip_unexplained is cost that no
  part delivered explains.
#}
{% macro payment_layers() %}
    {% set inpatient = "service_class in ('inpatient', 'maternity_inpatient')" %}
    {% set layers = {
        'ip_large_amount': 'coalesce(large_amount_pay, 0)',
        'ip_catastrophic_only': 'coalesce(catastrophic_pay, 0)',
        'ip_civil_servant': 'coalesce(civil_servant_pay, 0)',
        'ip_other': 'coalesce(other_pay, 0)',
        'ip_account': 'coalesce(account_pay, 0) + coalesce(mutual_account_pay, 0)',
        'ip_cash': 'coalesce(cash_pay, 0)',
    } %}
    {% set explained = ['coalesce(pool_pay, 0)', 'coalesce(aid_pay, 0)'] + layers.values() | list %}
    {% do layers.update({'ip_unexplained': 'total_cost - (' ~ explained | join(' + ') ~ ')'}) %}
    {% set measures = {} %}
    {% for name, amount in layers.items() %}{% do measures.update({name: {'of': amount, 'when': inpatient}}) %}{% endfor %}
    {{ return(dict((measures.items() | list)[:2]) if is_linting() else measures) }}
{% endmacro %}

{# What one settlement adds to a measure; null where it is not one of its rows. #}
{% macro amount_measured(measure) %}
    {{ return("case when " ~ measure.when ~ " then " ~ measure.of ~ " end" if measure.when else measure.of) }}
{% endmacro %}

{# The type of a measure's sum: cases and days are counted, all else is money. #}
{% macro measured_type(measure) %}{{ return('bigint' if measure.of in ('sign', 'bed_days') else 'decimal(38, 4)') }}{% endmacro %}

{# Long form of a table of cells: one row per cell and measure. `key` names the columns of a cell. #}
{% macro cell_key() %}{{ return(['period', 'period_mode', 'region_code', 'insutype', 'breakdown', 'breakdown_value']) }}{% endmacro %}

{% macro measures_as_rows(relation, measures) -%}
    select
        {{ cell_key() | join(', ') }},
        measure,
        value
    from (
        select
            {{ cell_key() | join(', ') }},
            {% for measure in measures -%}
            cast({{ measure }} as decimal(38, 4)) as {{ measure }}{{ ',' if not loop.last }}
            {% endfor %}
        from {{ relation }}
    ) as wide
    unpivot (value for measure in ({{ measures | join(', ') }}))
{%- endmacro %}

{# Whether a list of the catalogue, one text, has the word; a missing list has none. #}
{% macro lists(list, word, separator='|') -%}
coalesce(('{{ separator }}' || {{ list }} || '{{ separator }}') like ('%{{ separator }}' || {{ word }} || '{{ separator }}%'), false)
{%- endmacro %}

{# What an alert rule compares, and with what (seeds/alert_rule.csv): columns of `changed`, `rules`. #}
{% macro alert_metric() -%}
case rules.metric when 'last_year_change' then changed.last_year_change else changed.value end
{%- endmacro %}

{% macro alert_threshold() -%}
case rules.threshold_kind
                when 'target' then changed.target_value
                when 'elapsed_share' then {{ per('changed.month * 100', '12') }} + rules.threshold
                else rules.threshold
            end
{%- endmacro %}

{# The measures of participation, in the order in which people read them. #}
{% macro participation_measures() %}
{{ return([
    'insured_persons', 'insured_resident_persons', 'insured_unpaid_persons', 'double_covered_persons', 'contribution_persons',
    'contribution_amount', 'population_registered', 'population_resident', 'population_registered_net', 'population_agricultural',
]) }}
{% endmacro %}
