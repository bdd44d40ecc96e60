-- One row per week and township: what was settled and paid, what inspections found, and the same of
-- the week before.
{% set of_settlements = [
    'all_visits', 'all_cost', 'all_fund', 'ip_cases', 'ip_cases_out_county', 'ip_cost',
] -%}
{% set datasets = {
    'settlement': of_settlements,
    'contribution': ['payments', 'payment_amount'],
    'inspection': ['inspection_visits', 'findings_total', 'violation_amount', 'recovered_amount'],
} -%}
with weeks as (select * from {{ ref('int_week') }}),

months as (select period as month from {{ ref('dim_period') }}),

settlements as (
    select *
    from {{ ref('fct_settlement') }}
    where month in (select months.month from months)
),

contributions as (
    select *
    from {{ ref('int_contribution') }}
    where {{ month_of('paid_on') }} in (select months.month from months)
),

inspections as (select * from {{ ref('int_week__inspection') }}),

counties as (select * from {{ ref('int_county') }}),

regions as (select * from {{ ref('dim_region') }}),

settled as (
    select
        {% for name, measure in settlement_measures().items() if name in of_settlements -%}
        sum({{ amount_measured(measure) }}) as {{ name }},
        {% endfor -%}
        {{ week_end_of('setl_time') }} as week_end,
        township
    from settlements
    group by {{ week_end_of('setl_time') }}, township
),

paid as (
    select
        {{ week_end_of('paid_on') }} as week_end,
        township,
        sum(case when total_amount > 0 then 1 when total_amount < 0 then -1 else 0 end) as payments,
        sum(total_amount) as payment_amount
    from contributions
    group by {{ week_end_of('paid_on') }}, township
),

townships as (
    select
        region_code as township,
        region_name as township_name
    from regions
    where level = 'township'
    union all
    -- inspections need it where nobody's township is unknown
    select
        counties.county || '000' as township,
        '未知乡镇' as township_name
    from counties
    left join regions on counties.county || '000' = regions.region_code
    where regions.region_code is null
),

-- where nothing is found there was nothing, if the week's months were delivered (semantics 7)
counted as (
    select
        weeks.week,
        weeks.week_start,
        weeks.week_end,
        left(townships.township, 6) as county,
        townships.township,
        townships.township_name,
        {% for dataset, names in datasets.items() -%}
        {% for name in names -%}
        coalesce({{ name }}, case when weeks.has_{{ dataset }} then 0 end) as {{ name }},
        {% endfor -%}
        {% endfor -%}
        weeks.is_whole
    from weeks
    cross join townships
    left join settled
        on weeks.week_end = settled.week_end and townships.township = settled.township
    left join paid on weeks.week_end = paid.week_end and townships.township = paid.township
    left join inspections
        on weeks.week_end = inspections.week_end and townships.township = inspections.township
),

-- only a whole week is one to compare with
compared as (
    select
        *,
        {% for names in datasets.values() -%}
        {% for name in names -%}
        lag(case when is_whole then {{ name }} end) over (of_township) as {{ name }}_before,
        {% endfor -%}
        {% endfor -%}
        lag(week) over (of_township) as week_before
    from counted
    window of_township as (partition by township order by week_end)
),

mart_week as (
    select
        week,
        week_start,
        week_end,
        is_whole,
        county,
        township,
        township_name,
        {% for names in datasets.values() -%}
        {% for name in names -%}
        {% set is_money = name.endswith(('_cost', '_fund', '_amount')) -%}
        {% set type = 'decimal(38, 4)' if is_money else 'bigint' -%}
        cast({{ name }} as {{ type }}) as {{ name }},
        cast({{ name }}_before as {{ type }}) as {{ name }}_before,
        {% endfor -%}
        {% endfor -%}
        week_before
    from compared
)

select * from mart_week
