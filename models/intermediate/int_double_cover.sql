-- One row per person and month in which the person has enrollments effective at month end
-- in an employee and in a resident scheme, paid or not (semantics 3), with the township of the row
-- that is counted.
with enrollment as (select * from {{ ref('int_enrollment') }}),

calendar as (select * from {{ ref('int_calendar') }}),

int_double_cover as (
    select
        enrollment.person_key,
        calendar.month_no,
        min_by(enrollment.county, enrollment.person_rank) as county,
        min_by(enrollment.township, enrollment.person_rank) as township
    from enrollment
    inner join calendar
        on calendar.month_no between enrollment.first_month and enrollment.last_month
    where enrollment.is_effective and enrollment.person_rows > 1
    group by enrollment.person_key, calendar.month_no
    having
        count(case when enrollment.family = 'employee' then 1 end) > 0
        and count(case when enrollment.family = 'resident' then 1 end) > 0
)

select * from int_double_cover
