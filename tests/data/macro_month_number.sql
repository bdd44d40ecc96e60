-- month_number: 12 x year + month, one more from any month to the next.
with samples (day, expected) as (
    values
    (date '2026-01-01', 24313),
    (date '2026-01-31', 24313),
    (date '2025-12-31', 24312),
    (date '2026-12-01', 24324),
    (date '2000-02-29', 24002),
    (null, null)
),

computed as (
    select
        *,
        {{ month_number('day') }} as found
    from samples
),

macro_month_number as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_month_number
