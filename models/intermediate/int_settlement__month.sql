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
        {{ row_fingerprint('places') }} as fingerprint
    from places
),

flags as (select * from {{ ref('int_admission__flagged') }}),

item_sums as (select * from {{ ref('int_settlement__items') }}),

-- what the facts of a settlement are made of: its place, its flags, its items and, of a reversal,
-- those of its original
parts as (
    select
        month,
        1 as settlements,
        fingerprint
    from settlements
    union all
    select
        settlements.month,
        0 as settlements,
        {{ row_fingerprint('flags') }} as fingerprint
    from settlements
    inner join flags on settlements.setl_id = flags.setl_id
    {%- for subject in ['setl_id', 'reversed_setl_id'] %}
    union all
    select
        settlements.month,
        0 as settlements,
        {{ row_fingerprint('item_sums') }} as fingerprint
    from settlements
    inner join item_sums on settlements.{{ subject }} = item_sums.setl_id
    {%- endfor %}
),

int_settlement__month as (
    select
        month,
        cast(sum(settlements) as bigint) as settlements,
        {{ combined_fingerprint('fingerprint') }} as fingerprint
    from parts
    group by month
)

select * from int_settlement__month
