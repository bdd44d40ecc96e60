-- One row per month, township, scheme, tier and institution: what an admission and a visit cost.
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
        sum(ip_full_selfpay) as ip_full_selfpay,
        cast(sum(ip_bed_days) as bigint) as ip_bed_days,
        cast(sum(ip_cases_readmitted_15d) as bigint) as ip_cases_readmitted_15d,
        cast(sum(op_visits) as bigint) as op_visits,
        sum(op_cost) as op_cost,
        sum(item_cost) as item_cost,
        sum(item_drug_cost) as item_drug_cost,
        sum(item_material_cost) as item_material_cost
    from measures
    group by month, county, township, insutype, service_tier, inst_code
),

mart_admission_cost as (
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
        summed.ip_full_selfpay,
        summed.ip_bed_days,
        summed.ip_cases_readmitted_15d,
        summed.op_visits,
        summed.op_cost,
        summed.item_cost,
        summed.item_drug_cost,
        summed.item_material_cost,
        {{ per('ip_cost', 'ip_cases') }} as ip_avg_cost,
        {{ per('ip_bed_days', 'ip_cases') }} as ip_avg_days,
        {{ per('ip_cost', 'ip_bed_days') }} as ip_cost_per_day,
        {{ percent('ip_full_selfpay', 'ip_cost') }} as ip_selfpay_share,
        {{ per('op_cost', 'op_visits') }} as op_avg_cost,
        {{ percent('item_drug_cost', 'item_cost') }} as drug_share,
        {{ percent('item_material_cost', 'item_cost') }} as material_share,
        {{ percent('ip_cases_readmitted_15d', 'ip_cases') }} as readmission_rate_15d
    from summed
    inner join periods using (period)
    left join regions on summed.township = regions.region_code
    left join institutions using (inst_code)
)

select * from mart_admission_cost
