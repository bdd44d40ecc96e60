-- One row per reported month and scheme: fee items against the cost of settlements, and what the
-- fund paid against what it paid for persons enrolled in the year; items without a settlement bear
-- no month.
with settlements as (select * from {{ ref('int_settlement__compared') }}),

orphans as (select * from {{ ref('int_item__orphan') }}),

differences as (select * from {{ ref('int_difference__settlement') }}),

summed as (
    select
        month,
        insutype,
        sum(item_cost) as item_cost,
        sum(total_cost) as total_cost,
        sum(fund_total) as fund_total,
        sum(case when has_enrollment_delivered then 0 end)
        + coalesce(sum(case when is_enrolled then fund_total end), 0) as fund_enrolled
    from settlements
    group by month, insutype
),

compared as (
    select
        'item_settlement' as kind,
        'settlement_item' as dataset,
        month as period,
        insutype,
        'amount' as measure,
        '费用明细合计' as left_name_zh,
        '结算总费用' as right_name_zh,
        item_cost as left_value,
        total_cost as right_value
    from summed
    union all
    select
        'item_settlement' as kind,
        'settlement_item' as dataset,
        '未知' as period,
        '未知' as insutype,
        'amount' as measure,
        '费用明细合计' as left_name_zh,
        '结算总费用' as right_name_zh,
        sum(item_cost) as left_value,
        null as right_value
    from orphans
    having count(*) > 0
    union all
    select
        'settlement_enrollment' as kind,
        'settlement' as dataset,
        month as period,
        insutype,
        'fund_amount' as measure,
        '基金支付' as left_name_zh,
        '为当年参保人的基金支付' as right_name_zh,
        fund_total as left_value,
        fund_enrolled as right_value
    from summed
),

keys as (
    select
        kind,
        subject,
        period,
        count(*) as differing_keys
    from differences
    group by kind, subject, period
),

int_reconciliation__settlement as (
    select
        compared.kind,
        compared.dataset,
        compared.insutype as subject,
        compared.period,
        compared.insutype,
        compared.measure,
        compared.left_name_zh,
        compared.right_name_zh,
        cast(compared.left_value as decimal(38, 4)) as left_value,
        cast(compared.right_value as decimal(38, 4)) as right_value,
        cast(null as string) as cause,
        coalesce(keys.differing_keys, 0) as differing_keys,
        cast(null as string) as remark_zh
    from compared
    left join keys
        on
            compared.kind = keys.kind
            and compared.insutype = keys.subject
            and compared.period = keys.period
)

select * from int_reconciliation__settlement
