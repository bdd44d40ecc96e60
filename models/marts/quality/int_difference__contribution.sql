-- One row per differing key of contributions (人票款): a person who paid without an effective
-- enrollment or is enrolled without having paid, a payment without a receipt of its own, a payment
-- whose total is not the sum of its parts. A receipt that several persons share (a household's, an
-- employer's) is each one's own.
with persons as (
    select *
    from {{ ref('int_payer_match') }}
    where has_payers and has_registered and is_payer <> is_registered
),

payments as (select * from {{ ref('int_payment') }}),

receipts_delivered as (
    select distinct
        year,
        insutype
    from payments
    where receipt_no is not null
),

lacking as (
    select payments.*
    from payments
    inner join receipts_delivered
        on
            payments.year = receipts_delivered.year
            and payments.insutype = receipts_delivered.insutype
    where payments.total_amount > 0 and not payments.has_own_receipt
),

int_difference__contribution as (
    select
        'contribution_receipt' as kind,
        case when is_payer then 'contribution' else 'enrollment' end as dataset,
        insutype as subject,
        cast(year as string) as period,
        'persons' as measure,
        {{ person_hash('person_key') }} as key,
        cast(case when is_payer then 1 end as decimal(38, 4)) as left_value,
        cast(case when is_registered then 1 end as decimal(38, 4)) as right_value,
        case when is_payer then 'missing_right' else 'missing_left' end as cause
    from persons
    union all
    select
        'contribution_receipt' as kind,
        'contribution' as dataset,
        insutype as subject,
        cast(year as string) as period,
        'receipts' as measure,
        payment_id as key,
        cast(1 as decimal(38, 4)) as left_value,
        cast(null as decimal(38, 4)) as right_value,
        'missing_right' as cause
    from lacking
    union all
    select
        'contribution_receipt' as kind,
        'contribution' as dataset,
        insutype as subject,
        cast(year as string) as period,
        'amount' as measure,
        payment_id as key,
        cast(total_amount as decimal(38, 4)) as left_value,
        cast(parts_amount as decimal(38, 4)) as right_value,
        'amount' as cause
    from payments
    where not {{ agrees('total_amount - parts_amount') }}
)

select * from int_difference__contribution
