{{ config(materialized='view') }}
-- One row per effective settlement (semantics 4). A linked reversal keeps its own id, month and
-- amounts and bears its original's attributes, so that the pair cancels in every breakdown.
with settlements as (
    select
        *,
        coalesce(valid_flag <> '0', true) as is_valid,
        coalesce(refund_flag = '1', false) as is_refunded,
        total_cost < 0
        or (coalesce(refund_flag = '1', false) and original_setl_id is not null) as is_reversal
    from {{ accepted('settlement') }} as accepted_settlement
),

originals as (
    select *
    from settlements
    where not is_reversal
),

-- a reversal of an invalid original is ignored with it; one whose original was not delivered stands
-- alone
reversals as (
    select
        reversal.*,
        original.setl_id as reversed_setl_id
    from settlements as reversal
    left join originals as original on reversal.original_setl_id = original.setl_id
    where
        reversal.is_reversal
        and reversal.is_valid
        and coalesce(original.is_valid, true)
),

reversed as (
    select distinct reversed_setl_id
    from reversals
    where reversed_setl_id is not null
),

counted as (
    select
        originals.*,
        reversed.reversed_setl_id is not null as has_reversal
    from originals
    left join reversed on originals.setl_id = reversed.reversed_setl_id
    where
        originals.is_valid
        -- refunded, but no reversal anywhere: ignored whole
        and (not originals.is_refunded or reversed.reversed_setl_id is not null)
),

int_settlement__effective as (
    select
        setl_id,
        {{ lineage_columns() | join(', ') }},
        {{ month_of('setl_time') }} as month,
        1 as sign,
        false as is_negated,
        cast(null as varchar) as reversed_setl_id,
        has_reversal,
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
        false as has_reversal,
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
