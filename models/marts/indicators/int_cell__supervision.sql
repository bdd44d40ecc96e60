-- One row per cell and measure of inspection. Institutions are counted, not visits: those under
-- agreement, of these inspected, of these with findings.
{% set stocks = [
    'institutions_under_agreement', 'institutions_inspected', 'institutions_with_findings',
] -%}
{% set flows = [
    'violation_amount', 'recovered_amount', 'refused_amount', 'fine_amount',
    'findings_total', 'findings_closed',
    'actions_interview', 'actions_suspend', 'actions_terminate', 'actions_fine',
] -%}
with institutions as (select * from {{ ref('dim_institution') }}),

inspections as (select * from {{ ref('fct_inspection') }}),

findings as (select * from {{ ref('fct_inspection_finding') }}),

periods as (select * from {{ ref('int_period') }}),

counties as (select * from {{ ref('int_county') }}),

top_region as (
    select distinct region_code
    from {{ ref('int_region_rollup') }}
    where is_top
),

modes as (
    select 'month' as period_mode
    union all
    select 'ytd' as period_mode
),

agreed as (
    select
        periods.period,
        institutions.inst_code,
        institutions.inst_type
    from institutions
    inner join counties on left(institutions.region_code, 6) = counties.county
    inner join periods
        on
            institutions.agreement_begin <= periods.month_end
            and (
                institutions.agreement_end is null
                or institutions.agreement_end >= make_date(cast(periods.year as integer), 1, 1)
            )
),

inspected as (
    select
        periods.period,
        inspections.inst_code,
        max(case when inspections.has_findings then 1 else 0 end) as has_findings
    from inspections
    inner join periods on inspections.year = periods.year and inspections.month <= periods.period
    group by periods.period, inspections.inst_code
),

institution_cells as (
    select
        agreed.period,
        modes.period_mode,
        top_region.region_code,
        'all' as insutype,
        case when grouping(agreed.inst_type) = 0 then 'inst_type' else 'none' end as breakdown,
        coalesce(agreed.inst_type, 'all') as breakdown_value,
        count(distinct agreed.inst_code) as institutions_under_agreement,
        count(distinct inspected.inst_code) as institutions_inspected,
        count(distinct case
            when inspected.has_findings = 1 then inspected.inst_code
        end) as institutions_with_findings
    from agreed
    cross join modes
    cross join top_region
    left join inspected
        on agreed.period = inspected.period and agreed.inst_code = inspected.inst_code
    group by grouping sets (
        (agreed.period, modes.period_mode, top_region.region_code),
        (agreed.period, modes.period_mode, top_region.region_code, agreed.inst_type)
    )
),

visit_cells as (
    select
        periods.period,
        modes.period_mode,
        top_region.region_code,
        'all' as insutype,
        'none' as breakdown,
        'all' as breakdown_value,
        count(*) as inspection_visits
    from inspections
    cross join modes
    cross join top_region
    inner join periods
        on
            inspections.month = periods.period
            or (
                modes.period_mode = 'ytd'
                and inspections.year = periods.year
                and inspections.month <= periods.period
            )
    group by periods.period, modes.period_mode, top_region.region_code
),

finding_cells as (
    select
        periods.period,
        modes.period_mode,
        top_region.region_code,
        'all' as insutype,
        'none' as breakdown,
        'all' as breakdown_value,
        coalesce(sum(findings.violation_amount), 0) as violation_amount,
        coalesce(sum(findings.recovered_amount), 0) as recovered_amount,
        coalesce(sum(findings.refused_amount), 0) as refused_amount,
        coalesce(sum(findings.fine_amount), 0) as fine_amount,
        count(*) as findings_total,
        count(case when findings.status = 'closed' then 1 end) as findings_closed,
        count(case when findings.action = 'interview' then 1 end) as actions_interview,
        count(case when findings.action = 'suspend' then 1 end) as actions_suspend,
        count(case when findings.action = 'terminate' then 1 end) as actions_terminate,
        count(case when findings.action = 'fine' then 1 end) as actions_fine
    from findings
    cross join modes
    cross join top_region
    inner join periods
        on
            findings.month = periods.period
            or (
                modes.period_mode = 'ytd'
                and left(findings.month, 4) = left(periods.period, 4)
                and findings.month <= periods.period
            )
    group by periods.period, modes.period_mode, top_region.region_code
),

int_cell__supervision as (
    {{ measures_as_rows('institution_cells', stocks) }}
    union all
    {{ measures_as_rows('visit_cells', ['inspection_visits']) }}
    union all
    {{ measures_as_rows('finding_cells', flows) }}
)

select * from int_cell__supervision
