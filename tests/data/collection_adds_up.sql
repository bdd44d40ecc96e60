-- Ten-days of collection, added up to a month's end, are the payers and the amount of the year to
-- date, in every region and scheme.
with collection as (select * from {{ ref('mart_collection') }}),

periods as (select * from {{ ref('dim_period') }}),

regions as (select * from {{ ref('dim_region') }}),

added_up as (
    select
        periods.period,
        collection.region_code,
        collection.insutype,
        sum(collection.persons) as persons,
        sum(collection.amount) as amount
    from collection
    inner join periods
        on
            collection.insurance_year = periods.year
            and collection.pay_month <= periods.period
    group by periods.period, collection.region_code, collection.insutype
),

to_date as (
    select
        cells.period,
        cells.region_code,
        cells.insutype,
        max(case when cells.measure = 'contribution_persons' then cells.value end) as persons,
        max(case when cells.measure = 'contribution_amount' then cells.value end) as amount
    from {{ ref('measure_value') }} as cells
    inner join regions using (region_code)
    where cells.period_mode = 'ytd' and cells.breakdown = 'none'
    group by cells.period, cells.region_code, cells.insutype
),

collection_adds_up as (
    select
        period,
        region_code,
        insutype,
        added_up.persons,
        to_date.persons as persons_to_date,
        added_up.amount,
        to_date.amount as amount_to_date
    from added_up
    full outer join to_date using (period, region_code, insutype)
    where
        coalesce(added_up.persons, 0) <> coalesce(to_date.persons, 0)
        or coalesce(added_up.amount, 0) <> coalesce(to_date.amount, 0)
)

select * from collection_adds_up
