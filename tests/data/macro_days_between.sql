-- days_between: whole days from the earlier date to the later, below 0 where they stand the other
-- way round.
with samples (earlier, later, expected) as (
    values
    (date '2026-09-30', date '2026-09-30', 0),
    (date '2026-09-30', date '2026-10-01', 1),
    (date '2026-02-28', date '2026-03-01', 1),
    (date '2024-02-28', date '2024-03-01', 2),
    (date '2025-12-31', date '2026-01-15', 15),
    (date '2026-01-15', date '2025-12-31', -15),
    (date '2025-09-30', date '2026-09-30', 365),
    (date '2026-09-30', null, null),
    (null, date '2026-09-30', null)
),

computed as (
    select
        *,
        {{ days_between('earlier', 'later') }} as found
    from samples
),

macro_days_between as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_days_between
