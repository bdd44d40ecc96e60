-- One row per month, township, scheme, tier and institution: where inpatients went. Ratios are of
-- the row; add up the parts for any other cut.
with measures as (select * from {{ ref('measure_settlement') }}),

periods as (select * from {{ ref('dim_period') }}),

regions as (select * from {{ ref('dim_region') }}),

institutions as (select * from {{ ref('dim_institution') }}),

summed as (
    select
        month as period,
        county,
        township,
        insutype,
        service_tier,
        inst_code,
        cast(sum(ip_cases) as bigint) as ip_cases,
        cast(sum(ip_cases_in_county) as bigint) as ip_cases_in_county,
        cast(sum(ip_cases_out_county) as bigint) as ip_cases_out_county,
        cast(sum(ip_cases_unknown_location) as bigint) as ip_cases_unknown_location,
        cast(sum(ip_cases_above_county_tier) as bigint) as ip_cases_above_county_tier,
        cast(sum(ip_cases_county_tier) as bigint) as ip_cases_county_tier,
        cast(sum(ip_cases_township_tier) as bigint) as ip_cases_township_tier,
        cast(sum(ip_cases_unreferred) as bigint) as ip_cases_unreferred,
        cast(sum(ip_cases_single_disease) as bigint) as ip_cases_single_disease,
        sum(ip_cost_in_county) as ip_cost_in_county,
        sum(ip_cost_out_county) as ip_cost_out_county,
        sum(all_fund_in_county) as all_fund_in_county,
        sum(all_fund_ex_pharmacy) as all_fund_ex_pharmacy,
        cast(sum(out_visits) as bigint) as out_visits,
        cast(sum(out_visits_direct) as bigint) as out_visits_direct
    from measures
    group by month, county, township, insutype, service_tier, inst_code
),

mart_referral as (
    select
        summed.period,
        summed.county,
        summed.township,
        regions.region_name as township_name,
        summed.insutype,
        summed.service_tier,
        summed.inst_code,
        institutions.inst_name,
        summed.ip_cases,
        summed.ip_cases_in_county,
        summed.ip_cases_out_county,
        summed.ip_cases_unknown_location,
        summed.ip_cases_above_county_tier,
        summed.ip_cases_county_tier,
        summed.ip_cases_township_tier,
        summed.ip_cases_unreferred,
        summed.ip_cases_single_disease,
        summed.ip_cost_in_county,
        summed.ip_cost_out_county,
        summed.all_fund_in_county,
        summed.all_fund_ex_pharmacy,
        summed.out_visits,
        summed.out_visits_direct,
        {{ percent('ip_cases_out_county', 'ip_cases') }} as out_county_rate,
        {{ percent('ip_cases_above_county_tier', 'ip_cases') }} as above_county_tier_rate,
        {{ percent('ip_cases_in_county', 'ip_cases') }} as in_county_rate,
        {{ percent('ip_cases_unreferred', 'ip_cases_out_county') }} as unreferred_share,
        {{ percent('out_visits_direct', 'out_visits') }} as direct_settle_rate
    from summed
    inner join periods using (period)
    left join regions on summed.township = regions.region_code
    left join institutions using (inst_code)
)

select * from mart_referral
