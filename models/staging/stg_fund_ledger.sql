-- One row per landed row of 基金收支台账, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'fund_ledger') }}
),

typed as (
    select
        {{ typed_columns('fund_ledger') }}
    from landed
),

stg_fund_ledger as (
    select
        {{ staged_columns('fund_ledger') }},
        {{ fault_columns('fund_ledger') }}
    from typed
)

select * from stg_fund_ledger
