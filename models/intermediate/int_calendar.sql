-- One row per calendar month of the years that are reported.
with years as (
    select distinct year
    from {{ ref('int_period') }}
),

months as (
    select
        year,
        {{ months_from_to(
            'make_date(cast(year as integer), 1, 1)',
            'make_date(cast(year as integer), 12, 1)'
        ) }} as month_start
    from years
),

int_calendar as (
    select
        year,
        {{ month_number('month_start') }} as month_no
    from months
)

select * from int_calendar
