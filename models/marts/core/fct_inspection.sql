-- One row per accepted inspection by the bureau (method self excluded, measures.csv), with whether
-- it found anything.
with inspections as (select * from {{ accepted('inspection') }} as accepted_inspection),

findings as (select * from {{ accepted('inspection_finding') }} as accepted_finding),

institutions as (select * from {{ ref('dim_institution') }}),

found as (
    select distinct inspection_id
    from findings
),

fct_inspection as (
    select
        inspections.inspection_id,
        inspections.inst_code,
        institutions.inst_type,
        inspections.inspected_on,
        {{ month_of('inspections.inspected_on') }} as month,
        year(inspections.inspected_on) as year,
        inspections.method,
        found.inspection_id is not null as has_findings
    from inspections
    left join institutions using (inst_code)
    left join found on inspections.inspection_id = found.inspection_id
    where inspections.method <> 'self'
)

select * from fct_inspection
