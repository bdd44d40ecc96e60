-- A tolerated exception names one expectation or one indicator, its months in order, why, and who
-- approved it.
{% set month = '[0-9]{4}-(0[1-9]|1[0-2])' -%}
with tolerances as (select * from {{ ref('tolerance') }}),

tolerances_are_whole as (
    select *
    from tolerances
    where
        (expectation_id is null) = (indicator_code is null)
        or not coalesce({{ matches('from_period', month) }}, false)
        or not coalesce({{ matches('until_period', month) }}, false)
        or from_period > until_period
        or reason_zh is null
        or reason_en is null
        or approved_by is null
)

select * from tolerances_are_whole
