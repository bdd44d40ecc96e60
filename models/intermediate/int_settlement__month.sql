-- One row per month of settlements: the fingerprint of all that its facts depend on (months are the
-- unit of work). A landed row never changes, so of its own fields only its place is looked at; each
-- part is hashed where it comes from, so that the state of a month costs little, however long the
-- history.
with places as (
    select
        month,
        setl_id,
        {{ lineage_columns() | join(', ') }},
        original_row,
        reversed_setl_id,
        has_reversal,
        person_key,
        township,
        is_enrolled,
        is_registered,
        inst_region,
        location,
        service_tier
    from {{ ref('int_settlement__placed') }}
),

settlements as (
    select
        month,
        setl_id,
        reversed_setl_id,
        {{ row_fingerprint('places') }} as place
    from places
),

flags as (select * from {{ ref('int_admission__flagged') }}),

flagged as (
    select
        setl_id,
        {{ row_fingerprint('flags') }} as flags
    from flags
),

item_sums as (select * from {{ ref('int_settlement__items') }}),

itemized as (
    select
        setl_id,
        {{ row_fingerprint('item_sums') }} as items
    from item_sums
),

parts as (
    select
        settlements.month,
        1 as settlements,
        settlements.place,
        flagged.flags,
        itemized.items
    from settlements
    left join flagged on settlements.setl_id = flagged.setl_id
    left join itemized on settlements.setl_id = itemized.setl_id
    union all
    -- a reversal may be made of its original's items
    select
        settlements.month,
        0 as settlements,
        null as place,
        null as flags,
        itemized.items
    from settlements
    inner join itemized on settlements.reversed_setl_id = itemized.setl_id
),

int_settlement__month as (
    select
        month,
        cast(sum(settlements) as bigint) as settlements,
        concat_ws(
            '/',
            {{ combined_fingerprint('place') }},
            {{ combined_fingerprint('flags') }},
            {{ combined_fingerprint('items') }}
        ) as fingerprint
    from parts
    group by month
)

select * from int_settlement__month
