-- Each check of two books counts the keys listed behind it, and their differences make up its own
-- (of items and settlements but for the 0.01 that each settlement may be off). A side that was not
-- delivered has no keys.
with books as (select * from {{ ref('reconciliation') }}),

keys as (
    select
        kind,
        subject,
        period,
        measure,
        count(*) as listed,
        sum(difference) as difference
    from {{ ref('reconciliation_difference') }}
    group by kind, subject, period, measure
),

books_show_their_keys as (
    select
        books.kind,
        books.subject,
        books.period,
        books.measure,
        books.differing_keys,
        keys.listed,
        books.difference,
        keys.difference as listed_difference
    from books
    left join keys
        on
            books.kind = keys.kind
            and books.subject = keys.subject
            and books.period = keys.period
            and books.measure = keys.measure
    where
        books.measure <> 'amount_ytd'
        and (
            books.differing_keys <> coalesce(keys.listed, 0)
            or (
                books.kind <> 'item_settlement'
                and books.status in ('differs', 'timing')
                and books.difference <> keys.difference
            )
        )
)

select * from books_show_their_keys
