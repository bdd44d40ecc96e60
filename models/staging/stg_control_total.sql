-- One row per landed row of 对账控制数, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'control_total') }}
),

typed as (
    select
        {{ typed_columns('control_total') }}
    from landed
),

stg_control_total as (
    select
        {{ staged_columns('control_total') }},
        {{ fault_columns('control_total') }}
    from typed
)

select * from stg_control_total
