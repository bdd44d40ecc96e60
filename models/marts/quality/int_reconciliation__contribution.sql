-- One row per reported insurance year, scheme and measure: persons who paid against persons enrolled,
-- payments against receipts, totals against their parts (人票款相符).
with persons as (select * from {{ ref('int_payer_match') }}),

payments as (select * from {{ ref('int_payment') }}),

differences as (select * from {{ ref('int_difference__contribution') }}),

compared as (
    select
        cast(year as string) as period,
        insutype,
        'persons' as measure,
        '缴费人数' as left_name_zh,
        '应缴费的有效参保人数' as right_name_zh,
        case when max(case when has_payers then 1 end) = 1 then count(case when is_payer then 1 end)
        end as left_value,
        case
            when max(case when has_registered then 1 end) = 1
                then count(case when is_registered then 1 end)
        end as right_value
    from persons
    group by year, insutype
    union all
    select
        cast(year as string) as period,
        insutype,
        'receipts' as measure,
        '缴费笔数' as left_name_zh,
        '有票据的缴费笔数' as right_name_zh,
        count(case when total_amount > 0 then 1 end) as left_value,
        -- no receipt number at all: receipts were not delivered
        case
            when count(receipt_no) > 0
                then count(case when total_amount > 0 and has_own_receipt then 1 end)
        end as right_value
    from payments
    group by year, insutype
    union all
    select
        cast(year as string) as period,
        insutype,
        'amount' as measure,
        '缴费总额' as left_name_zh,
        '个人、资助与单位缴费之和' as right_name_zh,
        sum(total_amount) as left_value,
        sum(parts_amount) as right_value
    from payments
    where parts_amount is not null
    group by year, insutype
),

keys as (
    select
        subject as insutype,
        period,
        measure,
        count(*) as differing_keys
    from differences
    group by subject, period, measure
),

int_reconciliation__contribution as (
    select
        'contribution_receipt' as kind,
        'contribution' as dataset,
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
            compared.insutype = keys.insutype
            and compared.period = keys.period
            and compared.measure = keys.measure
)

select * from int_reconciliation__contribution
