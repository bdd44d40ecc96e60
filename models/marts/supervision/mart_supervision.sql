-- One row per month and institution with inspections in it: visits, findings, money and actions
-- (method self excluded).
with inspections as (select * from {{ ref('fct_inspection') }}),

findings as (select * from {{ ref('fct_inspection_finding') }}),

institutions as (select * from {{ ref('dim_institution') }}),

visits as (
    select
        month,
        inst_code,
        count(*) as inspection_visits
    from inspections
    group by month, inst_code
),

found as (
    select
        month,
        inst_code,
        count(*) as findings_total,
        count(case when status = 'closed' then 1 end) as findings_closed,
        cast(sum(case_count) as bigint) as cases,
        cast(sum(violation_amount) as decimal(38, 4)) as violation_amount,
        cast(sum(recovered_amount) as decimal(38, 4)) as recovered_amount,
        cast(sum(refused_amount) as decimal(38, 4)) as refused_amount,
        cast(sum(fine_amount) as decimal(38, 4)) as fine_amount,
        count(case when action = 'interview' then 1 end) as actions_interview,
        count(case when action = 'suspend' then 1 end) as actions_suspend,
        count(case when action = 'terminate' then 1 end) as actions_terminate,
        count(case when action = 'fine' then 1 end) as actions_fine
    from findings
    group by month, inst_code
),

mart_supervision as (
    select
        visits.month as period,
        visits.inst_code,
        institutions.inst_name,
        institutions.inst_type,
        institutions.region_code,
        visits.inspection_visits,
        coalesce(found.findings_total, 0) as findings_total,
        coalesce(found.findings_closed, 0) as findings_closed,
        found.cases,
        found.violation_amount,
        found.recovered_amount,
        found.refused_amount,
        found.fine_amount,
        coalesce(found.actions_interview, 0) as actions_interview,
        coalesce(found.actions_suspend, 0) as actions_suspend,
        coalesce(found.actions_terminate, 0) as actions_terminate,
        coalesce(found.actions_fine, 0) as actions_fine
    from visits
    left join found using (month, inst_code)
    left join institutions using (inst_code)
)

select * from mart_supervision
