-- One row per accepted entry of the fund ledger (基金收支台账).
with entries as (select * from {{ accepted('fund_ledger') }} as accepted_entry),

fct_fund_entry as (
    select
        entry_id,
        entry_date,
        {{ month_of('entry_date') }} as month,
        year(entry_date) as year,
        {{ bucketed('insutype', 'fund_ledger', 'insutype') }} as insutype,
        direction,
        {{ bucketed('account_item', 'fund_ledger', 'account_item') }} as account_item,
        amount_due,
        amount
    from entries
)

select * from fct_fund_entry
