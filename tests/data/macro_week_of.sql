-- week_end_of, week_name: the Sunday of a day's week, and the week's name by ISO 8601, where the
-- year changes in its middle.
with samples (happened_on, sunday, name) as (
    values
    (cast('2026-09-21' as timestamp), date '2026-09-27', '2026-W39'),
    (cast('2026-09-27 23:59:59' as timestamp), date '2026-09-27', '2026-W39'),
    (cast('2026-09-28' as timestamp), date '2026-10-04', '2026-W40'),
    (cast('2024-12-30' as timestamp), date '2025-01-05', '2025-W01'),
    (cast('2027-01-03 12:00:00' as timestamp), date '2027-01-03', '2026-W53'),
    (cast('2027-01-04' as timestamp), date '2027-01-10', '2027-W01'),
    (cast(null as timestamp), null, null)
),

computed as (
    select
        *,
        {{ week_end_of('happened_on') }} as found
    from samples
),

named as (
    select
        *,
        {{ week_name('found') }} as found_name
    from computed
),

macro_week_of as (
    select *
    from named
    where found is distinct from sunday or found_name is distinct from name
)

select * from macro_week_of
