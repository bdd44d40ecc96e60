{# What is compared with an issue: every dataset but the control totals, which are no rows of the bureau's own. #}
{% macro compared_datasets() %}{{ return(datasets() | reject('equalto', 'control_total') | list) }}{% endmacro %}

{# The month that a row `staged` counts for: of an item or a finding, that of its `parents`; null for a register. #}
{% macro row_month_of(dataset) %}
    {%- set own_days = {'enrollment': 'begin_date', 'priority_roster': 'listed_on'} %}
    {%- set day = own_days.get(dataset, dataset_periods().get(dataset, {}).get('day')) %}
    {%- if dataset in parent_of() %}{{ return("parents.parent_month") }}{% endif %}
    {{- return(month_of("staged." ~ day) if day else "cast(null as string)") }}
{% endmacro %}

{# The join of `staged` with its `parents`; nothing for a dataset without. #}
{% macro with_parents(dataset) -%}
    {%- if dataset in parent_of() %}
    {%- set fact, key = parent_of()[dataset] -%}
    left join (select {{ key }} as parent_id, month as parent_month from {{ ref(fact) }}) as parents on staged.{{ key }} = parents.parent_id
    {%- endif %}
{%- endmacro %}

{# Datasets whose rows have no day of their own: the fact of their parent, and its key. #}
{% macro parent_of() %}
    {{- return({'settlement_item': ('fct_settlement', 'setl_id'), 'inspection_finding': ('fct_inspection', 'inspection_id')}) }}
{% endmacro %}
