-- One row per fee item whose settlement was not delivered (semantics 2).
with items as (select * from {{ accepted('settlement_item') }} as accepted_item),

-- by settlement first: item rows are many, the settlements that are missing few
orphans as (select setl_id from {{ ref('int_item__orphan') }}),

int_item__warning as (
    select
        'settlement_item' as dataset,
        {{ lineage_columns() | map('replace', '_', 'items._', 1) | join(', ') }},
        'warning' as level,
        'item_without_settlement' as rule_code,
        'setl_id' as field,
        items.setl_id as value_masked
    from items
    inner join orphans on items.setl_id = orphans.setl_id
)

select * from int_item__warning
