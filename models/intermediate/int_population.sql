-- One row per year, village and kind of population, so that villages add up to their township. A
-- township's own row counts; what it has beyond its villages stands in <township>000, the unknown
-- village. Only without one its villages are the township.
with population as (select * from {{ accepted('population') }} as accepted_population),

placed as (
    select
        year,
        {{ township_of('region_code') }} as township,
        {{ village_of('region_code') }} as village,
        population_type,
        head_count
    from population
),

villages as (
    select
        year,
        township,
        village,
        population_type,
        sum(head_count) as head_count
    from placed
    where village <> township || '000'
    group by year, township, village, population_type
),

own_rows as (
    select
        year,
        township,
        population_type,
        sum(head_count) as head_count
    from placed
    where village = township || '000'
    group by year, township, population_type
),

in_villages as (
    select
        year,
        township,
        population_type,
        sum(head_count) as head_count
    from villages
    group by year, township, population_type
),

int_population as (
    select
        year,
        township,
        village,
        population_type,
        head_count
    from villages
    union all
    select
        own_rows.year,
        own_rows.township,
        own_rows.township || '000' as village,
        own_rows.population_type,
        own_rows.head_count - coalesce(in_villages.head_count, 0) as head_count
    from own_rows
    left join in_villages using (year, township, population_type)
    where own_rows.head_count is distinct from in_villages.head_count
)

select * from int_population
