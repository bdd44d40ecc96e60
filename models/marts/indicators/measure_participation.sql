-- One row per month, county, township and scheme: persons counted once per county at the month's
-- last day (semantics 3), and what was paid for the insurance year by then. Persons and amounts may
-- be added up over townships and schemes.
with coverage as (select * from {{ ref('int_coverage_span') }}),

doubles as (select * from {{ ref('int_double_cover') }}),

contributions as (select * from {{ ref('int_contribution') }}),

payers as (select * from {{ ref('int_payer_span') }}),

periods as (select * from {{ ref('int_period') }}),

-- few rows per township before they meet the months
coverage_spans as (
    select
        county,
        township,
        scheme,
        family,
        is_insured,
        year,
        first_month,
        last_month,
        count(*) as persons
    from coverage
    group by county, township, scheme, family, is_insured, year, first_month, last_month
),

payer_spans as (
    select
        township,
        scheme,
        year,
        first_month,
        last_month,
        count(*) as persons
    from payers
    group by township, scheme, year, first_month, last_month
),

paid_months as (
    select
        township,
        scheme,
        year,
        month_no,
        sum(total_amount) as total_amount
    from contributions
    group by township, scheme, year, month_no
),

parts as (
    select
        periods.period,
        coverage_spans.county,
        coverage_spans.township,
        coverage_spans.scheme as insutype,
        case
            when coverage_spans.is_insured then coverage_spans.persons
            else 0
        end as insured_persons,
        case
            when coverage_spans.is_insured and coverage_spans.family = 'resident'
                then coverage_spans.persons
            else 0
        end as insured_resident_persons,
        case
            when coverage_spans.is_insured then 0
            else coverage_spans.persons
        end as insured_unpaid_persons,
        0 as double_covered_persons,
        0 as contribution_persons,
        cast(0 as decimal(38, 4)) as contribution_amount
    from coverage_spans
    inner join periods
        on
            coverage_spans.year = periods.year
            and periods.month_no between coverage_spans.first_month and coverage_spans.last_month
    union all
    select
        periods.period,
        doubles.county,
        doubles.township,
        'several' as insutype,
        0 as insured_persons,
        0 as insured_resident_persons,
        0 as insured_unpaid_persons,
        1 as double_covered_persons,
        0 as contribution_persons,
        0 as contribution_amount
    from doubles
    inner join periods using (month_no)
    union all
    select
        periods.period,
        left(payer_spans.township, 6) as county,
        payer_spans.township,
        payer_spans.scheme as insutype,
        0 as insured_persons,
        0 as insured_resident_persons,
        0 as insured_unpaid_persons,
        0 as double_covered_persons,
        payer_spans.persons as contribution_persons,
        0 as contribution_amount
    from payer_spans
    inner join periods
        on
            payer_spans.year = periods.year
            and periods.month_no between payer_spans.first_month and payer_spans.last_month
    union all
    select
        periods.period,
        left(paid_months.township, 6) as county,
        paid_months.township,
        paid_months.scheme as insutype,
        0 as insured_persons,
        0 as insured_resident_persons,
        0 as insured_unpaid_persons,
        0 as double_covered_persons,
        0 as contribution_persons,
        paid_months.total_amount as contribution_amount
    from paid_months
    inner join periods
        on
            paid_months.year = periods.year
            and paid_months.month_no <= periods.month_no
),

measure_participation as (
    select
        period,
        county,
        township,
        insutype,
        sum(insured_persons) as insured_persons,
        sum(insured_resident_persons) as insured_resident_persons,
        sum(insured_unpaid_persons) as insured_unpaid_persons,
        sum(double_covered_persons) as double_covered_persons,
        sum(contribution_persons) as contribution_persons,
        sum(contribution_amount) as contribution_amount
    from parts
    group by period, county, township, insutype
)

select * from measure_participation
