-- One row per finding of an inspection by the bureau, with its institution: what was wrong, what
-- was done, and whether it is closed (method self excluded).
with findings as (select * from {{ ref('fct_inspection_finding') }}),

inspections as (select * from {{ ref('fct_inspection') }}),

institutions as (select * from {{ ref('dim_institution') }}),

mart_finding as (
    select
        findings.finding_id,
        findings.inspection_id,
        findings.month as period,
        findings.inspected_on,
        inspections.method,
        findings.inst_code,
        institutions.inst_name,
        institutions.inst_type,
        institutions.region_code,
        findings.violation_type,
        cast(findings.case_count as bigint) as case_count,
        cast(findings.violation_amount as decimal(38, 4)) as violation_amount,
        cast(findings.recovered_amount as decimal(38, 4)) as recovered_amount,
        cast(findings.refused_amount as decimal(38, 4)) as refused_amount,
        cast(findings.fine_amount as decimal(38, 4)) as fine_amount,
        findings.action,
        findings.acted_on,
        findings.case_no,
        findings.status,
        coalesce(findings.status <> 'closed', true) as is_open,
        -- the day of the action is the only one that the export has after the inspection's
        case when findings.status = 'closed' then findings.acted_on end as closed_on
    from findings
    inner join inspections on findings.inspection_id = inspections.inspection_id
    left join institutions on findings.inst_code = institutions.inst_code
)

select * from mart_finding
