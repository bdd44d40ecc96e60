-- One row per reported month: from the first to the last month with settlements, ledger entries or
-- inspections, not later than the newest file (a row of a later month is a warning, semantics 2)
-- nor than the period asked for.
with settlements as (select setl_time from {{ accepted('settlement') }} as accepted_settlement),

entries as (select entry_date from {{ accepted('fund_ledger') }} as accepted_entry),

inspections as (select inspected_on from {{ accepted('inspection') }} as accepted_inspection),

files as (select * from {{ ref('stg_file') }}),

dates as (
    select cast(setl_time as date) as happened_on from settlements
    union all
    select entry_date as happened_on from entries
    union all
    select inspected_on as happened_on from inspections
),

newest as (
    select
        max(modified_on) as file_date,
        {{ "cast('" ~ var('period') ~ "-01' as date)" if var('period') else 'max(modified_on)' }}
            as asked_for
    from files
),

bounds as (
    select
        date_trunc('month', min(dates.happened_on)) as first_month,
        date_trunc('month', max(dates.happened_on)) as last_month
    from dates
    cross join newest
    where
        date_trunc('month', dates.happened_on) <= newest.file_date
        and date_trunc('month', dates.happened_on) <= newest.asked_for
),

months as (
    select {{ months_from_to('first_month', 'last_month') }} as month_start
    from bounds
    where first_month is not null
),

int_period as (
    select
        {{ month_of('month_start') }} as period,
        cast({{ month_number('month_start') }} as bigint) as month_no,
        cast(year(month_start) as bigint) as year,
        cast(month(month_start) as bigint) as month,
        month_start,
        {{ add_days(add_months('month_start', 1), -1) }} as month_end,
        {{ month_of(add_months('month_start', -1)) }} as previous_period,
        {{ month_of(add_months('month_start', -12)) }} as last_year_period
    from months
)

select * from int_period
