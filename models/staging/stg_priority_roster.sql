-- One row per landed row of 重点人群名单, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'priority_roster') }}
),

typed as (
    select
        {{ typed_columns('priority_roster') }}
    from landed
),

stg_priority_roster as (
    select
        {{ staged_columns('priority_roster') }},
        {{ fault_columns('priority_roster') }}
    from typed
)

select * from stg_priority_roster
