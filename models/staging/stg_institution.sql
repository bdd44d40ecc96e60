-- One row per landed row of 定点医药机构, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'institution') }}
),

typed as (
    select
        {{ typed_columns('institution') }}
    from landed
),

stg_institution as (
    select
        {{ staged_columns('institution') }},
        {{ fault_columns('institution') }}
    from typed
)

select * from stg_institution
