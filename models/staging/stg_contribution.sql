{{ config(materialized='incremental', incremental_strategy='append') }}
-- One row per landed row of 征缴明细, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'contribution') }}
    {{ only_new_files('contribution') }}
),

typed as (
    select
        {{ typed_columns('contribution') }}
    from landed
),

stg_contribution as (
    select
        {{ staged_columns('contribution') }},
        {{ fault_columns('contribution') }}
    from typed
)

select * from stg_contribution
