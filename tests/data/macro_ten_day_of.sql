-- ten_day_of: 1 to 10, 11 to 20, 21 to the last day, whatever the length of the month.
with samples (paid_on, expected) as (
    values
    (cast('2026-02-01' as date), 1),
    (cast('2026-02-10' as date), 1),
    (cast('2026-02-11' as date), 2),
    (cast('2026-02-20' as date), 2),
    (cast('2026-02-21' as date), 3),
    (cast('2026-02-28' as date), 3),
    (cast('2026-03-31' as date), 3)
),

computed as (
    select
        *,
        {{ ten_day_of('paid_on') }} as found
    from samples
),

macro_ten_day_of as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_ten_day_of
