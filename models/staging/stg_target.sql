-- One row per landed row of 目标任务, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'target') }}
),

typed as (
    select
        {{ typed_columns('target') }}
    from landed
),

stg_target as (
    select
        {{ staged_columns('target') }},
        {{ fault_columns('target') }}
    from typed
)

select * from stg_target
