{# What the models of quality share: where the rows of a dataset stand in time, exact medians, and how a check of two books is written. #}

{#
  Where a row of a dataset stands: its day, its year (where that is not the day's), its scheme, and `fund` where it has a fund payment. Datasets
  that are not here hold registers, which have no period, or take theirs from their parent: items from the settlement, findings from the inspection.
#}
{% macro dataset_periods() %}
    {{ return({
        'population': {'year': 'year'},
        'target': {'year': 'year'},
        'budget': {'year': 'year', 'insutype': 'insutype'},
        'enrollment': {'year': 'year', 'insutype': 'insutype'},
        'contribution': {'year': 'year', 'day': 'pay_time', 'insutype': 'insutype'},
        'fund_ledger': {'day': 'entry_date', 'insutype': 'insutype'},
        'settlement': {'day': 'setl_time', 'insutype': 'insutype', 'fund': 'fund_total'},
        'referral': {'day': 'filed_at'},
        'inspection': {'day': 'inspected_on'},
    }) }}
{% endmacro %}

{# Datasets whose rows are parts of a row of another, and have its day. #}
{% macro parent_datasets() %}{{ return({'settlement_item': 'settlement', 'inspection_finding': 'inspection'}) }}{% endmacro %}

{# The registers: they count whole, whatever the period. #}
{% macro registers() %}{{ return(['region', 'institution', 'priority_roster', 'control_total']) }}{% endmacro %}

{# The datasets of which every month has rows; contributions are delivered by year and paid in a few months (semantics 7). #}
{% macro monthly_datasets() %}
{{ return(['fund_ledger', 'settlement', 'settlement_item', 'referral', 'inspection', 'inspection_finding']) }}
{% endmacro %}

{# One row per key with the median of a decimal of at most 10 places, exact: engines give medians as floats. Columns: key, numbers, median. #}
{% macro medians(relation, key, value) -%}
    select
        {{ key | join(', ') }},
        max(numbers) as numbers,
        {{ exact_ratio('sum(' ~ value ~ ')', 'count(*)', places=10) }} as median
    from (
        select
            {{ key | join(', ') }},
            {{ value }},
            count(*) over (partition by {{ key | join(', ') }}) as numbers,
            row_number() over (partition by {{ key | join(', ') }} order by {{ value }}) as position
        from {{ relation }}
    ) as ranked
    -- the middle one, or the middle two
    where 2 * position between numbers and numbers + 2
    group by {{ key | join(', ') }}
{%- endmacro %}

{# The columns of a check of two books, as the int_reconciliation__* models hand them to `reconciliation`. #}
{% macro reconciliation_columns() %}
{{ return([
    'kind', 'dataset', 'subject', 'period', 'insutype', 'measure', 'left_name_zh', 'right_name_zh', 'left_value', 'right_value', 'cause',
    'differing_keys', 'remark_zh',
]) }}
{% endmacro %}

{# The columns of a differing key, as the int_difference__* models hand them to `reconciliation_difference`. #}
{% macro difference_columns() %}
{{ return(['kind', 'dataset', 'subject', 'period', 'measure', 'key', 'left_value', 'right_value', 'cause']) }}
{% endmacro %}

{# Two amounts that agree: apart by no more than the 0.01 yuan of the identities (semantics 2). #}
{% macro agrees(difference) %}{{ return("abs(" ~ difference ~ ") <= 0.01") }}{% endmacro %}
