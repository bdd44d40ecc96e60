-- One row per cell of the budget, which is a sum of the year and knows no township: it holds for
-- the county, or for the city above several.
with budgets as (select * from {{ ref('int_budget') }}),

periods as (select * from {{ ref('int_period') }}),

top_region as (
    select distinct region_code
    from {{ ref('int_region_rollup') }}
    where is_top
),

summed as (
    select
        periods.period,
        'ytd' as period_mode,
        coalesce(budgets.insutype, 'all') as insutype,
        case when grouping(budgets.inst_code) = 0 then 'inst' else 'none' end as breakdown,
        coalesce(budgets.inst_code, 'all') as breakdown_value,
        sum(budgets.budget_amount) as budget_amount
    from budgets
    inner join periods using (year)
    group by grouping sets (
        (periods.period),
        (periods.period, budgets.insutype),
        (periods.period, budgets.inst_code),
        (periods.period, budgets.insutype, budgets.inst_code)
    )
),

cells as (
    select
        summed.*,
        top_region.region_code
    from summed
    cross join top_region
),

int_cell__budget as (
    {{ measures_as_rows('cells', ['budget_amount']) }}
)

select * from int_cell__budget
