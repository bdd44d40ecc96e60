{{ config(materialized='view') }}
-- One row per cell and measure: the parts of all indicators, month and year to date (semantics 7).
with measure_value as (
    {%- set subjects = [
        'settlement', 'fund', 'budget', 'participation', 'priority', 'supervision', 'reference',
    ] %}
    {%- for subject in subjects %}
    select * from {{ ref('int_cell__' ~ subject) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from measure_value
