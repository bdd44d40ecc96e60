-- The villages of a township add up to the township, by persons and by population, whether the
-- population came by village, by township, or both.
{% set measures = [
    'insured_persons', 'insured_resident_persons', 'insured_unpaid_persons',
    'population_registered', 'population_resident',
] -%}
with villages as (
    select
        period,
        township as region_code,
        {% for measure in measures -%}
        coalesce(sum({{ measure }}), 0) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('mart_village') }}
    group by period, township
),

townships as (
    select *
    from {{ ref('mart_participation') }}
    where level = 'township' and insutype = 'all'
),

villages_add_up as (
    {%- for measure in measures %}
    select
        townships.period,
        townships.region_code,
        '{{ measure }}' as measure,
        townships.{{ measure }} as of_township,
        villages.{{ measure }} as of_villages
    from townships
    left join villages using (period, region_code)
    where coalesce(townships.{{ measure }}, 0) <> coalesce(villages.{{ measure }}, 0)
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from villages_add_up
