-- One row per month, township, scheme, tier and institution: where inpatients went. Ratios are of
-- the row; add up the parts for any other cut.
with measures as (select * from {{ ref('measure_settlement') }}),

periods as (select * from {{ ref('dim_period') }}),

regions as (select * from {{ ref('dim_region') }}),

institutions as (select * from {{ ref('dim_institution') }}),

mart_referral as (
    select
        measures.month as period,
        measures.county,
        measures.township,
        regions.region_name as township_name,
        measures.insutype,
        measures.service_tier,
        measures.inst_code,
        institutions.inst_name,
        measures.ip_cases,
        measures.ip_cases_in_county,
        measures.ip_cases_out_county,
        measures.ip_cases_unknown_location,
        measures.ip_cases_above_county_tier,
        measures.ip_cases_county_tier,
        measures.ip_cases_township_tier,
        measures.ip_cases_unreferred,
        measures.ip_cases_single_disease,
        measures.ip_cost_in_county,
        measures.ip_cost_out_county,
        measures.all_fund_in_county,
        measures.all_fund_ex_pharmacy,
        measures.out_visits,
        measures.out_visits_direct,
        {{ percent('ip_cases_out_county', 'ip_cases') }} as out_county_rate,
        {{ percent('ip_cases_above_county_tier', 'ip_cases') }} as above_county_tier_rate,
        {{ percent('ip_cases_in_county', 'ip_cases') }} as in_county_rate,
        {{ percent('ip_cases_unreferred', 'ip_cases_out_county') }} as unreferred_share,
        {{ percent('out_visits_direct', 'out_visits') }} as direct_settle_rate
    from measures
    inner join periods on measures.month = periods.period
    left join regions on measures.township = regions.region_code
    left join institutions on measures.inst_code = institutions.inst_code
)

select * from mart_referral
