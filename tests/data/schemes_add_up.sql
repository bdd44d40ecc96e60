-- Semantics 7: schemes add up to `all`, in every cell and measure that knows schemes. A total that
-- is missing because one scheme's balance is missing is left out.
{% set whole = [
    'period', 'period_mode', 'region_code', 'breakdown', 'breakdown_value', 'measure',
] -%}
with cells as (select * from {{ ref('measure_value') }}),

summed as (
    select
        {{ whole | join(', ') }},
        sum(case when insutype <> 'all' then value end) as parts_value,
        sum(case when insutype = 'all' then value end) as whole_value
    from cells
    group by {{ whole | join(', ') }}
),

schemes_add_up as (
    select *
    from summed
    where parts_value <> whole_value
)

select * from schemes_add_up
