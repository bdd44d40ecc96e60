{{ built_by('month', 'int_settlement__month') }}
-- One row per effective settlement, as int_settlement__itemized tells it, of the months that have
-- changed since they were built.
with int_settlement__resolved as (
    select *
    from {{ ref('int_settlement__itemized') }}
    where month in {{ changed('month', ref('int_settlement__month')) }}
)

{{ with_fingerprint('int_settlement__resolved', 'month', ref('int_settlement__month')) }}
