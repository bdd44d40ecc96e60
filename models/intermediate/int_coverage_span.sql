{{ built_by('year', 'int_insurance_year') }}
-- One row per person, county and run of months in which the person is counted once: insured, or
-- enrolled without an effective contribution (semantics 3). Only persons with several enrollment
-- rows are looked at month by month.
with enrollment as (
    select *
    from {{ ref('int_enrollment') }}
    where year in {{ changed('year', ref('int_insurance_year')) }}
),

contributions as (select * from {{ ref('int_contribution_span') }}),

calendar as (
    select distinct month_no
    from {{ ref('int_calendar') }}
),

spans as (
    select
        enrollment.county,
        enrollment.person_key,
        enrollment.year,
        enrollment.township,
        enrollment.village,
        enrollment.scheme,
        enrollment.family,
        enrollment.person_rank,
        enrollment.person_rows,
        coalesce(enrollment.is_exempt or contributions.is_paid, false) as is_insured,
        greatest(
            enrollment.first_month,
            coalesce(contributions.first_month, enrollment.first_month)
        ) as first_month,
        least(
            enrollment.last_month,
            coalesce(contributions.last_month, enrollment.last_month)
        ) as last_month
    from enrollment
    left join contributions
        on
            enrollment.person_key = contributions.person_key
            and enrollment.year = contributions.year
            and enrollment.family = contributions.family
            and enrollment.first_month <= contributions.last_month
            and enrollment.last_month >= contributions.first_month
            and not enrollment.is_exempt
    where enrollment.is_effective
),

by_month as (
    select
        spans.*,
        calendar.month_no,
        row_number() over (
            partition by spans.county, spans.person_key, calendar.month_no
            -- who is insured in any scheme is not unpaid in another
            order by spans.is_insured desc, spans.person_rank asc
        ) as month_rank
    from spans
    inner join calendar on calendar.month_no between spans.first_month and spans.last_month
    where spans.person_rows > 1
),

int_coverage_span as (
    select
        county,
        person_key,
        year,
        township,
        village,
        scheme,
        family,
        is_insured,
        first_month,
        last_month
    from spans
    where person_rows = 1
    union all
    select
        county,
        person_key,
        year,
        township,
        village,
        scheme,
        family,
        is_insured,
        month_no as first_month,
        month_no as last_month
    from by_month
    where month_rank = 1
)

{{ with_fingerprint('int_coverage_span', 'year', ref('int_insurance_year')) }}
