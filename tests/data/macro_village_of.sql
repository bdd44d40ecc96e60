-- village_of: the first 12 digits; a shorter code goes to <township>000, the unknown village.
with samples (region_code, expected) as (
    values
    ('990101001002', '990101001002'),
    ('99010100100201', '990101001002'),
    ('990101001', '990101001000'),
    ('9901010010', '990101001000'),
    ('990101', '990101000000')
),

computed as (
    select
        *,
        {{ village_of('region_code') }} as found
    from samples
),

macro_village_of as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_village_of
