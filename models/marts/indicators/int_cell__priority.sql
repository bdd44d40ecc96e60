-- One row per cell and measure of the priority roster. A person may stand in several groups and
-- townships, so each cell counts its own distinct persons (semantics 7).
{% set measures = [
    'priority_listed_persons', 'priority_insured_persons', 'priority_exempt_persons',
] -%}
with roster as (select * from {{ ref('int_priority') }}),

coverage as (select * from {{ ref('int_coverage_span') }}),

periods as (select * from {{ ref('int_period') }}),

rollup_of as (select * from {{ ref('int_region_rollup') }}),

modes as (
    select 'month' as period_mode
    union all
    select 'ytd' as period_mode
),

insured as (
    select distinct
        periods.period,
        coverage.person_key
    from coverage
    inner join roster using (person_key)
    inner join periods on periods.month_no between coverage.first_month and coverage.last_month
    where coverage.is_insured
),

listed as (
    select
        periods.period,
        roster.*,
        insured.person_key is not null as is_insured
    from roster
    inner join periods
        on
            roster.listed_on <= periods.month_end
            and (roster.delisted_on is null or roster.delisted_on > periods.month_end)
    left join insured
        on
            periods.period = insured.period
            and roster.person_key = insured.person_key
),

regions as (
    select
        listed.*,
        rollup_of.region_code
    from listed
    inner join rollup_of on listed.county = rollup_of.county
    union all
    select
        listed.*,
        listed.township as region_code
    from listed
),

counted as (
    select
        period,
        region_code,
        'all' as insutype,
        case when grouping(group_code) = 0 then 'group' else 'none' end as breakdown,
        coalesce(group_code, 'all') as breakdown_value,
        count(distinct person_key) as priority_listed_persons,
        count(distinct case when is_insured then person_key end) as priority_insured_persons,
        count(distinct case
            when is_exempt and not is_insured then person_key
        end) as priority_exempt_persons
    from regions
    group by grouping sets ((period, region_code), (period, region_code, group_code))
),

cells as (
    select
        counted.*,
        modes.period_mode
    from counted
    cross join modes
),

int_cell__priority as (
    {{ measures_as_rows('cells', measures) }}
)

select * from int_cell__priority
