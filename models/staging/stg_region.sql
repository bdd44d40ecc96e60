-- One row per landed row of 行政区划, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'region') }}
),

typed as (
    select
        {{ typed_columns('region') }}
    from landed
),

stg_region as (
    select
        {{ staged_columns('region') }},
        {{ fault_columns('region') }}
    from typed
)

select * from stg_region
