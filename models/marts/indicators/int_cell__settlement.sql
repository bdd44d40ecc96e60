-- One row per cell and settlement measure: months and years to date, regions, schemes, tiers and
-- institutions (semantics 7).
{% set measures = settlement_measures().keys() | list + ['budget_fund'] -%}
with monthly as (select * from {{ ref('measure_settlement') }}),

periods as (select * from {{ ref('int_period') }}),

rollup_of as (select * from {{ ref('int_region_rollup') }}),

budgets as (
    select distinct
        year,
        inst_code,
        insutype
    from {{ ref('int_budget') }}
),

budgeted as (
    select
        monthly.*,
        periods.year,
        case when budgets.inst_code is not null then monthly.all_fund end as budget_fund
    from monthly
    inner join periods on monthly.month = periods.period
    left join budgets
        on
            monthly.inst_code = budgets.inst_code
            and monthly.insutype = budgets.insutype
            and periods.year = budgets.year
),

months as (
    select
        budgeted.month,
        rollup_of.region_code,
        coalesce(budgeted.insutype, 'all') as insutype,
        case
            when grouping(budgeted.service_tier) = 0 then 'service_tier'
            when grouping(budgeted.inst_code) = 0 then 'inst'
            else 'none'
        end as breakdown,
        coalesce(budgeted.service_tier, budgeted.inst_code, 'all') as breakdown_value,
        {% for measure in measures -%}
        sum(budgeted.{{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from budgeted
    inner join rollup_of using (county)
    group by grouping sets (
        (budgeted.month, rollup_of.region_code),
        (budgeted.month, rollup_of.region_code, budgeted.insutype),
        (budgeted.month, rollup_of.region_code, budgeted.service_tier),
        (budgeted.month, rollup_of.region_code, budgeted.insutype, budgeted.service_tier),
        (budgeted.month, rollup_of.region_code, budgeted.inst_code),
        (budgeted.month, rollup_of.region_code, budgeted.insutype, budgeted.inst_code)
    )
    union all
    select
        month,
        township as region_code,
        coalesce(insutype, 'all') as insutype,
        'none' as breakdown,
        'all' as breakdown_value,
        {% for measure in measures -%}
        sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from budgeted
    group by grouping sets ((month, township), (month, township, insutype))
),

cells as (
    select
        month as period,
        'month' as period_mode,
        region_code,
        insutype,
        breakdown,
        breakdown_value,
        {% for measure in measures -%}
        {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from months
    union all
    select
        periods.period,
        'ytd' as period_mode,
        months.region_code,
        months.insutype,
        months.breakdown,
        months.breakdown_value,
        {% for measure in measures -%}
        sum(months.{{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from months
    inner join periods as source_period on months.month = source_period.period
    inner join periods
        on
            source_period.year = periods.year
            and source_period.month_no <= periods.month_no
    group by
        periods.period,
        months.region_code,
        months.insutype,
        months.breakdown,
        months.breakdown_value
),

int_cell__settlement as (
    {{ measures_as_rows('cells', measures) }}
)

select * from int_cell__settlement
