{{ built_by('month', 'int_settlement__month') }}
-- One row per effective settlement, with everything about it that can change after it was landed:
-- person, place, flags and items. The amounts stay with the landed row, but the total cost, with
-- which its items are compared.
with placed as (
    select *
    from {{ ref('int_settlement__placed') }}
    where month in {{ changed('month', ref('int_settlement__month')) }}
),

flags as (select * from {{ ref('int_admission__flagged') }}),

items as (select * from {{ ref('int_settlement__items') }}),

-- a reversal's own items are negative as they come or are made so; without items of its own it
-- takes back its original's (semantics 4)
int_settlement__resolved as (
    select
        placed.*,
        coalesce(flags.is_unreferred, false) as is_unreferred,
        coalesce(flags.is_readmitted, false) as is_readmitted,
        coalesce(own.items, 0) as items,
        own.item_cost as own_item_cost,
        {% for column in ['item_cost', 'item_drug_cost', 'item_material_cost'] -%}
        case
            when placed.sign = 1 then own.{{ column }}
            when own.setl_id is null then -original.{{ column }}
            when own.item_cost > 0 then -own.{{ column }}
            else own.{{ column }}
        end as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from placed
    left join flags on placed.setl_id = flags.setl_id
    left join items as own on placed.setl_id = own.setl_id
    left join items as original on placed.reversed_setl_id = original.setl_id
)

{{ with_fingerprint('int_settlement__resolved', 'month', ref('int_settlement__month')) }}
