-- One row per county and region that its figures add up to: the county itself, and the city where
-- several counties are reported.
with counties as (select * from {{ ref('int_county') }}),

int_region_rollup as (
    select
        county,
        county as region_code,
        city is null as is_top
    from counties
    union all
    select
        county,
        city as region_code,
        true as is_top
    from counties
    where city is not null
)

select * from int_region_rollup
