-- One row per landed row of 检查问题, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'inspection_finding') }}
),

typed as (
    select
        {{ typed_columns('inspection_finding') }}
    from landed
),

stg_inspection_finding as (
    select
        {{ staged_columns('inspection_finding') }},
        {{ fault_columns('inspection_finding') }}
    from typed
)

select * from stg_inspection_finding
