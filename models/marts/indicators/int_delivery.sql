-- One row per dataset, period and mode in which the dataset was delivered (semantics 7): for flows
-- accepted rows in every month covered, for datasets without months any accepted row of the year,
-- or any row.
with periods as (select * from {{ ref('int_period') }}),

volumes as (
    select
        dataset,
        year,
        month,
        case
            {%- for dataset in monthly_datasets() %}
            when dataset = '{{ dataset }}' then 'by_month'
            {%- endfor %}
            {%- for dataset in registers() %}
            when dataset = '{{ dataset }}' then 'whole'
            {%- endfor %}
            else 'by_year'
        end as delivery
    from {{ ref('int_dataset_volume') }}
    where fate = 'accepted'
),

months as (
    select distinct
        dataset,
        month
    from volumes
    where delivery = 'by_month' and month is not null
),

years as (
    select distinct
        dataset,
        year
    from volumes
    where delivery <> 'whole' and year is not null
),

always as (
    select distinct dataset
    from volumes
    where delivery = 'whole'
),

modes as (
    select 'month' as period_mode
    union all
    select 'ytd' as period_mode
),

int_delivery as (
    select
        months.dataset,
        'flow' as kind,
        periods.period,
        'month' as period_mode
    from months
    inner join periods on months.month = periods.period
    union all
    select
        months.dataset,
        'flow' as kind,
        periods.period,
        'ytd' as period_mode
    from months
    inner join periods
        on
            left(months.month, 4) = left(periods.period, 4)
            and months.month <= periods.period
    group by months.dataset, periods.period, periods.month
    having count(*) = periods.month
    union all
    select
        years.dataset,
        'stock' as kind,
        periods.period,
        modes.period_mode
    from years
    inner join periods using (year)
    cross join modes
    union all
    select
        always.dataset,
        'stock' as kind,
        periods.period,
        modes.period_mode
    from always
    cross join periods
    cross join modes
    union all
    select
        'period' as dataset,
        'scale' as kind,
        periods.period,
        modes.period_mode
    from periods
    cross join modes
)

select * from int_delivery
