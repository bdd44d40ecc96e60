-- One row per issue and indicator, as the catalogue defined it then.
with definitions as (select * from {{ source('issued', 'issued_definition') }}),

stg_issued_definition as (
    select
        issue,
        indicator_code,
        numerator,
        denominator,
        unit
    from definitions
)

select * from stg_issued_definition
