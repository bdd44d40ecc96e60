-- One row per accepted finding of an inspection by the bureau, in the month of its inspection.
with findings as (select * from {{ accepted('inspection_finding') }} as accepted_finding),

inspections as (select * from {{ ref('fct_inspection') }}),

fct_inspection_finding as (
    select
        findings.finding_id,
        findings.inspection_id,
        inspections.inst_code,
        inspections.inspected_on,
        inspections.month,
        findings.violation_type,
        findings.case_count,
        findings.violation_amount,
        findings.recovered_amount,
        findings.refused_amount,
        findings.fine_amount,
        findings.action,
        findings.acted_on,
        findings.case_no,
        findings.status
    from findings
    inner join inspections using (inspection_id)
)

select * from fct_inspection_finding
