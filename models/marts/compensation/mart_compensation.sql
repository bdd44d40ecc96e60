-- One row per month, township, scheme, tier and institution: what was paid of what was spent.
-- Ratios are of the row; add up the parts for any other cut.
with measures as (select * from {{ ref('measure_settlement') }}),

periods as (select * from {{ ref('dim_period') }}),

regions as (select * from {{ ref('dim_region') }}),

institutions as (select * from {{ ref('dim_institution') }}),

mart_compensation as (
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
        measures.ip_in_scope,
        measures.ip_pool,
        measures.ip_catastrophic,
        measures.ip_aid,
        measures.ip_fund,
        measures.ip_full_selfpay,
        {% for layer in payment_layers() -%}
        measures.{{ layer }},
        {% endfor -%}
        measures.op_visits,
        measures.op_cost,
        measures.op_in_scope,
        measures.op_pool,
        measures.chronic_visits,
        measures.chronic_fund,
        measures.two_disease_visits,
        measures.two_disease_fund,
        measures.maternity_cases,
        measures.maternity_fund,
        measures.catastrophic_visits,
        measures.catastrophic_pay,
        measures.aid_visits,
        measures.aid_pay,
        {{ percent('ip_pool', 'ip_cost') }} as ip_actual_ratio,
        {{ percent('ip_pool + ip_catastrophic', 'ip_cost') }} as ip_actual_ratio_catastrophic,
        {{ percent('ip_pool + ip_catastrophic + ip_aid', 'ip_cost') }} as ip_actual_ratio_aid,
        {{ percent('ip_fund', 'ip_cost') }} as ip_fund_ratio,
        {{ percent('ip_pool', 'ip_in_scope') }} as ip_policy_ratio,
        {{ percent('ip_pool + ip_catastrophic', 'ip_in_scope') }} as ip_policy_ratio_catastrophic,
        {{ percent('op_pool', 'op_cost') }} as op_actual_ratio,
        {{ per('ip_pool', 'ip_cases') }} as ip_avg_compensation
    from measures
    inner join periods on measures.month = periods.period
    left join regions on measures.township = regions.region_code
    left join institutions on measures.inst_code = institutions.inst_code
)

select * from mart_compensation
