-- One row per region reported: the counties that enrollment holds, the city above several of them,
-- and their townships (semantics 7).
with counties as (select * from {{ ref('int_county') }}),

names as (select * from {{ accepted('region') }} as accepted_region),

enrolled as (
    select distinct township
    from {{ ref('int_enrollment') }}
),

-- <county>000 stands for an unknown township wherever one occurs
occurring as (
    select township
    from enrolled
    union
    select region_code as township
    from names
    where length(region_code) = 9
    {%- for model in ['fct_settlement', 'int_contribution', 'int_priority'] %}
    union
    select distinct township
    from {{ ref(model) }}
    where township like '______000'
    {%- endfor %}
),

regions as (
    select
        city as region_code,
        'city' as level,
        cast(null as string) as parent_code
    from counties
    where city is not null
    group by city
    union all
    select
        county as region_code,
        'county' as level,
        city as parent_code
    from counties
    union all
    select
        occurring.township as region_code,
        'township' as level,
        counties.county as parent_code
    from occurring
    inner join counties on left(occurring.township, 6) = counties.county
),

dim_region as (
    select
        regions.region_code,
        coalesce(
            names.region_name,
            case when regions.region_code like '______000' then '未知乡镇' else regions.region_code end
        ) as region_name,
        regions.level,
        regions.parent_code
    from regions
    left join names using (region_code)
)

select * from dim_region
