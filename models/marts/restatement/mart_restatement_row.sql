-- One row per issued period and row that counts otherwise than at the issue: the settlements,
-- payments, registrations or entries behind a restatement.
with changed as (select * from {{ ref('int_issue__row') }}),

mart_restatement_row as (
    select
        issue,
        period,
        dataset,
        cause,
        record_key,
        certno_mask,
        month,
        issued_month,
        township,
        insutype,
        cast(issued_amount as decimal(38, 4)) as issued_amount,
        cast(amount as decimal(38, 4)) as amount,
        cast(coalesce(amount, 0) - coalesce(issued_amount, 0) as decimal(38, 4)) as difference,
        cast(coalesce(fund_amount, 0) - coalesce(issued_fund_amount, 0) as decimal(38, 4))
            as fund_difference,
        file,
        _row as row,
        batch
    from changed
)

select * from mart_restatement_row
