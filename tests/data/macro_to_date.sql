-- to_date (semantics 1, "Values"): 2026-09-30, 2026/9/30, 20260930, 2026年9月30日, Excel serials of
-- exactly 5 digits (46295 is 30 September 2026: days since 30 December 1899); a time may follow;
-- null where no such day exists.
with samples (raw, expected) as (
    values
    ('2026-09-30', date '2026-09-30'),
    ('2026/9/30', date '2026-09-30'),
    ('2026-9-3', date '2026-09-03'),
    ('20260930', date '2026-09-30'),
    ('2026年9月30日', date '2026-09-30'),
    ('2026年09月03日', date '2026-09-03'),
    ('2026年9月30', date '2026-09-30'),
    ('2026-09-30 23:59:59', date '2026-09-30'),
    ('2026/9/30 8:05', date '2026-09-30'),
    ('20260930 08:05:00', date '2026-09-30'),
    ('2026年9月30日8:05', date '2026-09-30'),
    ('2026-09-30T08:05:00', date '2026-09-30'),
    ('2026-09-30 00:00:00.000', date '2026-09-30'),
    ('2024-02-29', date '2024-02-29'),
    ('2026-02-29', null),
    ('2026/2/30', null),
    ('20261301', null),
    ('20260931', null),
    ('46295', date '2026-09-30'),
    ('45292', date '2024-01-01'),
    ('60000', date '2064-04-08'),
    ('46295 12:00', date '2026-09-30'),
    ('4629', null),
    ('462950', null),
    ('2026-09', null),
    ('202609', null),
    ('30/9/2026', null),
    ('9999-99-99', null),
    ('待定', null),
    ('', null),
    (null, null)
),

computed as (
    select
        *,
        {{ to_date('raw') }} as found
    from samples
),

macro_to_date as (
    select *
    from computed
    where found is distinct from expected
)

select * from macro_to_date
