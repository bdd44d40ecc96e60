-- One row per insurance year and ten-day to report, with or without payments, to the last reported
-- month.
with collection as (
    select *
    from {{ ref('mart_collection') }}
    where insutype = 'all'
),

periods as (select * from {{ ref('dim_period') }}),

years as (
    select
        insurance_year,
        min(ten_day_no) as first_no
    from collection
    group by insurance_year
),

-- every reported ten-day of an insurance year, and whatever else something was paid in, this year
-- or the year before
numbers as (
    select
        years.insurance_year,
        (periods.month_no - years.insurance_year * 12 - 1) * 3 + ten_days.ten_day as ten_day_no
    from years
    cross join periods
    cross join (values (1), (2), (3)) as ten_days (ten_day)
    where
        (periods.month_no - years.insurance_year * 12 - 1) * 3 + ten_days.ten_day
        between years.first_no and 36
    union
    select
        insurance_year,
        ten_day_no
    from collection
    union
    select
        years.insurance_year,
        collection.ten_day_no
    from years
    inner join collection on years.insurance_year = collection.insurance_year + 1
),

reported as (select max(month_no) * 3 as last_no from periods),

int_ten_day as (
    select
        cast(numbers.insurance_year as bigint) as insurance_year,
        cast(numbers.ten_day_no as bigint) as ten_day_no,
        cast(numbers.ten_day_no - 3 * floor((numbers.ten_day_no - 1) / 3.0) as bigint) as ten_day,
        {{ month_of(add_months(
            'make_date(cast(numbers.insurance_year as integer), 1, 1)',
            'floor((numbers.ten_day_no - 1) / 3.0)'
        )) }} as pay_month,
        years_before.insurance_year is not null as has_year_before
    from numbers
    cross join reported
    left join years as years_before on numbers.insurance_year = years_before.insurance_year + 1
    where numbers.insurance_year * 36 + numbers.ten_day_no <= reported.last_no
)

select * from int_ten_day
