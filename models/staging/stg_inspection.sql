-- One row per landed row of 检查记录, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'inspection') }}
),

typed as (
    select
        {{ typed_columns('inspection') }}
    from landed
),

stg_inspection as (
    select
        {{ staged_columns('inspection') }},
        {{ fault_columns('inspection') }}
    from typed
)

select * from stg_inspection
