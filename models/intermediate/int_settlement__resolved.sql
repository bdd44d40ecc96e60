{{ built_by('month', 'int_settlement__month') }}
-- One row per effective settlement, as int_settlement__itemized tells it, of the months that have
-- changed since they were built.
with itemized as (
    select *
    from {{ ref('int_settlement__itemized') }}
    where month in {{ changed('month', ref('int_settlement__month')) }}
),

states as (select * from {{ ref('int_settlement__month') }}),

int_settlement__resolved as (
    select
        itemized.*,
        states.fingerprint as month_fingerprint
    from itemized
    inner join states on itemized.month = states.month
)

select * from int_settlement__resolved
