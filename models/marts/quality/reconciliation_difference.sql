-- One row per differing key behind a check of two books: a settlement, a payment, a person (as a
-- hash), a scheme and month, a control total.
with books as (select * from {{ ref('reconciliation') }}),

keys as (
    {%- for subject in ['contribution', 'settlement'] %}
    select
        {{ difference_columns() | join(',\n        ') }}
    from {{ ref('int_difference__' ~ subject) }}
    union all
    {%- endfor %}
    -- books that are compared by their sums alone: the sum is the key
    select
        kind,
        dataset,
        subject,
        period,
        measure,
        case when kind = 'control_total' then subject else subject || ' ' || period end as key,
        left_value,
        right_value,
        coalesce(cause, case when status = 'differs' then 'amount' else status end) as cause
    from books
    where
        kind in ('control_total', 'contribution_ledger', 'settlement_ledger')
        and measure <> 'amount_ytd'
        and status <> 'equal'
),

reconciliation_difference as (
    select
        keys.kind,
        keys.subject,
        keys.period,
        keys.measure,
        keys.dataset,
        keys.key,
        keys.left_value,
        keys.right_value,
        cast(
            coalesce(keys.left_value, 0) - coalesce(keys.right_value, 0) as decimal(38, 4)
        ) as difference,
        keys.cause,
        case keys.cause
            when 'late_posting' then books.right_name_zh || '迟记'
            when 'early_posting' then books.right_name_zh || '早记'
            when 'missing_left' then '“' || books.left_name_zh || '”中没有'
            when 'missing_right' then '“' || books.right_name_zh || '”中没有'
            else books.left_name_zh || '与' || books.right_name_zh || '不等'
        end as cause_zh
    from keys
    inner join books
        on
            keys.kind = books.kind
            and keys.subject = books.subject
            and keys.period = books.period
            and keys.measure = books.measure
)

select * from reconciliation_difference
