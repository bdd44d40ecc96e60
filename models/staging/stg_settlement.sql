{{ config(materialized='incremental', incremental_strategy='append') }}
-- One row per landed row of 结算单, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'settlement') }}
    {{ only_new_files('settlement') }}
),

typed as (
    select
        {{ typed_columns('settlement') }}
    from landed
),

stg_settlement as (
    select
        {{ staged_columns('settlement') }},
        {{ fault_columns('settlement', settlement_faults()) }}
    from typed
)

select * from stg_settlement
