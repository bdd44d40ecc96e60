-- One row per landed row of 总额预算, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'budget') }}
),

typed as (
    select
        {{ typed_columns('budget') }}
    from landed
),

stg_budget as (
    select
        {{ staged_columns('budget') }},
        {{ fault_columns('budget') }}
    from typed
)

select * from stg_budget
