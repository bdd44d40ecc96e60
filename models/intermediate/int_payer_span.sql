{{ built_by('year', 'int_insurance_year') }}
-- One row per person, year and run of months in which the person's contributions count once: net
-- total above 0, employee before resident. Only persons who paid in several scheme families are
-- looked at month by month.
with spans as (
    select *
    from {{ ref('int_contribution_span') }}
    where year in {{ changed('year', ref('int_insurance_year')) }}
),

calendar as (select * from {{ ref('int_calendar') }}),

paid as (
    select
        spans.*,
        case spans.family when 'employee' then 1 when 'resident' then 2 else 3 end as family_rank,
        min(spans.family) over (partition by spans.person_key, spans.year)
        = max(spans.family) over (partition by spans.person_key, spans.year) as is_single
    from spans
    where spans.is_paid
),

by_month as (
    select
        paid.*,
        calendar.month_no,
        row_number() over (
            partition by paid.person_key, calendar.month_no
            order by paid.family_rank
        ) as month_rank
    from paid
    inner join calendar on calendar.month_no between paid.first_month and paid.last_month
    where not paid.is_single
),

int_payer_span as (
    select
        person_key,
        year,
        township,
        scheme,
        first_month,
        last_month
    from paid
    where is_single
    union all
    select
        person_key,
        year,
        township,
        scheme,
        month_no as first_month,
        month_no as last_month
    from by_month
    where month_rank = 1
)

{{ with_fingerprint('int_payer_span', 'year', ref('int_insurance_year')) }}
