-- township_of: the first 9 digits; a shorter code goes to <county>000, the unknown township.
with samples (region_code, expected) as (
    values
    ('990101001', '990101001'),
    ('990101001002', '990101001'),
    ('990101', '990101000'),
    ('99010100', '990101000'),
    ('990101000', '990101000')
),

computed as (
    select
        *,
        {{ township_of('region_code') }} as found
    from samples
),

macro_township_of as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_township_of
