{{ config(materialized='incremental', incremental_strategy='append') }}
-- One row per landed row of 参保登记, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'enrollment') }}
    {{ only_new_files('enrollment') }}
),

typed as (
    select
        {{ typed_columns('enrollment') }}
    from landed
),

stg_enrollment as (
    select
        {{ staged_columns('enrollment') }},
        {{ fault_columns('enrollment', [
            fault('record', 'end_before_begin', 'end_date', 'end_date < begin_date'),
        ]) }}
    from typed
)

select * from stg_enrollment
