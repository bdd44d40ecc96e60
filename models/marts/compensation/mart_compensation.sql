-- One row per month, township, scheme, tier and institution: what was paid of what was spent.
-- Ratios are of the row; add up the parts for any other cut.
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
        sum(ip_cost) as ip_cost,
        sum(ip_in_scope) as ip_in_scope,
        sum(ip_pool) as ip_pool,
        sum(ip_catastrophic) as ip_catastrophic,
        sum(ip_aid) as ip_aid,
        sum(ip_fund) as ip_fund,
        sum(ip_full_selfpay) as ip_full_selfpay,
        cast(sum(op_visits) as bigint) as op_visits,
        sum(op_cost) as op_cost,
        sum(op_in_scope) as op_in_scope,
        sum(op_pool) as op_pool,
        cast(sum(chronic_visits) as bigint) as chronic_visits,
        sum(chronic_fund) as chronic_fund,
        cast(sum(two_disease_visits) as bigint) as two_disease_visits,
        sum(two_disease_fund) as two_disease_fund,
        cast(sum(maternity_cases) as bigint) as maternity_cases,
        sum(maternity_fund) as maternity_fund,
        cast(sum(catastrophic_visits) as bigint) as catastrophic_visits,
        sum(catastrophic_pay) as catastrophic_pay,
        cast(sum(aid_visits) as bigint) as aid_visits,
        sum(aid_pay) as aid_pay
    from measures
    group by month, county, township, insutype, service_tier, inst_code
),

mart_compensation as (
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
        summed.ip_cost,
        summed.ip_in_scope,
        summed.ip_pool,
        summed.ip_catastrophic,
        summed.ip_aid,
        summed.ip_fund,
        summed.ip_full_selfpay,
        summed.op_visits,
        summed.op_cost,
        summed.op_in_scope,
        summed.op_pool,
        summed.chronic_visits,
        summed.chronic_fund,
        summed.two_disease_visits,
        summed.two_disease_fund,
        summed.maternity_cases,
        summed.maternity_fund,
        summed.catastrophic_visits,
        summed.catastrophic_pay,
        summed.aid_visits,
        summed.aid_pay,
        {{ percent('ip_pool', 'ip_cost') }} as ip_actual_ratio,
        {{ percent('ip_pool + ip_catastrophic', 'ip_cost') }} as ip_actual_ratio_catastrophic,
        {{ percent('ip_pool + ip_catastrophic + ip_aid', 'ip_cost') }} as ip_actual_ratio_aid,
        {{ percent('ip_fund', 'ip_cost') }} as ip_fund_ratio,
        {{ percent('ip_pool', 'ip_in_scope') }} as ip_policy_ratio,
        {{ percent('ip_pool + ip_catastrophic', 'ip_in_scope') }} as ip_policy_ratio_catastrophic,
        {{ percent('op_pool', 'op_cost') }} as op_actual_ratio,
        {{ per('ip_pool', 'ip_cases') }} as ip_avg_compensation
    from summed
    inner join periods using (period)
    left join regions on summed.township = regions.region_code
    left join institutions using (inst_code)
)

select * from mart_compensation
