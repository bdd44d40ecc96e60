-- One row per settlement id that only fee items name: no such settlement was accepted (semantics 2).
with sums as (select * from {{ ref('int_settlement__items') }}),

settlements as (select setl_id from {{ accepted('settlement') }} as accepted_settlement),

int_item__orphan as (
    select
        sums.setl_id,
        sums.items,
        sums.item_cost
    from sums
    left join settlements on sums.setl_id = settlements.setl_id
    where settlements.setl_id is null
)

select * from int_item__orphan
