-- One row per week (Monday to Sunday) that touches the reported months: which datasets were
-- delivered for its months (semantics 7), and whether it can be compared: seven days, all with
-- settlements.
with periods as (select * from {{ ref('dim_period') }}),

deliveries as (
    select
        dataset,
        period
    from {{ ref('int_delivery') }}
    where
        period_mode = 'month'
        and kind = case when dataset = 'contribution' then 'stock' else 'flow' end
),

-- no month touches more than six weeks: those of its days 1, 8, 15, 22 and 29, and of its last day
touched as (
    {%- for days in [0, 7, 14, 21, 28] %}
    select
        period,
        {{ week_end_of(add_days('month_start', days)) }} as week_end
    from periods
    where {{ add_days('month_start', days) }} <= month_end
    union
    {%- endfor %}
    select
        period,
        {{ week_end_of('month_end') }} as week_end
    from periods
),

reported as (
    select
        min(month_start) as first_day,
        max(month_end) as last_day
    from periods
),

delivered as (
    select
        {% for dataset in ['settlement', 'contribution', 'inspection'] -%}
        count(distinct case when deliveries.dataset = '{{ dataset }}' then touched.period end)
        = count(distinct touched.period) as has_{{ dataset }},
        {% endfor -%}
        touched.week_end
    from touched
    left join deliveries on touched.period = deliveries.period
    group by touched.week_end
),

int_week as (
    select
        {{ week_name('delivered.week_end') }} as week,
        {{ add_days('delivered.week_end', -6) }} as week_start,
        delivered.week_end,
        delivered.has_settlement
        and delivered.week_end <= reported.last_day
        and {{ add_days('delivered.week_end', -6) }} >= reported.first_day as is_whole,
        delivered.has_settlement,
        delivered.has_contribution,
        delivered.has_inspection
    from delivered
    cross join reported
)

select * from int_week
