{{ config(materialized='view') }}
-- One row per effective settlement of a reported month, with what it is compared with, and whether
-- items of its month and enrollment of its year were delivered at all.
with settlements as (select * from {{ ref('fct_settlement') }}),

periods as (select * from {{ ref('int_period') }}),

enrollment_years as (
    select distinct year
    from {{ ref('int_residence') }}
),

item_months as (
    select distinct month
    from settlements
    where items > 0
),

delivered as (
    select
        periods.period,
        item_months.month is not null as has_items_delivered,
        enrollment_years.year is not null as has_enrollment_delivered
    from periods
    left join item_months on periods.period = item_months.month
    left join enrollment_years on periods.year = enrollment_years.year
),

int_settlement__compared as (
    select
        settlements.setl_id,
        settlements.month,
        settlements.insutype,
        settlements.is_enrolled,
        settlements.item_cost,
        settlements.total_cost,
        settlements.fund_total,
        delivered.has_items_delivered,
        delivered.has_enrollment_delivered
    from settlements
    inner join delivered on settlements.month = delivered.period
)

select * from int_settlement__compared
