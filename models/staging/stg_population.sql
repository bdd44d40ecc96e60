-- One row per landed row of 应参保人口, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'population') }}
),

typed as (
    select
        {{ typed_columns('population') }}
    from landed
),

stg_population as (
    select
        {{ staged_columns('population') }},
        {{ fault_columns('population', [
            fault('record', 'negative_count', 'head_count', 'head_count < 0'),
        ]) }}
    from typed
)

select * from stg_population
