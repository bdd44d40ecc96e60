-- One row per settlement id that has accepted fee items: their sums (item_drug_cost without herbal
-- slices, measures.csv).
with items as (select * from {{ accepted('settlement_item') }} as accepted_item),

int_settlement__items as (
    select
        setl_id,
        count(*) as items,
        sum(amount) as item_cost,
        sum(case when charge_type in ('09', '11') then amount end) as item_drug_cost,
        sum(case when charge_type = '08' then amount end) as item_material_cost
    from items
    group by setl_id
)

select * from int_settlement__items
