-- One row per month, township, scheme, place and tier: where inpatients were treated, and what it
-- cost. The place within those out of the county is what mart_referral does not tell.
with inpatients as (
    select *
    from {{ ref('fct_settlement') }}
    where service_class in ('inpatient', 'maternity_inpatient')
),

periods as (select * from {{ ref('dim_period') }}),

regions as (select * from {{ ref('dim_region') }}),

summed as (
    select
        month,
        county,
        township,
        insutype,
        location,
        service_tier,
        sum(sign) as ip_cases,
        sum(case when is_unreferred then sign else 0 end) as ip_cases_unreferred,
        sum(total_cost) as ip_cost,
        sum(pool_pay) as ip_pool,
        sum(fund_total) as ip_fund,
        sum(bed_days) as ip_bed_days
    from inpatients
    group by month, county, township, insutype, location, service_tier
),

mart_flow as (
    select
        summed.month as period,
        summed.county,
        summed.township,
        regions.region_name as township_name,
        summed.insutype,
        summed.location,
        summed.service_tier,
        cast(summed.ip_cases as bigint) as ip_cases,
        cast(summed.ip_cases_unreferred as bigint) as ip_cases_unreferred,
        cast(summed.ip_cost as decimal(38, 4)) as ip_cost,
        cast(coalesce(summed.ip_pool, 0) as decimal(38, 4)) as ip_pool,
        cast(coalesce(summed.ip_fund, 0) as decimal(38, 4)) as ip_fund,
        cast(coalesce(summed.ip_bed_days, 0) as bigint) as ip_bed_days
    from summed
    inner join periods on summed.month = periods.period
    left join regions on summed.township = regions.region_code
)

select * from mart_flow
