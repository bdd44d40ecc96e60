-- One row per insurance year, ten-day of payment, region and scheme (and `all` schemes together) in
-- which something was paid or refunded. Persons are the change of the number of payers, so that
-- both figures add up: over ten-days, townships and schemes.
with contributions as (select * from {{ ref('int_contribution') }}),

payers as (select * from {{ ref('int_payer_change') }}),

rollup_of as (select * from {{ ref('int_region_rollup') }}),

regions as (select * from {{ ref('dim_region') }}),

ten_days as (
    select distinct
        year,
        ten_day_no,
        {{ month_of('paid_on') }} as pay_month,
        {{ ten_day_of('paid_on') }} as ten_day
    from contributions
),

parts as (
    select
        year,
        ten_day_no,
        township,
        scheme,
        0 as persons,
        total_amount as amount
    from contributions
    union all
    select
        year,
        ten_day_no,
        township,
        scheme,
        persons,
        0 as amount
    from payers
),

townships as (
    select
        year,
        ten_day_no,
        township,
        scheme,
        sum(persons) as persons,
        sum(amount) as amount
    from parts
    group by year, ten_day_no, township, scheme
),

placed as (
    select
        townships.*,
        rollup_of.region_code
    from townships
    inner join rollup_of on left(townships.township, 6) = rollup_of.county
    union all
    select
        townships.*,
        townships.township as region_code
    from townships
),

summed as (
    select
        year,
        ten_day_no,
        region_code,
        coalesce(scheme, 'all') as insutype,
        sum(persons) as persons,
        sum(amount) as amount
    from placed
    group by grouping sets (
        (year, ten_day_no, region_code), (year, ten_day_no, region_code, scheme)
    )
),

mart_collection as (
    select
        cast(summed.year as bigint) as insurance_year,
        ten_days.pay_month,
        cast(ten_days.ten_day as bigint) as ten_day,
        cast(summed.ten_day_no as bigint) as ten_day_no,
        summed.region_code,
        regions.region_name,
        regions.level,
        summed.insutype,
        cast(summed.persons as bigint) as persons,
        cast(summed.amount as decimal(38, 4)) as amount
    from summed
    inner join ten_days
        on summed.year = ten_days.year and summed.ten_day_no = ten_days.ten_day_no
    inner join regions on summed.region_code = regions.region_code
)

select * from mart_collection
