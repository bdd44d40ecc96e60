-- One row per month and village: persons at the month's last day, counted as in mart_participation,
-- against the population of the village. Persons and population without a village stand in
-- <township>000, so that villages add up to their township.
with coverage as (select * from {{ ref('int_coverage_span') }}),

population as (select * from {{ ref('int_population') }}),

names as (select * from {{ accepted('region') }} as accepted_region),

regions as (select * from {{ ref('dim_region') }}),

periods as (select * from {{ ref('dim_period') }}),

years as (
    select distinct year
    from periods
),

enrolled_years as (
    select distinct
        year,
        0 as nobody
    from coverage
),

-- few rows per village before they meet the months
spans as (
    select
        village,
        year,
        first_month,
        last_month,
        count(case when is_insured then 1 end) as insured_persons,
        count(case when is_insured and family = 'resident' then 1 end) as insured_resident_persons,
        count(case when not is_insured then 1 end) as insured_unpaid_persons
    from coverage
    group by village, year, first_month, last_month
),

counted as (
    select
        periods.period,
        spans.village,
        sum(spans.insured_persons) as insured_persons,
        sum(spans.insured_resident_persons) as insured_resident_persons,
        sum(spans.insured_unpaid_persons) as insured_unpaid_persons
    from spans
    inner join periods
        on
            spans.year = periods.year
            and periods.month_no between spans.first_month and spans.last_month
    group by periods.period, spans.village
),

populated as (
    select
        year,
        village,
        sum(case when population_type = 'registered' then head_count end) as population_registered,
        sum(case when population_type = 'resident' then head_count end) as population_resident
    from population
    group by year, village
),

villages as (
    select
        year,
        village
    from spans
    union
    select
        year,
        village
    from populated
    union
    select
        years.year,
        names.region_code as village
    from names
    cross join years
    where length(names.region_code) = 12
),

cells as (
    select
        periods.period,
        villages.village,
        left(villages.village, 9) as township,
        villages.village like '_________000' as is_unknown,
        populated.population_registered,
        populated.population_resident,
        -- nobody insured is 0 where the enrollment of the year was delivered, else not known
        coalesce(counted.insured_persons, enrolled_years.nobody) as insured_persons,
        coalesce(counted.insured_resident_persons, enrolled_years.nobody)
            as insured_resident_persons,
        coalesce(counted.insured_unpaid_persons, enrolled_years.nobody) as insured_unpaid_persons
    from villages
    inner join periods on villages.year = periods.year
    left join enrolled_years on villages.year = enrolled_years.year
    left join counted
        on periods.period = counted.period and villages.village = counted.village
    left join populated
        on villages.year = populated.year and villages.village = populated.village
),

mart_village as (
    select
        cells.period,
        regions.parent_code as county,
        cells.township,
        regions.region_name as township_name,
        cells.village,
        coalesce(
            names.region_name, case when cells.is_unknown then '未知村' else cells.village end
        ) as village_name,
        cells.is_unknown,
        cast(cells.population_registered as bigint) as population_registered,
        cast(cells.population_resident as bigint) as population_resident,
        cast(cells.insured_persons as bigint) as insured_persons,
        cast(cells.insured_resident_persons as bigint) as insured_resident_persons,
        cast(cells.insured_unpaid_persons as bigint) as insured_unpaid_persons,
        -- the remainder of a township is no place that has a rate
        case
            when not cells.is_unknown
                then cast(cells.population_registered - cells.insured_persons as bigint)
        end as uninsured_persons,
        case
            when not cells.is_unknown
                then {{ percent('cells.insured_persons', 'cells.population_registered') }}
        end as part_rate
    from cells
    inner join regions on cells.township = regions.region_code
    left join names on cells.village = names.region_code
)

select * from mart_village
