-- One row per week and township with inspections in the reported months: how many, and what they
-- found.
with months as (select period as month from {{ ref('dim_period') }}),

inspections as (
    select *
    from {{ ref('fct_inspection') }}
    where month in (select months.month from months)
),

findings as (select * from {{ ref('fct_inspection_finding') }}),

institutions as (select * from {{ ref('dim_institution') }}),

counties as (select * from {{ ref('int_county') }}),

first_county as (select min(county) as county from counties),

-- the bureau inspects, no township does: <county>000 of the institution's county; of the first
-- where the institution lies in none of them
placed_inspections as (
    select
        inspections.inspection_id,
        {{ week_end_of('inspections.inspected_on') }} as week_end,
        coalesce(counties.county, first_county.county) || '000' as township
    from inspections
    cross join first_county
    left join institutions on inspections.inst_code = institutions.inst_code
    left join counties on left(institutions.region_code, 6) = counties.county
),

found as (
    select
        inspection_id,
        count(*) as findings_total,
        sum(violation_amount) as violation_amount,
        sum(recovered_amount) as recovered_amount
    from findings
    group by inspection_id
),

int_week__inspection as (
    select
        placed_inspections.week_end,
        placed_inspections.township,
        count(*) as inspection_visits,
        sum(found.findings_total) as findings_total,
        sum(found.violation_amount) as violation_amount,
        sum(found.recovered_amount) as recovered_amount
    from placed_inspections
    left join found on placed_inspections.inspection_id = found.inspection_id
    group by placed_inspections.week_end, placed_inspections.township
)

select * from int_week__inspection
