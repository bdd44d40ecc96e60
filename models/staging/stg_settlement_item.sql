{{ config(materialized='incremental', incremental_strategy='append') }}
-- One row per landed row of 费用明细, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'settlement_item') }}
    {{ only_new_files('settlement_item') }}
),

typed as (
    select
        {{ typed_columns('settlement_item') }}
    from landed
),

stg_settlement_item as (
    select
        {{ staged_columns('settlement_item') }},
        {{ fault_columns('settlement_item') }}
    from typed
)

select * from stg_settlement_item
