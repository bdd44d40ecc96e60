-- to_integer: what to_amount reads, where nothing but zeros stands behind the point.
with samples (raw, expected) as (
    values
    ('12', 12),
    ('-3', -3),
    ('1,234', 1234),
    ('１２', 12),
    ('12.0', 12),
    ('12.0000', 12),
    ('2E3', 2000),
    ('(7)', -7),
    ('0', 0),
    ('12.5', null),
    ('0.0001', null),
    ('人', null),
    ('', null),
    (null, null)
),

computed as (
    select
        *,
        {{ to_integer('raw') }} as found
    from samples
),

macro_to_integer as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_to_integer
