-- tier_of_unregistered (semantics 5): outside the county by place, inside it by hospital level.
with samples (location, hosp_level, expected) as (
    values
    ('cross_province', '05', 'province'),
    ('province', '11', 'province'),
    ('city', '01', 'city'),
    ('city', '10', 'city'),
    ('in_county', '01', 'city'),
    ('in_county', '02', 'city'),
    ('in_county', '03', 'city'),
    ('in_county', '04', 'city'),
    ('in_county', '05', 'county'),
    ('in_county', '06', 'county'),
    ('in_county', '07', 'county'),
    ('in_county', '08', 'township'),
    ('in_county', '09', 'township'),
    ('in_county', '10', 'township'),
    ('in_county', '11', 'village'),
    ('in_county', '12', 'unknown'),
    ('in_county', null, 'unknown'),
    ('unknown', '05', 'unknown'),
    ('unknown', null, 'unknown')
),

computed as (
    select
        *,
        {{ tier_of_unregistered('location', 'hosp_level') }} as found
    from samples
),

macro_tier_of_unregistered as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_tier_of_unregistered
