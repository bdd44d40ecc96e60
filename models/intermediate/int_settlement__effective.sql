{{ config(materialized='view') }}
-- One row per effective settlement (semantics 4). A linked reversal keeps its own id, month and
-- amounts and bears its original's attributes, so that the pair cancels in every breakdown.
with reversal_rows as (
    select *
    from {{ accepted('settlement') }} as accepted_reversal
    where {{ is_reversal() }} and coalesce(valid_flag <> '0', true)
),

-- the few originals that reversals name: the settlements are not read as a whole for them
originals as (
    select accepted_original.*
    from {{ accepted('settlement') }} as accepted_original
    where
        not {{ is_reversal() }}
        and accepted_original.setl_id in (
            select reversal_rows.original_setl_id
            from reversal_rows
        )
),

-- a reversal of an invalid original is ignored with it; one whose original was not delivered stands
-- alone
reversals as (
    select
        reversal_rows.*,
        originals.setl_id as reversed_setl_id
    from reversal_rows
    left join originals on reversal_rows.original_setl_id = originals.setl_id
    where coalesce(originals.valid_flag <> '0', true)
),

reversed as (
    select distinct reversed_setl_id
    from reversals
    where reversed_setl_id is not null
),

counted as (
    select
        settlements.*,
        reversed.reversed_setl_id is not null as has_reversal
    from {{ accepted('settlement') }} as settlements
    left join reversed on settlements.setl_id = reversed.reversed_setl_id
    where
        not {{ is_reversal() }}
        and coalesce(settlements.valid_flag <> '0', true)
        -- refunded, but no reversal anywhere: ignored whole
        and (
            coalesce(settlements.refund_flag <> '1', true)
            or reversed.reversed_setl_id is not null
        )
),

int_settlement__effective as (
    select
        setl_id,
        {{ lineage_columns() | join(', ') }},
        {{ month_of('setl_time') }} as month,
        1 as sign,
        false as is_negated,
        cast(null as string) as reversed_setl_id,
        cast(null as string) as original_row,
        has_reversal,
        total_cost,
        {{ settlement_attributes() | join(', ') }}
    from counted
    union all
    select
        reversals.setl_id,
        {{ lineage_columns() | map('replace', '_', 'reversals._', 1) | join(', ') }},
        {{ month_of('reversals.setl_time') }} as month,
        -1 as sign,
        reversals.total_cost > 0 as is_negated,
        reversals.reversed_setl_id,
        -- which landed row its attributes come from: another one may supersede it
        originals._file_id || '#' || originals._sheet || '#' || cast(originals._row as string)
            as original_row,
        false as has_reversal,
        reversals.total_cost,
        {% for column in settlement_attributes() -%}
        case
            when originals.setl_id is null then reversals.{{ column }}
            else originals.{{ column }}
        end as {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from reversals
    left join originals on reversals.reversed_setl_id = originals.setl_id
)

select * from int_settlement__effective
