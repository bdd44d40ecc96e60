-- All weeks together are all reported months, by county: settlements and inspections as the
-- indicators count them, contributions one by one.
{% set of_settlements = ['all_visits', 'all_cost', 'all_fund', 'ip_cases', 'ip_cost'] -%}
with weeks as (
    select
        {% for measure in of_settlements -%}
        coalesce(sum({{ measure }}), 0) as {{ measure }},
        {% endfor -%}
        coalesce(sum(payment_amount), 0) as payment_amount,
        coalesce(sum(findings_total), 0) as findings_total
    from {{ ref('mart_week') }}
),

top_region as (
    select distinct region_code
    from {{ ref('int_region_rollup') }}
    where is_top
),

measure_values as (
    select
        cells.measure,
        cells.value
    from {{ ref('measure_value') }} as cells
    inner join top_region on cells.region_code = top_region.region_code
    where cells.period_mode = 'month' and cells.insutype = 'all' and cells.breakdown = 'none'
),

compared as (
    {%- for measure in of_settlements + ['findings_total'] %}
    select
        '{{ measure }}' as measure,
        weeks.{{ measure }} as of_weeks,
        (
            select coalesce(sum(measure_values.value), 0)
            from measure_values
            where measure_values.measure = '{{ measure }}'
        ) as of_months
    from weeks
    union all
    {%- endfor %}
    select
        'payment_amount' as measure,
        weeks.payment_amount as of_weeks,
        (
            select coalesce(sum(contributions.total_amount), 0)
            from {{ ref('int_contribution') }} as contributions
            inner join {{ ref('dim_period') }} as periods
                on {{ month_of('contributions.paid_on') }} = periods.period
        ) as of_months
    from weeks
),

weeks_add_up as (
    select *
    from compared
    where of_weeks <> of_months
)

select * from weeks_add_up
