-- One row per settlement of a reported month whose items do not add up to its cost, or whose person
-- is not enrolled in its year, and per settlement id that only items name. Months without any items,
-- and years without any enrollment, were not delivered: nothing is compared.
with settlements as (select * from {{ ref('int_settlement__compared') }}),

orphans as (select * from {{ ref('int_item__orphan') }}),

int_difference__settlement as (
    select
        'item_settlement' as kind,
        case when item_cost is null then 'settlement' else 'settlement_item' end as dataset,
        insutype as subject,
        month as period,
        'amount' as measure,
        setl_id as key,
        cast(item_cost as decimal(38, 4)) as left_value,
        cast(total_cost as decimal(38, 4)) as right_value,
        case when item_cost is null then 'missing_left' else 'amount' end as cause
    from settlements
    where has_items_delivered and not {{ agrees('coalesce(item_cost, 0) - total_cost') }}
    union all
    select
        'item_settlement' as kind,
        'settlement_item' as dataset,
        '未知' as subject,
        '未知' as period,
        'amount' as measure,
        setl_id as key,
        cast(item_cost as decimal(38, 4)) as left_value,
        cast(null as decimal(38, 4)) as right_value,
        'missing_right' as cause
    from orphans
    union all
    select
        'settlement_enrollment' as kind,
        'settlement' as dataset,
        insutype as subject,
        month as period,
        'fund_amount' as measure,
        setl_id as key,
        cast(fund_total as decimal(38, 4)) as left_value,
        cast(null as decimal(38, 4)) as right_value,
        'missing_right' as cause
    from settlements
    where has_enrollment_delivered and not is_enrolled
)

select * from int_difference__settlement
