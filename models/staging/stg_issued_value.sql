-- One row per issue and indicator value of its period, as issued.
with issued_values as (select * from {{ source('issued', 'issued_value') }}),

stg_issued_value as (
    select
        issue,
        period,
        period_mode,
        region_code,
        insutype,
        breakdown,
        breakdown_value,
        indicator_code,
        numerator,
        denominator,
        value
    from issued_values
)

select * from stg_issued_value
