{{ config(severity='warn') }}
-- Semantics 7: townships add up to their county and counties to the city, in every measure that
-- knows regions. Not the priority roster, which counts distinct persons in each cell: one may be
-- listed in several townships.
{% set whole = ['period', 'period_mode', 'insutype', 'measure'] -%}
with counties as (select * from {{ ref('int_county') }}),

cells as (
    select
        {{ whole | join(', ') }},
        region_code,
        case when length(region_code) = 9 then left(region_code, 6) end as county,
        value
    from {{ ref('measure_value') }}
    where breakdown = 'none' and measure not like 'priority_%'
),

parts as (
    select
        {{ whole | join(', ') }},
        county as region_code,
        value
    from cells
    where county is not null
    union all
    select
        {% for column in whole -%}
        cells.{{ column }},
        {% endfor -%}
        counties.city as region_code,
        cells.value
    from cells
    inner join counties on cells.region_code = counties.county
    where counties.city is not null
),

summed as (
    select
        {{ whole | join(', ') }},
        region_code,
        sum(value) as parts_value
    from parts
    group by {{ whole | join(', ') }}, region_code
),

-- a township of a county that is not reported has no whole
regions_add_up as (
    select
        summed.*,
        cells.value as whole_value
    from summed
    inner join counties on summed.region_code in (counties.county, counties.city)
    left join cells using ({{ whole | join(', ') }}, region_code)
    where summed.parts_value is distinct from cells.value
)

select * from regions_add_up
