-- One row per accepted budget row: year, institution and scheme.
with budgets as (select * from {{ accepted('budget') }} as accepted_budget),

int_budget as (
    select
        year,
        inst_code,
        {{ bucketed('insutype', 'budget', 'insutype') }} as insutype,
        budget_amount
    from budgets
)

select * from int_budget
