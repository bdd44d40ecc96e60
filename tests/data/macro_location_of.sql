-- location_of (semantics 5): the region of the institution against the county of insurance, 6, 4
-- and 2 digits; its class only where there is no region at all.
with samples (inst_region, county, location_class, expected) as (
    values
    ('990101', '990101', null, 'in_county'),
    ('990101003', '990101', '4', 'in_county'),
    ('990102', '990101', null, 'city'),
    ('990102', '990101', '1', 'city'),
    ('990201', '990101', null, 'province'),
    ('980101', '990101', null, 'cross_province'),
    ('980101', '990101', '1', 'cross_province'),
    (null, '990101', '1', 'in_county'),
    (null, '990101', '2', 'city'),
    (null, '990101', '3', 'province'),
    (null, '990101', '4', 'cross_province'),
    (null, '990101', '9', 'unknown'),
    (null, '990101', null, 'unknown')
),

computed as (
    select
        *,
        {{ location_of('inst_region', 'county', 'location_class') }} as found
    from samples
),

macro_location_of as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_location_of
