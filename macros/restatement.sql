{# What is compared with an issue: every dataset but the control totals, which are no rows of the bureau's own. #}
{% macro compared_datasets() %}{{ return(datasets() | reject('equalto', 'control_total') | list) }}{% endmacro %}

{# The month that a row `staged` counts for: of an item or a finding, that of its parent (with_parents); null for a register. #}
{% macro row_month_of(dataset) %}
    {%- if dataset in parent_datasets() %}{{ return("parents.parent_month") }}{% endif %}
    {%- set own_days = {'enrollment': 'begin_date', 'priority_roster': 'listed_on'} %}
    {%- set day = own_days.get(dataset, dataset_periods().get(dataset, {}).get('day')) %}
    {{- return(month_of("staged." ~ day) if day else "cast(null as string)") }}
{% endmacro %}

{# The join of `staged` with the facts of its parents, as `parents`; nothing for a dataset without. #}
{% macro with_parents(dataset) -%}
    {%- if dataset in parent_datasets() %}
    {%- set parent = parent_datasets()[dataset] %}
    {%- set key = contract_fields(parent) | selectattr("key") | map(attribute="name") | first -%}
    left join (select {{ key }} as parent_id, month as parent_month from {{ ref('fct_' ~ parent) }}) as parents on staged.{{ key }} = parents.parent_id
    {%- endif %}
{%- endmacro %}
