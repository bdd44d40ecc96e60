-- One row per month, township and scheme (and `all` schemes together): persons at the month's last
-- day against the population, and what was paid for the year. Rates over the population are given
-- for all schemes together, since the population knows no scheme.
with cells as (
    select *
    from {{ ref('measure_value') }}
    where period_mode = 'ytd' and breakdown = 'none'
),

regions as (select * from {{ ref('dim_region') }}),

schemes as (select * from {{ ref('dim_scheme') }}),

parts as (
    select
        period,
        region_code,
        insutype,
        {% for measure in participation_measures() -%}
        max(case when measure = '{{ measure }}' then value end) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from cells
    group by period, region_code, insutype
),

mart_participation as (
    select
        parts.period,
        parts.region_code,
        regions.region_name,
        regions.level,
        parts.insutype,
        {% for measure in participation_measures() -%}
        parts.{{ measure }},
        {% endfor -%}
        {{ percent('insured_persons', 'population_registered') }} as part_rate,
        {{ percent('insured_persons', 'population_resident') }} as part_rate_resident,
        {{ percent('insured_persons', 'population_registered_net') }} as part_rate_net,
        {{ percent('insured_resident_persons', 'population_agricultural') }}
            as part_rate_agricultural
    from parts
    inner join regions using (region_code)
    inner join schemes using (insutype)
)

select * from mart_participation
