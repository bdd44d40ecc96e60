-- to_timestamp (semantics 1, "Values"): the spellings of to_date with the time that follows;
-- midnight where none does.
with samples (raw, expected) as (
    values
    ('2026-09-30 08:05:01', timestamp '2026-09-30 08:05:01'),
    ('2026-09-30', timestamp '2026-09-30 00:00:00'),
    ('2026-09-30 8:05', timestamp '2026-09-30 08:05:00'),
    ('2026/9/30 8:05:01', timestamp '2026-09-30 08:05:01'),
    ('2026-09-30T08:05:01', timestamp '2026-09-30 08:05:01'),
    ('20260930', timestamp '2026-09-30 00:00:00'),
    ('20260930 08:05:01', timestamp '2026-09-30 08:05:01'),
    ('2026年9月30日 8:05', timestamp '2026-09-30 08:05:00'),
    ('2026-09-30 08:05:01.250', timestamp '2026-09-30 08:05:01.25'),
    ('46295', timestamp '2026-09-30 00:00:00'),
    ('46295 18:30:00', timestamp '2026-09-30 18:30:00'),
    ('2026-09-30 24:10:00', null),
    ('2026-09-30 08:61:00', null),
    ('2026-02-30 08:00:00', null),
    ('08:05', null),
    ('昨天', null),
    ('', null),
    (null, null)
),

computed as (
    select
        *,
        {{ to_timestamp('raw') }} as found
    from samples
),

macro_to_timestamp as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_to_timestamp
