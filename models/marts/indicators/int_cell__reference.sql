-- One row per cell and measure that does not depend on the month: population of the year, and the
-- month number as a scale.
{% set measures = [
    'population_registered', 'population_resident', 'population_agricultural',
    'population_registered_net',
] -%}
with population as (select * from {{ ref('int_population') }}),

periods as (select * from {{ ref('int_period') }}),

rollup_of as (select * from {{ ref('int_region_rollup') }}),

modes as (
    select 'month' as period_mode
    union all
    select 'ytd' as period_mode
),

townships as (
    select
        year,
        township,
        population_type,
        sum(head_count) as head_count
    from population
    group by year, township, population_type
),

by_type as (
    select
        year,
        township,
        left(township, 6) as county,
        sum(
            case when population_type = 'registered' then head_count end
        ) as population_registered,
        sum(
            case when population_type = 'resident' then head_count end
        ) as population_resident,
        sum(
            case when population_type = 'agricultural' then head_count end
        ) as population_agricultural,
        sum(
            case when population_type = 'long_absent' then head_count end
        ) as population_long_absent
    from townships
    group by year, township
),

regions as (
    select
        by_type.*,
        rollup_of.region_code
    from by_type
    inner join rollup_of on by_type.county = rollup_of.county
    union all
    select
        by_type.*,
        by_type.township as region_code
    from by_type
),

summed as (
    select
        year,
        region_code,
        sum(population_registered) as population_registered,
        sum(population_resident) as population_resident,
        sum(population_agricultural) as population_agricultural,
        sum(population_registered)
        - coalesce(sum(population_long_absent), 0) as population_registered_net
    from regions
    group by year, region_code
),

cells as (
    select
        periods.period,
        modes.period_mode,
        summed.*,
        'all' as insutype,
        'none' as breakdown,
        'all' as breakdown_value
    from summed
    inner join periods using (year)
    cross join modes
),

int_cell__reference as (
    {{ measures_as_rows('cells', measures) }}
    union all
    select
        periods.period,
        modes.period_mode,
        'scale' as region_code,
        'all' as insutype,
        'none' as breakdown,
        'all' as breakdown_value,
        'months_elapsed' as measure,
        cast(periods.month as decimal(38, 4)) as value
    from periods
    cross join modes
)

select * from int_cell__reference
