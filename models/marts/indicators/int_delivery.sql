-- One row per dataset, period and mode in which the dataset was delivered (semantics 7): for flows
-- accepted rows in every month covered, for datasets without months any accepted row of the year,
-- or any row.
with periods as (select * from {{ ref('int_period') }}),

settlements as (
    select
        setl_id,
        {{ month_of('setl_time') }} as month
    from {{ accepted('settlement') }} as accepted_settlement
),

items as (select * from {{ ref('int_settlement__items') }}),

inspections as (select * from {{ accepted('inspection') }} as accepted_inspection),

findings as (select * from {{ accepted('inspection_finding') }} as accepted_finding),

months as (
    select distinct
        'settlement' as dataset,
        month
    from settlements
    union
    select distinct
        'settlement_item' as dataset,
        settlements.month
    from settlements
    inner join items using (setl_id)
    union
    select distinct
        'fund_ledger' as dataset,
        {{ month_of('entry_date') }} as month
    from {{ accepted('fund_ledger') }} as accepted_entry
    union
    select distinct
        'inspection' as dataset,
        {{ month_of('inspected_on') }} as month
    from inspections
    union
    select distinct
        'inspection_finding' as dataset,
        {{ month_of('inspections.inspected_on') }} as month
    from findings
    inner join inspections using (inspection_id)
),

years as (
    {%- for dataset in ['enrollment', 'contribution', 'population', 'budget', 'target'] %}
    select distinct
        '{{ dataset }}' as dataset,
        year
    from {{ accepted(dataset) }} as accepted_{{ dataset }}
    union
    {%- endfor %}
    select distinct
        dataset,
        cast(left(month, 4) as bigint) as year
    from months
),

always as (
    {%- for dataset in ['priority_roster', 'institution'] %}
    select distinct '{{ dataset }}' as dataset
    from {{ accepted(dataset) }} as accepted_{{ dataset }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
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
