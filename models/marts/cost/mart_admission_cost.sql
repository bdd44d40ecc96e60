-- One row per month, township, scheme, tier and institution: what an admission and a visit cost.
-- Ratios are of the row; add up the parts for any other cut.
with measures as (select * from {{ ref('measure_settlement') }}),

periods as (select * from {{ ref('dim_period') }}),

regions as (select * from {{ ref('dim_region') }}),

institutions as (select * from {{ ref('dim_institution') }}),

mart_admission_cost as (
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
        measures.ip_cost,
        measures.ip_full_selfpay,
        measures.ip_bed_days,
        measures.ip_cases_readmitted_15d,
        measures.op_visits,
        measures.op_cost,
        measures.item_cost,
        measures.item_drug_cost,
        measures.item_material_cost,
        {{ per('ip_cost', 'ip_cases') }} as ip_avg_cost,
        {{ per('ip_bed_days', 'ip_cases') }} as ip_avg_days,
        {{ per('ip_cost', 'ip_bed_days') }} as ip_cost_per_day,
        {{ percent('ip_full_selfpay', 'ip_cost') }} as ip_selfpay_share,
        {{ per('op_cost', 'op_visits') }} as op_avg_cost,
        {{ percent('item_drug_cost', 'item_cost') }} as drug_share,
        {{ percent('item_material_cost', 'item_cost') }} as material_share,
        {{ percent('ip_cases_readmitted_15d', 'ip_cases') }} as readmission_rate_15d
    from measures
    inner join periods on measures.month = periods.period
    left join regions on measures.township = regions.region_code
    left join institutions on measures.inst_code = institutions.inst_code
)

select * from mart_admission_cost
