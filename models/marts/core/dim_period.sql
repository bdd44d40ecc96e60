-- One row per reported month.
with dim_period as (select * from {{ ref('int_period') }})

select * from dim_period
