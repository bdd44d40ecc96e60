-- One row per dataset, period and mode in which the dataset was delivered (semantics 7): for flows
-- accepted rows in every month covered, for datasets without months any accepted row of the year,
-- or any row.
with periods as (select * from {{ ref('int_period') }}),

kinds as (
    select
        listed.dataset,
        listed.kind
    from (
        values
        ('settlement', 'by_month'), ('settlement_item', 'by_month'), ('fund_ledger', 'by_month'),
        ('inspection', 'by_month'), ('inspection_finding', 'by_month'),
        ('enrollment', 'by_year'), ('contribution', 'by_year'), ('population', 'by_year'),
        ('budget', 'by_year'), ('target', 'by_year'),
        ('priority_roster', 'register'), ('institution', 'register')
    ) as listed (dataset, kind)
),

volumes as (
    select
        volumes.dataset,
        volumes.year,
        volumes.month,
        kinds.kind
    from {{ ref('int_dataset_volume') }} as volumes
    inner join kinds on volumes.dataset = kinds.dataset
    where volumes.fate = 'accepted'
),

months as (
    select distinct
        dataset,
        month
    from volumes
    where kind = 'by_month' and month is not null
),

years as (
    select distinct
        dataset,
        year
    from volumes
    where kind <> 'register' and year is not null
),

always as (
    select distinct dataset
    from volumes
    where kind = 'register'
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
