-- One row per county reported: all that enrollment holds (semantics 3), and the city above them.
with enrollment as (select * from {{ ref('int_enrollment') }}),

counties as (
    select distinct county
    from enrollment
),

int_county as (
    select
        county,
        case when count(*) over () > 1 then left(county, 4) || '00' end as city
    from counties
)

select * from int_county
