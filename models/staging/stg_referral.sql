-- One row per landed row of 转诊备案, typed and flagged.
with landed as (
    select *
    from {{ source('landing', 'referral') }}
),

typed as (
    select
        {{ typed_columns('referral') }}
    from landed
),

stg_referral as (
    select
        {{ staged_columns('referral') }},
        {{ fault_columns('referral', [
            fault('record', 'end_before_begin', 'end_date', 'end_date < begin_date'),
        ]) }}
    from typed
)

select * from stg_referral
