{{ config(materialized='view') }}
-- One row per accepted fee item of an effective settlement, as delivered, in the month of its
-- settlement. A reversal's sign and the items that it takes back from its original are in the sums
-- of fct_settlement.
with items as (select * from {{ accepted('settlement_item') }} as accepted_item),

settlements as (select * from {{ ref('fct_settlement') }}),

fct_settlement_item as (
    select
        items.item_sn,
        items.setl_id,
        settlements.month,
        settlements.insutype,
        settlements.inst_code,
        items.item_code,
        items.item_name,
        items.charge_type,
        items.catalog_class,
        items.quantity,
        items.unit_price,
        items.amount,
        items.price_limit,
        items.full_selfpay
    from items
    inner join settlements using (setl_id)
)

select * from fct_settlement_item
